"""Folders that cannot be written and disks that are full: one message, and nothing half-written."""

from __future__ import annotations

import os
import shutil
import sys
from pathlib import Path

import pytest

from tests.e2e.conftest import Run, SmallDisk, spawn, tree
from tests.e2e.shots import POINT, masked_shot, sequence
from void_studio.shot.shot import Shot


@pytest.fixture
def source(clip: Path, tmp_path: Path) -> Path:
    return sequence(clip, tmp_path / "sequence")


def takes_of(folder: Path) -> list[int]:
    with Shot.open(folder) as shot:
        assert shot.warnings == []
        return [take.number for take in shot.document.takes]


def test_a_read_only_folder(
    void: Run, clip: Path, source: Path, taken: Path, disk: SmallDisk
) -> None:
    shutil.copytree(taken, disk.folder / "shot.void")
    shutil.copyfile(clip, disk.folder / "plate.mp4")
    shot, plate = disk.folder / "shot.void", disk.folder / "plate.mp4"
    before = tree(disk.folder)
    disk.set_read_only()
    for words in (
        ["new", plate, "-o", disk.folder / "new.void"],
        ["import", source, "-o", disk.folder / "new.void"],
        ["track", shot, "--object", "Ball", "--point", POINT],
        ["run", shot],
        ["export", taken, "--quadmask", disk.folder / "mask.mp4"],
        ["export", taken, "--sequence", disk.folder / "sequence"],
        ["export", taken, "--take", 1, "-o", disk.folder / "take.mp4"],
        ["export", taken, "--take", 1, "-o", disk.folder / "take"],
    ):
        assert "read-only" in void(*words).error.lower()
    assert tree(disk.folder) == before
    # What only reads works there.
    assert void("info", plate).code == 0
    assert void("new", plate, "-o", taken.parent / "elsewhere.void").code == 0
    assert void("export", shot, "--take", 1, "-o", taken.parent / "take.mp4").code == 0


def test_a_home_that_cannot_be_written(
    void: Run, taken: Path, disk: SmallDisk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("VOID_STUDIO_HOME", str(disk.folder / "home"))
    disk.set_read_only()
    before = tree(taken)
    for words in (["run", taken], ["track", taken, "--object", "Ball"], ["job", "list"]):
        assert "read-only" in void(*words).error.lower()
    assert tree(taken) == before


@pytest.mark.parametrize("leave", [0, 4096])
def test_a_full_disk(
    leave: int, void: Run, clip: Path, source: Path, taken: Path, disk: SmallDisk
) -> None:
    disk.fill(leave)
    before = tree(disk.folder)
    commands: list[list[object]] = [
        ["import", source, "-o", disk.folder / "new.void"],
        ["export", taken, "--quadmask", disk.folder / "mask.mp4"],
        ["export", taken, "--quadmask", disk.folder / "mask.mkv"],
        ["export", taken, "--sequence", disk.folder / "sequence"],
        ["export", taken, "--take", 1, "-o", disk.folder / "take.mp4"],
        ["export", taken, "--take", 1, "-o", disk.folder / "take.mov"],
        ["export", taken, "--take", 1, "-o", disk.folder / "take"],
    ]
    if not leave:
        commands.append(["new", clip, "-o", disk.folder / "new.void"])
    for words in commands:
        assert "space" in void(*words).error
        assert tree(disk.folder) == before


def test_a_shot_on_a_disk_that_fills_up(void: Run, clip: Path, disk: SmallDisk) -> None:
    """The job is done, and the shot takes it in when there is room again."""
    shot = masked_shot(clip, disk.folder / "shot.void")
    disk.fill(leave=16384)
    before = tree(shot)
    assert "space" in void("run", shot).error
    assert tree(shot) == before
    assert takes_of(shot) == []
    disk.empty()
    job = void("job", "list").json["jobs"][0]
    assert job["state"] == "done"
    rerun = void("job", "run", job["folder"])
    assert (rerun.code, rerun.json["adopted"]) == (0, True)
    assert len(takes_of(shot)) == 1
    assert void("export", shot, "--take", 1, "-o", disk.folder / "take.mp4").code == 0

    # A track needs less room; the masks of before are there until all of the new are.
    disk.fill(leave=4096)
    # In a process of its own: one that could not save keeps the shot to itself till it ends.
    assert "space" in spawn("track", shot, "--object", "Ball", "--point", POINT).error
    disk.empty()
    with Shot.open(shot) as opened:
        assert opened.warnings == []
        assert (opened.masks.summaries() & 1).all()


def test_a_job_on_a_disk_that_fills_up(void: Run, taken: Path, disk: SmallDisk) -> None:
    jobs = void("job", "list").json["jobs"]
    job = next(Path(job["folder"]) for job in jobs if job["shot"] == str(taken))
    copy = disk.folder / job.name
    shutil.copytree(job, copy)
    for leftover in ("outputs", "checkpoints"):
        shutil.rmtree(copy / leftover)
        (copy / leftover).mkdir()
    (copy / "events.jsonl").unlink()
    disk.fill(leave=30_000)
    ended = void("job", "run", copy)
    assert ended.code == 1
    assert "space" in ended.err
    assert "Traceback" not in ended.err
    assert ended.json["job"] == job.name
    disk.empty()
    assert void("job", "run", copy).json["state"] == "done"
    for path in (job / "outputs" / "patches").iterdir():
        assert (copy / "outputs" / "patches" / path.name).read_bytes() == path.read_bytes()


@pytest.mark.skipif(sys.platform != "linux" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_without_permission(
    void: Run, clip: Path, source: Path, taken: Path, tmp_path: Path
) -> None:
    locked = tmp_path / "locked"
    locked.mkdir(mode=0o555)
    for words in (
        ["new", clip, "-o", locked / "new.void"],
        ["import", source, "-o", locked / "new.void"],
        ["export", taken, "--quadmask", locked / "mask.mp4"],
        ["export", taken, "--sequence", locked / "sequence"],
        ["export", taken, "--take", 1, "-o", locked / "take.mp4"],
    ):
        assert "permission" in void(*words).error
    assert tree(locked) == {}


def test_files_that_may_not_grow(
    void: Run, clip: Path, source: Path, taken: Path, tmp_path: Path
) -> None:
    """As a full disk is, for who may not mount one."""
    resource = pytest.importorskip("resource", reason="there is no limit to set")
    target = tmp_path / "target"
    target.mkdir()
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    for words in (
        ["new", clip, "-o", target / "new.void"],
        ["import", source, "-o", target / "new.void"],
        ["export", taken, "--quadmask", target / "mask.mp4"],
        ["export", taken, "--sequence", target / "sequence"],
        ["export", taken, "--take", 1, "-o", target / "take.mp4"],
    ):
        resource.setrlimit(resource.RLIMIT_FSIZE, (64, limits[1]))
        try:
            ended = void(*words)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        assert "too large" in ended.error
        assert tree(target) == {}
