"""A catalog of accelerators straight from the YAML files, and a host that answers with recorded outputs."""

from __future__ import annotations

from functools import cache
from pathlib import Path

import yaml

from osllm.authoring import accelerators
from osllm.domain.hardware import Gpu
from osllm.hardware.probes import Host, ProbeError

ROOT = Path(__file__).parents[2]
RECORDED = ROOT / "tests" / "data" / "probes"


@cache
def entries():
    rows = []
    for path in sorted((ROOT / "catalog" / "gpus").glob("*.yaml")):
        rows += yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)["accelerators"]
    return rows


class Accelerators:
    """What `parse_machine` reads of a catalog."""

    def __init__(self):
        cpus = yaml.safe_load((ROOT / "catalog" / "cpus.yaml").read_text(encoding="utf-8"))["cpus"]
        self.sections = {
            "gpus": {e["key"]: list(accelerators.gpu(e)) for e in entries()},
            "gpu_names": accelerators.names(entries()),
            "gpu_options": {e["key"]: o for e in entries() if (o := accelerators.options(e))},
            "cpus": {c["key"]: c for c in cpus},
        }

    def has(self, name):
        return name in self.sections

    def section(self, name):
        return self.sections[name]

    def gpus(self):
        return {key: self.gpu(key) for key in self.sections["gpus"]}

    def gpu(self, key):
        values = Gpu._make(self.sections["gpus"][key])
        return values._replace(supports=tuple(values.supports))


class Recorded(Host):
    """A machine out of a folder of `tests/data/probes`: `<program>.txt` is what the program prints, `files/` what is read."""

    def __init__(self, name, system="linux"):
        self.folder = RECORDED / name
        self.system = system
        assert self.folder.is_dir()

    def run(self, *command):
        path = self.folder / f"{command[0]}.txt"
        if not path.exists():
            raise ProbeError(f"{command[0]} is not installed")
        return path.read_text(encoding="utf-8")

    def read(self, path):
        place = self.folder / "files" / path.lstrip("/")
        if not place.exists():
            raise ProbeError(f"{path}: No such file or directory")
        return place.read_text(encoding="utf-8").strip()

    def cards(self):
        return [
            "/" + str(p.relative_to(self.folder / "files"))
            for p in sorted(self.folder.glob("files/sys/class/drm/card*/device"))
        ]

    def nvml(self):
        raise ProbeError("pynvml is not installed")

    def cpu_count(self):
        return 16
