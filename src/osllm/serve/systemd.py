"""A systemd unit for one host: the engine on 127.0.0.1, secrets in a file that only root reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from osllm.domain.verdict import Caveat
from osllm.serve.container import dns_label

if TYPE_CHECKING:
    from osllm.serve.job import ServeJob, ServePlan

_UNIT = """[Unit]
Description=osllm: {description}
After=network-online.target
Wants=network-online.target

[Service]
ExecStart={command}
{environment}
EnvironmentFile=-/etc/osllm/{name}.env
WorkingDirectory=/var/lib/osllm/{name}
StateDirectory=osllm/{name}
CacheDirectory=osllm
Restart=on-failure
RestartSec=10
DynamicUser=yes
SupplementaryGroups=video render
NoNewPrivileges=yes
ProtectHome=yes
ProtectSystem=strict
PrivateTmp=yes
LimitMEMLOCK=infinity

[Install]
WantedBy=multi-user.target
"""
_ENV = """# Secrets of the service, e.g. for gated models: https://huggingface.co/settings/tokens
HF_TOKEN=
"""


def quote(word: str) -> str:
    """One word of a command line or of Environment= as systemd.service(5) reads it: no specifier, variable or escape left."""
    escaped = word.replace("\\", "\\\\").replace('"', '\\"').replace("%", "%%").replace("$", "$$")
    return '"' + "".join(map(_printable, escaped)) + '"'


def _printable(char: str) -> str:
    return char if char.isprintable() else "".join(f"\\x{byte:02x}" for byte in char.encode("utf-8", "replace"))


def variable(word: str) -> str:
    """A word of Environment=, where `$` has no meaning."""
    return quote(word).replace("$$", "$")


def files(job: ServeJob, plan: ServePlan) -> tuple[dict[str, str], tuple[Caveat, ...]]:
    """The unit, its environment file and what to do with them. Ollama's unit runs its server, not the chat."""
    name = dns_label(job.model.id)
    command = ("ollama", "serve") if plan.engine == "ollama" else plan.command
    variables = (
        *plan.environment,
        ("HF_HOME", "/var/cache/osllm"),
        ("LLAMA_CACHE", "/var/cache/osllm"),
        ("OLLAMA_MODELS", "/var/cache/osllm"),
    )
    unit = _UNIT.format(
        description=dns_label(f"{job.model.id} {plan.engine}"),
        command=" ".join(map(quote, ("/usr/bin/env", *command))),
        environment="\n".join(f"Environment={variable(f'{k}={v}')}" for k, v in variables),
        name=name,
    )
    written = {f"{name}.service": unit, f"{name}.env": _ENV, **dict(plan.files)}
    return written, (Caveat("systemd-start", {"unit": f"{name}.service", "env": f"{name}.env"}),)
