"""The generated pages of JSON outputs and of the files that people write, from their schemas."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any, Final

from doc_pages import CATALOG, code, page, table, words

from osllm.api.schemas import advice, answers, license_files, parts
from osllm.authoring.files import PATTERNS, TEMPLATE
from osllm.authoring.jsonschema import file_schemas

# Blocks that answers share, by their fields: each is described once.
_PARTS: Final = {
    json.dumps(value["properties"], sort_keys=True): name.lower()
    for name, value in (*vars(parts).items(), ("ROW", advice.ROW))
    if name.isupper() and isinstance(value, dict) and len(value.get("properties", ())) > 2
}


def json_outputs(lang: str) -> str:
    """Every answer's fields, from its JSON Schema; blocks that answers share stand once, at the end."""
    w = words(lang)
    used: dict[str, dict[str, Any]] = {}
    blocks = [
        w("# JSON", "# JSON出力"),
        w(
            "One section per answer. `osllm schema NAME` prints the JSON Schema that each validates against. Within a major version "
            "fields are only added; `null` is what is not known or does not apply; a `?` marks a field that may be absent. Sizes are "
            "bytes, speeds tokens per second.",
            "答えの種類ごとに項目を示します。`osllm schema 名前` で検証用の JSON Schema を表示できます。同じメジャー版の間は項目が増えるだけです。"
            "`null` は不明または該当なし、`?` は省略されることのある項目です。サイズはバイト、速度はトークン毎秒です。項目の説明は、スキーマと同じく英語です。",
        ),
    ]
    for name, schema in answers().items():
        blocks += [f"## osllm/{name}@1", schema.get("description", ""), _fields(schema, lang, used)]
    done: set[str] = set()
    shared = [w("## Shared blocks", "## 共通の部分")]
    while len(done) < len(used):
        for name in sorted(set(used) - done):
            done.add(name)
            shared += [f"### {name}", _fields(used[name], lang, used)]
    return page(*blocks, *shared)


def _fields(schema: Mapping[str, Any], lang: str, used: dict[str, dict[str, Any]]) -> str:
    w = words(lang)
    rows = [[f"`{path}`", kind, told] for path, kind, told in _walk(schema, "", used, top=True)]
    return table((w("field", "項目"), w("type", "型"), w("meaning", "意味")), rows) if rows else ""


def _walk(
    schema: Mapping[str, Any], path: str, used: dict[str, dict[str, Any]], *, top: bool = False
) -> Iterator[tuple[str, str, str]]:
    """Each field below a schema as (path, type, description)."""
    bare, null = _bare(schema)
    mark = f"{path}[]" if bare.get("type") in ("array", ["array", "null"]) else path
    inner = bare["items"] if mark != path and "items" in bare else bare
    inner, _ = _bare(inner)
    known = _PARTS.get(json.dumps(inner.get("properties"), sort_keys=True))
    if not top:
        kind = f"[{known}](#{known})" if known else _type(inner)
        yield mark, kind + (" | null" if null else ""), schema.get("description", bare.get("description", ""))
        if known:
            used.setdefault(known, dict(inner))
            return
    required = inner.get("required", ())
    for name, field in inner.get("properties", {}).items():
        where = f"{mark}.{name}" if mark else name
        yield from _walk(field, where + ("" if name in required else "?"), used)
    extra = inner.get("additionalProperties")
    if isinstance(extra, dict) and extra:
        yield from _walk(extra, f"{mark}.<key>", used)


def _bare(schema: Mapping[str, Any]) -> tuple[Mapping[str, Any], bool]:
    """A schema without its null, and whether it had one."""
    options = [option for option in schema.get("anyOf", ()) if option != {"type": "null"}]
    if len(options) == 1:
        return options[0], True
    kind = schema.get("type")
    if isinstance(kind, list):
        rest = [name for name in kind if name != "null"]
        return {**schema, "type": rest[0] if len(rest) == 1 else rest}, "null" in kind
    return schema, False


def _type(schema: Mapping[str, Any]) -> str:
    if "const" in schema:
        return f"`{json.dumps(schema['const']).strip(chr(34))}`"
    if "enum" in schema:
        return code(value for value in schema["enum"] if value is not None)
    if "$ref" in schema:
        name = schema["$ref"].rpartition("/")[2]
        return f"[{name}](#{name.lower()})"
    options = schema.get("anyOf") or schema.get("oneOf")
    if options:
        return " | ".join(dict.fromkeys(_type(option) for option in options))
    if schema.get("type") == "array":
        return _type(schema.get("items", {})) + "[]"
    kind = schema.get("type", "any")
    return " | ".join(kind) if isinstance(kind, list) else str(kind)


def catalog_files(lang: str) -> str:
    """The template of a model file, and the fields of every kind of file."""
    w = words(lang)
    blocks = [
        w("# Files", "# ファイルの書式"),
        w(
            "What may stand in a catalog file, in the licence policy and in the lock file. `osllm schema NAME` prints each as a JSON "
            "Schema for your editor; `osllm catalog validate` checks also what must hold between files. A `?` marks a field that may "
            "be left out.",
            "カタログ、ライセンスポリシー、ロックファイルに書ける項目です。`osllm schema 名前` でエディター用の JSON Schema を表示できます。"
            "`osllm catalog validate` はファイル間の整合性も検査します。`?` は省略できる項目です。項目の説明は、スキーマと同じく英語です。",
        ),
        w("## Model file, commented", "## モデルのファイル（注釈付き）"),
        f"```yaml\n{(CATALOG / TEMPLATE).read_text(encoding='utf-8').rstrip()}\n```",
    ]
    for name, schema in {**file_schemas(), **license_files.SCHEMAS}.items():
        where = PATTERNS.get(name.removeprefix("catalog-"))
        blocks += [
            f"## {name}",
            f"`catalog/{where}`" if where else "",
            schema.get("description", ""),
            _fields(schema, lang, {}),
        ]
        for key, definition in schema.get("$defs", {}).items():
            fields = _fields(definition, lang, {})
            if fields:
                blocks += [f"### {key}", definition.get("description", ""), fields]
    return page(*blocks)
