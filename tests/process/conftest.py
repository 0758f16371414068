from __future__ import annotations

from pathlib import Path

import pytest
from processes import Program


@pytest.fixture
def program(small_catalog_file: Path, tmp_path: Path) -> Program:
    """The program, on the invented catalog, in an empty home."""
    home = tmp_path / "home"
    home.mkdir()
    return Program(small_catalog_file, home)
