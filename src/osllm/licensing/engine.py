"""May a model be used so? Every licence of the model is judged alone; the worst verdict wins, duties are united.

- denied: the text withholds a right that the use needs;
- review: a decisive fact is missing, or the text is ambiguous, unread or contested;
- conditions: permitted if the listed duties are met;
- allowed: nothing beyond obeying the law.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import VERDICT_ORDER, LicenseFinding, LicenseVerdict, Obligation
from osllm.licensing.facts import UNSAID_USES, option
from osllm.licensing.judge import judge
from osllm.licensing.sheet import ALLOWED, CONDITIONS, DENIED, REVIEW, Answer
from osllm.licensing.words import joined, say

License = Mapping[str, Any]

_CACHE_LIMIT: Final = 4096
_Question = tuple[LicenseFacts, str, bool | None, str | None]  # facts, use, multimodal, language
_judged: dict[tuple[int, _Question], tuple[License, Answer]] = {}


def check(
    binding: LicenseBinding,
    licenses: Mapping[str, License],
    facts: LicenseFacts,
    modalities: Sequence[str] = (),
    lang: str | None = "en",
) -> LicenseVerdict:
    """Judge a use of a model under all its licences.

    Args:
        binding: the model's licences (all apply at once) and how well that is known.
        licenses: licence key -> entry of `catalog/licenses/`.
        facts: what was said about the use, as `osllm.licensing.facts.normalise` returns it. Without `use` both
            commercial and personal use are judged, and `per_use` holds the two verdicts.
        modalities: the model's input modalities; empty: not known.
        lang: language of the texts; None leaves them out, for callers that need the verdict alone.

    Returns:
        The verdict with its findings, the duties that begin now, those that may begin later (`latent`), what was
        assumed and which options would settle it (`asks`). The order of the licences changes nothing but the order
        of the findings.
    """
    keys, notes = _keys_of_revision(binding, facts, lang)
    multimodal = None if not modalities else any(kind != "text" for kind in modalities)
    uses = (facts.use,) if facts.use else UNSAID_USES
    answers = [[_judge(key, licenses.get(key), (facts, use, multimodal, lang)) for key in keys] for use in uses]
    own = _judge_binding(binding, keys, lang)
    floor = max((LEVELS[finding.severity] for finding in own), default=ALLOWED)
    per_use = [max(floor, *(answer.level for answer in row)) if row else REVIEW for row in answers]
    level = _over_uses(per_use)
    findings = [("", finding) for finding in (*own, *notes)]
    if len(per_use) > 1 and per_use[0] != per_use[1]:
        findings.append(("", _depends_on_use(uses, per_use, level, lang)))
    rows = list(zip(*answers, strict=True))
    return LicenseVerdict(
        verdict=VERDICT_ORDER[level],
        keys=keys,
        findings=(*findings, *_findings(keys, answers)),
        obligations=_united(answers, "obligations"),
        assumptions=_texts(answers, notes),
        per_license=tuple(
            (key, VERDICT_ORDER[_over_uses([answer.level for answer in row])])
            for key, row in zip(keys, rows, strict=True)
        ),
        per_use=() if facts.use else tuple((use, VERDICT_ORDER[one]) for use, one in zip(uses, per_use, strict=True)),
        latent=_latent(answers),
        asks=_asks(answers, per_use),
    )


LEVELS: Final = {"note": ALLOWED, "allowed": ALLOWED, "conditions": CONDITIONS, "review": REVIEW, "denied": DENIED}


def _judge(key: str, license_: License | None, question: _Question) -> Answer:
    """Judge one licence, remembering the answer: models share licences far more than they differ."""
    if license_ is None:
        text = say("licence-unknown", question[3], key=key)
        return Answer(REVIEW, (LicenseFinding("licence-unknown", None, None, "review", text),))
    memo = (id(license_), question)
    known = _judged.get(memo)
    if known is not None and known[0] is license_:
        return known[1]
    if len(_judged) >= _CACHE_LIMIT:
        _judged.clear()
    answer = judge(license_, *question)
    _judged[memo] = (license_, answer)  # holds the licence, so that its id cannot be given to another one
    return answer


def _over_uses(levels: Sequence[int]) -> int:
    """Return one verdict where the use was not said: if only one of the uses is denied, the use decides."""
    worst = max(levels)
    return REVIEW if worst == DENIED and min(levels) != DENIED else worst


def _keys_of_revision(
    binding: LicenseBinding, facts: LicenseFacts, lang: str | None
) -> tuple[tuple[str, ...], tuple[LicenseFinding, ...]]:
    """Return the licence keys of the revision that was taken, and what to say about it."""
    for before, keys in binding.revisions:
        params = {"date": before, "keys": ", ".join(keys) or "-"}
        if facts.revision_date is None:
            text = say("assume-revision", lang, **params)
            return binding.keys, (LicenseFinding("assume-revision", None, None, "note", text, params),)
        if facts.revision_date < before:
            text = say("revision-applied", lang, **params)
            return tuple(keys), (LicenseFinding("revision-applied", None, None, "note", text, params),)
    return binding.keys, ()


def _judge_binding(binding: LicenseBinding, keys: tuple[str, ...], lang: str | None) -> tuple[LicenseFinding, ...]:
    """Judge what is known about which licences apply, whatever they say."""
    found = []

    def add(rule: str, severity: str, message: str | None = None, **params: str) -> None:
        found.append(LicenseFinding(rule, None, None, severity, say(message or rule, lang, **params), params))

    if not keys:
        add("no-licence-found", "review")
    if binding.conflict:
        bare = binding.conflict in ("true", "True", "1")
        add("licence-conflict", "review", "licence-conflict-bare" if bare else None, text=str(binding.conflict))
    if binding.card_restriction:
        add("card-restriction", "review", text=binding.card_restriction)
    if binding.evidence == "not_seen" and keys:
        add("binding-not-seen", "review")
    elif binding.evidence == "secondary" and keys:
        add("second-hand-binding", "conditions")
    return tuple(found)


def _depends_on_use(uses: Sequence[str], levels: Sequence[int], level: int, lang: str | None) -> LicenseFinding:
    comma = "、" if lang == "ja" else ", "
    answers = comma.join(
        f"{say('use.' + use, lang)}: {say('verdict.' + VERDICT_ORDER[one], lang)}"
        for use, one in zip(uses, levels, strict=True)
    )
    text = say("depends-on-use", lang, answers=answers)
    params = {use: VERDICT_ORDER[one] for use, one in zip(uses, levels, strict=True)}
    return LicenseFinding("depends-on-use", None, None, VERDICT_ORDER[level], text, params)


def _findings(keys: Sequence[str], answers: Sequence[Sequence[Answer]]) -> tuple[tuple[str, LicenseFinding], ...]:
    """List the findings licence by licence; what only the commercial use brings up says so in `params`."""
    if len(answers) == 1:
        return tuple(
            (key, finding) for key, answer in zip(keys, answers[0], strict=True) for finding in answer.findings
        )
    listed = []
    for key, commercial, personal in zip(keys, answers[0], answers[1], strict=True):
        shared = set(map(_identity, commercial.findings)) & set(map(_identity, personal.findings))
        for use, answer in zip(UNSAID_USES, (commercial, personal), strict=True):
            for finding in answer.findings:
                if _identity(finding) not in shared:
                    listed.append((key, finding._replace(params={**finding.params, "use": use})))
                elif use == "commercial":
                    listed.append((key, finding))
    return tuple(listed)


def _identity(finding: LicenseFinding) -> tuple[object, ...]:
    return finding[:5]


def _united(answers: Sequence[Sequence[Answer]], field: str) -> tuple[Obligation, ...]:
    """Unite the duties of all licences, each once, in the order of the licences."""
    return tuple(dict.fromkeys(duty for row in answers for answer in row for duty in getattr(answer, field)))


def _latent(answers: Sequence[Sequence[Answer]]) -> tuple[Obligation, ...]:
    current = set(_united(answers, "obligations"))
    return tuple(duty for duty in _united(answers, "latent") if duty not in current)


def _texts(answers: Sequence[Sequence[Answer]], notes: Sequence[LicenseFinding]) -> tuple[str, ...]:
    texts = [note.text for note in notes if note.rule == "assume-revision"]
    texts += [text for row in answers for answer in row for text in answer.assumptions]
    return tuple(dict.fromkeys(texts))


def _asks(answers: Sequence[Sequence[Answer]], per_use: Sequence[int]) -> tuple[str, ...]:
    open_rows = [row for row, level in zip(answers, per_use, strict=True) if level != DENIED]
    asked = [option(fact) for row in open_rows for answer in row for fact in answer.asks]
    if len(per_use) > 1 and per_use[0] != per_use[1]:
        asked.insert(0, "--use")
    return tuple(dict.fromkeys(asked))


def explain_verdict(verdict: LicenseVerdict, lang: str | None) -> str:
    """Say a verdict in one line: its word and the findings that decided it."""
    deciding = [f.text for _, f in verdict.findings if f.severity == verdict.verdict and f.severity != "allowed"]
    return joined(lang, say(f"verdict.{verdict.verdict}", lang) + (":" if deciding else ""), *deciding)
