"""Records defined by our own `NamedTuple` are what `typing.NamedTuple` makes of the same class."""

from __future__ import annotations

import pickle
import typing

import pytest

from osllm import tuples


class Ours(tuples.NamedTuple):
    """A record."""

    name: str
    sizes: tuple[int, ...] = ()
    note: str | None = None

    @property
    def most(self) -> int:
        """The largest size."""
        return max(self.sizes, default=0)


class Theirs(typing.NamedTuple):
    """A record."""

    name: str
    sizes: tuple[int, ...] = ()
    note: str | None = None


def test_fields_defaults_and_words_are_the_same() -> None:
    ours, theirs = Ours("a", (1, 2)), Theirs("a", (1, 2))
    assert ours == theirs == ("a", (1, 2), None)
    assert ours._asdict() == theirs._asdict()
    assert (Ours._fields, Ours._field_defaults) == (Theirs._fields, Theirs._field_defaults)
    assert repr(ours).removeprefix("Ours") == repr(theirs).removeprefix("Theirs")
    assert Ours.__doc__ == Theirs.__doc__ == "A record."
    assert Ours._make(("b", (), "c"))._replace(name="d") == ("d", (), "c")


class Swapped(tuples.NamedTuple):
    """As many fields as the others, under other names."""

    note: str
    name: str
    most: int


def test_classes_with_as_many_fields_keep_their_own_names() -> None:
    assert Swapped(most=3, name="a", note="b") == ("b", "a", 3)
    assert (Swapped("b", "a", 3).name, Ours("a", (), "c").name) == ("a", "a")
    assert isinstance(Ours("a").most, int)
    match Swapped("b", "a", 3):
        case Swapped(note, name, most=most):
            assert (note, name, most) == ("b", "a", 3)


@pytest.mark.parametrize("arguments", [((), {}), ((1, 2, 3, 4), {}), ((1,), {"name": 2}), ((1,), {"other": 2})])
def test_wrong_arguments_are_told_in_the_same_words(arguments: tuple[tuple[int, ...], dict[str, int]]) -> None:
    told = []
    for made in (Ours, Theirs):
        with pytest.raises(TypeError) as raised:
            made(*arguments[0], **arguments[1])  # type: ignore[arg-type]
        told.append(str(raised.value).replace(made.__name__, ""))
    assert told[0] == told[1]
    with pytest.raises(TypeError, match="other"):
        Ours("a")._replace(other=2)  # type: ignore[call-arg]
    with pytest.raises(TypeError, match="Expected 3 arguments, got 1"):
        Ours._make(("a",))
    with pytest.raises(AttributeError):
        Ours("a").name = "b"  # type: ignore[misc]


def test_bodies_may_have_properties() -> None:
    assert Ours("a", (3, 9)).most == 9


def test_records_can_be_pickled_and_found_by_name() -> None:
    assert pickle.loads(pickle.dumps(Ours("a"))) == Ours("a")
    assert (Ours.__module__, Ours.__qualname__) == (__name__, "Ours")
