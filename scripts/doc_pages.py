"""The generated pages of commands and rules, and how a page is put together. `generate_docs.py` writes them.

A page is a function from a language to Markdown. What it says comes from the code and the catalog; only headings and
the sentences at the top are written here, as (English, Japanese).
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from rules_ja import RULES_JA

from osllm.authoring.yamlio import load
from osllm.cli.help import summary
from osllm.cli.options import OPTIONS, SECTIONS, SHORT, flag
from osllm.cli.spec import Command
from osllm.cli.tree import TREE, Node, command
from osllm.i18n import lookup, text
from osllm.i18n import table as i18n_table
from osllm.rules.registry import Rule, all_rules

ROOT: Final = Path(__file__).resolve().parent.parent
CATALOG: Final = ROOT / "catalog"

Words = Callable[[str, str], str]  # (English, Japanese) -> the one that is wanted


def words(lang: str) -> Words:
    """Choose between the two languages of a heading."""
    return lambda english, japanese: japanese if lang == "ja" else english


def table(head: Iterable[str], rows: Iterable[Iterable[str]]) -> str:
    """A Markdown table."""
    names = list(head)
    lines = [names, ["---"] * len(names), *rows]
    return "\n".join(
        "| " + " | ".join(cell.replace("|", "\\|").replace("\n", " ") for cell in row) + " |" for row in lines
    )


def code(values: Iterable[object]) -> str:
    """Words as code, separated by spaces."""
    return " ".join(f"`{value}`" for value in values)


def page(*blocks: str) -> str:
    """Blocks with a blank line between them."""
    return "\n\n".join(block for block in blocks if block)


def read(path: Path) -> dict[str, Any]:
    """The data of a catalog file."""
    return load(path, path.name).data


# Commands


def commands(tree: Mapping[str, Node] = TREE, path: str = "") -> Iterator[Command]:
    """Every command, in the order of the help; a group that answers by itself is the command of its own name."""
    for name, node in tree.items():
        typed = f"{path} {name}".strip()
        if isinstance(node, dict):
            yield from commands(node, typed)
        else:
            yield command(typed, node)


def cli(lang: str) -> str:
    """Every command with its page of help, then every option with its variable."""
    w = words(lang)
    found = list(commands())
    blocks = [
        w("# Commands", "# コマンド"),
        w(
            "Every command and option. `osllm COMMAND --help` prints the same; options can also be set in a file or as a variable "
            "([configuration](configuration.md)).",
            "すべてのコマンドとオプションです。`osllm コマンド --help` でも表示できます。"
            "オプションは設定ファイルや環境変数でも指定できます（[設定](configuration.md)）。",
        ),
    ]
    for spec in found:
        blocks += [f"## osllm {spec.path}", *_command(spec, lang)]
    blocks += [w("## Options and variables", "## オプションと環境変数"), _options(found, lang)]
    return page(*blocks)


def _command(spec: Command, lang: str) -> Iterator[str]:
    w = words(lang)
    told = summary(spec.path, lang)
    yield told + "。" if lang == "ja" else told[:1].upper() + told[1:] + "."
    typed = " ".join(("osllm", spec.path, *(a.metavar if a.required else f"[{a.metavar}]" for a in spec.arguments)))
    examples = lookup(f"cli.example.{spec.path.replace(' ', '.')}", lang)
    yield "```text\n" + typed + " [OPTIONS]\n```"
    if examples:
        yield f"```sh\n{examples}\n```"
    if spec.own:
        yield _option_table([(name, *spec.own[name]) for name in spec.own], lang)
    if spec.options:
        yield w("Also: ", "共通のオプション: ") + _shared(spec, lang)
    if spec.formats:
        yield w("More formats: ", "追加の出力形式: ") + code(spec.formats)


def _shared(spec: Command, lang: str) -> str:
    """The options that other commands have too: a whole section by its title, else one by one."""
    parts = []
    for key, names in SECTIONS:
        taken = [name for name in names if name in spec.options]
        title = text(f"cli.section.{key}", lang)
        parts.append(f"[{title}](#{anchor(title)})" if len(taken) == len(names) else code(flag(n) for n in taken))
    return ("、" if lang == "ja" else ", ").join(part for part in parts if part)


def anchor(title: str) -> str:
    """The id that GitHub gives a heading."""
    return re.sub(r"[^\w -]", "", title.lower()).replace(" ", "-")


def _options(found: list[Command], lang: str) -> str:
    own = {name: kind for spec in found for name, kind in spec.own.items() if name not in OPTIONS}
    sections = [(text(f"cli.section.{key}", lang), {name: OPTIONS[name] for name in names}) for key, names in SECTIONS]
    sections.append((text("cli.section.own", lang), own))
    return page(
        *(
            f"### {title}\n\n{_option_table([(n, *kind) for n, kind in kinds.items()], lang)}"
            for title, kinds in sections
        )
    )


def _option_table(options: list[tuple[str, str, str]], lang: str) -> str:
    w = words(lang)
    rows = []
    for name, kind, metavar in options:
        typed = [short for short, long in SHORT.items() if long == name] + [flag(name)]
        if kind == "switch":
            typed.append(f"--no-{flag(name)[2:]}")
        value = f"`{metavar}`" if metavar else "-"
        variable = f"`OSLLM_{name.upper()}`" if name in OPTIONS else "-"
        rows.append([code(typed), value, text(f"cli.option.{name}", lang), variable])
    head = (w("option", "オプション"), w("value", "値"), w("meaning", "意味"), w("variable", "環境変数"))
    return table(head, rows)


# Rules

_EFFECTS: Final = {
    "veto": ("rules a model out", "除外する"),
    "prefer": ("raises the score or speaks for the model", "評価を上げる、または長所として示す"),
    "penalise": ("lowers the score", "評価を下げる"),
    "note": ("is said, and costs nothing", "注意として示す（評価は変わらない）"),
    "unknown": ("a fact is missing; never counted as a pass", "情報が足りない（合格とはみなさない）"),
}


def rules(lang: str) -> str:
    """Every rule: what it says, why, and what would change it."""
    w = words(lang)
    found = all_rules()
    overview = table(
        (w("code", "コード"), w("name", "名前"), w("effect", "効果"), w("question", "観点")),
        ([f"[{r.code}](#{r.code.lower()})", f"`{r.name}`", f"`{r.effect}`", _rule_doc(r, lang)[0]] for r in found),
    )
    effects = table((w("effect", "効果"), w("meaning", "意味")), ([f"`{k}`", w(*v)] for k, v in _EFFECTS.items()))
    blocks = [
        w("# Rules", "# 規則"),
        w(
            "A rule is a pure function of facts. Its code is stable and stands behind every reason that osllm prints; the order "
            "of rules never changes an answer.",
            "規則は事実だけから決まる純粋な関数です。コードは変わらず、osllm が示す理由の末尾に必ず付きます。規則の順序で答えが変わることはありません。",
        ),
        effects,
        overview,
    ]
    for r in found:
        what, *more = _rule_doc(r, lang)
        said = lookup(f"rules.{r.code}", lang)
        blocks += [f"## {r.code}", f"**{r.name}** (`{r.effect}`). {what}", *more]
        if said:
            blocks.append(w("It says: ", "表示: ") + f"`{said}`")
    blocks += [
        w("## Licence checks", "## ライセンス判定の規則"),
        w(
            "The `rule` of a finding of `osllm license check`, and what it says.",
            "`osllm license check` の結果に付く `rule` と、その文面です。",
        ),
        table((w("rule", "規則"), w("says", "表示")), _findings(lang)),
    ]
    return page(*blocks)


# Messages of the licence tables that are not findings: limits and assumptions in words, and the disclaimer.
_NO_FINDING: Final = ("limit", "assume", "disclaimer")
_VARIANT: Final = ("-switch", "-bare")  # the same finding in other words


def _findings(lang: str) -> Iterator[list[str]]:
    for name, said in i18n_table("license", lang).items():
        rule = name.removeprefix("license.")
        if "." not in rule and not rule.startswith(_NO_FINDING) and not rule.endswith(_VARIANT):
            yield [f"`{rule}`", f"`{said}`"]


def _rule_doc(rule: Rule, lang: str) -> list[str]:
    """The paragraphs of a rule: what, and then why and what would change it where the rule says so."""
    if lang == "ja":
        what, why, change = RULES_JA[rule.code]
        return [what, *([f"理由: {why}"] if why else []), *([f"変えるには: {change}"] if change else [])]
    first, _, rest = rule.doc.partition("\n")
    return [first.strip(), *(line.strip() for line in rest.splitlines() if line.strip())]
