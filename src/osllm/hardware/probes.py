"""What this computer is: each probe answers with devices or says why it cannot.

Everything that a probe asks goes through `Host`, so recorded answers of other machines can be put in its place.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Final

from osllm.domain.units import KIB, MIB
from osllm.hardware.memory import MainMemory
from osllm.tuples import NamedTuple

_TIMEOUT_S: Final = 10  # a driver that hangs must not hang the question


class ProbeError(Exception):
    """Why a probe has no answer: not installed, no permission, output that it does not know."""


class Device(NamedTuple):
    """One accelerator as its driver describes it. None: not said."""

    name: str
    vendor: str
    memory_bytes: int | None
    compute_capability: str | None = None
    cores: int | None = None


class Seen(NamedTuple):
    """What all probes together say."""

    devices: tuple[Device, ...]
    memory: MainMemory
    reasons: tuple[tuple[str, str], ...]  # (probe, why it found nothing)


def _installed(program: str) -> bool:
    """Whether a program of that name stands on the search path; Windows adds endings, so there it may."""
    import os

    places = os.environ.get("PATH", os.defpath).split(os.pathsep)
    return os.name == "nt" or any(os.access(f"{place or '.'}/{program}", os.X_OK) for place in places)


class Host:
    """This computer. Tests replace it by recorded outputs."""

    system = sys.platform

    def run(self, *command: str) -> str:
        """The output of a program; ProbeError if it cannot be run or fails."""
        if not _installed(command[0]):  # known without loading what starts programs
            raise ProbeError(f"{command[0]} is not installed")
        import subprocess

        try:
            done = subprocess.run(  # noqa: S603 - fixed words, no shell
                command, capture_output=True, text=True, timeout=_TIMEOUT_S, check=False, errors="replace"
            )
        except FileNotFoundError:
            raise ProbeError(f"{command[0]} is not installed") from None
        except (OSError, subprocess.TimeoutExpired) as error:
            raise ProbeError(f"{command[0]}: {type(error).__name__}") from None
        if done.returncode != 0:
            lines = (done.stderr or done.stdout).strip().splitlines()
            raise ProbeError(f"{command[0]}: {lines[0][:120] if lines else f'exit code {done.returncode}'}")
        return done.stdout

    def read(self, path: str) -> str:
        """The text of a small file; ProbeError if it cannot be read."""
        try:
            with open(path, encoding="utf-8", errors="replace") as stream:  # noqa: PTH123
                return stream.read().strip()
        except OSError as error:
            raise ProbeError(f"{path}: {error.strerror}") from None

    def cards(self) -> list[str]:
        """The graphics devices that the Linux kernel shows."""
        from glob import glob

        return sorted(glob("/sys/class/drm/card[0-9]*/device"))  # noqa: PTH207

    def nvml(self) -> Any:  # noqa: ANN401 - a module without types
        """NVIDIA's management library, initialised; ProbeError where it or its driver is not there."""
        try:
            import pynvml  # type: ignore[import-not-found, unused-ignore]
        except ImportError:
            raise ProbeError("pynvml is not installed") from None
        try:
            pynvml.nvmlInit()
        except pynvml.NVMLError as error:
            raise ProbeError(str(error)) from None
        return pynvml

    def cpu_count(self) -> int | None:
        """Logical processors."""
        import os

        return os.cpu_count()


def _number(text: str) -> int | None:
    """A whole number out of a driver's table; None for `[N/A]`, which shared memory prints."""
    text = text.strip()
    return int(text) if text.isdigit() else None


def nvml(host: Host) -> list[Device]:
    """NVIDIA cards through NVML."""
    library = host.nvml()
    devices = []
    for index in range(library.nvmlDeviceGetCount()):
        handle = library.nvmlDeviceGetHandleByIndex(index)
        name = library.nvmlDeviceGetName(handle)
        try:
            memory: int | None = int(library.nvmlDeviceGetMemoryInfo(handle).total)
        except library.NVMLError:
            memory = None  # a chip that shares the RAM
        major, minor = library.nvmlDeviceGetCudaComputeCapability(handle)
        shown = name.decode() if isinstance(name, bytes) else str(name)
        devices.append(Device(shown, "nvidia", memory, f"{major}.{minor}"))
    return devices


def nvidia_smi(host: Host) -> list[Device]:
    """NVIDIA cards through the driver's own program."""
    table = host.run("nvidia-smi", "--query-gpu=name,memory.total,compute_cap", "--format=csv,noheader,nounits")
    devices = []
    for line in table.splitlines():
        fields = [field.strip() for field in line.rsplit(",", 2)]
        if len(fields) != 3:
            continue
        size = _number(fields[1])
        devices.append(Device(fields[0], "nvidia", None if size is None else size * MIB, fields[2]))
    return devices


def rocm_smi(host: Host) -> list[Device]:
    """AMD cards through ROCm's program."""
    cards = _json(host.run("rocm-smi", "--showproductname", "--showmeminfo", "vram", "--json"))
    devices = []
    for key in sorted(cards):
        card = {name.lower(): str(value) for name, value in cards[key].items()} if key.startswith("card") else {}
        name = card.get("card series") or card.get("device name")
        if name:
            memory = _number(card.get("vram total memory (b)", ""))
            devices.append(Device(name, "amd", memory, card.get("gfx version")))
    return devices


def amd_sysfs(host: Host) -> list[Device]:
    """AMD cards through the Linux kernel, where ROCm is not installed."""
    devices = []
    for folder in host.cards():
        if host.read(f"{folder}/vendor") != "0x1002":
            continue
        memory = _number(host.read(f"{folder}/mem_info_vram_total"))
        try:
            name = host.read(f"{folder}/product_name")
        except ProbeError:
            name = f"AMD GPU {host.read(f'{folder}/device')}"
        devices.append(Device(name, "amd", memory))
    return devices


def xpu_smi(host: Host) -> list[Device]:
    """Intel cards through their management program; their memory size stands in the catalog."""
    answer = _json(host.run("xpu-smi", "discovery", "-j"))
    names = [str(d["device_name"]) for d in answer.get("device_list", ()) if d.get("device_name")]
    return [Device(name.replace("(TM)", ""), "intel", None) for name in names]


def apple(host: Host) -> list[Device]:
    """An Apple chip: name and GPU cores from the system profiler, memory from the kernel."""
    if host.system != "darwin":
        raise ProbeError("not macOS")
    memory = _number(host.run("sysctl", "-n", "hw.memsize"))
    report = _json(host.run("system_profiler", "SPDisplaysDataType", "-json"))
    chips = [d for d in report.get("SPDisplaysDataType", ()) if str(d.get("sppci_model", "")).startswith("Apple ")]
    return [Device(d["sppci_model"], "apple", memory, None, _number(str(d.get("sppci_cores", "")))) for d in chips]


def _json(text: str) -> dict[str, Any]:
    try:
        answer = json.loads(text)
    except ValueError:
        answer = None
    if not isinstance(answer, dict):
        raise ProbeError("output that is not understood")
    return answer


Probe = Callable[[Host], list[Device]]
# In each row the first that answers is taken: they look at the same cards.
PROBES: Final[tuple[tuple[Probe, ...], ...]] = ((apple,), (nvml, nvidia_smi), (rocm_smi, amd_sysfs), (xpu_smi,))


def detect(host: Host) -> Seen:
    """All accelerators that any probe finds, the RAM, and why the other probes found nothing."""
    devices: list[Device] = []
    reasons: list[tuple[str, str]] = []
    for row in PROBES:
        for probe in row:
            try:
                found = probe(host)
            except ProbeError as error:
                reasons.append((probe.__name__, str(error)))
                continue
            if found:
                devices += found
                break
            reasons.append((probe.__name__, "no device"))
    return Seen(tuple(devices), main_memory(host), tuple(reasons))


def main_memory(host: Host) -> MainMemory:
    """RAM in bytes (what a container may use of it, where there is a limit) and logical processors."""
    try:
        ram = _RAM.get(host.system, _linux_ram)(host)
    except ProbeError:
        ram = None
    return MainMemory(ram, host.cpu_count())


def _linux_ram(host: Host) -> int | None:
    total = None
    for line in host.read("/proc/meminfo").splitlines():
        if line.startswith("MemTotal:"):
            total = int(line.split()[1]) * KIB
    try:
        limit = _number(host.read("/sys/fs/cgroup/memory.max"))
    except ProbeError:
        limit = None
    return min(total, limit) if total and limit else total


def _macos_ram(host: Host) -> int | None:
    return _number(host.run("sysctl", "-n", "hw.memsize"))


def _windows_ram(host: Host) -> int | None:
    command = "(Get-CimInstance Win32_ComputerSystem).TotalPhysicalMemory"
    return _number(host.run("powershell", "-NoProfile", "-Command", command))


_RAM: Final[dict[str, Callable[[Host], int | None]]] = {"darwin": _macos_ram, "win32": _windows_ram}
