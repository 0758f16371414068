"""Records defined by our own `NamedTuple` are what `typing.NamedTuple` makes of the same class."""

from __future__ import annotations

import pickle
import typing

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


def test_bodies_may_have_properties() -> None:
    assert Ours("a", (3, 9)).most == 9


def test_records_can_be_pickled_and_found_by_name() -> None:
    assert pickle.loads(pickle.dumps(Ours("a"))) == Ours("a")
    assert (Ours.__module__, Ours.__qualname__) == (__name__, "Ours")
