"""The page that `evaluate_ranking.py` writes, in English and in Japanese."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import pairwise
from math import sqrt
from statistics import fmean, median
from typing import TYPE_CHECKING, Any

from ranking_measures import advantage
from ranking_texts import TEXT

from osllm.quality.skills import JAPANESE

if TYPE_CHECKING:
    from evaluate_ranking import Report
    from ranking_orders import Score
    from ranking_trials import Missed

Z80 = 1.2816
LEVELS = (80, 95)
SIZES = (0, 4, 15, 40, 150, 10_000)  # billions of parameters
WAYS = ("ours", "size+date", "size", "mean z", "family")


def page(report: Report, language: str) -> str:
    """The whole page."""
    t = TEXT[language]
    small, every = report.scores["small"], report.scores["all"]
    draws = t["stable_note"].format(draws=report.stable[0].draws)
    parts = [
        f"# {t['title']}",
        f"<!-- {t['note']} -->",
        t["intro"].format(rows=f"{report.rows:,}", models=report.models),
        t["value"],
        f"## {t['ranking']}",
        t["ranking_note"],
        f"### {t['small']}",
        _orders(small, t),
        f"### {t['all']}",
        _orders(every, t),
        f"### {t['even']}",
        t["even_note"],
        _even(report, t),
        f"### {t['lost']}",
        t["lost_note"],
        _lost(report, t),
        f"## {t['pairs']}",
        t["pairs_note"],
        _pairs(report, t),
        f"## {t['intervals']}",
        t["intervals_note"],
        _intervals(report.missed, t),
        f"### {t['inferred']}",
        t["inferred_note"],
        _inferred(report.missed, t),
        f"## {t['stable']}",
        draws,
        _stable(report, t),
        f"## {t['coverage']}",
        t["coverage_note"],
        _coverage(report, t),
        f"## {t['limits']}",
        t["limits_text"],
    ]
    return "\n\n".join(parts) + "\n"


def _table(head: Sequence[str], rows: Iterable[Sequence[object]]) -> str:
    lines = [f"| {' | '.join(head)} |", "|" + "---|" * len(head)]
    return "\n".join([*lines, *(f"| {' | '.join(map(str, row))} |" for row in rows)])


def _orders(scores: Sequence[Score], t: dict[str, Any]) -> str:
    groups: dict[str, list[Score]] = defaultdict(list)
    for score in scores:
        groups[score.skill].append(score)
    rows = [_order(skill, groups[skill]) for skill in sorted(groups)]
    return _table(
        [
            t["skill"],
            t["tables"],
            t["won"],
            *(t["beyond_noise"].format(level=level) for level in LEVELS),
            *(t[w] for w in WAYS),
        ],
        [*rows, _order(f"**{t['every']}**", scores)],
    )


def _order(name: str, scores: Sequence[Score]) -> list[object]:
    models = sum(s.models for s in scores)
    means = [sum(s.models * s.ways[w] for s in scores) / models for w in WAYS]
    won = sum(s.ways["ours"] > s.ways["size+date"] for s in scores)
    return [
        name,
        len(scores),
        f"{won}/{len(scores)}",
        *(_verdicts(scores, level) for level in LEVELS),
        *(f"{m:.2f}" for m in means),
    ]


def _verdicts(scores: Sequence[Score], level: int) -> str:
    found = [s.gap.verdict(level) for s in scores]
    return " / ".join(str(found.count(v)) for v in (1, 0, -1))


def _gap(score: Score) -> float:
    return score.ways["ours"] - score.ways["size+date"]


def _even(report: Report, t: dict[str, Any]) -> str:
    rows = []
    for which in ("small", "all"):
        scores = report.scores[which]
        found = advantage([_gap(s) for s in scores], [s.gap.error for s in scores])
        won = sum(_gap(s) > 0.0 for s in scores)
        rows.append(
            [t[which], len(scores), f"{found.mean:+.3f}", f"{found.between:.3f}", won, f"{found.even_wins:.0f}",
             f"{found.truly_lost:.0f}"]
        )  # fmt: skip
    return _table([t["which"], t["tables"], t["advantage"], t["between"], t["wins"], t["even_wins"], t["truly"]], rows)


def _lost(report: Report, t: dict[str, Any]) -> str:
    rows = []
    for which in ("small", "all"):
        for s in sorted(report.scores[which], key=_gap):
            if _gap(s) <= 0.0:
                ours, plain = s.ways["ours"], s.ways["size+date"]
                span = f"{s.gap.low80:+.2f} … {s.gap.high80:+.2f}"
                rows.append(
                    [t["briefly"][which], f"`{s.benchmark}`", s.skill, s.models, f"{ours:.2f}", f"{plain:.2f}", span]
                )
    return _table([t["which"], t["table"], t["skill"], t["models"], t["ours"], t["size+date"], t["gap"]], rows)


def _pairs(report: Report, t: dict[str, Any]) -> str:
    rows = []
    for which in ("small", "all"):
        found = report.pairs[which]
        rows.append([t[which], f"{found['ours'][1]:,}", *(f"{found[w][0]:.3f}" for w in WAYS)])
    return _table([t["which"], t["count"], *(t[w] for w in WAYS)], rows)


def _intervals(missed: Sequence[Missed], t: dict[str, Any]) -> str:
    rows = []
    for hide, words in t["hidden"].items():
        some = [m for m in missed if m.hidden == hide]
        inside = sum(abs(m.error) <= Z80 * sqrt(m.spread + m.noise) for m in some) / len(some)
        error = sum(m.error for m in some) / len(some)
        square = sqrt(sum(m.error**2 for m in some) / len(some))
        rows.append([words, f"{len(some):,}", f"{inside:.1%}", f"{error:+.2f}", f"{square:.2f}"])
    return _table([t["what"], t["of"], t["inside"], t["error"], t["rmse"]], rows)


def _inferred(missed: Sequence[Missed], t: dict[str, Any]) -> str:
    hidden = {
        "skill": [m for m in missed if m.hidden == "skill" and m.elsewhere],
        "language": [m for m in missed if m.hidden == "language" and m.elsewhere and m.skill in JAPANESE],
    }
    rows = []
    for hide, some in hidden.items():
        for low, high in pairwise(SIZES):
            few = [m for m in some if m.params and low <= m.params / 1e9 < high]
            by_model: dict[str, list[float]] = defaultdict(list)
            for m in few:
                by_model[m.model].append(m.error / m.slope)
            errors = [fmean(e) for e in by_model.values()]
            inside = sum(abs(m.error) <= Z80 * sqrt(m.spread + m.noise) for m in few) / len(few)
            below = sum(m.error < -Z80 * sqrt(m.spread + m.noise) for m in few) / len(few)
            words = t["over"].format(low=low) if high == SIZES[-1] else t["span"].format(low=low, high=high)
            rows.append(
                [t["inferred_hidden"][hide], words, len(errors), f"{fmean(errors):+.2f}", f"{median(errors):+.2f}",
                 f"{inside:.0%}", f"{below:.0%}"]
            )  # fmt: skip
    return _table([t["what"], t["size"], t["models"], t["mean"], t["median"], t["inside"], t["below"]], rows)


def _stable(report: Report, t: dict[str, Any]) -> str:
    rows = [
        [t["ways"][s.way], s.case, ", ".join(s.top), f"{s.changed:.0%}", f"{s.beyond:.0%}", s.level]
        for s in report.stable
    ]
    return _table([t["way"], t["case"], t["top"], t["changed"], t["beyond"], t["level"]], rows)


def _coverage(report: Report, t: dict[str, Any]) -> str:
    rows = [[skill, *(n[letter] for letter in "ABC"), n["A"] + n["B"]] for skill, n in report.grades.items()]
    return _table([t["skill"], "A", "B", "C", "A+B"], rows)
