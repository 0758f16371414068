"""Quantities as people type them."""

from __future__ import annotations

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from osllm.domain.quantities import parse_bytes, parse_count, parse_tokens
from osllm.errors import RequestError

GIB = 1024**3


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("24gb", 24 * GIB),
        ("24GiB", 24 * GIB),
        ("24 GB", 24 * GIB),
        ("２４ＧＢ", 24 * GIB),
        ("512mb", 512 * 1024**2),
        ("1.5tb", 1536 * GIB),
        ("64g", 64 * GIB),
        ("1,024 kb", 1024**2),
        ("4096", 4096),
        (4096, 4096),
        (0, 0),
    ],
)
def test_bytes(text, value):
    assert parse_bytes(text) == value
    assert isinstance(parse_bytes(text), int)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("1e6", 1e6),
        ("700m", 7e8),
        ("7億", 7e8),
        ("７億", 7e8),
        ("1,000", 1000),
        ("1,234,567.5", 1234567.5),
        ("1.5億", 1.5e8),
        ("3万", 30000),
        ("2兆", 2e12),
        ("100 million", 1e8),
        ("20M", 2e7),
        ("70b", 7e10),
        ("1_000", 1000),
        (0.5, 0.5),
    ],
)
def test_counts(text, value):
    assert parse_count(text) == value


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("8k", 8192),
        ("128K", 131072),
        ("32768", 32768),
        ("1m", 1048576),
        ("０.５k", 512),
        (8192, 8192),
        ("10万", 100000),
    ],
)
def test_tokens(text, value):
    assert parse_tokens(text) == value


BAD = ["", " ", "gb", "nan", "inf", "-1", "+1", "-inf", "1e999", "1e", "e5", "0x10", "1,00", "10,0000", "1,2345", "1..2", "twelve",
       "1 2", "5 apples", "八", "9" * 100, None, True, [], b"8", math.nan, math.inf, -1, -0.5, 10**400, "1.2,3", ",5"]  # fmt: skip


@pytest.mark.parametrize("bad", BAD)
@pytest.mark.parametrize(
    ("parse", "code"), [(parse_bytes, "bad-size"), (parse_count, "bad-number"), (parse_tokens, "bad-tokens")]
)
def test_anything_else_is_refused_with_a_code_and_a_hint(parse, code, bad):
    with pytest.raises(RequestError) as caught:
        parse(bad)
    assert caught.value.code == code
    assert caught.value.hint
    assert len(caught.value.message) < 200


def test_a_context_of_nothing_is_refused():
    for zero in ("0", 0, "0.2"):
        with pytest.raises(RequestError):
            parse_tokens(zero)


@given(st.one_of(st.text(max_size=80), st.integers(), st.floats(), st.booleans(), st.none()))
def test_every_value_gives_a_finite_number_or_a_request_error(value):
    for parse in (parse_bytes, parse_count, parse_tokens):
        try:
            number = parse(value)
        except RequestError:
            continue
        assert math.isfinite(number)
        assert number >= 0


@given(st.integers(0, 2**40))
def test_printed_integers_come_back(number):
    assert parse_bytes(str(number)) == number
    assert parse_count(f"{number:,}") == number
    assert parse_bytes(f"{number % 4096}gib") == (number % 4096) * GIB


@given(st.integers(1, 4096))
def test_full_width_digits_are_digits(number):
    wide = "".join(chr(ord(c) + 0xFEE0) for c in str(number))
    assert parse_tokens(f"{wide}ｋ") == number * 1024
