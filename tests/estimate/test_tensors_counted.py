"""The tensor inventory: parameter counts of the whole catalog, and small shapes counted by hand."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from osllm.authoring.expand import Entry
from osllm.domain.architecture import (
    Architecture,
    Attention,
    Dense,
    Experts,
    LatentAttention,
    LayerRun,
    Mixer,
    Recurrent,
)
from osllm.estimate.layouts import LAYOUTS
from osllm.estimate.tensors import active_params, count_params, inventory, mtp_block


def shape(mixer: Mixer, ffn: Dense | Experts, layers: int = 1, **over: object) -> Architecture:
    values: dict[str, object] = {"model_type": "llama", "hidden_size": 8, "vocab_size": 10, "tied_embeddings": True}
    return Architecture(runs=(LayerRun(layers, (mixer,), (ffn,)),), **(values | over))  # type: ignore[arg-type]


ATTENTION = Attention(heads=2, kv_heads=1, head_dim=4)
FFN = Dense(16)
# table 8*10, last norm 8, two norms a layer 16, ffn 3*8*16
AROUND = 80 + 8 + 16 + 384


def test_dense_layer_by_hand() -> None:
    # q 8*8, k and v 8*4 each, output 8*8
    assert count_params(shape(ATTENTION, FFN)) == AROUND + 64 + 32 + 32 + 64
    assert count_params(shape(ATTENTION, FFN, tied_embeddings=False)) == AROUND + 192 + 80


def test_biases_and_norms_of_the_model_type() -> None:
    plain = count_params(shape(ATTENTION, FFN))
    assert count_params(shape(ATTENTION, FFN, model_type="qwen2")) == plain + 8 + 4 + 4  # q, k, v biases
    assert count_params(shape(ATTENTION, FFN, model_type="qwen3")) == plain + 4 + 4  # a norm of head size for q and k
    assert count_params(shape(ATTENTION, FFN, model_type="gemma2")) == plain + 16  # two norms more
    assert count_params(shape(ATTENTION._replace(qkv_bias=False), FFN, model_type="qwen2")) == plain


def test_a_layer_that_shares_its_cache_has_no_keys_and_values() -> None:
    assert count_params(shape(ATTENTION._replace(shares_cache=True), FFN)) == AROUND + 128
    assert count_params(shape(ATTENTION._replace(k_eq_v=True), FFN)) == AROUND + 64 + 32 + 64


def test_latent_attention_by_hand() -> None:
    latent = LatentAttention(heads=2, kv_lora_rank=6, rope_head_dim=2, nope_head_dim=4, v_head_dim=3, q_lora_rank=5)
    # q down 8*5, its norm 5, q up 5*12; kv down 8*8, its norm 6, k up 4*6*2, v up 6*3*2; output 6*8
    assert count_params(shape(latent, FFN)) == AROUND + 40 + 5 + 60 + 64 + 6 + 48 + 36 + 48
    assert count_params(shape(latent, FFN, model_type="minicpm3")) == count_params(
        shape(latent, FFN)
    )  # one tensor for both


def test_experts_by_hand() -> None:
    experts = Experts(experts=4, per_token=2, size=6, shared_size=10, shared_gate=True)
    # router 8*4, routed 3*8*6*4, shared 3*8*10, its gate 8
    whole = count_params(shape(ATTENTION, experts))
    assert whole == AROUND - 384 + 192 + 32 + 576 + 240 + 8
    assert active_params(shape(ATTENTION, experts)) == whole - 576 // 2


def test_recurrent_layers_by_hand() -> None:
    mamba = Recurrent("mamba2", value_heads=2, value_head_dim=8, state_size=4, groups=1, conv_kernel=4)
    # in 8*(16+24+2), convolution 4*24 and bias 24, dt a d 3*2, norm 16, out 16*8
    assert count_params(shape(mamba, FFN)) == AROUND + 336 + 96 + 24 + 6 + 16 + 128
    conv = Recurrent("short-conv", conv_kernel=3)
    assert count_params(shape(conv, FFN)) == AROUND + 8 * 24 + 3 * 8 + 64
    delta = Recurrent("gated-delta", key_heads=1, value_heads=2, key_head_dim=4, value_head_dim=4, conv_kernel=4)
    # q k v 8*16, gate 8*8, convolution 4*16, alpha and beta 2*8*2, dt and a 2*2, norm 4, out 8*8
    assert count_params(shape(delta, FFN)) == AROUND + 128 + 64 + 64 + 32 + 4 + 4 + 64


def test_multi_token_prediction_is_recognised_by_its_count() -> None:
    plain = shape(ATTENTION, FFN, layers=3)
    layer = 192 + 384 + 16 + 2 * 64 + 3 * 8
    block = mtp_block(plain._replace(mtp_layers=1, mtp_params=layer))
    assert block is not None
    assert (block.first, block.repeat, block.elements) == (3, 1, layer)
    with_copies = mtp_block(plain._replace(mtp_layers=1, mtp_params=layer + 160))
    assert with_copies is not None
    assert sum(t.role in ("embedding", "output") for t in with_copies.tensors) == 2
    assert mtp_block(plain._replace(mtp_layers=1, mtp_params=2 * layer)) is None
    assert mtp_block(plain) is None


def test_every_model_counts_as_published(
    model_entries: dict[str, Entry], architectures: dict[str, Architecture]
) -> None:
    wrong = {}
    for key, arch in architectures.items():
        total = (model_entries[key].facts.get("params") or {}).get("total")
        if total and abs(count_params(arch) - total) > total / 1000:
            wrong[key] = (count_params(arch), total)
    assert not wrong


def test_whole_checkpoints_count_as_published(
    model_entries: dict[str, Entry], architectures: dict[str, Architecture]
) -> None:
    """With towers and prediction layers; a figure that the owner rounded says so in `params.note`."""
    unexplained = {}
    for key, arch in architectures.items():
        params = model_entries[key].facts.get("params") or {}
        published = params.get("published")
        whole = count_params(arch) + arch.vision_params + arch.mtp_params
        if published and abs(whole - published) > published / 1000 and not params.get("note"):
            unexplained[key] = (whole, published)
    assert not unexplained


def test_no_count_is_made_to_fit(architectures: dict[str, Architecture]) -> None:
    assert not [key for key, arch in architectures.items() if arch.extra_params]


def test_layouts_belong_to_model_types_of_the_catalog_or_their_relatives(
    architectures: dict[str, Architecture],
) -> None:
    used = {arch.model_type for arch in architectures.values()}
    assert len(used & LAYOUTS.keys()) > 60


@given(layers=st.integers(1, 9), heads=st.integers(1, 8), size=st.integers(1, 64))
def test_layers_add_up(layers: int, heads: int, size: int) -> None:
    arch = shape(Attention(heads, 1, 4), Dense(size), layers)
    one = shape(Attention(heads, 1, 4), Dense(size), 1)
    outside = inventory(arch)[0].elements
    assert count_params(arch) - outside == layers * (count_params(one) - outside)
    assert active_params(arch) == count_params(arch)
