"""The first request to a server that has just started: as `curl` and with the OpenAI SDK, in the language of the use case."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from osllm.serve.job import ServeJob, ServePlan

PROMPTS: Final = {
    "ja": {"": "日本の四季の魅力を、3文で教えてください。", "coding": "CSVファイルを読み、列ごとの平均を出すPython関数を書いてください。"},
    "en": {"": "Describe the four seasons of Japan in three sentences.", "coding": "Write a Python function that reads a CSV file and returns the mean of each column."},
}  # fmt: skip
# Keeps models that know several languages from slipping out of Japanese.
SYSTEM_JA: Final = "特に指示が無い場合は、常に日本語で回答してください。"
MAX_TOKENS: Final = 512

_PROGRAM = '''"""The first request, with the OpenAI SDK: pip install openai."""

import os

from openai import OpenAI

base_url = os.environ.get("OPENAI_BASE_URL", {base!r})
client = OpenAI(base_url=base_url, api_key=os.environ.get("OPENAI_API_KEY", "none"))
answer = client.chat.completions.create(
    model={model!r},
    messages=[
{messages}
    ],
    max_tokens={max_tokens},
)
print(answer.choices[0].message.content)
'''


def messages(job: ServeJob) -> list[dict[str, str]]:
    """What is asked: a question in the language that the use case answers in."""
    language = "ja" if job.answers_in == "ja" or (job.answers_in is None and job.language == "ja") else "en"
    kind = "coding" if "coding" in job.use_case else ""
    asked = [{"role": "user", "content": PROMPTS[language][kind]}]
    return [{"role": "system", "content": SYSTEM_JA}, *asked] if language == "ja" else asked


def base_url(job: ServeJob, plan: ServePlan) -> str:
    """The address of the OpenAI-compatible API."""
    return f"http://{job.host}:{plan.port}{job.engine.get('api') or '/v1'}"


def body(job: ServeJob, plan: ServePlan) -> dict[str, Any]:
    """The request as JSON."""
    return {"model": plan.served_name, "messages": messages(job), "max_tokens": MAX_TOKENS}


def curl(job: ServeJob, plan: ServePlan, *, key_variable: str | None = None) -> str:
    """The request as one shell command; with `key_variable` the key comes out of that environment variable."""
    words = ["curl", f"{base_url(job, plan)}/chat/completions", "--header", "Content-Type: application/json"]
    text = shlex.join(words)
    if key_variable is not None:
        text += f' --header "Authorization: Bearer ${key_variable}"'
    return f"{text} --data {shlex.quote(json.dumps(body(job, plan), ensure_ascii=False))}"


def python(job: ServeJob, plan: ServePlan) -> str:
    """The request as a Python program with the OpenAI SDK."""
    asked = "\n".join(f"        {message!r}," for message in messages(job))
    return _PROGRAM.format(base=base_url(job, plan), model=plan.served_name, messages=asked, max_tokens=MAX_TOKENS)


def first_request(job: ServeJob, plan: ServePlan, *, key_variable: str | None = None) -> dict[str, Any]:
    """All forms of the first request, and where to look whether the server is ready."""
    health = None if plan.health is None else f"http://{job.host}:{plan.port}{plan.health}"
    return {
        "url": f"{base_url(job, plan)}/chat/completions",
        "health_url": health,
        "body": body(job, plan),
        "curl": curl(job, plan, key_variable=key_variable),
        "python": python(job, plan),
    }
