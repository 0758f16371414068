"""TRL: `trl sft`, which trains adapters on a model of Transformers."""

from __future__ import annotations

from typing import Final

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, computes_half, gated_notes, remote_code_notes, visible_devices

DATA: Final = "./data"
# The linear layers of attention and of what stands in its place; a mixture's experts are left as they are.
BESIDE_EXPERTS: Final = r".*\.(self_attn|linear_attn|mamba)\..*proj.*"
# As in QLoRA's own runs (github.com/artidoro/qlora, scripts/finetune_guanaco_*.sh): 7B and 13B at one rate, 33B and 65B at half.
SAMPLES_PER_UPDATE: Final = 16
SMALL_RATE, LARGE_RATE, LARGE_PARAMS = "2e-4", "1e-4", 20e9


def build(job: ServeJob) -> ServePlan:
    """The command that trains adapters as planned: rank, length and batch are those whose memory was counted."""
    trainer, plan, options = job.engine["trainer"], job.plan, job.plan.options
    source = job.model.hub_id or job.model.id
    rank, mixture = options.adapter_rank or 0, bool(job.model.architecture and job.model.architecture.is_mixture)
    half, warned = computes_half(job)
    arguments = ["--model_name_or_path", source, "--dtype", *(["float16", "--fp16"] if half else ["bfloat16"])]
    arguments += ["--dataset_name", DATA]
    arguments += ["--use_peft", "--lora_r", str(rank), "--lora_alpha", str(2 * rank), "--lora_dropout", "0"]
    arguments += ["--lora_target_modules", BESIDE_EXPERTS if mixture else "all-linear"]
    if plan.format == "NF4":
        arguments += ["--load_in_4bit", "--use_bnb_nested_quant"]
    arguments += ["--max_length", str(plan.context_tokens), "--per_device_train_batch_size", str(plan.users)]
    arguments += ["--gradient_accumulation_steps", str(max(1, SAMPLES_PER_UPDATE // plan.users))]
    rate = LARGE_RATE if (job.model.params_total or 0) > LARGE_PARAMS else SMALL_RATE
    arguments += ["--learning_rate", rate, "--output_dir", f"./{job.model.id}-lora"]
    if not plan.placement.gpus:
        arguments.append("--use_cpu")
    if plan.placement.gpus > 1:  # one process, over whose cards the layers are dealt; else each card gets a copy
        arguments += ["--accelerate_config", "single_gpu"]
    trust = remote_code_notes(job)
    if trust:
        arguments.append("--trust_remote_code")
    notes = [
        Caveat("train-install", {"package": trainer["packed_package" if plan.format == "NF4" else "package"]}),
        Caveat("train-data", {"folder": DATA}),
    ]
    if mixture:
        notes.append(Caveat("train-beside-experts", {}))
    said = (*notes, *warned, *trust, *gated_notes(job))
    return ServePlan(str(job.engine["key"]), (*trainer["launcher"], *arguments), visible_devices(job), said)
