"""Whether the licences and duties that a policy names exist."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from difflib import get_close_matches
from typing import TYPE_CHECKING, Any

from osllm.licensing.policy_reader import Defects

if TYPE_CHECKING:
    from osllm.licensing.policy import Policy


def unknown_names(policy: Policy, licenses: Mapping[str, Mapping[str, Any]], lang: str = "en") -> list[str]:
    """List the licence keys and duty ids of a policy that the catalog does not have: file, line, key, nearest name."""
    duties = {duty["id"] for entry in licenses.values() for duty in entry.get("obligations") or ()}
    defects = Defects(policy.positions, policy.path, lang)

    def check(names: Sequence[str], known: Collection[str], message: str, *at: str | int) -> None:
        for i, name in enumerate(names):
            if name not in known:
                near = get_close_matches(name, known, 3)
                defects.problem((*at, i), message, key=defects.dotted((*at, i)), name=name, near=", ".join(near) or "-")

    check(policy.allow, licenses, "no-such-licence", "policy", "allow")
    check(policy.accepted, duties, "no-such-duty", "policy", "accepted")
    for i, waiver in enumerate(policy.exceptions):
        check(waiver.licenses, licenses, "no-such-licence", "exceptions", i, "licenses")
        check(waiver.accepted, duties, "no-such-duty", "exceptions", i, "accepted")
    for i, clarification in enumerate(policy.clarifications):
        check(clarification.licenses, licenses, "no-such-licence", "clarify", i, "licenses")
    return defects.problems
