"""Build hook: the wheel carries the compiled catalog instead of its YAML."""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface


class CatalogHook(BuildHookInterface):
    """Checks and compiles `catalog/` and puts the result into the wheel; a problem in a file stops the build."""

    PLUGIN_NAME = "custom"
    _folder: tempfile.TemporaryDirectory[str] | None = None

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Compile before the wheel is packed. An editable install reads the YAML itself, so it is left alone."""
        if self.target_name != "wheel" or version == "editable":
            return
        root = Path(self.root)
        sys.path.insert(0, str(root / "src"))
        try:
            from osllm.authoring.overlay import compile_folder
            from osllm.catalog.store import COMPILED_NAME
        finally:
            sys.path.remove(str(root / "src"))
        self._folder = tempfile.TemporaryDirectory()
        compiled = Path(self._folder.name) / COMPILED_NAME
        compiled.write_bytes(compile_folder(str(root / "catalog")))
        build_data["force_include"][str(compiled)] = f"osllm/_data/{COMPILED_NAME}"

    def finalize(self, version: str, build_data: dict[str, Any], artifact_path: str) -> None:  # noqa: ARG002
        """Remove what was compiled: the wheel has it now."""
        if self._folder is not None:
            self._folder.cleanup()
