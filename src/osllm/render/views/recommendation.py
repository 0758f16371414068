"""`recommend`: the assumptions, the ranking, how to run the first, and what was left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from osllm.render.blocks import Cell, Code, Column, Heading, Paragraph, bullets, cell, facts, table
from osllm.render.units import billions, command_lines, export_lines, gib, gigabytes, rate, used_of
from osllm.render.views import common
from osllm.render.views.ranking_notes import ranking_notes
from osllm.render.views.request import assumptions

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from osllm.render.blocks import Block
    from osllm.render.words import Words

KEYS: Final = frozenset(("request", "machine", "companions", "recommendations", "qualified", "rejected", "notices"))
_DECISIVE: Final = 5  # reasons that a page shows without --verbose
_VERDICTS: Final = frozenset(
    ("LIC202", "LIC203", "SPD204")
)  # explain a verdict or a doubt whatever their points; duties stand under warnings


def recommendation(document: dict[str, Any], words: Words, *, verbose: bool, columns: int) -> Iterator[Block]:
    """Yield the page of a recommendation."""
    rows = document["recommendations"]
    yield Heading(_title(document["request"], document.get("qualified", len(rows)), len(rows), words), 1)
    yield facts(assumptions(document, words))
    if not rows:
        yield Paragraph(words("nothing-qualifies"), "bad")
    else:
        yield ranking(rows, words, _purpose(document["request"]))
        yield bullets(note for note in ranking_notes(rows, words) if note)
        yield from first_answer(rows[0], document["request"], words, columns, verbose=verbose)
        if verbose:
            for row in rows[1:]:
                yield from all_reasons(row, words)
    yield from beside(document.get("companions") or (), words, _purpose(document["request"]))
    yield from left_out(document["rejected"], words)
    notices = common.sentences(document["notices"])
    if notices:
        yield Heading(words("notices"))
        yield bullets(notices)


def _title(request: dict[str, Any], qualified: int, count: int, words: Words) -> str:
    title = request.get("use_case_title")
    named = words.bracket(title, request["use_case"]) if title else request["use_case"]
    if not count:
        return words("recommendation-none", use_case=named)
    return words("recommendation-title", use_case=named, count=count, qualified=f"{qualified:,}")


def _purpose(request: Mapping[str, Any]) -> str | None:
    """Return what the licences were asked for (`--use`)."""
    purpose: str | None = (request.get("license_facts") or {}).get("use")
    return purpose


def ranking(rows: list[dict[str, Any]], words: Words, use: str | None) -> Block:
    """Return the ranked table; engine and characters per second have columns only where they tell something."""
    engines = {row["engine"] for row in rows}
    writing = any(row["speed"]["ja_chars_per_s"] is not None for row in rows)
    columns = [
        Column("#", right=True),
        Column(words("model")),
        Column(words("format")),
        *([Column(words("engine"), below=True)] if len(engines) > 1 else []),
        Column(words("memory-gib"), right=True),
        Column(words("trains-column") if common.trains(rows[0]["speed"]) else "tok/s", right=True),
        *([Column(words("chars-per-second"), right=True)] if writing else []),
        Column(words("quality"), below=True),
        Column(words("license"), below=True),
    ]
    lines = []
    for row in rows:
        speed, memory = row["speed"], row["memory"]
        lines.append(
            [
                str(row["rank"]),
                Cell(row["model"]["id"], "strong"),
                row["quantization"]["format"],
                *([row["engine"]] if len(engines) > 1 else []),
                used_of(memory["total_bytes"], memory["capacity_bytes"]),
                rate(common.pace(speed)),
                *([rate(speed["ja_chars_per_s"])] if writing else []),
                common.short_quality(row["quality"], words),
                common.verdict(row["license"]["verdict"], words, use),
            ]
        )
    return table(columns, lines, lead=2)


def first_answer(
    row: dict[str, Any], request: Mapping[str, Any], words: Words, columns: int, *, verbose: bool
) -> Iterator[Block]:
    """Yield everything about one row: what it is, the command, reasons, warnings."""
    yield Heading(f"{row['rank']}. {row['model']['name'] or row['model']['id']}")
    yield facts(details(row, request, words))
    yield from command(row["serve"], words, columns, trains=common.trains(row["speed"]))
    yield from warnings(row, words)
    chosen = row["reasons"] if verbose else decisive(row["reasons"])
    yield Heading(words("reasons"))
    yield bullets(common.reasons(chosen))
    if verbose and row["quality"] and row["quality"]["evidence"]:
        yield Heading(words("evidence"))
        yield bullets(common.sources_of(row["quality"]["evidence"], words))


def details(row: dict[str, Any], request: Mapping[str, Any], words: Words) -> Iterator[tuple[str, object]]:
    """Yield the facts of a row."""
    model, quantization, memory = row["model"], row["quantization"], row["memory"]
    yield words("model"), model_line(model, words)
    artifact = quantization["artifact"]
    weights = words.bracket(quantization["format"], gigabytes(quantization["file_bytes"]))
    from_where = (
        artifact["hub_id"] if artifact else model["hub_id"] if model["hub_id"] in row["serve"]["command"] else None
    )
    yield words("weights"), words.joined(told for told in (weights, from_where, _loaded(row, words)) if told)
    used = words("memory-used", total=gib(memory["total_bytes"]), capacity=gib(memory["capacity_bytes"]))
    span = words("interval", low=f"{memory['low_bytes'] / 2**30:.1f}", high=gib(memory["high_bytes"]))
    yield words("memory"), words.joined([words.bracket(used, span), *_split(row)])
    here = row["context"]
    held, users = common.tokens(here["tokens"], words, here["ja_chars"]), request.get("users") or 1
    together = words("together", users=users, total=f"{users * here['tokens']:,}") if users > 1 else None
    yield words("context"), words.joined(told for told in (held, together) if told)
    longest = common.longest_context(row, words)
    if longest is not None:
        yield words("longest-context"), longest
    yield words("train-speed" if common.trains(row["speed"]) else "speed"), common.speed(row["speed"], words)
    if row["speed"].get("ttft_s") is not None:
        wait = row["speed"]["ttft_s"]
        told = words("minutes", count=round(wait / 60)) if wait >= 120 else words("seconds", count=rate(wait))
        yield words("first-token"), words("reading", wait=told, tokens=f"{here['tokens'] // 2:,}")
    yield words("quality"), _quality(row["quality"], words)
    yield words("license"), _license(row["license"], words, _purpose(request))
    if row["also"]:
        yield words("also"), words.joined(row["also"])


def _split(row: dict[str, Any]) -> list[str]:
    """Return what lies on each device, where parts lie in RAM beside accelerators: one may be full while the other is not."""
    place, devices = row["placement"], row["memory"]["per_device"]
    if not (place["gpus"] and (place["cpu_layers"] or place["experts_on_cpu"])):
        return []
    names = ("RAM" if one["device"] == "cpu" else one["device"] for one in devices)
    return [f"{name} {used_of(d['total_bytes'], d['capacity_bytes'])}" for name, d in zip(names, devices, strict=True)]


def _loaded(row: dict[str, Any], words: Words) -> str | None:
    """Return how much of a file is loaded, where that is clearly less: tables in host memory, layers for prediction."""
    file, held = row["quantization"]["file_bytes"], row["memory"]["weights_bytes"]
    return words("loaded", size=gib(held)) if file and held < 0.985 * file else None


def model_line(model: dict[str, Any], words: Words) -> str:
    """Return a model in a line: hub id, size, developer and country, date."""
    size = billions(model["params_total"])
    if size and model["params_active"] and model["params_active"] != model["params_total"]:
        size = words.bracket(size, words("active", params=billions(model["params_active"])))
    country = model["origin"]
    if model["base_origin"] and model["base_origin"] != model["origin"]:
        country = words("on-base-from", origin=model["origin"], base=model["base_origin"])
    who = words.bracket(model["developer"], country)
    return words.joined(str(word) for word in (model["hub_id"] or model["id"], size, who, model["released"]) if word)


def _quality(block: dict[str, Any] | None, words: Words) -> Cell:
    if block is None:
        return common.quality(None, words)
    told = common.quality(block, words)
    return told._replace(text=f"{told.text}: {words.known('grade', block['grade'])}")


def _license(block: dict[str, Any], words: Words, use: str | None) -> Cell:
    told = common.verdict(block["verdict"], words, use)
    return told._replace(text=words.bracket(told.text, words.joined(block["keys"])))


def command(serve: dict[str, Any], words: Words, columns: int, *, trains: bool = False) -> Iterator[Block]:
    """Yield the command that starts the engine, its environment, and what its notes say."""
    yield Heading(words.bracket(words("train-command" if trains else "command"), serve["engine"]))
    lines = export_lines(serve.get("environment") or {})
    yield Code((*lines, *command_lines(serve["command"], max(columns - 4, 36))), "sh")
    notes = common.sentences(serve.get("notes") or ())
    if notes:
        yield bullets(notes)


def warnings(row: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield what must be known before acting: warnings, licence duties and assumptions."""
    found: list[object] = [Cell(text, "warn") for text in common.sentences(row["warnings"])]
    found += [words("duty", text=duty["text"] or duty["id"]) for duty in row["license"]["obligations"]]
    found += [words("assumption", text=text) for text in row["license"]["assumptions"]]
    if found:
        yield Heading(words("warnings"))
        yield bullets(found)


def decisive(reasons: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the reasons that moved the row most, in their own order; without points, the first ones."""
    weighty = sorted(reasons, key=lambda reason: -abs(reason.get("points") or 0))[:_DECISIVE]
    return [
        reason
        for reason in reasons
        if reason in weighty or (reason["rule"] in _VERDICTS and not reason["params"].get("obligations"))
    ]


def all_reasons(row: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield every reason of a row under its name."""
    yield Heading(f"{row['rank']}. {row['model']['id']}")
    yield bullets(
        [
            *common.reasons(row["reasons"]),
            *(Cell(f"[!] {text}", "warn") for text in common.sentences(row["warnings"])),
            *(words("duty", text=duty["text"] or duty["id"]) for duty in row["license"]["obligations"]),
            *common.sources_of((row["quality"] or {}).get("evidence") or (), words),
        ]
    )


def beside(companions: Sequence[dict[str, Any]], words: Words, use: str | None) -> Iterator[Block]:
    """Yield the models that work beside the answer, as retrieval needs them."""
    if not companions:
        return
    yield Heading(words("companions"))
    yield table(
        (
            Column(words("kind")),
            Column(words("model")),
            Column(words("memory"), right=True),
            Column(words("measured"), below=True),
            Column(words("license"), below=True),
        ),
        (
            [
                words.known("companion", one["kind"]),
                Cell(one["hub_id"], "strong"),
                gib(one["memory_bytes"]),
                f"{one['benchmark']} {one['value']:g}",
                common.verdict(one["verdict"], words, use),
            ]
            for one in companions
        ),
        lead=2,
    )


def left_out(rejected: dict[str, Any], words: Words) -> Iterator[Block]:
    """Yield how many models fell to which rule, and the nearest of them with what they need."""
    if not rejected["count"]:
        return
    yield Heading(words("rejected", count=f"{rejected['count']:,}"))
    by_rule = sorted(rejected["by_rule"].items(), key=lambda item: (-item[1], item[0]))
    yield Paragraph(words.joined(f"{words.known('rule', rule)} {count:,}" for rule, count in by_rule))
    if rejected["nearest"]:
        yield table(
            (Column(words("nearest")), Column(words("why-not"), wrap=True)),
            ([Cell(one["model"], "strong"), cell(one["text"])] for one in rejected["nearest"]),
        )
