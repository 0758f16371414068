"""What went wrong and what to do about it, in English."""

from __future__ import annotations

from typing import Final

MESSAGES: Final[dict[str, str]] = {
    # the frame
    "error": "error: {message}",
    "hint": "hint: {hint}",
    "did-you-mean": "did you mean: {names}",
    "see-help": "see `{command}`",
    "interrupted": "interrupted",
    "bug": "this is a bug in osllm, sorry: {what}",
    "bug-hint": "please report it at {url} with this line and: {versions} (--debug shows the traceback)",
    "output-failed": "the answer could not be written: {why}",
    # names
    "unknown-model": "no model is called {name!r}",
    "unknown-use-case": "no use case is called {name!r}",
    "unknown-engine": "no engine is called {name!r}",
    "unknown-quantization": "no weight format is called {name!r}",
    "unknown-license": "no licence is called {name!r}",
    "unknown-gpu": "no accelerator is called {name!r}",
    "unknown-schema": "no schema is called {name!r}",
    "ambiguous-model": "several models are called {name!r}, and nothing tells which is the newest",
    "hint-list-models": "`osllm list --search TEXT` finds models by name",
    # the command line
    "no-option": "there is no option {option}",
    "needs-value": "{option} needs a value",
    "no-value-taken": "{option} takes no value",
    "missing-argument": "{name} is missing",
    "missing-command": "a command is missing",
    "no-command": "there is no command {name!r}",
    "bad-usage": "the command line cannot be read: {why}",
    "bad-value": "{option} does not take {value!r}",
    "bad-choice": "{option} {value!r} is none of: {choices}",
    "too-few-models": "compare needs at least two models",
    "not-computable": "{model} cannot be computed: its architecture is not known in full",
    # files
    "no-files": "there are no files to write for this target",
    "no-files-hint": "choose a target that makes files: --target compose|kubernetes|systemd|modelfile|python",
    "bad-path": "{path} would leave the output folder",
    "file-exists": "{path} exists already",
    "file-exists-hint": "--force overwrites it",
    "cannot-write": "{path} cannot be written: {why}",
    # settings
    "config-unreadable": "{file} cannot be read: {why}",
    "config-syntax": "{place}: not valid TOML: {why}",
    "config-not-a-table": "{place}: [tool.osllm] is not a table",
    "config-unknown-key": "{place}: no option is called {key!r}",
    "config-bad-type": "{place}: {key}: expected {expected}, found {found}",
    "config-bad-switch": "{place}: {value!r} is neither yes nor no",
    "config-text": "text or a number",
    "config-list": "text or a list of texts",
    "config-switch": "true or false",
    "config-hint": "`osllm config show` lists the settings and files in force",
}
