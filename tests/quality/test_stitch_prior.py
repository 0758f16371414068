"""What is expected of a model before any result."""

from __future__ import annotations

import pytest

from osllm.quality.linear import cholesky
from osllm.quality.observe import ModelFacts
from osllm.quality.prior import FEATURES, features, lineages, sizes, starting_covariance, years
from osllm.quality.skills import BASE, BASE_JA, SKILLS, skill_of

BASE_MODEL = ModelFacts(
    "old-base", "lab/Old-Base", "Old", "Lab", None, "base", 16 * 10**9, 4 * 10**9, "2023-07-01", None, ()
)
CHAT = BASE_MODEL._replace(id="old", hub_id="lab/Old", kind="instruct", base_id="lab/Old-Base", released="2024-07-01")
TUNE = CHAT._replace(id="tune", hub_id="x/Tune", developer="X", family="Tune", base_id="LAB/old", released="2026-07-01")


def feature(model: ModelFacts, name: str) -> float:
    line = lineages([BASE_MODEL, CHAT, TUNE])[model.id]
    return features(model, line, default_years=0.5)[FEATURES.index(name)]


@pytest.mark.parametrize(
    ("released", "expected"),
    [("2024-07-01", 0.0), ("2025-07-01", 365 / 365.25), ("2024-07", 0.0), ("2023", -366 / 365.25), (None, None)],
)
def test_years_from_the_reference_date(released: str | None, expected: float | None) -> None:
    assert years(released) == (None if expected is None else pytest.approx(expected))


def test_size_and_sparsity_in_doublings() -> None:
    assert feature(CHAT, "size") == 1.0  # 16B is one doubling of 8B
    assert feature(CHAT, "sparsity") == -2.0  # a quarter is active


def test_a_tune_is_as_old_as_what_it_was_made_from() -> None:
    assert feature(TUNE, "age") == feature(BASE_MODEL, "age") == pytest.approx(-366 / 365.25)
    assert feature(CHAT, "age") == 0.0  # a developer's own next step has its own date
    assert [feature(m, "tuned otherwise") for m in (BASE_MODEL, CHAT, TUNE)] == [0.0, 0.0, 1.0]


@pytest.mark.parametrize(
    ("languages", "for_japanese"), [((), 0.0), (("ja", "en"), 1.0), (("en",), 0.0), (("en", "fr", "de", "ja"), 0.0)]
)
def test_a_tune_is_for_japanese_where_its_owner_names_that_among_few(
    languages: tuple[str, ...], for_japanese: float
) -> None:
    tune = TUNE._replace(languages=languages)
    values = dict(zip(FEATURES, features(tune, lineages([BASE_MODEL, CHAT, tune])["tune"], 0.5), strict=True))
    assert (values["tuned for Japanese"], values["tuned otherwise"]) == (for_japanese, 1.0 - for_japanese)
    own = CHAT._replace(languages=languages)
    values = dict(zip(FEATURES, features(own, lineages([BASE_MODEL, own])["old"], 0.5), strict=True))
    assert values["tuned for Japanese"] == values["tuned otherwise"] == 0.0  # a developer's own next step


def test_relatives() -> None:
    lines = lineages([BASE_MODEL, CHAT, TUNE])
    assert lines["tune"].root == BASE_MODEL
    assert lines["tune"].groups == (("developer", "X"), ("family", "Tune"), ("root", "old-base"))
    assert lines["old-base"].root is None


def test_a_circle_of_bases_ends() -> None:
    one, two = CHAT._replace(id="one", base_id="two"), CHAT._replace(id="two", hub_id=None, base_id="one")
    assert set(lineages([one, two])) == {"one", "two"}


def test_an_unknown_base_makes_a_tune_and_a_group() -> None:
    line = lineages([CHAT._replace(base_id="gone/Model")])["old"]
    assert (line.tuned, line.root, line.groups[2]) == (True, None, ("root", "gone/model"))


@pytest.mark.parametrize(
    ("hub_id", "expected"),
    [
        ("lab/model-3-31b-base", (31e9, None)),
        ("lab/Model2_5-1_8B", (1.8e9, None)),  # an underscore for the point
        ("lab/Model-30B-A3B-it", (30e9, 3e9)),
        ("lab/model-350m", (350e6, None)),
        ("lab/Big-4-1T-A52B", (1e12, 52e9)),
        ("lab/model-8x7b", (None, None)),  # neither the sum nor the active part
        ("lab/model-3b-4e1t", (3e9, None)),  # tokens of training are no size
        ("7b/model-large", (None, None)),  # only the model's own name
    ],
)
def test_a_size_that_was_never_counted_is_read_off_the_name(
    hub_id: str, expected: tuple[float | None, float | None]
) -> None:
    assert sizes(CHAT._replace(hub_id=hub_id, params_total=None, params_active=None)) == expected


def test_a_counted_size_stands_before_the_name() -> None:
    counted = CHAT._replace(hub_id="lab/model-7b", params_total=7_600_000_000, params_active=None)
    assert sizes(counted) == (7_600_000_000, None)


def test_unknown_size_and_date_sit_at_the_reference() -> None:
    bare = CHAT._replace(id="bare", base_id=None, params_total=None, params_active=None, released=None)
    values = features(bare, lineages([bare])["bare"], default_years=0.5)
    assert dict(zip(FEATURES, values, strict=True)) == {
        "size": 0.0, "size squared": 0.0, "sparsity": 0.0, "age": 0.5, "size x age": 0.0, "tuned for Japanese": 0.0,
        "tuned otherwise": 0.0, "always reasons": 0.0,
        "may reason": 0.0, "base": 0.0, "size unknown": 1.0,
    }  # fmt: skip


def test_starting_covariance_is_one_and_ties_japanese_together() -> None:
    table = starting_covariance(0.4, 0.6, 0.2)
    cholesky(table)  # positive definite
    assert all(table[i][i] == pytest.approx(0.4) for i in range(len(SKILLS)))
    chat, writing, vision = (SKILLS.index(s) for s in ("japanese-chat", "japanese-writing", "vision"))
    assert table[chat][writing] > table[chat][vision] == pytest.approx(0.24)


def test_skill_of_a_result() -> None:
    assert skill_of("coding", "instruct") == "coding"
    assert (skill_of("coding", "base"), skill_of("translation-ja", "base")) == (BASE, BASE_JA)


def test_reckoning_in_japanese_speaks_for_a_base_in_general() -> None:
    assert skill_of("japanese-reasoning", "base") == BASE
    assert skill_of("japanese-reasoning", "instruct") == "japanese-reasoning"
    assert skill_of("japanese-knowledge", "base") == BASE_JA
