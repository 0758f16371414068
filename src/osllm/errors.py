"""Everything that osllm raises on purpose.

    OsllmError                   never raised itself
    ├─ RequestError      exit 2  the question is wrong: unknown name, bad option, impossible combination
    │  ├─ UnknownNameError    exit 2  a name that nothing carries; `candidates` are the nearest ones
    │  ├─ AmbiguousNameError  exit 2  a name that several carry; `candidates` are all of them
    │  └─ ConfigError    exit 2  a configuration, policy or lock file is wrong: file, line, key
    ├─ CatalogError      exit 3  the data is wrong; `problems` lists every defect found
    └─ ServiceError      exit 4  a service that the command needs did not answer

`code` is a stable kebab-case word for scripts; `message` and `hint` are for people, already in their language.
"""

from __future__ import annotations

from collections.abc import Sequence

from osllm.exitcodes import ExitCode


class OsllmError(Exception):
    """A failure that has a name, an exit code and a next step."""

    exit_code: ExitCode = ExitCode.BUG

    def __init__(
        self,
        code: str,
        message: str,
        *,
        hint: str | None = None,
        candidates: Sequence[str] = (),
        problems: Sequence[str] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.message = message
        self.hint = hint
        self.candidates = list(candidates)
        self.problems = list(problems)

    def to_dict(self) -> dict[str, object]:
        """Return the `osllm/error@1` document."""
        error: dict[str, object] = {
            "code": self.code,
            "message": self.message,
            "hint": self.hint,
            "candidates": self.candidates,
        }
        if self.problems:
            error["problems"] = self.problems
        return {"schema": "osllm/error@1", "error": error}


class RequestError(OsllmError):
    """The request cannot be answered as asked."""

    exit_code = ExitCode.USAGE


class UnknownNameError(RequestError):
    """No model, GPU, engine, format, use case, licence … carries this name."""


class AmbiguousNameError(RequestError):
    """Several carry this name, and guessing would be wrong."""


class ConfigError(RequestError):
    """A configuration, policy or lock file does not say what it must."""


class CatalogError(OsllmError):
    """Catalog data, shipped or overlaid, is broken or missing."""

    exit_code = ExitCode.DATA


class ServiceError(OsllmError):
    """Something outside osllm did not answer; nothing was changed."""

    exit_code = ExitCode.SERVICE
