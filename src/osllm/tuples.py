"""`NamedTuple` for records, without the price of `typing.NamedTuple`.

That one compiles the annotation of every field to look at it, which is most of what the hundred records of an answer cost to
define, and nothing here reads annotations at run time. Type checkers see the ordinary class.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from typing import NamedTuple as NamedTuple  # noqa: PLC0414 - exported
else:
    from collections import namedtuple

    # What a named tuple has by itself and its class body must not replace, and what the body says about itself.
    _NOT_COPIED = frozenset(("__dict__", "__module__", "__qualname__", "__annotations__", "__slots__", "__weakref__"))

    class _Maker(type):
        """Turns the body of a class into a named tuple with the body's defaults, methods and properties."""

        def __new__(cls, name: str, bases: tuple[type, ...], body: dict[str, Any]) -> type:
            if not bases:
                return super().__new__(cls, name, bases, body)
            fields = list(body["__annotations__"])
            defaults = [body[field] for field in fields if field in body]
            made = namedtuple(  # noqa: PYI024 - what this module is about
                name, fields, defaults=defaults, module=body["__module__"]
            )
            made.__annotations__ = body["__annotations__"]
            made.__doc__ = body.get("__doc__")
            for key, value in body.items():
                if key not in _NOT_COPIED and key not in fields:
                    setattr(made, key, value)
            return made

    class NamedTuple(metaclass=_Maker):
        """See the module."""
