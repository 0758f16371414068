from __future__ import annotations

from pathlib import Path

import pytest

from osllm.cli.files import save, save_all
from osllm.cli.session import Session
from osllm.errors import RequestError


def test_writes_all_files_and_says_so(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    save_all(Session({}), str(tmp_path / "out"), {"a.yaml": "日本\n", "sub/b.sh": "x\n"}, force=False)
    assert (tmp_path / "out" / "a.yaml").read_bytes() == "日本\n".encode()
    assert (tmp_path / "out" / "sub" / "b.sh").read_text() == "x\n"
    assert capsys.readouterr().err.count("wrote ") == 2


def test_writes_none_where_one_exists(tmp_path: Path) -> None:
    (tmp_path / "b").write_text("old", "utf-8")
    with pytest.raises(RequestError) as caught:
        save_all(Session({}), str(tmp_path), {"a": "new", "b": "new"}, force=False)
    assert caught.value.code == "file-exists"
    assert not (tmp_path / "a").exists()
    save_all(Session({}), str(tmp_path), {"a": "new", "b": "new"}, force=True)
    assert (tmp_path / "b").read_text() == "new"


@pytest.mark.parametrize("path", ["../x", "/etc/x", "a/../../x", ".", ""])
def test_a_file_never_leaves_the_folder(tmp_path: Path, path: str) -> None:
    with pytest.raises(RequestError) as caught:
        save_all(Session({}), str(tmp_path / "out"), {path: "x"}, force=True)
    assert caught.value.code == "bad-path"


def test_nothing_to_write_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(RequestError) as caught:
        save_all(Session({}), str(tmp_path), {}, force=False)
    assert caught.value.code == "no-files"


def test_a_place_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("x", "utf-8")
    with pytest.raises(RequestError) as caught:
        save(Session({}), str(tmp_path / "file" / "policy.yaml"), "x", force=False)
    assert caught.value.code == "cannot-write"


def test_a_system_that_refuses_midway_leaves_nothing(tmp_path):
    """The second file cannot be put where a file stands in place of a folder; the first must not stay either."""
    out = tmp_path / "out"
    out.mkdir()
    (out / "sub").write_text("a file, not a folder")
    with pytest.raises(RequestError) as caught:
        save_all(Session({}), str(out), {"a.yaml": "x", "sub/b.yaml": "y"}, force=True)
    assert caught.value.code == "cannot-write"
    assert sorted(p.name for p in out.iterdir()) == ["sub"]


def test_written_files_have_the_usual_rights(tmp_path):
    save_all(Session({}), str(tmp_path), {"a": "x"}, force=False)
    (tmp_path / "plain").write_text("x")
    assert (tmp_path / "a").stat().st_mode == (tmp_path / "plain").stat().st_mode
