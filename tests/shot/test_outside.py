"""Files and paths from outside: bounded, explained, and never half trusted."""

from __future__ import annotations

import errno
import os
import stat
from pathlib import Path

import pytest

from tests.shot.small import write_plate
from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot import clicks
from void_studio.shot.clicks import read_click_file
from void_studio.shot.document import Prompt
from void_studio.shot.shot import Shot

NOT_UTF8 = "caf\udce9"


def test_reading_clicks_stops_at_the_limit(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made: list[int] = []

    def prompt(**fields: float) -> Prompt:
        made.append(1)
        return Prompt.model_validate(fields)

    monkeypatch.setattr(clicks, "_MAX_POINTS", 5)
    monkeypatch.setattr(clicks, "Prompt", prompt)
    path = tmp_path / "clicks.json"
    files.write_json(path, {"points_by_frame": {"0": [[1, 2]] * 1000}})
    warnings: list[str] = []
    assert len(read_click_file(path, shot.document.plate, warnings)) == 5
    assert len(made) <= 6
    assert "too many clicks" in warnings[0]


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000])
def test_deeply_nested_json_is_explained(tmp_path: Path, text: str) -> None:
    path = tmp_path / "deep.json"
    path.write_text(text)
    with pytest.raises(VoidError, match="Could not read"):
        files.read_json(path)


def test_a_shot_in_a_folder_that_is_not_utf8_is_refused(plate: Path, tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="UTF-8"):
        Shot.create(plate, tmp_path / f"{NOT_UTF8}.void")
    assert [path.name for path in tmp_path.iterdir()] == ["plates"]


def test_a_plate_whose_path_is_not_utf8_is_refused(tmp_path: Path) -> None:
    plate = write_plate(tmp_path / NOT_UTF8)
    with pytest.raises(VoidError):
        Shot.create(plate, tmp_path / "shot.void")
    assert not (tmp_path / "shot.void").exists()


def test_json_that_is_not_utf8_is_explained(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="UTF-8"):
        files.write_json(tmp_path / "some.json", {"path": NOT_UTF8})
    assert list(tmp_path.iterdir()) == []


@pytest.fixture
def synced(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """A share that refuses to sync folders: whether each attempt was of one."""
    attempts: list[bool] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        folder = stat.S_ISDIR(os.fstat(handle).st_mode)
        attempts.append(folder)
        if folder:
            raise OSError(errno.EINVAL, "Invalid argument")
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    return attempts


def test_a_share_that_cannot_sync_folders_is_written_to(tmp_path: Path, synced: list[bool]) -> None:
    files.write_atomic(tmp_path / "a", b"data")
    assert (tmp_path / "a").read_bytes() == b"data"
    assert synced == [False, True]


def test_staged_files_and_folders_sync_their_folder(tmp_path: Path, synced: list[bool]) -> None:
    with files.staged_file(tmp_path / "a.bin") as staged:
        staged.write_bytes(b"data")
    assert synced == [True]
    with files.staged_folder(tmp_path / "b"):
        pass
    assert synced == [True, True]
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.bin", "b"]
