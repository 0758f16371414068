"""`recommend`, `explain`, `compare`, `estimate` and `quants`: what to run here."""

from __future__ import annotations

from typing import Final

from osllm.cli.options import ENGINE_KNOBS, MACHINE, RUN, SHARED
from osllm.cli.spec import Argument, Command

_MODEL: Final = Argument("model", "MODEL")

COMMANDS: Final = {
    "recommend": Command("recommend", "recommend", options=SHARED),
    "explain": Command("explain", "explain", (_MODEL,), SHARED),
    "compare": Command("compare", "compare", (Argument("models", "MODEL...", many=True),), SHARED),
    "estimate": Command("estimate", "estimate", (_MODEL,), (*SHARED, *ENGINE_KNOBS)),
    "quants": Command("quants", "quants", (_MODEL,), ("use_case", "context", "users", *MACHINE, *RUN, "catalog")),
}
