"""The commented policy file that `osllm license policy init` writes."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from osllm.domain.request import LicenseFacts
from osllm.licensing.facts import stated

_WORDS: Final[Mapping[str, Mapping[str, str]]] = {
    "en": {
        "head": "Licence policy for open-weight models. Check it with: osllm license policy check",
        "facts": "Who you are and what you do; options on the command line override these. Leave out what you do not know.",
        "use": "commercial | internal | research | education | personal",
        "policy": "What passes. Licences on the allow-list pass with their duties, if nothing denies the use.",
        "gate": "worst verdict that passes for every other licence: allowed | conditions | review",
        "review": "fail | warn",
        "evidence": "weakest evidence that is enough: primary | partial | secondary",
        "require": "every duty must be accepted by its id, here or in an exception",
        "exceptions": "Decisions about single models: who decided, why, until when (the last day it holds).",
        "agreement": "a separate licence that you have signed: the only thing that lifts a denial",
        "clarify": "Which licences a model has, bound to the files that were read: void when a hash changes.",
        "unused": "warn | ignore, for what matches no model any more",
        "reason": "our contract template carries section 3.2",
    },
    "ja": {
        "head": "オープンウェイトモデルのライセンスポリシー。確認: osllm license policy check",
        "facts": "自社と用途に関する事実。コマンドラインの指定が優先する。不明なものは書かない。",
        "use": "commercial | internal | research | education | personal",
        "policy": "合格とする条件。許可リストのライセンスは、利用が拒否されない限り、義務も含めて合格となる。",
        "gate": "その他のライセンスで合格とする最も厳しい判定: allowed | conditions | review",
        "review": "fail | warn",
        "evidence": "許容する最も弱い根拠: primary | partial | secondary",
        "require": "すべての義務を、ここまたは例外で id により承認することを求める",
        "exceptions": "個別モデルについての決定。決定者、理由、期限(有効な最終日)。",
        "agreement": "締結済みの個別契約。「利用不可」を解除できるのはこれのみ",
        "clarify": "モデルのライセンスの確認結果。確認したファイルのハッシュが変わると無効になる。",
        "unused": "warn | ignore(どのモデルにも該当しなくなった項目の扱い)",
        "reason": "契約書ひな形 v3 に 3.2 の条項を含めている",
    },
}


def policy_template(facts: LicenseFacts | None = None, lang: str = "en") -> str:
    """Return a policy file with every key, commented, filled in with the facts that were said.

    Args:
        facts: what is known about the use already; None or empty leaves examples as comments.
        lang: language of the comments; keys and values are English.
    """
    words = _WORDS.get(lang, _WORDS["en"])
    said = stated(facts) if facts is not None else {}
    lines = [
        f"# {words['head']}",
        "version: 1",
        "",
        f"# {words['facts']}",
        "facts:",
        f"  use: {said.pop('use', 'commercial')}  # {words['use']}",
        f"  region: {said.pop('region', 'JP')}",
        *(f"  {name}: {_scalar(value)}" for name, value in said.items()),
        "  # mau: 300000",
        "  # revenue_jpy: 3200000000",
        "  # maas: false",
        "",
        f"# {words['policy']}",
        "policy:",
        "  allow: [apache-2.0, mit, bsd-3-clause, openmdw-1.0, openmdw-1.1]",
        "  allow_kinds: [permissive]",
        f"  verdict_gate: conditions  # {words['gate']}",
        f"  on_review: fail  # {words['review']}",
        f"  min_evidence: secondary  # {words['evidence']}",
        f"  require_accepted_obligations: true  # {words['require']}",
        "  accepted: [aup]",
        "",
        f"# {words['exceptions']}",
        "exceptions: []",
        "#  - model: google/gemma-2-9b-it",
        "#    licenses: [gemma-tou-2025-03-24]",
        "#    accepted: [aup, pass-on-use-restrictions]",
        f'#    reason: "{words["reason"]}"',
        "#    owner: legal@example.co.jp",
        "#    expires: 2027-03-31",
        f'#    agreement: "..."  # {words["agreement"]}',
        "",
        f"# {words['clarify']}",
        "clarify: []",
        "#  - model: ORG/NAME",
        "#    licenses: [apache-2.0]",
        '#    license_files: [{path: LICENSE, sha256: "..."}]',
        "",
        f"unused_exception: warn  # {words['unused']}",
    ]
    return "\n".join(lines) + "\n"


def _scalar(value: Any) -> str:  # noqa: ANN401 - a fact: bool, number, string or list
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return f"[{', '.join(map(str, value))}]" if isinstance(value, list) else str(value)
