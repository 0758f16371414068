"""Which engines and weight formats are worth a look for a model on a machine, and where the weights are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Final

from osllm.hardware.support import new_enough

if TYPE_CHECKING:
    from osllm.catalog.index import IndexRow
    from osllm.domain.hardware import Machine
    from osllm.domain.model import Artifact, Model, QuantizationFormat
    from osllm.domain.request import Request

# Formats worth proposing, most bits first. Others exist (`osllm quants`), but each of these is the usual choice of its
# size: K-quants without importance matrix are what publishers offer for every model.
GGUF_LADDER: Final = ("Q8_0", "Q6_K", "Q5_K_M", "Q4_K_M", "IQ4_XS", "Q3_K_M", "IQ3_XXS", "Q2_K")
GPU_LADDER: Final = ("BF16", "FP8", "GPTQ-Int8", "AWQ", "GPTQ-Int4", "NVFP4")
MLX_LADDER: Final = ("MLX-8bit", "MLX-6bit", "MLX-5bit", "MLX-4bit")
PLAIN_LADDER: Final = ("BF16", "NF4")
LADDERS: Final[Mapping[str, tuple[str, ...]]] = {
    "llama.cpp": GGUF_LADDER,
    "ollama": GGUF_LADDER,
    "lmstudio": GGUF_LADDER,
    "ktransformers": ("Q8_0", "Q4_K_M"),
    "mlx": MLX_LADDER,
    "transformers": PLAIN_LADDER,
}
# What engines make of a checkpoint that its owner publishes in few bits only (`IndexRow.native_format`).
NATIVE: Final = {"MXFP4": {"gguf": "MXFP4_MOE", "plain": "MXFP4"}}
# Formats whose point is to compute in few bits, and the units that this takes; elsewhere they only save memory, as others do.
ARITHMETIC: Final = {"nvfp4": "fp4", "fp8": "fp8"}
# Formats that take a run over calibration data to make.
CALIBRATED: Final = frozenset(("GPTQ-Int8", "AWQ", "GPTQ-Int4", "NVFP4"))
# Transformers holds the experts of a layer in one parameter since version 5, which bitsandbytes does not quantize
# (bitsandbytes-foundation/bitsandbytes, issue 1849): such a mixture would stay in 16 bits.
DENSE_ONLY: Final = frozenset(("NF4",))
SERVER_USERS: Final = (
    5  # from this many sequences at once continuous batching pays (notes in docs/*/explanation/engines.md)
)


def engine_choices(request: Request, machine: Machine, wanted: tuple[str, ...] = ()) -> tuple[str, ...]:
    """The engines to plan for: those asked for, else the use case's own, else what suits the machine and the users.

    One user on one's own card: llama.cpp, which runs every architecture here from one file. Many users, or cards with HBM:
    vLLM first, whose batching and tensor parallelism use them; llama.cpp stays in the race.
    """
    if request.engines or wanted:
        return request.engines or wanted
    platform = machine.platform
    if platform in ("cuda", "rocm"):
        hbm = any((g.gpu.memory_type or "").upper().startswith("HBM") for g in machine.groups)
        if request.users >= SERVER_USERS or hbm:
            return ("vllm", "llama.cpp")
    return ("llama.cpp",)


def proposed_formats(native_format: str | None) -> tuple[str, ...]:
    """Every format that `recommend` may propose for a model on some engine."""
    if native_format is not None:
        return tuple(NATIVE[native_format].values())
    ladders = (GPU_LADDER, *LADDERS.values())
    return tuple(dict.fromkeys(fmt for ladder in ladders for fmt in ladder))


def engine_reason(engine: str, request: Request, wanted: tuple[str, ...]) -> str | None:
    """Why an engine was chosen: `use-case`, `many`, `hbm` or `one` (see `engine_choices`); None where it was asked for."""
    if request.engines:
        return None
    if wanted:
        return "use-case"
    if is_gguf(engine):
        return "one"
    return "many" if request.users >= SERVER_USERS else "hbm"


def is_gguf(engine: str) -> bool:
    """Whether the engine takes GGUF files."""
    return LADDERS.get(engine) is GGUF_LADDER


def ladder(engine: str, request: Request, formats: Mapping[str, QuantizationFormat]) -> tuple[str, ...]:
    """Formats that are worth planning for on an engine and machine, most bits first; those asked for, if any were."""
    if request.formats:
        return tuple(f for f in request.formats if engine in formats[f].engines)
    rungs = LADDERS.get(engine, GPU_LADDER)
    return tuple(
        f for f in rungs if f in formats and engine in formats[f].engines and _suits(formats[f], request.machine)
    )


def _suits(fmt: QuantizationFormat, machine: Machine) -> bool:
    """Whether every accelerator takes a format, and computes in it where that is the point of it."""
    units = ARITHMETIC.get(fmt.kind)
    least = {"min_compute_capability": fmt.min_compute_capability}
    for group in machine.groups:
        gpu = group.gpu
        if fmt.vendors and gpu.vendor not in (*fmt.vendors, "generic"):
            return False
        if not new_enough(least, gpu) or (units is not None and gpu.supports and units not in gpu.supports):
            return False
    return True


def format_choices(engine: str, row: IndexRow, rungs: tuple[str, ...], *, asked: bool) -> tuple[str, ...]:
    """The rungs of a ladder that make sense for a model.

    Formats that take a calibration run to make are proposed where somebody has published them; `asked` ones always.
    """
    if asked:
        return rungs
    if row.native_format is not None:
        return (NATIVE[row.native_format]["gguf" if is_gguf(engine) else "plain"],)
    return tuple(f for f in rungs if f not in CALIBRATED or f" {f} " in row.published)


def artifact_for(model: Model, fmt: str) -> Artifact | None:
    """Published weights in a format: the exact format first, then a GGUF repository with the usual mixes; owner before others."""
    exact = [a for a in model.artifacts if a.format == fmt]
    if (not exact and fmt in GGUF_LADDER) or fmt == "MXFP4_MOE":
        exact += [a for a in model.artifacts if a.format == "GGUF"]
    if not exact:
        return None
    return min(exact, key=lambda a: (a.publisher != "owner",))


def reads_checkpoint(engine: str, fmt: str) -> bool:
    """Whether the engine takes the owner's own checkpoint for a format: as it is, or quantized while it is loaded."""
    return fmt in PLAIN_LADDER and not is_gguf(engine)
