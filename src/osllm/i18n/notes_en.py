"""What a user should know before acting, in English."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # about the answer
    "as-of": "models released after {as_of} are left out; the evidence is that of the catalog ({catalog})",
    "nothing-fits-whole": "nothing that qualifies fits the GPUs whole, so parts run from RAM",
    "name-newest": "{name!r} taken as {id}, the newest; also: {others}",
    "assume-request": "{context} tokens per sequence, {users} at a time, KV cache {kv_cache}",
    "assume-machine": "the machine was not given: this one was looked at (--gpu, --ram)",
    "context-exceeds-model": "the model was made for {max} tokens of context, and {tokens} are asked for",
    "memory-budget": "this use counts on at most {budget_bytes} of memory; another one, such as general, takes the whole machine",
    "companions": "{taken_bytes} of the memory are set aside for the models that work beside it: {models}",
    # how to get the weights
    "gated": "access must be asked for first, with a Hugging Face account: https://huggingface.co/{hub_id}",
    "file-not-listed": "which files {hub_id} has is not listed here: if there is no {tag}, take {other}",
    "make-gguf": "no published {format} file is known. Make one with llama.cpp from {hub_id}: convert_hf_to_gguf.py, then llama-quantize to {file}",
    "make-mlx": "no published MLX weights are known. Make them: mlx_lm.convert --hf-path {hub_id} --mlx-path {path} --quantize --q-bits {bits}",
    # about the engine
    "trust-remote-code": "{model} runs Python code from its repository: read it before you trust it",
    "make-compressed": "no published {format} weights are known. Make them from {hub_id} with llm-compressor; the command expects their folder",
    "make-modelopt": "no published {format} weights are known. Make them from {hub_id} with NVIDIA ModelOpt; the command expects their folder",
    "engine-in-maintenance": "{engine} is in maintenance mode; its makers recommend other engines",
    "lms-steps": "first `lms get {get}`; afterwards `lms server start --port {port}`",
    "ollama-environment": "the variables belong to the server: set them where `ollama serve` runs, and restart it",
    "ollama-default-quantization": "the tag {tag} brings Ollama's own choice of quantization, which may not be {format}",
    "training": "Memory is that of training adapters (LoRA, rank {rank}) with samples of {tokens} tokens, {batch} at a time, with gradient checkpointing; over NF4 weights this is QLoRA. Speed is tokens trained per second.",
    "train-install": "first: pip install '{package}'",
    "train-data": "{folder} holds your samples as JSON lines, each with a field text, or prompt and completion",
    "train-beside-experts": "the adapters are on attention only; the experts stay as they are",
    "dedicated-unmeasured": "Made for this task, but with no results to judge them by, hence below all others (worth a try): {models}",
}
