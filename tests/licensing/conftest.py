from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from license_support import read_licenses

from osllm.domain.model import LicenseBinding
from osllm.domain.request import LicenseFacts
from osllm.domain.verdict import LicenseVerdict
from osllm.licensing.engine import check

Ask = Callable[..., LicenseVerdict]


@pytest.fixture(scope="session")
def licenses() -> Mapping[str, Mapping[str, Any]]:
    return read_licenses()


@pytest.fixture(scope="session")
def ask(licenses: Mapping[str, Mapping[str, Any]]) -> Ask:
    """Judge a use: ask("llama-4", "mit", use="commercial", modalities=("text", "image"))."""

    def question(
        *keys: str,
        evidence: str = "primary",
        conflict: str | None = None,
        card: str | None = None,
        revisions: tuple[tuple[str, tuple[str, ...]], ...] = (),
        modalities: tuple[str, ...] = ("text",),
        lang: str | None = "en",
        **facts: Any,
    ) -> LicenseVerdict:
        binding = LicenseBinding(keys, evidence, conflict, card, revisions)
        return check(binding, licenses, LicenseFacts(**facts), modalities, lang)

    return question
