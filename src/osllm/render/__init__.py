"""From a document to what is printed: the same document in six formats and two languages.

    document ── views ──> blocks ── text, markdown
             └─ json, yaml
             └─ rows ──> jsonl, csv

Views read documents and nothing else: whatever a page says stands in the JSON as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from osllm.render.screen import Screen


def render(document: dict[str, Any], fmt: str, lang: str, screen: Screen, *, verbose: bool = False) -> str:
    """Return a document as text that ends in a line end.

    Args:
        document: what `Result.to_dict()` gives; a schema that no view knows is shown key by key.
        fmt: `table`, `json`, `jsonl`, `yaml`, `markdown` or `csv`.
        lang: language of headings and labels in `table` and `markdown`.
        screen: where it is shown.
        verbose: whether `table` and `markdown` give all reasons of all rows.
    """
    if "$schema" in document and fmt == "table":  # a JSON Schema is read by programs: as it is, laid out
        return _data(document, "json", indent=True)
    if fmt in ("json", "jsonl", "yaml", "csv"):
        return _data(document, fmt, indent=screen.terminal)
    from osllm.render.views import page

    blocks = page(document, lang, verbose=verbose, columns=screen.width)
    if fmt == "markdown":
        from osllm.render.markdown import write as write_markdown

        return write_markdown(blocks)
    from osllm.render.text import write

    return write(blocks, screen)


def _data(document: dict[str, Any], fmt: str, *, indent: bool) -> str:
    if fmt == "json":
        from osllm.render.json import dump

        return dump(document, indent=indent)
    if fmt == "yaml":
        from osllm.render.yaml import dump as dump_yaml

        return dump_yaml(document)
    from osllm.render import rows

    return rows.jsonl(document) if fmt == "jsonl" else rows.csv_text(document)
