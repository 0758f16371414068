"""The random weights of the extra job: a GGUF file whose parts lie where its head says."""

from __future__ import annotations

import struct
import sys

import pytest
from serve_support import ROOT


@pytest.fixture
def job_script(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    import run_llama_server

    yield run_llama_server
    del sys.modules["run_llama_server"]


def test_the_file_holds_what_its_head_promises(job_script, tmp_path):
    path = tmp_path / "x.gguf"
    job_script.write_gguf(path)
    data = path.read_bytes()
    magic, version, tensors, lines = struct.unpack("<4sIQQ", data[:24])
    assert (magic, version) == (b"GGUF", 3)
    assert tensors == len(job_script.shapes())
    assert lines == len(job_script.metadata())
    floats = 0
    for _, shape in job_script.shapes():
        count = 1
        for size in shape:
            count *= size
        floats += count
        assert count * 4 % job_script.ALIGNMENT == 0  # so tensors follow each other without padding
    head = len(data) - floats * 4
    assert head % job_script.ALIGNMENT == 0
    assert 0 < head < 20_000


def test_the_vocabulary_covers_every_byte(job_script):
    tokens, kinds = job_script.vocabulary()
    assert len(tokens) == len(kinds) == 260
    assert sum(kind == 6 for kind in kinds) == 256
