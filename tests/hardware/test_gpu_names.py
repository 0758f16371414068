"""What people and drivers call accelerators, against the catalog's own data."""

from __future__ import annotations

import random

import pytest
from hardware_support import Accelerators, entries
from hypothesis import given, settings
from hypothesis import strategies as st

from osllm.domain.units import GIB
from osllm.errors import AmbiguousNameError, RequestError, UnknownNameError
from osllm.hardware.spec import parse_machine
from osllm.i18n import hardware_en, hardware_ja

CATALOG = Accelerators()


def machine(*specs, ram=None):
    return parse_machine(CATALOG, specs, ram)


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("rtx4090", "rtx4090"),
        ("RTX 4090", "rtx4090"),
        ("ＲＴＸ　４０９０", "rtx4090"),
        ("NVIDIA GeForce RTX 4090", "rtx4090"),
        ("nvidia rtx4090", "rtx4090"),
        ("RTX4090 24GB", "rtx4090"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", "rtx4090-laptop"),
        ("RTX 4090 Laptop", "rtx4090-laptop"),
        ("laptop-less rtx4090"[-7:], "rtx4090"),
        ("RTX 3060 12GB", "rtx3060-12gb"),
        ("rtx3060-8gb", "rtx3060-8gb"),
        ("rtx306012gb", "rtx3060-12gb"),
        ("a100-sxm-80gb", "a100-sxm-80gb"),
        ("a100-80gb-sxm", "a100-sxm-80gb"),
        ("A100 PCIe 40GB", "a100-pcie-40gb"),
        ("NVIDIA A100-SXM4-80GB", "a100-sxm-80gb"),
        ("NVIDIA H100 80GB HBM3", "h100-sxm"),
        ("h100-94gb", "h100-nvl"),
        ("RTX PRO 6000 Blackwell Server Edition", "rtx-pro-6000-server"),
        ("Intel(R) Arc A770 Graphics", "arc-a770-16gb"),
        ("a6000", "rtx-a6000"),
        ("gb10", "gb10"),
    ],
)
def test_full_names_mean_one_card_without_a_notice(name, key):
    found, notices = machine(name)
    assert [g.gpu.key for g in found.groups] == [key]
    assert notices == []


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("rtx3060", "rtx3060-12gb"),
        ("NVIDIA GeForce RTX 3060", "rtx3060-12gb"),
        ("a100-80gb", "a100-sxm-80gb"),
        ("a100", "a100-sxm-80gb"),
        ("v100-32gb", "v100-sxm-32gb"),
        ("rtx 5060 ti", "rtx5060ti-16gb"),
        ("h100", "h100-sxm"),
    ],
)
def test_a_short_name_means_the_commonest_variant_and_says_so(name, key):
    found, notices = machine(name)
    assert found.groups[0].gpu.key == key
    assert len(notices) == 1
    assert key in notices[0]


@pytest.mark.parametrize("suffixes", [("40c", "64gb"), ("64gb", "40c"), ("40-core", "64 GB")])
def test_suffixes_of_a_chip_come_in_any_order(suffixes):
    found, notices = machine("-".join(("m3-max", *suffixes)))
    gpu = found.groups[0].gpu
    assert (gpu.key, gpu.cores, gpu.memory_bytes, gpu.bandwidth_gbps) == ("m3-max", 40, 64 * GIB, 400)
    assert notices == []
    assert found.ram_bytes == 64 * GIB
    assert found.unified


def test_fewer_cores_have_less_bandwidth():
    assert machine("m3-max-30c-36gb")[0].groups[0].gpu.bandwidth_gbps == 300


def test_a_chip_without_a_size_takes_the_ram_or_the_smallest_it_is_sold_with():
    small, notices = machine("m3-max")
    assert small.groups[0].gpu.memory_bytes == 36 * GIB
    assert "36 GB" in notices[0]
    assert machine("m3-max", ram=96 * GIB) == (machine("m3-max-96gb")[0], [])


@pytest.mark.parametrize("spec", ["2xrtx4090", "rtx4090:2", "2 x RTX 4090", "２×ｒｔｘ４０９０", "2Xrtx4090"])
def test_counts(spec):
    found, _ = machine(spec)
    assert [(g.gpu.key, g.number) for g in found.groups] == [("rtx4090", 2)]
    assert found.gpu_count == 2


def test_mixed_rigs_keep_their_order_and_equal_cards_are_counted_together():
    found, _ = machine("rtx3090", "2xrtx4090", "rtx3090")
    assert [(g.gpu.key, g.number) for g in found.groups] == [("rtx3090", 2), ("rtx4090", 2)]


def test_an_unnamed_card_has_memory_and_nothing_else():
    for spec in ("24gb", "24GiB", "24 GB"):
        gpu = machine(spec)[0].groups[0].gpu
        assert gpu.memory_bytes == 24 * GIB
        assert gpu.bandwidth_gbps is None
    assert machine("2x24gb")[0].gpu_count == 2


def test_cpu_only_machines():
    found, notices = machine("cpu", ram=64 * GIB)
    assert (found.groups, found.ram_bytes, found.source, notices) == ((), 64 * GIB, "flag", [])
    assert found.platform == "cpu"
    assert machine("cpu-ddr5-12ch-4800", ram=64 * GIB)[0].ram_bandwidth_gbps == 460.8
    assert found.ram_bandwidth_gbps == min(c["bandwidth_gbps"] for c in CATALOG.section("cpus").values())


@pytest.mark.parametrize("specs", [("cpu", "rtx4090"), ("auto", "rtx4090"), ("rtx4090", "cpu")])
def test_cpu_and_auto_stand_alone(specs):
    with pytest.raises(RequestError) as caught:
        machine(*specs)
    assert caught.value.code == "bad-gpu-mix"


@pytest.mark.parametrize("spec", ["0xrtx4090", "2000xrtx4090", "rtx4090:0"])
def test_impossible_counts(spec):
    with pytest.raises(RequestError) as caught:
        machine(spec)
    assert caught.value.code == "bad-gpu-count"
    assert caught.value.hint


@pytest.mark.parametrize(
    ("name", "near"), [("rtx4909", "rtx4090"), ("4090", "rtx4090"), ("h1000", "h100-sxm"), ("m3max-ultra", None)]
)
def test_unknown_names_say_what_is_near(name, near):
    with pytest.raises(UnknownNameError) as caught:
        machine(name)
    assert caught.value.code == "unknown-gpu"
    assert caught.value.exit_code == 2
    assert near is None or near in caught.value.candidates


@pytest.mark.parametrize(
    ("name", "candidate"), [("v100-8gb", "v100-sxm-32gb"), ("m3-max-65gb", "m3-max"), ("a100-24gb", "a100-pcie-40gb")]
)
def test_variants_that_are_not_sold_are_refused_with_those_that_are(name, candidate):
    with pytest.raises(AmbiguousNameError) as caught:
        machine(name)
    assert caught.value.code == "ambiguous-gpu"
    assert candidate in caught.value.candidates


def test_a_name_of_two_cards_without_a_commonest_is_ambiguous():
    catalog = Accelerators()
    catalog.sections["gpu_names"]["rtx3060"] = ["rtx3060-8gb", "rtx3060-12gb"]
    with pytest.raises(AmbiguousNameError) as caught:
        parse_machine(catalog, ("rtx3060",), None)
    assert {"rtx3060-8gb", "rtx3060-12gb"} <= set(caught.value.candidates)


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e["key"])
def test_every_card_is_found_by_its_key(entry):
    assert machine(entry["key"])[0].groups[0].gpu.key == entry["key"]


@pytest.mark.parametrize("entry", entries(), ids=lambda e: e["key"])
def test_every_card_is_found_by_its_name_with_its_memory(entry):
    from osllm.hardware.variants import find

    memory = CATALOG.gpu(entry["key"]).memory_bytes
    assert find(CATALOG, entry["name"], memory_bytes=memory).gpu.memory_bytes == memory


@settings(max_examples=60)
@given(st.integers(0, len(entries()) - 1), st.randoms(use_true_random=False))
def test_case_width_and_separators_do_not_matter(number, rng: random.Random):
    key = entries()[number]["key"]
    typed = "".join(rng.choice((c.upper(), c, chr(ord(c) + 0xFEE0))) if c != "-" else rng.choice("-_ ") for c in key)
    assert machine(typed)[0].groups[0].gpu.key == key


@settings(max_examples=150)
@given(st.text(max_size=40))
def test_any_text_gives_a_machine_or_a_request_error(text):
    try:
        found, _ = machine(text, ram=GIB)
    except RequestError:
        return
    assert found.usable_bytes >= 0


def test_both_languages_have_the_same_sentences():
    assert hardware_en.MESSAGES.keys() == hardware_ja.MESSAGES.keys()


@pytest.mark.parametrize(
    ("printed", "mib", "key"),
    [
        ("NVIDIA GeForce RTX 3060", 12288, "rtx3060-12gb"),
        ("NVIDIA GeForce RTX 3060", 8192, "rtx3060-8gb"),
        ("NVIDIA GeForce RTX 4060 Ti", 16380, "rtx4060ti-16gb"),
        ("NVIDIA GeForce RTX 4060 Ti", 8188, "rtx4060ti-8gb"),
        ("NVIDIA GeForce RTX 4090 Laptop GPU", 16376, "rtx4090-laptop"),
        ("Tesla T4", 15360, "t4"),
        ("NVIDIA L4", 23034, "l4"),
        ("NVIDIA A10G", 23028, "a10g"),
        ("NVIDIA A40", 46068, "a40"),
        ("NVIDIA L40S", 46068, "l40s"),
        ("NVIDIA RTX A6000", 49140, "rtx-a6000"),
        ("NVIDIA RTX A6000", 46068, "rtx-a6000"),
        ("NVIDIA A100-SXM4-80GB", 81920, "a100-sxm-80gb"),
        ("NVIDIA A100-SXM4-40GB", 40960, "a100-sxm-40gb"),
        ("NVIDIA A100 80GB PCIe", 81920, "a100-pcie-80gb"),
        ("NVIDIA H100 80GB HBM3", 81559, "h100-sxm"),
        ("NVIDIA H100 PCIe", 81559, "h100-pcie"),
        ("NVIDIA H200", 143771, "h200-sxm"),
        ("NVIDIA B200", 183359, "b200"),
        ("Tesla V100-SXM2-16GB", 16384, "v100-sxm-16gb"),
        ("Tesla V100-SXM2-32GB", 32768, "v100-sxm-32gb"),
        ("NVIDIA RTX PRO 6000 Blackwell Max-Q Workstation Edition", 97887, "rtx-pro-6000-max-q"),
    ],
)
def test_what_nvidia_smi_prints_means_one_card(printed, mib, key):
    from osllm.hardware.variants import find

    assert find(CATALOG, printed, memory_bytes=mib * 1024**2).gpu.key == key
