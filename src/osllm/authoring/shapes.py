"""The `architecture:` block of a model file to `osllm.domain.architecture.Architecture`."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.architecture import (
    Architecture,
    Attention,
    Dense,
    Experts,
    FeedForward,
    LatentAttention,
    LayerRun,
    Mixer,
    Recurrent,
)

# Keys of an architecture block that belong to the author, not to the shape.
PROSE: Final = frozenset(("source", "derived", "note", "notes", "incomplete", "same_as"))
SCALARS: Final = (
    "dtype", "vision_params", "mtp_layers", "mtp_params", "position_embeddings", "per_layer_embedding_size", "extra_params",
)  # fmt: skip


class ShapeError(ValueError):
    """A block that does not describe a stack of layers; the message says which part."""


def merge(base: Mapping[str, Any], over: Mapping[str, Any]) -> dict[str, Any]:
    """Deep merge: maps merge, everything else is replaced."""
    result = dict(base)
    for key, value in over.items():
        old = result.get(key)
        result[key] = merge(old, value) if isinstance(old, Mapping) and isinstance(value, Mapping) else value
    return result


def expand_pattern(pattern: str, layers: int) -> list[tuple[str, ...]]:
    """`local*5 global` over so many layers: per layer the names of its blocks (`a+b` two, `-` none).

    The sequence repeats until the layers are filled; a last `name*` fills the rest.
    """
    tokens = pattern.split()
    if not tokens:
        raise ShapeError("empty pattern")
    once: list[str] = []
    for position, token in enumerate(tokens):
        name, star, number = token.partition("*")
        if star and not number:
            if position != len(tokens) - 1:
                raise ShapeError(f"{token!r}: only the last part of a pattern may fill the rest")
            once += [name] * (layers - len(once))
        elif star and not number.isdigit():
            raise ShapeError(f"{token!r} is not name*N")
        else:
            once += [name] * (int(number) if star else 1)
    filled = once[:layers] if len(once) >= layers else (once * -(-layers // len(once)))[:layers]
    return [() if name == "-" else tuple(name.split("+")) for name in filled]


def mixer(block: Mapping[str, Any]) -> Mixer:
    """One attention, latent attention or recurrent block."""
    fields = {k: v for k, v in block.items() if k not in PROSE}
    try:
        if fields.pop("mla", False):
            return LatentAttention(**fields)
        if "recurrent" in fields:
            return Recurrent(type=fields.pop("recurrent"), **fields)
        return Attention(**fields)
    except TypeError as error:
        raise ShapeError(str(error).replace("__new__()", "mixer")) from None


def feed_forward(block: Mapping[str, Any]) -> FeedForward:
    """One dense feed-forward network or one mixture of experts."""
    fields = {k: v for k, v in block.items() if k not in PROSE}
    try:
        return Experts(**fields) if "experts" in fields else Dense(**fields)
    except TypeError as error:
        raise ShapeError(str(error).replace("__new__()", "ffn")) from None


def _blocks(
    shape: Mapping[str, Any], single: str, plural: str, pattern: str, layers: int
) -> tuple[dict[str, Mapping[str, Any]], list[tuple[str, ...]]]:
    if plural in shape:
        named = dict(shape[plural])
        default = next(iter(named), "-")
        return named, expand_pattern(str(shape.get(pattern) or f"{default}*"), layers)
    if single in shape:
        return {single: shape[single]}, [(single,)] * layers
    return {}, [()] * layers


def build(shape: Mapping[str, Any]) -> Architecture:
    """The architecture of a complete block (`same_as` already resolved). Raises ShapeError."""
    missing = [k for k in ("model_type", "hidden_size", "layers", "vocab_size") if shape.get(k) is None]
    if missing:
        raise ShapeError(f"missing: {', '.join(missing)}")
    if shape.get("tied_embeddings") is None:
        raise ShapeError("missing: tied_embeddings")
    layers = int(shape["layers"])
    mixers, mixer_plan = _blocks(shape, "attention", "mixers", "mixer_pattern", layers)
    ffns, ffn_plan = _blocks(shape, "ffn", "ffns", "ffn_pattern", layers)
    if not mixers and not ffns:
        raise ShapeError("missing: attention or mixers, ffn or ffns")
    made_mixers = {name: mixer(block) for name, block in mixers.items()}
    made_ffns = {name: feed_forward(block) for name, block in ffns.items()}
    runs: list[LayerRun] = []
    for mixer_names, ffn_names in zip(mixer_plan, ffn_plan, strict=True):
        try:
            layer = LayerRun(1, tuple(made_mixers[n] for n in mixer_names), tuple(made_ffns[n] for n in ffn_names))
        except KeyError as error:
            raise ShapeError(f"the pattern names {error.args[0]!r}, which is not defined") from None
        if runs and runs[-1][1:] == layer[1:]:
            runs[-1] = runs[-1]._replace(repeat=runs[-1].repeat + 1)
        else:
            runs.append(layer)
    extras = {k: shape[k] for k in SCALARS if shape.get(k) is not None}
    return Architecture(
        model_type=str(shape["model_type"]),
        hidden_size=int(shape["hidden_size"]),
        vocab_size=int(shape["vocab_size"]),
        tied_embeddings=bool(shape["tied_embeddings"]),
        runs=tuple(runs),
        **extras,
    )
