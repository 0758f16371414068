"""Every option of every command, once. Plain tuples: building them costs nothing at start-up.

An entry is name -> (kind, metavar). The long flag is the name with `-` for `_`; the help text is the message
`cli.option.<name>`. Kinds: `value` takes one word, `many` may be repeated, `flag` is given or not, `switch` has a
`--no-` form and counts as unknown when neither is given. What a word may be is checked by `osllm.api`, which the
Python API shares.
"""

from __future__ import annotations

from typing import Final

OPTIONS: Final[dict[str, tuple[str, str]]] = {
    # the question
    "use_case": ("value", "NAME"),
    "context": ("value", "TOKENS"),
    "users": ("value", "N"),
    "min_tps": ("value", "TOK/S"),
    "top": ("value", "N"),
    "sort": ("value", "score|quality|speed|memory|params|released"),
    "verbose": ("flag", ""),
    "explain": ("flag", ""),
    # the machine and how the model runs on it
    "gpu": ("many", "GPU"),
    "ram": ("value", "SIZE"),
    "engine": ("many", "ENGINE"),
    "quant": ("many", "FORMAT"),
    "kv_cache": ("value", "f16|q8_0|q4_0|fp8"),
    "ubatch": ("value", "N"),
    "flash_attention": ("switch", ""),
    "swa_full": ("switch", ""),
    "gpu_memory_utilization": ("value", "0-1"),
    "tensor_parallel": ("value", "N"),
    # the model
    "language": ("value", "CODE"),
    "vision": ("switch", ""),
    "modality": ("many", "text|image|audio|video"),
    "domain": ("many", "NAME"),
    "tools": ("switch", ""),
    "reasoning": ("value", "always|hybrid|none|any"),
    "family": ("many", "NAME"),
    "exclude": ("many", "MODEL"),
    "developer": ("many", "NAME"),
    "origin": ("many", "COUNTRY"),
    "exclude_origin": ("many", "COUNTRY"),
    "max_params": ("value", "COUNT"),
    "released_after": ("value", "DATE"),
    "as_of": ("value", "DATE"),
    "open_source_only": ("flag", ""),
    "min_openness": ("value", "TIER"),
    # the licence: what you mean to do
    "use": ("value", "commercial|internal|research|education|personal"),
    "redistribute": ("switch", ""),
    "host_as_service": ("switch", ""),
    "fine_tune": ("switch", ""),
    "publish_model": ("switch", ""),
    "train_on_outputs": ("switch", ""),
    "maas": ("switch", ""),
    "ai_work_assistant": ("switch", ""),
    "competes_with_licensor": ("switch", ""),
    "end_user": ("switch", ""),
    "nonprofit": ("switch", ""),
    "cloud_provider": ("switch", ""),
    "free_of_charge": ("switch", ""),
    "field": ("many", "NAME"),
    "mau": ("value", "COUNT"),
    "mau_at_release": ("value", "COUNT"),
    "dau": ("value", "COUNT"),
    "revenue_usd": ("value", "AMOUNT"),
    "revenue_jpy": ("value", "AMOUNT"),
    "monthly_revenue_usd": ("value", "AMOUNT"),
    "product_revenue_usd": ("value", "AMOUNT"),
    "arr_usd": ("value", "AMOUNT"),
    "region": ("value", "COUNTRY"),
    "use_region": ("many", "COUNTRY"),
    "revision_date": ("value", "DATE"),
    "policy": ("value", "FILE"),
    "gate": ("value", "allowed|conditions|review"),
    # the data
    "catalog": ("many", "DIR"),
    # the output: before the command or after it
    "format": ("value", "table|json|jsonl|yaml|markdown|csv"),
    "json": ("flag", ""),
    "lang": ("value", "ja|en"),
    "quiet": ("flag", ""),
    "debug": ("flag", ""),
}

_names = tuple(OPTIONS)


def _between(first: str, last: str) -> tuple[str, ...]:
    return _names[_names.index(first) : _names.index(last) + 1]


QUESTION: Final = _between("use_case", "explain")
MACHINE: Final = ("gpu", "ram")
RUN: Final = _between("engine", "kv_cache")
ENGINE_KNOBS: Final = _between("ubatch", "tensor_parallel")
MODEL: Final = _between("language", "min_openness")
LICENSE: Final = _between("use", "gate")
COMMON: Final = _between("format", "debug")
SHARED: Final = (*QUESTION, *MACHINE, *RUN, *MODEL, *LICENSE, "catalog")

SECTIONS: Final = (
    ("question", QUESTION),
    ("machine", (*MACHINE, *RUN, *ENGINE_KNOBS)),
    ("model", MODEL),
    ("license", LICENSE),
    ("data", ("catalog",)),
    ("output", COMMON),
)
FORMATS: Final = ("table", "json", "jsonl", "yaml", "markdown", "csv")
SHORT: Final = {"-q": "quiet"}


def flag(name: str) -> str:
    """Return the long flag of an option: `use_case` is `--use-case`."""
    return "--" + name.replace("_", "-")
