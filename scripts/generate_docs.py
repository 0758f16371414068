"""Write the reference pages that come from the code and the catalog, NOTICE, and the samples of output in all pages.

    python scripts/generate_docs.py           # write them
    python scripts/generate_docs.py --check   # name the pages that are not up to date; exit status 1 if there are any

Other scripts write pages of their own (`accuracy.py`, `evaluate_ranking.py`); nothing here touches those.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

import doc_catalog_pages as catalog
import doc_pages as pages
import doc_schema_pages as schemas
from doc_notice import notice
from doc_samples import filled, language

ROOT: Final = Path(__file__).resolve().parent.parent
DOCS: Final = ROOT / "docs"
LANGUAGES: Final = ("en", "ja")
PAGES: Final[dict[str, Callable[[str], str]]] = {
    "cli": pages.cli,
    "rules": pages.rules,
    "json": schemas.json_outputs,
    "catalog-files": schemas.catalog_files,
    "use-cases": catalog.use_cases,
    "engines": catalog.engines,
    "formats": catalog.formats,
    "benchmarks": catalog.benchmarks,
}
HEADER: Final = (
    "<!-- Written by scripts/generate_docs.py. Do not edit: change the code or the catalog and run it again. -->"
)


def generated() -> Iterator[tuple[Path, str]]:
    """Every generated page and every page with samples, and what each must hold."""
    for lang in LANGUAGES:
        for name, make in PAGES.items():
            yield DOCS / lang / "reference" / f"{name}.md", f"{HEADER}\n\n{make(lang)}\n"
    yield ROOT / "NOTICE", notice()
    for path in [*sorted(ROOT.glob("*.md")), *sorted(DOCS.rglob("*.md"))]:
        text = path.read_text(encoding="utf-8")
        if "<!-- sample" in text:
            yield path, filled(text, language(path.relative_to(ROOT)))


def stale() -> list[Path]:
    """The pages that are missing or out of date."""
    return [path for path, text in generated() if not path.is_file() or path.read_text(encoding="utf-8") != text]


def main(arguments: list[str]) -> int:
    """Write or check; the exit status."""
    if arguments == ["--check"]:
        late = stale()
        for path in late:
            print(f"{path.relative_to(ROOT)}: run scripts/generate_docs.py")
        return 1 if late else 0
    for path, text in generated():
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main(sys.argv[1:]))
