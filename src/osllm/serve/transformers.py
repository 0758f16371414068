"""Transformers: `transformers serve`, and a Python program for use without a server."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, missing_notes, plan_of, port, remote_code_notes, weights
from osllm.serve.request import messages

_HEAD = """\"\"\"One question to the model, without a server: pip install transformers accelerate{more}.\"\"\"

from transformers import {imports}

"""
_PLAIN = """generate = pipeline("text-generation", model={model!r}, dtype="auto", device_map="auto"{trust})
"""
_NF4 = """quantization = BitsAndBytesConfig(load_in_4bit=True, bnb_4bit_quant_type="nf4", bnb_4bit_compute_dtype="bfloat16")
generate = pipeline(
    "text-generation",
    model={model!r},
    device_map="auto",
    model_kwargs={{"quantization_config": quantization}}{trust},
)
"""
_ASK = """answer = generate({messages!r}, max_new_tokens=512)
print(answer[0]["generated_text"][-1]["content"])
"""


def program(job: ServeJob) -> str:
    """A runnable Python program for one question, in the language of the use case."""
    small = job.plan.format == "NF4"
    names = "BitsAndBytesConfig, pipeline" if small else "pipeline"
    trust = ", trust_remote_code=True" if remote_code_notes(job) else ""
    head = _HEAD.format(imports=names, more=" bitsandbytes" if small else "")
    load = (_NF4 if small else _PLAIN).format(model=weights(job, online=("NF4",)), trust=trust)
    return head + load + _ASK.format(messages=messages(job))


def build(job: ServeJob) -> ServePlan:
    """The `transformers serve` command, and the program beside it."""
    source = weights(job, online=("NF4",))
    arguments = [source, "--host", job.host, "--port", str(port(job))]
    if job.plan.format == "NF4":
        arguments += ["--quantization", "bnb-4bit"]
    if job.plan.users > 1:
        arguments += ["--continuous-batching"]
    trust = remote_code_notes(job)
    if trust:
        arguments += ["--trust-remote-code"]
    notes = [*missing_notes(job, online=("NF4",)), *trust]
    if job.plan.users > 1:
        notes.append(Caveat("not-for-many", {"engine": job.engine["name"], "users": job.plan.users}))
    files = (("ask.py", program(job)),)
    return plan_of(job, ("transformers", "serve", *arguments), source, tuple(notes), files=files)
