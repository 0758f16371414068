"""Reading a policy file strictly: every key is known, every value is of its kind, every defect has a place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from osllm.domain.request import LicenseFacts
from osllm.licensing.facts import EVIDENCE, KINDS, METRICS, SWITCHES, USES, normalise
from osllm.licensing.policy import GATES, ON_REVIEW, ON_UNUSED, Clarification, Policy, Position, Waiver
from osllm.licensing.words import say

_TOP: Final = ("version", "facts", "policy", "exceptions", "clarify", "unused_exception")
_POLICY: Final = (
    "allow", "allow_kinds", "verdict_gate", "on_review", "min_evidence", "require_accepted_obligations", "accepted",
)  # fmt: skip
_EXCEPTION: Final = ("model", "licenses", "accepted", "reason", "owner", "expires", "agreement")
_CLARIFY: Final = ("model", "licenses", "license_files")


class Defects:
    """Collects what is wrong with a file: file, line and key of each defect."""

    def __init__(self, lines: Mapping[tuple[str | int, ...], Position], path: str, lang: str) -> None:
        self.lines = lines
        self.path = path
        self.lang = lang
        self.problems: list[str] = []

    def problem(self, at: tuple[str | int, ...], message: str, **params: object) -> None:
        """Record a defect at a path of keys; its line is that of the nearest part that has one."""
        line = next((self.lines[at[:n]] for n in range(len(at), -1, -1) if at[:n] in self.lines), None)
        where = f"{self.path}: " if line is None else f"{self.path}:{line}: "
        self.problems.append(where + say(f"policy.{message}", self.lang, **params))

    def known(self, data: Mapping[str, Any], keys: Sequence[str], at: tuple[str | int, ...]) -> None:
        """Record every key that is none, with the nearest one that is."""
        for key in data:
            if key not in keys:
                from difflib import get_close_matches

                near = get_close_matches(str(key), keys, 1)
                message = "unknown-key-near" if near else "unknown-key"
                self.problem((*at, key), message, key=self.dotted((*at, key)), near=near[0] if near else "")

    @staticmethod
    def dotted(keys: Sequence[str | int]) -> str:
        """Return a path as people write it: `exceptions[0].owner`."""
        text = ""
        for key in keys:
            text += f"[{key}]" if isinstance(key, int) else f".{key}" if text else key
        return text


class Reader(Defects):
    """Reads a policy and lists every defect with its line."""

    def read(self, data: object) -> Policy:
        """Return the policy as far as it can be read; `problems` then lists what is wrong with it."""
        if not isinstance(data, Mapping):
            self.problem((), "not-a-mapping")
            return Policy()
        self.known(data, _TOP, ())
        if data.get("version", 1) != 1:
            self.problem(("version",), "version", value=data["version"])
        rules = self._mapping(data, "policy", ())
        self.known(rules, _POLICY, ("policy",))
        return Policy(
            facts=self._facts(self._mapping(data, "facts", ())),
            allow=self._words(rules, "allow", ("policy",)),
            allow_kinds=self._choices(rules, "allow_kinds", ("policy",), KINDS),
            gate=self._choice(rules, "verdict_gate", ("policy",), GATES, "conditions"),
            on_review=self._choice(rules, "on_review", ("policy",), ON_REVIEW, "fail"),
            min_evidence=self._choice(rules, "min_evidence", ("policy",), EVIDENCE[1:], "secondary"),
            require_accepted_obligations=self._flag(rules, "require_accepted_obligations", ("policy",)),
            accepted=self._words(rules, "accepted", ("policy",)),
            exceptions=tuple(self._exception(entry, at) for entry, at in self._entries(data, "exceptions", _EXCEPTION)),
            clarifications=tuple(
                self._clarification(entry, at) for entry, at in self._entries(data, "clarify", _CLARIFY)
            ),
            unused=self._choice(data, "unused_exception", (), ON_UNUSED, "warn"),
            path=self.path,
            positions=self.lines,
        )

    def _mapping(self, data: Mapping[str, Any], key: str, at: tuple[str | int, ...]) -> Mapping[str, Any]:
        value = data.get(key)
        if value is None:
            return {}
        if not isinstance(value, Mapping):
            self.problem((*at, key), "bad-type", key=self.dotted((*at, key)), expected="mapping")
            return {}
        return value

    def _words(self, data: Mapping[str, Any], key: str, at: tuple[str | int, ...]) -> tuple[str, ...]:
        value = data.get(key)
        if value is None:
            return ()
        if isinstance(value, str):
            return (value,)
        if not isinstance(value, list | tuple) or not all(isinstance(word, str) for word in value):
            self.problem((*at, key), "bad-type", key=self.dotted((*at, key)), expected="list of strings")
            return ()
        return tuple(value)

    def _choice(
        self, data: Mapping[str, Any], key: str, at: tuple[str | int, ...], choices: Sequence[str], default: str
    ) -> str:
        value = data.get(key, default)
        if value not in choices:
            self.problem((*at, key), "bad-value", key=self.dotted((*at, key)), value=value, choices=", ".join(choices))
            return default
        return str(value)

    def _choices(
        self, data: Mapping[str, Any], key: str, at: tuple[str | int, ...], choices: Sequence[str]
    ) -> tuple[str, ...]:
        words = self._words(data, key, at)
        for word in words:
            if word not in choices:
                self.problem(
                    (*at, key), "bad-value", key=self.dotted((*at, key)), value=word, choices=", ".join(choices)
                )
        return words

    def _flag(self, data: Mapping[str, Any], key: str, at: tuple[str | int, ...]) -> bool:
        value = data.get(key, False)
        if not isinstance(value, bool):
            self.problem((*at, key), "bad-type", key=self.dotted((*at, key)), expected="true / false")
            return False
        return value

    def _entries(
        self, data: Mapping[str, Any], key: str, keys: Sequence[str]
    ) -> list[tuple[Mapping[str, Any], tuple[str | int, ...]]]:
        value = data.get(key)
        if value is None:
            return []
        if not isinstance(value, list | tuple) or not all(isinstance(entry, Mapping) for entry in value):
            self.problem((key,), "bad-type", key=key, expected="list of mappings")
            return []
        listed: list[tuple[Mapping[str, Any], tuple[str | int, ...]]] = []
        for i, entry in enumerate(value):
            self.known(entry, keys, (key, i))
            listed.append((entry, (key, i)))
        return listed

    def _required(self, entry: Mapping[str, Any], key: str, at: tuple[str | int, ...]) -> str:
        value = entry.get(key)
        if not isinstance(value, str) or not value.strip():
            self.problem(at, "missing", key=self.dotted((*at, key)))
            return ""
        return value

    def _exception(self, entry: Mapping[str, Any], at: tuple[str | int, ...]) -> Waiver:
        expires = entry.get("expires")
        if expires is not None and not is_day(str(expires)):
            self.problem((*at, "expires"), "bad-type", key=self.dotted((*at, "expires")), expected="YYYY-MM-DD")
        return Waiver(
            model=self._required(entry, "model", at),
            licenses=self._words(entry, "licenses", at),
            accepted=self._words(entry, "accepted", at),
            reason=self._required(entry, "reason", at),
            owner=self._required(entry, "owner", at),
            expires=None if expires is None else str(expires),
            agreement=entry.get("agreement"),
            position=self.lines.get(at),
        )

    def _clarification(self, entry: Mapping[str, Any], at: tuple[str | int, ...]) -> Clarification:
        files = entry.get("license_files")
        pairs = []
        if not isinstance(files, list | tuple) or not files:
            self.problem(at, "missing", key=self.dotted((*at, "license_files")))
            files = ()
        for file in files:
            if not isinstance(file, Mapping) or not is_sha256(file.get("sha256")) or not file.get("path"):
                place = (*at, "license_files")
                self.problem(place, "bad-type", key=self.dotted(place), expected="{path, sha256 (64 hex digits)}")
                continue
            pairs.append((str(file["path"]), str(file["sha256"]).lower()))
        return Clarification(
            self._required(entry, "model", at), self._words(entry, "licenses", at), tuple(pairs), self.lines.get(at)
        )

    def _facts(self, data: Mapping[str, Any]) -> LicenseFacts:
        self.known(data, LicenseFacts._fields, ("facts",))
        said: dict[str, Any] = {}
        for key, value in data.items():
            if key not in LicenseFacts._fields or value is None:
                continue
            if not _fits(key, value):
                place = ("facts", key)
                if key == "use":
                    self.problem(place, "bad-value", key="facts.use", value=value, choices=", ".join(USES))
                else:
                    self.problem(place, "bad-type", key=self.dotted(place), expected=_expected(key))
                continue
            said[key] = tuple(value) if isinstance(value, list) else value
        return normalise(LicenseFacts(**said))


FLAGS: Final = (*SWITCHES, "redistribute", "host_as_service", "fine_tune", "publish_model", "train_on_outputs")


def _fits(key: str, value: object) -> bool:
    if key == "use":
        return value in USES
    if key in METRICS:
        return isinstance(value, int | float) and not isinstance(value, bool) and value >= 0
    if key in FLAGS:
        return isinstance(value, bool)
    if key in ("field", "use_region"):
        return isinstance(value, str) or (isinstance(value, list) and all(isinstance(word, str) for word in value))
    return isinstance(value, str)


def _expected(key: str) -> str:
    if key in METRICS:
        return "number >= 0"
    return "true / false" if key in FLAGS else "string"


def is_day(text: str) -> bool:
    """Tell whether a text is a day of the calendar, YYYY-MM-DD."""
    from datetime import date

    try:
        return len(text) == 10 and bool(date.fromisoformat(text))
    except ValueError:
        return False


def is_sha256(text: object) -> bool:
    """Tell whether a value is the hexadecimal form of a SHA-256 hash."""
    return isinstance(text, str) and len(text) == 64 and all(c in "0123456789abcdefABCDEF" for c in text)
