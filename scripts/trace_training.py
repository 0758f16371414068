"""Trace the memory of a LoRA step: run the real modelling code on tensors without storage, and count what is alive.

    python scripts/trace_training.py [--plain] MODEL... > rows.csv

Needs this package, torch, transformers and peft (2.11, 5.24 and 0.21 made tests/data/memory/training_traces.csv), no accelerator and no
weights. Without `--plain` the step is TRL's: autocast to bfloat16, the loss in tiles of the vocabulary. With it, it is a plain
forward and backward pass with Transformers' own loss, which is what tests/data/memory/lora_h100.csv measured on a card.
"""

# PyTorch decides the names and types of its callbacks, and storages are known by a private number only.
# ruff: noqa: ANN401, ARG001, ARG004, SLF001

from __future__ import annotations

import argparse
import csv
import gc
import sys
import warnings
import weakref
from pathlib import Path
from typing import Any

import torch
from peft import LoraConfig, get_peft_model
from torch.utils._python_dispatch import TorchDispatchMode
from torch.utils._pytree import tree_leaves
from transformers import AutoConfig, AutoModelForCausalLM
from transformers.modeling_utils import ALL_ATTENTION_FUNCTIONS

from osllm.authoring import expand, yamlio
from osllm.domain.architecture import Architecture, Attention, Experts

ROOT = Path(__file__).parents[1]

RANK = 16
TOKENS = (1024, 2048)
PAGE = 512  # PyTorch's allocator rounds up to it
TILE = (
    4096,
    32768,
)  # tokens and vocabulary of one tile of TRL's loss (trl/kernels/chunked_logprob.py, trl/trainer/utils.py)
COLUMNS = ("model", "method", "step", "rank", "tokens", "weights_bytes", "adapter_params", "peak_bytes", "source")
PAGE_OF_DATA = "tests/data/memory/README.md"
NAMES = {"gemma3": "gemma3_text"}


class Attend(torch.autograd.Function):
    """What PyTorch's fused attention keeps: queries, keys, values, its output and one sum per row."""

    @staticmethod
    def forward(ctx: Any, q: torch.Tensor, k: torch.Tensor, v: torch.Tensor) -> torch.Tensor:
        """Save what the fused kernel saves."""
        out = torch.empty(*q.shape[:-1], v.shape[-1], dtype=q.dtype, device=q.device)
        ctx.save_for_backward(q, k, v, out, torch.empty(q.shape[:-1], dtype=torch.float32, device=q.device))
        return out

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> tuple[torch.Tensor, ...]:
        """Make a gradient for each input."""
        return tuple(torch.empty_like(t) for t in ctx.saved_tensors[:3])


class TiledLoss(torch.autograd.Function):
    """What TRL's loss holds: one tile of logits, forward and backward, and the gradient of the hidden rows in 32 bits."""

    @staticmethod
    def forward(ctx: Any, hidden: torch.Tensor) -> torch.Tensor:
        """Hold one tile while the log-probabilities are summed."""
        tile(hidden)
        ctx.save_for_backward(hidden)
        return torch.empty(len(hidden), dtype=torch.float32, device=hidden.device)

    @staticmethod
    def backward(ctx: Any, grad: torch.Tensor) -> torch.Tensor:
        """Hold one tile and the sum of the gradients."""
        (hidden,) = ctx.saved_tensors
        summed, held = torch.zeros(hidden.shape, dtype=torch.float32, device=hidden.device), tile(hidden)
        del held
        return summed.to(hidden.dtype)


def tile(hidden: torch.Tensor) -> torch.Tensor:
    """One tile of logits."""
    return torch.empty(min(len(hidden), TILE[0]), TILE[1], dtype=torch.bfloat16, device=hidden.device)


class Alive(TorchDispatchMode):
    """Bytes of all storages that exist, but for those known before, and the most that there were."""

    def __init__(self, known: set[int]) -> None:
        super().__init__()
        self.known, self.sizes, self.now, self.peak = known, {}, 0, 0

    def __torch_dispatch__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        out = func(*args, **(kwargs or {}))
        for found in tree_leaves(out):
            if isinstance(found, torch.Tensor):
                self._see(found.untyped_storage())
        return out

    def _see(self, storage: Any) -> None:
        key = storage._cdata
        if key in self.known or key in self.sizes:
            return
        self.sizes[key] = -(-storage.nbytes() // PAGE) * PAGE
        self.now += self.sizes[key]
        self.peak = max(self.peak, self.now)
        weakref.finalize(storage, self._drop, key)

    def _drop(self, key: int) -> None:
        self.now -= self.sizes.pop(key, 0)


def config_of(arch: Architecture) -> Any:
    """The configuration of transformers for a model of like layers with plain attention."""
    mixer, ffn = arch.runs[0].mixers[0], arch.runs[0].ffns[0]
    if not isinstance(mixer, Attention):
        raise TypeError(f"{arch.model_type}: only plain attention is traced")
    options: dict[str, Any] = {
        "hidden_size": arch.hidden_size, "vocab_size": arch.vocab_size, "num_hidden_layers": arch.layer_count,
        "num_attention_heads": mixer.heads, "num_key_value_heads": mixer.kv_heads, "head_dim": mixer.head_dim,
        "tie_word_embeddings": arch.tied_embeddings, "pad_token_id": 0,
    }  # fmt: skip
    if isinstance(ffn, Experts):
        count = "num_local_experts" if arch.model_type == "gpt_oss" else "num_experts"
        size = "intermediate_size" if arch.model_type == "gpt_oss" else "moe_intermediate_size"
        options |= {count: ffn.experts, "num_experts_per_tok": ffn.per_token, size: ffn.size}
    else:
        options["intermediate_size"] = ffn.size
    return AutoConfig.for_model(NAMES.get(arch.model_type, arch.model_type), **options)


def narrow(value: Any) -> Any:
    """A 32-bit tensor in 16 bits, anything else as it is."""
    return value.to(torch.bfloat16) if isinstance(value, torch.Tensor) and value.dtype == torch.float32 else value


def step(model: Any, tokens: int, *, plain: bool) -> int:
    """The most bytes beyond weights and adapters in a forward and backward pass."""
    own = {t.untyped_storage()._cdata for t in (*model.parameters(), *model.buffers())}
    ids = torch.zeros((1, tokens), dtype=torch.int64, device="meta")
    with Alive(own) as alive:
        if plain:
            model(input_ids=ids, labels=ids, use_cache=False).loss.backward()
        else:
            hidden = model.get_base_model().base_model(input_ids=ids, use_cache=False).last_hidden_state[:, :-1]
            loss = -TiledLoss.apply(hidden.reshape(-1, hidden.size(-1))).sum()
            del hidden
            loss.backward()
    return alive.peak


def trace(name: str, arch: Architecture, method: str, *, plain: bool) -> list[dict[str, Any]]:
    """The rows of one model and method."""
    with torch.device("meta"):
        model = AutoModelForCausalLM.from_config(
            config_of(arch), dtype=torch.bfloat16, attn_implementation="traced_attention"
        )
        model.requires_grad_(False)
        weights = sum(p.nbytes for p in model.parameters())
        mixture = isinstance(arch.runs[0].ffns[0], Experts)
        target = r".*\.self_attn\..*proj.*" if mixture else "all-linear"
        model = get_peft_model(model, LoraConfig(r=RANK, lora_alpha=2 * RANK, target_modules=target))
    adapters = [p for p in model.parameters() if p.requires_grad]
    if method == "qlora":
        for parameter in adapters:
            parameter.data = parameter.data.to(torch.bfloat16)
    model.train()
    model.enable_input_require_grads()
    model.gradient_checkpointing_enable(gradient_checkpointing_kwargs={"use_reentrant": False})
    made = []
    for tokens in TOKENS:
        for parameter in adapters:
            parameter.grad = None
        gc.collect()
        peak = step(model, tokens, plain=plain)
        row = (
            name,
            method,
            "plain" if plain else "trl",
            RANK,
            tokens,
            weights,
            sum(p.numel() for p in adapters),
            peak,
            PAGE_OF_DATA,
        )
        made.append(dict(zip(COLUMNS, row, strict=True)))
    return made


def main() -> None:
    """Print the rows of the models asked for."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--plain", action="store_true")
    parser.add_argument("models", nargs="+")
    asked = parser.parse_args()
    warnings.simplefilter("ignore")

    def attend(module: Any, query: Any, key: Any, value: Any, mask: Any, **kwargs: Any) -> tuple[Any, None]:
        return Attend.apply(query, key, value).transpose(1, 2).contiguous(), None

    ALL_ATTENTION_FUNCTIONS.register("traced_attention", attend)
    if not asked.plain:  # autocast does not know tensors without storage: what it would do to linear layers
        linear = torch.nn.functional.linear
        torch.nn.functional.linear = lambda x, w, b=None: linear(narrow(x), narrow(w), narrow(b))
    documents = [yamlio.load(path) for path in sorted((ROOT / "catalog" / "models").rglob("*.yaml"))]
    by_id = {entry.id: entry for entry in expand.entries(documents)}
    writer = csv.DictWriter(sys.stdout, COLUMNS, lineterminator="\n")
    writer.writeheader()
    for name in asked.models:
        arch = expand.architecture(by_id[name], by_id)
        for method in ("lora", "qlora"):
            writer.writerows(trace(name, arch, method, plain=asked.plain))
            sys.stdout.flush()


if __name__ == "__main__":
    main()
