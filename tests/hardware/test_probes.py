"""Detection, against recorded outputs of other machines."""

from __future__ import annotations

from types import SimpleNamespace

import pytest
from hardware_support import Accelerators, Recorded

from osllm.domain.units import GIB, KIB, MIB
from osllm.hardware import probes
from osllm.hardware.spec import parse_machine

CATALOG = Accelerators()


def detected(name, system="linux", lang="en", ram=None):
    return parse_machine(CATALOG, ("auto",), ram, lang=lang, host=Recorded(name, system))


@pytest.mark.parametrize(
    ("name", "system", "key", "number", "memory"),
    [
        ("rtx4090-desktop", "linux", "rtx4090", 1, 24564 * MIB),
        ("two-rtx3090", "linux", "rtx3090", 2, 24576 * MIB),
        ("rx7900xtx", "linux", "rx7900xtx", 1, 25753026560),
        ("rx7900xtx-sysfs", "linux", "rx7900xtx", 1, 25753026560),
        ("arc-a770", "linux", "arc-a770-16gb", 1, 16 * GIB),
        ("m3-max", "darwin", "m3-max", 1, 64 * GIB),
        ("dgx-spark", "linux", "gb10", 1, 125489508 * KIB),
    ],
)
def test_recorded_machines(name, system, key, number, memory):
    machine, notices = detected(name, system)
    group = machine.groups[0]
    assert (group.gpu.key, group.number, group.gpu.memory_bytes) == (key, number, memory)
    assert machine.source == "detected"
    assert group.gpu.name in notices[0]


def test_ram_of_a_machine():
    machine, notices = detected("rtx4090-desktop")
    assert machine.ram_bytes == 65758804 * KIB
    assert machine.cpu_cores == 16
    assert "62.7 GiB" in notices[-1]
    assert detected("rtx4090-desktop", ram=32 * GIB)[0].ram_bytes == 32 * GIB


def test_an_apple_chip_has_its_cores_and_its_bandwidth():
    machine, _ = detected("m3-max", "darwin")
    assert machine.groups[0].gpu.cores == 40
    assert machine.ram_bytes == 64 * GIB
    assert machine.unified


def test_a_container_has_no_more_than_its_limit():
    machine, _ = detected("nothing")
    assert machine.ram_bytes == 16 * GIB


@pytest.mark.parametrize("lang", ["en", "ja"])
@pytest.mark.parametrize("name", ["nothing", "broken-driver"])
def test_nothing_found_says_why_and_answers_for_the_cpu(name, lang):
    machine, notices = detected(name, lang=lang)
    assert machine.groups == ()
    assert "nvidia_smi" in notices[0]
    assert "rocm_smi" in notices[0]


def test_a_card_that_the_catalog_does_not_know_keeps_what_its_driver_says():
    machine, notices = detected("unknown-card")
    gpu = machine.groups[0].gpu
    assert (gpu.memory_bytes, gpu.compute_capability, gpu.bandwidth_gbps) == (49140 * MIB, "13.0", None)
    assert gpu.vendor == "nvidia"
    assert any("not in the catalog" in notice for notice in notices)


def test_no_gpu_named_detects_as_auto_does():
    host = Recorded("two-rtx3090")
    assert parse_machine(CATALOG, (), None, host=host) == parse_machine(CATALOG, ("auto",), None, host=host)


class Library:
    """NVML with two cards, one of which shares the RAM and reports none."""

    class NVMLError(Exception):
        pass

    names = (b"NVIDIA GeForce RTX 5090", "NVIDIA GB10")

    def nvmlDeviceGetCount(self):  # noqa: N802
        return 2

    def nvmlDeviceGetHandleByIndex(self, index):  # noqa: N802
        return index

    def nvmlDeviceGetName(self, handle):  # noqa: N802
        return self.names[handle]

    def nvmlDeviceGetMemoryInfo(self, handle):  # noqa: N802
        if handle:
            raise self.NVMLError("Not Supported")
        return SimpleNamespace(total=32607 * MIB)

    def nvmlDeviceGetCudaComputeCapability(self, handle):  # noqa: N802
        return (12, handle)


def test_nvml():
    host = Recorded("nothing")
    host.nvml = Library
    assert probes.nvml(host) == [
        probes.Device("NVIDIA GeForce RTX 5090", "nvidia", 32607 * MIB, "12.0"),
        probes.Device("NVIDIA GB10", "nvidia", None, "12.1"),
    ]


def test_the_first_probe_of_a_row_that_answers_is_taken():
    host = Recorded("two-rtx3090")
    host.nvml = Library
    assert [d.name for d in probes.detect(host).devices] == ["NVIDIA GeForce RTX 5090", "NVIDIA GB10"]


def test_this_computer_answers_or_says_why_not():
    seen = probes.detect(probes.Host())
    assert seen.devices or seen.reasons
    assert seen.memory.ram_bytes is None or seen.memory.ram_bytes > GIB // 8


def test_programs_that_are_missing_fail_or_hang_are_reasons():
    host = probes.Host()
    with pytest.raises(probes.ProbeError, match="not installed"):
        host.run("no-such-program-here")
    with pytest.raises(probes.ProbeError, match="false"):
        host.run("false")
    with pytest.raises(probes.ProbeError):
        host.read("/no/such/file")
