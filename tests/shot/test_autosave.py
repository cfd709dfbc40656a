"""Saving beside the work: what is written, when it fails, and what others see of it."""

from __future__ import annotations

import errno
import os
import shutil
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.shot.small import SIZE, disc, paint, state_of
from void_studio import files
from void_studio.errors import VoidError
from void_studio.quadmask.bits import Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask
from void_studio.shot.autosave import Autosaver
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot

WAIT = 30.0


class Disk:
    """The system calls of saving, which can be made to fail or to wait."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.error: int | None = None
        self.may_run = threading.Event()
        self.may_run.set()
        self.reached = threading.Semaphore(0)
        self.writes = 0
        real = os.fsync

        def fsync(handle: int) -> None:
            self.reached.release()
            assert self.may_run.wait(WAIT)
            self.writes += 1
            if self.error is not None:
                raise OSError(self.error, os.strerror(self.error))
            real(handle)

        monkeypatch.setattr(files.os, "fsync", fsync)


@pytest.fixture
def disk(monkeypatch: pytest.MonkeyPatch) -> Disk:
    return Disk(monkeypatch)


class Heard:
    """What an autosaver reported."""

    def __init__(self) -> None:
        self.saved = 0
        self.errors: list[VoidError] = []
        self.failed = threading.Event()

    def on_saved(self, written: int) -> None:
        self.saved += written

    def on_error(self, error: VoidError) -> None:
        self.errors.append(error)
        self.failed.set()


@pytest.fixture
def heard() -> Heard:
    return Heard()


@pytest.fixture
def saver(shot: Shot, disk: Disk, heard: Heard) -> Iterator[Autosaver]:
    made = Autosaver(shot, heard.on_saved, heard.on_error)
    yield made
    disk.error = None
    disk.may_run.set()
    made.close()


def on_disk(shot: Shot) -> tuple[object, ...]:
    with Shot.open(shot.folder, read_only=True) as reader:
        assert reader.warnings == []
        return state_of(reader)


def temporary_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.name.startswith(".void-")]


def test_every_edit_is_saved_without_being_asked(
    shot: Shot, saver: Autosaver, heard: Heard
) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {1: (disc(20, 20, 9), 1.0), 2: (disc(22, 20, 9), 1.0)})
    paint(shot, 1, disc(40, 30, 9), Plane.AFFECTED)
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)
    shot.history.undo()
    shot.history.undo()
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)
    assert heard.errors == []
    assert heard.saved >= 4
    assert not shot.unsaved


def test_edits_while_a_save_runs_are_saved_together(
    shot: Shot, saver: Autosaver, disk: Disk
) -> None:
    disk.may_run.clear()
    paint(shot, 0, disc(9, 9, 5))
    assert disk.reached.acquire(timeout=WAIT)
    for radius in range(1, 30):
        paint(shot, 1, disc(30, 20, radius))
    disk.may_run.set()
    assert saver.flush(WAIT)
    assert disk.writes == 8  # two masks, and the history before each, each with its folder
    assert on_disk(shot) == state_of(shot)


def test_editing_goes_on_while_a_save_hangs(shot: Shot, saver: Autosaver, disk: Disk) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    assert saver.flush(WAIT)
    assert disk.reached.acquire(timeout=WAIT)
    while disk.reached.acquire(blocking=False):
        pass
    disk.may_run.clear()
    paint(shot, 0, disc(9, 9, 5))
    assert disk.reached.acquire(timeout=WAIT)
    # None of this may wait for the disk; the test would time out.
    paint(shot, 0, disc(30, 9, 5))
    shot.apply_track(item.id, {0: (disc(20, 20, 9), 1.0)})
    shot.set_role(item.id, Role.AFFECTED)
    shot.history.undo()
    shot.masks.summaries()
    assert shot.masks.field(0).any()
    assert not saver.flush(0)
    disk.may_run.set()
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)


@pytest.mark.parametrize(
    ("number", "remedy"),
    [(errno.ENOSPC, "Free some space"), (errno.EROFS, "read-only"), (errno.EACCES, "permissions")],
)
def test_a_failing_disk_is_told_once_and_nothing_is_lost(
    shot: Shot, saver: Autosaver, disk: Disk, heard: Heard, number: int, remedy: str
) -> None:
    before = on_disk(shot)
    disk.error = number
    paint(shot, 0, disc(9, 9, 5))
    assert not saver.flush(WAIT)
    paint(shot, 1, disc(9, 9, 5))
    assert not saver.flush(WAIT)
    assert len(heard.errors) == 1
    assert str(shot.folder) in heard.errors[0].what
    assert remedy in heard.errors[0].remedy
    assert saver.error is not None
    assert shot.unsaved
    assert on_disk(shot) == before
    assert temporary_files(shot.folder) == []
    disk.error = None
    saver.notify()
    assert saver.flush(WAIT)
    assert saver.error is None
    assert on_disk(shot) == state_of(shot)
    disk.error = number
    paint(shot, 2, disc(9, 9, 5))
    assert not saver.flush(WAIT)
    assert len(heard.errors) == 2


def test_a_folder_that_is_gone_is_told_and_filled_when_it_is_back(
    shot: Shot, saver: Autosaver, heard: Heard, tmp_path: Path
) -> None:
    away = tmp_path / "away.void"
    shot.folder.rename(away)
    paint(shot, 0, disc(9, 9, 5))
    assert not saver.flush(WAIT)
    assert "moved or deleted" in heard.errors[0].why
    assert not shot.folder.exists()
    away.rename(shot.folder)
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)


def test_a_masks_folder_that_is_gone_is_made_again(shot: Shot, saver: Autosaver) -> None:
    shutil.rmtree(shot.folder / "masks")
    paint(shot, 0, disc(9, 9, 5))
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)


def test_closing_saves_what_is_left(shot: Shot, heard: Heard) -> None:
    saver = Autosaver(shot, heard.on_saved, heard.on_error)
    paint(shot, 0, disc(9, 9, 5))
    assert saver.close()
    assert on_disk(shot) == state_of(shot)
    paint(shot, 1, disc(9, 9, 5))
    assert shot.unsaved
    assert shot.history.listeners == []


def test_closing_says_when_something_is_not_saved(shot: Shot, disk: Disk, heard: Heard) -> None:
    saver = Autosaver(shot, heard.on_saved, heard.on_error)
    disk.error = errno.ENOSPC
    paint(shot, 0, disc(9, 9, 5))
    assert not saver.close()
    with pytest.raises(VoidError, match="No space left"):
        shot.close()
    disk.error = None
    shot.close()
    assert on_disk(shot) == state_of(shot)


def test_a_stroke_under_the_pen_may_be_saved_but_never_torn(
    shot: Shot, saver: Autosaver, disk: Disk
) -> None:
    paint(shot, 0, disc(9, 9, 5))
    stroke = shot.begin_stroke(0, "Paint")
    stroke.touch(Rect(0, 0, *SIZE))
    fill_mask(stroke.field, paint_table(Plane.REMOVE, True), disc(40, 30, 12))
    assert saver.flush(WAIT)
    assert not shot.unsaved, "the stroke before is in the history"
    on_disk(shot)
    stroke.finish()
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)


def test_unexpected_errors_are_told_and_do_not_end_saving(
    shot: Shot, saver: Autosaver, heard: Heard, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(index: int) -> Any:
        raise MemoryError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(shot.masks, "png", fail)
        paint(shot, 0, disc(9, 9, 5))
        assert not saver.flush(WAIT)
    assert "MemoryError" in heard.errors[0].why
    assert saver.flush(WAIT)
    assert on_disk(shot) == state_of(shot)


def test_outdated_masks_are_derived_and_saved_in_the_background(
    shot: Shot, saver: Autosaver
) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {i: (disc(20, 20, 9), 1.0) for i in range(6)})
    shot.set_role(item.id, Role.AFFECTED)
    assert saver.flush(WAIT)
    assert shot.masks.outdated == []
    saved = {path.name for path in (shot.folder / "masks").iterdir()}
    assert saved == {f"{index:06d}.png" for index in range(6)}
    image = files.read_image(shot.folder / "masks" / "000004.png")
    assert np.array_equal(image, disc(20, 20, 9) * np.uint8(2))
