"""A team's own licence policy (`osllm-policy.yaml`, `[tool.osllm.license]`): reading it, strictly.

The file arrives parsed; `parse_policy` says what is wrong with it, and where. `approval` applies it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final

from osllm.domain.request import LicenseFacts
from osllm.errors import ConfigError
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

GATES: Final = ("allowed", "conditions", "review")
ON_REVIEW: Final = ("fail", "warn")
ON_UNUSED: Final = ("warn", "ignore")
Position = int  # line, from 1


class Waiver(NamedTuple):
    """A decision about one model, by somebody, until a day."""

    model: str
    licenses: tuple[str, ...]  # empty: whichever the model has
    accepted: tuple[str, ...]  # duty ids
    reason: str
    owner: str
    expires: str | None  # the last day on which it holds
    agreement: str | None = None  # a separate licence that somebody has signed: the only thing that lifts a denial
    position: Position | None = None


class Clarification(NamedTuple):
    """Which licences a model has, established by reading files whose hashes it is bound to."""

    model: str
    licenses: tuple[str, ...]
    files: tuple[tuple[str, str], ...]  # path, sha256
    position: Position | None = None


class Policy(NamedTuple):
    """What a team accepts."""

    facts: LicenseFacts = LicenseFacts()
    allow: tuple[str, ...] = ()
    allow_kinds: tuple[str, ...] = ()
    gate: str = "conditions"
    on_review: str = "fail"
    min_evidence: str = "secondary"
    require_accepted_obligations: bool = False
    accepted: tuple[str, ...] = ()  # duties accepted for every model
    exceptions: tuple[Waiver, ...] = ()
    clarifications: tuple[Clarification, ...] = ()
    unused: str = "warn"
    path: str = "osllm-policy.yaml"
    positions: Mapping[tuple[str | int, ...], Position] = {}

    def position(self, *keys: str | int) -> Position | None:
        """Return where a part of the file stands, if the reader said so."""
        return self.positions.get(keys)


def parse_policy(
    data: object,
    positions: Mapping[tuple[str | int, ...], Position] | None = None,
    path: str = "osllm-policy.yaml",
    lang: str = "en",
) -> Policy:
    """Read a policy.

    Args:
        data: the parsed file (or the table of pyproject.toml).
        positions: path of keys and list indices -> line, where the parser knows them.
        path: the file's name, for messages.
        lang: language of the messages.

    Raises:
        ConfigError: `policy-invalid`; `problems` lists every defect with its place.
    """
    from osllm.licensing.policy_reader import Reader

    reader = Reader(positions or {}, path, lang)
    policy = reader.read(data)
    if reader.problems:
        raise invalid(path, reader.problems, lang)
    return policy


def invalid(path: str, problems: Sequence[str], lang: str = "en") -> ConfigError:
    """Return the error for a policy that is not valid: `policy-invalid`, each defect with file, line and key."""
    message, hint = say("policy.invalid", lang, path=path), say("policy.hint", lang)
    return ConfigError("policy-invalid", message, hint=hint, problems=problems)


def with_facts(policy: Policy, facts: LicenseFacts) -> LicenseFacts:
    """Return the facts of a question: what was said now, and where nothing was said what the policy says."""
    said = {name: value for name, value in facts._asdict().items() if value is not None and value != ()}
    return policy.facts._replace(**said)
