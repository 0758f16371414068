"""Growing caches and constant states, per layer kind, engine, cache type, sequences and tensor-parallel size. All in bytes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from osllm.estimate.engines import ENGINES

if TYPE_CHECKING:
    from osllm.domain.plan import EngineOptions
    from osllm.estimate.engines import Engine
    from osllm.estimate.footprint import CacheGroup, Footprint

# Bytes per 32 elements. q8_0 and q4_0 are ggml blocks of 32 values with one 16-bit scale (ggml-common.h); MLX and
# LMDeploy, which keep a 16-bit scale and offset per 64 values, come to the same size. fp8 has per-tensor scales only.
BYTES_PER_32: Final = {"f16": 64, "q8_0": 34, "q4_0": 18, "fp8": 32}
# SGLang gives sliding-window layers a pool of this share of the full layers' tokens (server_args.py,
# swa_full_tokens_ratio).
SGLANG_WINDOW_SHARE: Final = 0.8


def pad(value: int, multiple: int) -> int:
    """The next multiple."""
    return -(-value // multiple) * multiple


def held_tokens(
    engine: Engine, window: int | None, context_tokens: int, users: int, options: EngineOptions, batched_tokens: int
) -> int:
    """Tokens for which one layer keeps room, over all sequences.

    llama.cpp (src/llama-kv-cache-iswa.cpp) gives a sliding-window layer `pad256(min(n_ctx, window + n_ubatch))` cells per
    stream; slots beyond the users share one unified cache, whose window part is `window * slots + n_ubatch`.
    vLLM (v1/kv_cache_interface.py) keeps `window - 1 + batched tokens` and one block more per sequence.
    """
    block = engine.block
    longest = pad(context_tokens, block)
    if window is None or engine.windows == "full" or options.swa_full:
        return users * longest
    if engine.windows == "padded":
        if options.slots > users:
            return min(users * longest, pad(window * options.slots + options.ubatch, block))
        kept = pad(window + options.ubatch, block)
    elif engine.windows == "hybrid":
        kept = pad(window - 1 + batched_tokens, block) + block
        longest += block
    elif engine.windows == "ratio":
        kept = max(window, int(context_tokens * SGLANG_WINDOW_SHARE))
    else:
        kept = pad(window, block)
    return users * min(kept, longest)


def group_width(group: CacheGroup, tensor_parallel: int) -> int:
    """Elements per token and layer that one rank holds: heads are divided while there are enough, then replicated.

    vLLM, config/model.py: `max(1, kv_heads // tensor_parallel)`. The latent of MLA has one head, so every rank holds all.
    """
    width = group.k_width + group.v_width
    if tensor_parallel == 1 or group.kv_heads <= 1:
        return width
    return width * max(1, group.kv_heads // tensor_parallel) // group.kv_heads


def uses_shared_pages(fp: Footprint, engine: Engine) -> bool:
    """Whether layers of several kinds draw on one pool of equal blocks (vLLM's hybrid cache manager)."""
    return engine.windows == "hybrid" and (bool(fp.states) or len(fp.caches) > 1)


def kv_cache_bytes(
    fp: Footprint,
    engine_name: str,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    tensor_parallel: int = 1,
    batched_tokens: int = 2048,
) -> int:
    """Bytes of the growing caches of all layers on one tensor-parallel rank, for `users` sequences of `context_tokens`."""
    engine = ENGINES[engine_name]
    if uses_shared_pages(fp, engine):
        return _uniform_pages(fp, engine, context_tokens, users, options, tensor_parallel, batched_tokens)
    each = layer_cache_bytes(fp, engine_name, context_tokens, users, options, tensor_parallel, batched_tokens)
    return sum([group.layers * one for group, one in zip(fp.caches, each, strict=True)])


def layer_cache_bytes(
    fp: Footprint,
    engine_name: str,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    tensor_parallel: int = 1,
    batched_tokens: int = 2048,
) -> list[int]:
    """Bytes of each of `Footprint.caches` in one layer that has the cache to itself, on one tensor-parallel rank."""
    engine, per_32 = ENGINES[engine_name], BYTES_PER_32[options.kv_cache]
    return [
        group_width(group, tensor_parallel)
        * held_tokens(engine, group.window, context_tokens, users, options, batched_tokens)
        * per_32
        // 32
        for group in fp.caches
    ]


def _uniform_pages(
    fp: Footprint,
    engine: Engine,
    context_tokens: int,
    users: int,
    options: EngineOptions,
    tensor_parallel: int,
    batched_tokens: int,
) -> int:
    """The shared pool of vLLM: every block has one size, so layers of unlike kinds are grouped and padded.

    v1/core/kv_cache_planning.py of 0.33 (before it v1/core/kv_cache_utils.py): where all layers keep the same tokens each has
    its own page. Otherwise pages are made equal: the blocks of narrow layers hold more tokens where the widest page is a
    multiple of theirs, else their page is padded (`unify_kv_cache_spec_page_size`). Layers of one kind are cut into groups of
    equal length (the shortest kind's, unless the longest is under 1.5 times that), the last one padded. With recurrent layers
    the block grows until it holds one state. Before 0.21 unlike widths cost every layer the widest page over the whole context
    (vllm-project/vllm, issue 43308: ten times as many tokens of Gemma 4 since).
    """
    per_32 = BYTES_PER_32[options.kv_cache]
    kinds: dict[tuple[int | None, int], int] = {}
    for group in fp.caches:
        kind = group.window, group_width(group, tensor_parallel)
        kinds[kind] = kinds.get(kind, 0) + group.layers
    if not kinds:
        return 0
    widest = max(width for _, width in kinds)
    block = engine.block
    if fp.states:
        token_bytes = max(1, widest * per_32 // 32)
        block = pad(-(-state_page_bytes(fp, engine, tensor_parallel) // token_bytes), block)
    shortest, longest = min(kinds.values()), max(kinds.values())
    length = longest if longest < 1.5 * shortest else shortest
    own_pages = len({window for window, _ in kinds}) == 1 and not fp.states
    total = 0
    for (window, width), layers in kinds.items():
        divides = own_pages or widest % width == 0
        tokens_of_block = block if own_pages or not divides else block * (widest // width)
        paged = engine if tokens_of_block == engine.block else engine._replace(block=tokens_of_block)
        tokens = held_tokens(paged, window, context_tokens, users, options, batched_tokens)
        charged = layers if own_pages else pad(layers, length)
        total += charged * tokens * ((width if divides else widest) * per_32 // 32)
    return total


def state_page_bytes(fp: Footprint, engine: Engine, tensor_parallel: int = 1) -> int:
    """Bytes of the largest recurrent state of one layer and sequence on one rank."""
    conv, recurrent = engine.state_bytes
    return max(
        (-(-(s.conv_elements * conv + s.state_elements * recurrent) // tensor_parallel) for s in fp.states), default=0
    )


def state_bytes(fp: Footprint, engine_name: str, users: int, options: EngineOptions, tensor_parallel: int = 1) -> int:
    """Bytes of the recurrent states of all layers on one rank: constant per sequence, one per slot in llama.cpp.

    llama.cpp keeps both parts in 32 bits; vLLM, SGLang and Transformers the convolution in the model's 16 bits and the
    recurrent part in 32. vLLM pads a state to whole cache blocks and, with prefix caching, which is on unless switched off,
    keeps the state at the last block's end beside the running one (v1/kv_cache_interface.py, `MambaSpec`, mode `align`;
    mode `all`, which a few Mamba models take, may hold more where memory is free).
    """
    if not fp.states:
        return 0
    engine = ENGINES[engine_name]
    sequences = max(users, options.slots) if engine.gguf else users
    if engine.windows == "hybrid" and fp.caches:
        token_bytes = max(group_width(g, tensor_parallel) for g in fp.caches) * BYTES_PER_32[options.kv_cache] // 32
        page = pad(state_page_bytes(fp, engine, tensor_parallel), max(1, engine.block * token_bytes))
        return sum(s.layers for s in fp.states) * page * engine.states * sequences
    conv, recurrent = engine.state_bytes
    return sequences * sum(
        s.layers * -(-(s.conv_elements * conv + s.state_elements * recurrent) // tensor_parallel) for s in fp.states
    )


def layer_state_bytes(fp: Footprint, engine_name: str, users: int, options: EngineOptions) -> list[int]:
    """Bytes of each of `Footprint.states` in one layer, all heads, without padding to blocks."""
    engine = ENGINES[engine_name]
    conv, recurrent = engine.state_bytes
    sequences = max(users, options.slots) if engine.gguf else users
    return [sequences * (s.conv_elements * conv + s.state_elements * recurrent) for s in fp.states]
