"""Transformers: `transformers serve`, and a Python snippet for use without a server."""

from __future__ import annotations

from osllm.domain.verdict import Caveat
from osllm.serve.job import ServeJob, ServePlan, gated_notes, port, remote_code_notes, weights

_SNIPPET = """from transformers import pipeline

generate = pipeline("text-generation", model={model!r}, dtype="auto", device_map="auto")
answer = generate([{{"role": "user", "content": {prompt!r}}}], max_new_tokens=512)
print(answer[0]["generated_text"][-1]["content"])
"""

_PROMPT = {"ja": "自己紹介をしてください。", "en": "Please introduce yourself."}


def snippet(job: ServeJob) -> str:
    """A runnable Python program for one question, in the request's language."""
    return _SNIPPET.format(model=weights(job), prompt=_PROMPT.get(job.language, _PROMPT["en"]))


def build(job: ServeJob) -> ServePlan:
    """The `transformers serve` command; it loads the model named in the request, so the snippet comes along."""
    trust = remote_code_notes(job)
    arguments = ["--host", job.host, "--port", str(port(job))]
    if trust:
        arguments += ["--trust-remote-code"]
    notes = [Caveat("model-named-in-request", {"model": weights(job)}), *trust, *gated_notes(job)]
    if job.artifact is None and job.plan.format not in ("BF16", "F16"):
        notes.append(Caveat("make-compressed", {"hub_id": job.model.hub_id, "format": job.plan.format}))
    files = (("ask.py", snippet(job)),)
    return ServePlan(
        "transformers", ("transformers", "serve", *arguments), (), tuple(notes), files, port(job), "/health"
    )
