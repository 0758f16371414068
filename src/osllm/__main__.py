"""`osllm` and `python -m osllm`."""

from __future__ import annotations

import gc

# One short run: collecting garbage costs more than the memory it would give back. Before any other import.
gc.disable()

import os  # noqa: E402
import sys  # noqa: E402


def main() -> int:
    """Run the program on the process's own arguments and environment, and return the exit code."""
    try:
        from osllm.cli.app import run

        return int(run(sys.argv[1:], os.environ))
    except KeyboardInterrupt:  # while still importing
        return 130
    finally:
        gc.freeze()  # the interpreter's last collection then has nothing to look through


if __name__ == "__main__":
    sys.exit(main())
