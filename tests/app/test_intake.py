"""Taking in what jobs made: in the window's turns, and never over what the artist did."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray
from pytestqt.qtbot import QtBot

from tests.app.conftest import SIZE
from void_studio.app.following import TrackedFrame
from void_studio.app.intake import Intake
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.document import Prompt, Role, ShotObject
from void_studio.shot.shot import Shot
from void_studio.worker.results import TrackResult
from void_studio.worker.status import JobState, JobStatus

CLICK = Prompt(frame=0, x=60, y=90)


def mask(width: int) -> NDArray[np.bool_]:
    made = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    made[:, :width] = True
    return made


@pytest.fixture
def shot(clip: Path, tmp_path: Path) -> Iterator[Shot]:
    with Shot.create(clip, tmp_path / "ball.void") as made:
        yield made


@pytest.fixture
def item(shot: Shot) -> ShotObject:
    made = shot.add_object("Ball", Role.REMOVE)
    shot.add_prompt(made.id, CLICK)
    return made


class Desk:
    """What of a session the intake asks for."""

    def __init__(self, shot: Shot) -> None:
        self.shot = shot
        self.pen_down = False
        self.asked = 0
        self.failed = SimpleNamespace(emit=pytest.fail)

    def flush(self) -> bool:
        return True

    @property
    def stroke_open(self) -> bool:
        self.asked += 1
        return self.pen_down


@pytest.fixture
def session(shot: Shot) -> Desk:
    return Desk(shot)


@pytest.fixture
def intake(session: Desk, qtbot: QtBot) -> Intake:
    return Intake(cast(Any, session), cast(Any, None), lambda _: None)


def arrival(item: ShotObject, index: int, width: int, size: tuple[int, int] = SIZE) -> TrackedFrame:
    result = TrackResult(item.id, index, 0.5, Path())
    return TrackedFrame("job", result, size, pack_mask(mask(width)), (CLICK,))


def taken_in(intake: Intake, qtbot: QtBot) -> None:
    qtbot.waitUntil(lambda: not intake.waiting, timeout=30_000)


def test_frames_are_taken_in_as_one_step(
    intake: Intake, shot: Shot, item: ShotObject, qtbot: QtBot
) -> None:
    for index in range(4):
        intake.add(arrival(item, index, 9 + index))
    taken_in(intake, qtbot)
    held = shot.tracks.get(item.id, 3)
    assert held is not None
    assert np.array_equal(held, mask(12))
    shot.history.undo()
    assert shot.tracks.frames(item.id) == []


def test_a_frame_that_was_clicked_since_stays(
    intake: Intake, shot: Shot, item: ShotObject, qtbot: QtBot
) -> None:
    shot.apply_click(item.id, [Prompt(frame=2, x=1, y=1)], 2, mask(50))
    for index in range(4):
        intake.add(arrival(item, index, 9))
    taken_in(intake, qtbot)
    held = shot.tracks.get(item.id, 2)
    assert held is not None
    assert np.array_equal(held, mask(50))
    assert shot.tracks.frames(item.id) == [0, 1, 2, 3]


def test_what_the_shot_has_already_is_no_step(
    intake: Intake, shot: Shot, item: ShotObject, qtbot: QtBot
) -> None:
    shot.apply_track(item.id, {index: (mask(9), 0.5) for index in range(4)}, "Before")
    shot.rename_object(item.id, "Bowl")
    last = shot.history.undo_name
    for index in range(4):
        intake.add(arrival(item, index, 9))
    taken_in(intake, qtbot)
    assert shot.history.undo_name == last


def test_a_mask_of_another_size_is_left_out(
    intake: Intake, shot: Shot, item: ShotObject, qtbot: QtBot
) -> None:
    intake.add(arrival(item, 0, 9, (99, 9)))
    taken_in(intake, qtbot)
    assert shot.tracks.frames(item.id) == []


def test_nothing_is_taken_in_under_the_pen(
    intake: Intake, session: Desk, shot: Shot, item: ShotObject, qtbot: QtBot
) -> None:
    session.pen_down = True
    intake.add(arrival(item, 0, 9))
    start = time.monotonic()
    qtbot.waitUntil(lambda: session.asked >= 4, timeout=30_000)
    # A timer that spins asks four times within a few milliseconds.
    assert time.monotonic() - start > 0.1
    assert intake.waiting
    session.pen_down = False
    taken_in(intake, qtbot)
    assert shot.tracks.frames(item.id) == [0]


class AtOnce:
    """A background that works in the foreground."""

    def run(self, _: str, work: Callable[[], None], *__: object) -> None:
        work()


def test_a_track_that_changed_nothing_is_settled_and_does_not_come_back(
    session: Desk, shot: Shot, item: ShotObject, tmp_path: Path, qtbot: QtBot
) -> None:
    shot.apply_track(item.id, {index: (mask(9), 0.5) for index in range(4)}, "Before")
    ended = JobStatus(
        id="job",
        folder=tmp_path,
        kind="track",
        state=JobState.DONE,
        shot=str(shot.folder.absolute()),
        objects=(item.id,),
    )
    intake = Intake(cast(Any, session), cast(Any, AtOnce()), lambda _: ended)
    told: list[str] = []
    intake.tracked.connect(told.append)
    for index in range(4):
        intake.add(arrival(item, index, 9))
    intake.job_ended(ended)
    taken_in(intake, qtbot)
    assert (tmp_path / "adopted.json").is_file()
    assert told == [item.id]
