"""Where the weights are: how to download what somebody published, and how to make what nobody did."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from osllm.serve.job import GGUF_ENGINES, local_name, missing_notes, published
from osllm.serve.llamacpp import tag
from osllm.serve.mlx import bits

if TYPE_CHECKING:
    from osllm.serve.job import ServeJob

Commands = tuple[tuple[str, ...], ...]

# What llm-compressor calls a format: preset schemes of compressed-tensors.
SCHEMES: Final = {
    "AWQ": "W4A16_ASYM", "GPTQ-Int4": "W4A16", "GPTQ-Int8": "W8A16", "W4A16": "W4A16", "INT8": "W8A8",
    "FP8": "FP8_DYNAMIC", "FP8-block": "FP8_BLOCK", "NVFP4": "NVFP4",
}  # fmt: skip
SCRIPT: Final = "make_weights.py"
_MODIFIERS: Final = {
    "AWQ": ("llmcompressor.modifiers.awq", "AWQModifier"),
    "GPTQ-Int4": ("llmcompressor.modifiers.quantization", "GPTQModifier"),
    "GPTQ-Int8": ("llmcompressor.modifiers.quantization", "GPTQModifier"),
    "W4A16": ("llmcompressor.modifiers.quantization", "GPTQModifier"),
    "INT8": ("llmcompressor.modifiers.quantization", "GPTQModifier"),
}
_DIRECT: Final = ("llmcompressor.modifiers.quantization", "QuantizationModifier")
_WITHOUT_TEXTS: Final = ("FP8", "FP8-block")  # their scales come from the weights alone
_PROGRAM: Final = '''"""Make {format} weights of {model}: pip install llmcompressor.{texts_help}"""
{texts_import}
from llmcompressor import oneshot
from {module} import {modifier}

# Routers of mixtures and the output matrix stay as they are.
recipe = {modifier}(targets="Linear", scheme={scheme!r}, ignore=["lm_head", "re:.*gate$"])
oneshot(model={model!r}, recipe=recipe, output_dir={folder!r}{texts})
'''


def any_case(word: str) -> str:
    """A file pattern for a word in capitals or small letters: publishers write `Q4_K_M` and `q4_k_m`, and patterns tell them apart."""
    return "*" + "".join(f"[{c.upper()}{c.lower()}]" if c.isalpha() else c for c in word) + "*"


def _pattern(file: str) -> str:
    """A file's name, or a pattern for all parts of a file that is published in parts (`-00001-of-00003.gguf`)."""
    return re.sub(r"-\d{5}-of-(\d{5})\.gguf$", r"-*-of-\1.gguf", file)


def download(job: ServeJob) -> Commands:
    """The commands that bring the published weights; none where nobody is known to have published them."""
    artifact = job.artifact
    if job.plan.engine in GGUF_ENGINES:
        if artifact is None:
            return ()
        command = (
            "hf",
            "download",
            artifact.hub_id,
            "--include",
            _pattern(artifact.file) if artifact.file else any_case(tag(job)),
        )
        if job.plan.engine != "ktransformers":
            return (command,)
        own = ("hf", "download", job.model.hub_id or job.model.id)
        return (own, (*command, "--local-dir", f"./{local_name(job)}"))
    if published(job) and artifact is not None:
        return (("hf", "download", artifact.hub_id),)
    if not missing_notes(job) and job.model.hub_id is not None:
        return (("hf", "download", job.model.hub_id),)
    return ()


def make(job: ServeJob) -> Commands:
    """The commands that make weights which nobody is known to have published; none where that is not needed or not known."""
    hub_id = job.model.hub_id
    if download(job) or hub_id is None:
        return ()
    folder, plain = job.model.id, f"{job.model.id}-BF16.gguf"
    if job.plan.engine in GGUF_ENGINES:
        return (
            ("hf", "download", hub_id, "--local-dir", folder),
            ("python", "convert_hf_to_gguf.py", folder, "--outfile", plain, "--outtype", "bf16"),
            *(
                ()
                if plain == local_name(job, ".gguf")
                else (("llama-quantize", plain, local_name(job, ".gguf"), job.plan.format),)
            ),
        )
    if job.plan.engine == "mlx":
        out = f"./{local_name(job)}"
        return (("mlx_lm.convert", "--hf-path", hub_id, "--mlx-path", out, "--quantize", "--q-bits", bits(job)),)
    if job.plan.format in SCHEMES:
        return (("pip", "install", "llmcompressor"), ("python", SCRIPT))
    return ()


def script(job: ServeJob) -> dict[str, str]:
    """The program that `make` runs, where it runs one."""
    if not any(SCRIPT in command for command in make(job)):
        return {}
    fmt = job.plan.format
    module, modifier = _MODIFIERS.get(fmt, _DIRECT)
    words = {"format": fmt, "model": job.model.hub_id, "folder": f"./{local_name(job)}", "scheme": SCHEMES[fmt]}
    if fmt in _WITHOUT_TEXTS:
        words |= {"texts_help": "", "texts_import": "", "texts": ""}
    else:
        words |= {
            "texts_help": "\n\nPut some hundred texts of your own use, in its language, into calibration.txt, one a line.\n",
            "texts_import": '\nfrom datasets import load_dataset\n\ntexts = load_dataset("text", data_files="calibration.txt", split="train")\n',
            "texts": ", dataset=texts, max_seq_length=2048, num_calibration_samples=256",
        }
    return {SCRIPT: _program(words, module, modifier)}


def _program(words: dict[str, str | None], module: str, modifier: str) -> str:
    head = "".join(c for c in str(words["model"]) if c.isalnum() or c in "-_./ ")  # inside the docstring
    text = _PROGRAM.format(**{**words, "model": "{model}"}, module=module, modifier=modifier)
    first, rest = text.split("\n", 1)
    return first.replace("{model}", head) + "\n" + rest.replace("'{model}'", repr(words["model"]))
