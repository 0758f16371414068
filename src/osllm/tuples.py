"""`NamedTuple` for records, without the price of `typing.NamedTuple`.

That one compiles the annotation of every field to look at it, and `collections.namedtuple` a constructor for every class:
together most of what the hundred records of an answer cost to define. Nothing here reads annotations at run time, and classes
with as many fields share one compiled constructor under names of their own. Type checkers see the ordinary class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported
else:
    from collections import namedtuple
    from functools import cache

    # What the body of a class says about itself, and what must not be in a class without a dictionary.
    _NOT_COPIED = frozenset(("__dict__", "__annotations__", "__weakref__"))

    @cache
    def _pattern(number: int) -> type:
        """A named tuple of so many fields, whose parts others borrow."""
        return namedtuple("_Pattern", [f"f{place}" for place in range(number)])  # noqa: PYI024 - what this is about

    def _replace(self: Any, /, **changes: Any) -> Any:  # noqa: ANN401
        """Return a copy with other values in some fields."""
        made = self._make(map(changes.pop, self._fields, self))
        if changes:
            raise TypeError(f"Got unexpected field names: {list(changes)!r}")
        return made

    def _repr(self: Any) -> str:  # noqa: ANN401
        """Return the fields with their values, as the constructor takes them."""
        values = ", ".join(f"{field}={value!r}" for field, value in zip(self._fields, self, strict=True))
        return f"{type(self).__name__}({values})"

    class _Maker(type):
        """Turns the body of a class into a named tuple with the body's defaults, methods and properties."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = tuple(body["__annotations__"])
            pattern = _pattern(len(fields))
            borrowed = vars(pattern)
            code = pattern.__new__.__code__
            own = {"co_name": "__new__", "co_qualname": f"{body['__qualname__']}.__new__"}
            code = code.replace(co_varnames=(code.co_varnames[0], *fields), **own)
            new = type(_replace)(code, pattern.__new__.__globals__)
            defaults = {field: body[field] for field in fields if field in body}
            new.__defaults__ = tuple(defaults.values())
            members = {
                "__slots__": (),
                "__new__": new,
                "__repr__": _repr,
                "__getnewargs__": borrowed["__getnewargs__"],
                "__match_args__": fields,
                "_fields": fields,
                "_field_defaults": defaults,
                "_make": borrowed["_make"],
                "_replace": _replace,
                "__replace__": _replace,
                "_asdict": borrowed["_asdict"],
                **{key: value for key, value in body.items() if key not in _NOT_COPIED},
                **{field: borrowed[there] for field, there in zip(fields, pattern._fields, strict=True)},
            }
            made = type(name, (tuple,), members)
            made.__annotations__ = body["__annotations__"]
            return made

    class NamedTuple(metaclass=_Maker):
        """See the module."""
