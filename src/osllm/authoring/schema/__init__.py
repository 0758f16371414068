"""What a catalog file may say: one strict pydantic model per kind of file. Unknown keys and loose types are errors."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from osllm.authoring.schema.base import Strict
from osllm.authoring.schema.evidence import BenchmarksFile, EvidenceFile
from osllm.authoring.schema.hardware import AcceleratorsFile, CloudsFile, ProcessorsFile
from osllm.authoring.schema.license import LicenseFile
from osllm.authoring.schema.model import ModelFile
from osllm.authoring.schema.retrieval import EmbeddingsFile, TokenizersFile
from osllm.authoring.schema.software import EngineFile, LossFile, QuantizationsFile
from osllm.authoring.schema.usecase import UseCaseFile

SCHEMAS: Final[Mapping[str, type[Strict]]] = {
    "model": ModelFile,
    "license": LicenseFile,
    "gpu": AcceleratorsFile,
    "cpu": ProcessorsFile,
    "cloud": CloudsFile,
    "engine": EngineFile,
    "quantization": QuantizationsFile,
    "quantization-loss": LossFile,
    "tokenizer": TokenizersFile,
    "embedding": EmbeddingsFile,
    "benchmark": BenchmarksFile,
    "evidence": EvidenceFile,
    "use-case": UseCaseFile,
}
