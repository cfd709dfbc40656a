"""Following a job: that it has ended is told last, however its news comes in."""

from __future__ import annotations

from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand
from void_studio.app.following import Following
from void_studio.app.running import RunningPreview
from void_studio.files import encode_png
from void_studio.hosts.local import LocalHost
from void_studio.shot.document import Prompt, Role
from void_studio.worker.jobs import create_remove_job, create_track_job
from void_studio.worker.spec import Direction
from void_studio.worker.status import JobState, JobStatus


class EndedHost:
    """Knows one job, which has ended; its events come one at a request."""

    def __init__(self, folder: Path, count: int) -> None:
        self._folder = folder
        self._left = [{"type": "progress", "next": at + 1} for at in range(count)]

    def events(self, job_id: str, since: int, wait_s: float) -> list[dict[str, Any]]:
        return self._left[since : since + 1]

    def status(self, job_id: str) -> JobStatus:
        return JobStatus(id=job_id, folder=self._folder, state=JobState.DONE)

    def close(self) -> None:
        pass


def test_the_end_is_told_once_and_after_everything_else(hand: Hand, qtbot: QtBot) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    item = shot.add_object("Ball", Role.REMOVE)
    shot.add_prompt(item.id, Prompt(frame=0, x=60, y=90))
    folder = create_track_job(shot, [item.id], direction=Direction.BOTH, frames=(0, 3))
    host = EndedHost(folder, 3)
    following = Following(cast(LocalHost, host), hand.window)
    told: list[JobStatus] = []
    following.status.connect(told.append)
    assert following.follow("job", folder)
    qtbot.waitUntil(lambda: bool(told))
    following.close()
    QCoreApplication.processEvents()
    assert [status.state for status in told] == [JobState.DONE]


class PreviewingHost(EndedHost):
    """Knows one removal, whose events come all at once."""

    def __init__(self, folder: Path, events: list[dict[str, Any]], running: int) -> None:
        """It runs until its status was asked for ``running`` times."""
        super().__init__(folder, 0)
        self._asked, self._running = 0, running
        self._left = [{**event, "next": at + 1} for at, event in enumerate(events)]

    def events(self, job_id: str, since: int, wait_s: float) -> list[dict[str, Any]]:
        return self._left[since:]

    def status(self, job_id: str) -> JobStatus:
        self._asked += 1
        state = JobState.RUNNING if self._asked <= self._running else JobState.DONE
        return JobStatus(id=job_id, folder=self._folder, state=state)


@pytest.mark.parametrize(("running", "words"), [(1, ["preview, step 2 of 3"]), (0, [])])
def test_the_latest_preview_of_what_runs_is_shown_with_the_step_it_is_of(
    hand: Hand, qtbot: QtBot, running: int, words: list[str]
) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    hand.key("B")
    hand.drag((40, 40), (90, 90))
    folder = create_remove_job(shot, "clean-plate", {})
    strip = np.full((18, 16, 3), 90, np.uint8)
    (folder / "strip.png").write_bytes(encode_png(strip))
    preview = {"type": "preview", "file": "strip.png", "starts": [0, 5], "box": [0, 0, 64, 36]}
    events = [
        {"type": "progress", "step": 1, "total": 9, "message": "Denoising 1/3"},
        {**preview, "shape": [2, 9, 16]},
        {"type": "progress", "step": 2, "total": 9, "message": "Denoising 2/3"},
        {**preview, "shape": [2, 9, 16]},
        {"type": "progress", "step": 8, "total": 9, "message": "Decoding 40/46"},
    ]
    following = Following(cast(LocalHost, PreviewingHost(folder, events, running)), hand.window)
    shown: list[RunningPreview] = []
    told: list[JobStatus] = []
    following.previewed.connect(shown.append)
    following.status.connect(told.append)
    assert following.follow("job", folder)
    qtbot.waitUntil(lambda: bool(told))
    qtbot.waitUntil(lambda: told[-1].state is JobState.DONE)
    assert [preview.words for preview in shown] == words
    following.close()
    assert all(preview.preview.pictures.shape == (2, 9, 16, 3) for preview in shown)
