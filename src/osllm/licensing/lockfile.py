"""The lock file of a project (`osllm.lock.yaml`): which models it uses, at which revision.

    version: 1
    models:
      - hub_id: Qwen/Qwen2.5-72B-Instruct
        revision: 495f39366efef23836d0cfae4fbe635880d2be31   # commit or tag on the Hub
        date: 2024-09-18                                     # of that revision: decides which licence came with it
        modalities: [text]                                   # for models that the catalog does not know
        license_files: [{path: LICENSE, sha256: …}]          # proves the clarifications of a policy

The file arrives parsed; a plain name in place of a mapping is the same as `hub_id` alone.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from osllm.errors import ConfigError
from osllm.licensing.policy import Position
from osllm.licensing.policy_reader import Defects, is_day, is_sha256
from osllm.licensing.words import say
from osllm.tuples import NamedTuple

MODALITIES: Final = ("text", "image", "audio", "video")
_TOP: Final = ("version", "models")
_ENTRY: Final = ("hub_id", "model", "revision", "date", "modalities", "license_files")
Lines = Mapping[tuple[str | int, ...], Position]


class Locked(NamedTuple):
    """One model that a project uses."""

    name: str  # hub id, or any name that the catalog knows
    revision: str | None = None
    date: str | None = None
    modalities: tuple[str, ...] = ()
    hashes: Mapping[str, str] = {}  # path of a licence file -> sha256
    line: Position | None = None


def parse_lock(
    data: object, lines: Lines | None = None, path: str = "osllm.lock.yaml", lang: str = "en"
) -> list[Locked]:
    """Read a lock file.

    Args:
        data: the parsed file.
        lines: path of keys and list indices -> line, where the parser knows them.
        path: the file's name, for messages.
        lang: language of the messages.

    Raises:
        ConfigError: `lock-invalid`; `problems` lists every defect with file, line and key.
    """
    reader = _Reader(lines or {}, path, lang)
    locked = reader.read(data)
    if reader.problems:
        raise ConfigError("lock-invalid", say("lock.invalid", lang, path=path), problems=reader.problems)
    return locked


class _Reader(Defects):
    def read(self, data: object) -> list[Locked]:
        if not isinstance(data, Mapping):
            self.problem((), "not-a-mapping")
            return []
        self.known(data, _TOP, ())
        if data.get("version", 1) != 1:
            self.problem(("version",), "version", value=data["version"])
        models = data.get("models")
        if not isinstance(models, list) or not models:
            self.problem(("models",), "bad-type", key="models", expected="[{hub_id, revision}]")
            return []
        return [one for i, entry in enumerate(models) if (one := self._entry(entry, ("models", i))) is not None]

    def _entry(self, entry: object, at: tuple[str | int, ...]) -> Locked | None:
        line = self.lines.get(at)
        if isinstance(entry, str) and entry.strip():
            return Locked(entry, line=line)
        if not isinstance(entry, Mapping):
            self.problem(at, "bad-type", key=self.dotted(at), expected="{hub_id, revision}")
            return None
        self.known(entry, _ENTRY, at)
        name = entry.get("hub_id") or entry.get("model")
        if not isinstance(name, str) or not name.strip():
            self.problem(at, "missing", key=self.dotted((*at, "hub_id")))
            return None
        for key in ("revision", "date"):
            value = entry.get(key)
            if value is not None and (not isinstance(value, str | int) or (key == "date" and not is_day(str(value)))):
                expected = "YYYY-MM-DD" if key == "date" else "string"
                self.problem((*at, key), "bad-type", key=self.dotted((*at, key)), expected=expected)
        revision, date = (None if entry.get(key) is None else str(entry[key]) for key in ("revision", "date"))
        return Locked(name, revision, date, self._modalities(entry, at), self._hashes(entry, at), line)

    def _modalities(self, entry: Mapping[str, Any], at: tuple[str | int, ...]) -> tuple[str, ...]:
        value = entry.get("modalities")
        words: Sequence[object] = value if isinstance(value, list) else [] if value is None else [value]
        for word in words:
            if word not in MODALITIES:
                place = (*at, "modalities")
                choices = ", ".join(MODALITIES)
                self.problem(place, "bad-value", key=self.dotted(place), value=word, choices=choices)
        return tuple(map(str, words))

    def _hashes(self, entry: Mapping[str, Any], at: tuple[str | int, ...]) -> dict[str, str]:
        value = entry.get("license_files")
        hashes: dict[str, str] = {}
        for file in value if isinstance(value, list) else [] if value is None else [value]:
            if isinstance(file, Mapping) and file.get("path") and is_sha256(file.get("sha256")):
                hashes[str(file["path"])] = str(file["sha256"]).lower()
            else:
                place = (*at, "license_files")
                self.problem(place, "bad-type", key=self.dotted(place), expected="{path, sha256 (64 hex digits)}")
        return hashes
