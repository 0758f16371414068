"""`serve MODEL`: what to run, in the order in which it is run, and what it will be like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Code, Column, Heading, bullets, facts, table
from osllm.render.units import command_lines, export_lines, rate
from osllm.render.views import common

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(
    (
        "machine", "model", "quantization", "engine", "target", "placement", "context_tokens", "users", "fits", "command",
        "environment", "files", "notes", "weights", "first_request", "capacity",
    )
)  # fmt: skip
_LANGUAGES: Final = {"yaml": "yaml", "yml": "yaml", "py": "python", "sh": "sh", "service": "ini", "json": "json"}
_WHOLE: Final = 40  # lines of a file that are shown without --verbose


def serve(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:
    """Yield weights, command, files, notes, first request and sizing."""
    model = document.get("model")
    name = model["id"] if isinstance(model, dict) else model
    yield Heading(words("serve-title", model=name, engine=document["engine"]) if name else document["engine"], 1)
    yield facts(_conditions(document, words))
    weights = document.get("weights") or {}
    for part in ("download", "make"):
        if weights.get(part):
            yield Heading(words(f"serve-{part}"))
            yield Code(_commands(weights[part], columns), "sh")
    yield Heading(words("command"))
    lines = export_lines(document.get("environment") or {})
    yield Code((*lines, *command_lines(document["command"], max(columns - 4, 36))), "sh")
    yield from _files(document.get("files") or {}, words, verbose=verbose)
    notes = common.sentences(document.get("notes") or ())
    if notes:
        yield Heading(words("notes"))
        yield bullets(notes)
    first = document.get("first_request")
    if first:
        yield Heading(words("serve-request"))
        yield Code(tuple(first["curl"].split("\n")), "sh")
    yield from _capacity(document.get("capacity") or {}, words)


def _conditions(document: dict[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    if document.get("machine"):
        yield words("machine"), common.machine(document["machine"], words)
    if document.get("quantization"):
        yield words("format"), document["quantization"]
    if document.get("context_tokens"):
        tokens = words("tokens", count=f"{document['context_tokens']:,}")
        yield words("context"), words.joined((tokens, words("users", count=document.get("users") or 1)))


def _commands(commands: Sequence[Sequence[str]], columns: int) -> tuple[str, ...]:
    return tuple(line for command in commands for line in command_lines(command, max(columns - 4, 36)))


def _files(files: dict[str, str], words: Words, *, verbose: bool) -> Iterator[Block]:
    """Short files whole; of a long one the beginning, because `--out` writes it."""
    for path, content in files.items():
        lines = content.rstrip("\n").split("\n")
        kept = (
            lines
            if verbose or len(lines) <= _WHOLE
            else [*lines[:_WHOLE], words("serve-more", count=len(lines) - _WHOLE)]
        )
        yield Heading(path)
        yield Code(tuple(kept), _LANGUAGES.get(path.rpartition(".")[2], ""))


def _capacity(capacity: dict[str, Any], words: Words) -> Iterator[Block]:
    """What one machine serves, and what rented ones cost: shown when several users or a price were given."""
    sized, offers, api = capacity.get("machine"), capacity.get("offers") or [], capacity.get("api")
    if sized is not None and (capacity["users"] > 1 or api):
        yield Heading(words("serve-capacity", users=capacity["users"]))
        speed = None if sized["decode_tps"] is None else words("tps", rate=rate(sized["decode_tps"]))
        yield facts(
            (
                (words("serve-machines"), f"{sized['replicas']} x {words('users', count=sized['users_per_replica'])}"),
                (words("serve-gpus"), sized["gpus"]),
                (words("serve-each"), speed),
                (
                    words("serve-total"),
                    None if sized["total_tps"] is None else words("tps", rate=rate(sized["total_tps"])),
                ),
                (words("serve-ttft"), None if sized["ttft_s"] is None else f"{sized['ttft_s']:g} s"),
            )
        )
    if offers and (capacity["users"] > 1 or api):
        yield Heading(words("serve-offers"))
        yield table(
            (
                Column(words("serve-instance")),
                Column("GPU"),
                Column(words("serve-machines"), right=True),
                Column("USD/h", right=True),
                Column(words("serve-million"), right=True),
                Column("tok/s", right=True),
                Column(words("serve-price-date"), below=True),
            ),
            (
                [
                    f"{one['provider']} {one['instance']}", f"{one['gpu_count']}x{one['gpu']}", one["instances"],
                    f"{one['usd_per_hour']:,.2f}",
                    None if one["usd_per_million_tokens"] is None else f"{one['usd_per_million_tokens']:,.2f}",
                    rate(one["decode_tps"]), one["price_date"],
                ]
                for one in offers
            ),
        )  # fmt: skip
