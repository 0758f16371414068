"""Write the JSON Schemas of catalog files to docs/schemas/, for editors that check YAML while it is typed."""

from __future__ import annotations

import json
from pathlib import Path

from osllm.authoring.jsonschema import file_schemas

FOLDER = Path(__file__).resolve().parent.parent / "docs" / "schemas"


def texts() -> dict[str, str]:
    """File name -> content of every schema."""
    return {
        f"{name}.json": json.dumps(schema, ensure_ascii=False, indent=1, sort_keys=True) + "\n"
        for name, schema in file_schemas().items()
    }


def main() -> None:
    """Write what changed and remove what is no schema any more."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    wanted = texts()
    for path in FOLDER.glob("*.json"):
        if path.name not in wanted:
            path.unlink()
    for name, content in wanted.items():
        (FOLDER / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
