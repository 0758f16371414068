"""How much of a memory is left for an engine."""

from __future__ import annotations

import pytest
from hardware_support import Accelerators
from hypothesis import given
from hypothesis import strategies as st

from osllm.domain.units import GIB, MIB
from osllm.hardware.memory import usable_bytes, usable_ram_bytes
from osllm.hardware.spec import unnamed

CATALOG = Accelerators()


@pytest.mark.parametrize(
    ("key", "cuda_total_gib"),
    [("rtx3060-12gb", 11.76), ("t4", 14.74), ("rtx3090", 23.69), ("rtx4090", 25390809088 / GIB), ("rtx5090", 31.36), ("a100-sxm-80gb", 79.15)],
)  # fmt: skip
def test_the_driver_keeps_what_pytorch_saw_it_keep(key, cuda_total_gib):
    gpu = CATALOG.gpu(key)
    headless = usable_bytes(gpu._replace(form="pcie"))
    assert abs(headless - cuda_total_gib * GIB) <= 65 * MIB
    assert usable_bytes(gpu) in (headless, headless - 512 * MIB)


def test_a_4090_by_hand():
    # 24564 MiB x (1 - 0.009) - 160 - 512
    assert usable_bytes(CATALOG.gpu("rtx4090")) == int((24564 * 0.991 - 672) * MIB)


@pytest.mark.parametrize(("gib", "metal_gib"), [(16, 10.67), (18, 13.32), (36, 26.64), (64, 47.36), (128, 94.72)])
def test_metal_lends_a_fraction(gib, metal_gib):
    gpu = CATALOG.gpu("m3-max")._replace(memory_bytes=gib * GIB)
    assert usable_bytes(gpu) / GIB == pytest.approx(metal_gib, abs=0.01)


def test_metal_never_lends_more_than_logs_show():
    for gib, seen_mb in ((16, 11453.25), (18, 14302.25), (32, 26800.6), (36, 30150.67)):
        assert usable_bytes(CATALOG.gpu("m1")._replace(memory_bytes=gib * GIB)) <= seen_mb * 1e6 * 1.001


@pytest.mark.parametrize(("gib", "left"), [(4, 3.0), (8, 6.2), (16, 13.4), (64, 58.52), (128, 118.68), (256, 244.12)])
def test_the_system_keeps_its_share(gib, left):
    assert usable_ram_bytes(gib * GIB) / GIB == pytest.approx(left, abs=1e-6)


def test_shared_memory_is_shared_with_the_system():
    gpu = CATALOG.gpu("gb10")
    assert usable_bytes(gpu) == usable_ram_bytes(gpu.memory_bytes)


@given(st.integers(0, 2**40), st.integers(0, 2**30))
def test_more_memory_is_never_less_to_use(size, more):
    for gpu in (
        unnamed(size),
        CATALOG.gpu("m1")._replace(memory_bytes=size),
        CATALOG.gpu("gb10")._replace(memory_bytes=size),
    ):
        bigger = usable_bytes(gpu._replace(memory_bytes=size + more))
        assert 0 <= usable_bytes(gpu) <= size
        assert bigger >= usable_bytes(gpu) or size <= 16 * GIB
    assert usable_ram_bytes(size + more) >= usable_ram_bytes(size) >= 0
