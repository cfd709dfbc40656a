"""Results that are taken in again, and records that are damaged."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worker.clip import COUNT, disc
from void_studio.errors import VoidError
from void_studio.shot.document import Prompt
from void_studio.shot.shot import Shot
from void_studio.worker.events import EventLog
from void_studio.worker.jobs import (
    JobState,
    adopt_results,
    create_remove_job,
    create_track_job,
    request_cancel,
    run_job,
    track_results,
)
from void_studio.worker.locks import ProcessLock

DAMAGED: list[dict[str, Any]] = [
    {},
    {"file": "outputs/x/000001.png"},
    {"file": "job.json", "index": "first"},
    {"file": "job.json", "index": 1, "object": "ball"},
    {"file": "job.json", "index": 1, "object": "ball", "confidence": None},
    {"file": "job.json", "index": 1, "object": "ball", "confidence": 7},
    {"file": "job.json", "index": -1, "object": "ball", "confidence": 1},
    {"file": "bad\0name", "index": 1, "object": "ball", "confidence": 1},
]


def test_frames_that_were_corrected_since_are_left_as_they_are(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    run_job(folder)
    by_hand = disc(0)
    shot.apply_click(item.id, [Prompt(frame=5, x=9, y=9)], 5, by_hand)
    shot.apply_click(item.id, [], 0, by_hand)
    assert adopt_results(shot, folder).frames == {item.id: COUNT - 2}
    held = shot.tracks.get(item.id, 5)
    assert held is not None
    assert np.array_equal(held, by_hand)
    assert shot.tracks.get(item.id, 0) is None


def test_nothing_new_is_no_undo_step(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    run_job(folder)
    adopt_results(shot, folder)
    shot.save()
    with Shot.open(shot.folder, read_only=True) as reopened:
        steps = reopened.history.steps()
        assert adopt_results(reopened, folder).frames == {item.id: 0}
        assert reopened.history.steps() == steps


@pytest.mark.parametrize("event", DAMAGED)
def test_a_damaged_event_of_a_track_is_passed_over(shot: Shot, event: dict[str, Any]) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id], frames=(0, 2))
    with EventLog(folder / "events.jsonl") as log:
        log.add("frame", **event)
    assert run_job(folder).state is JobState.DONE
    assert [result.index for result in track_results(folder)] == [0, 1, 2]


@pytest.mark.parametrize("event", DAMAGED)
def test_a_damaged_event_of_a_removal_is_passed_over(masked: Shot, event: dict[str, Any]) -> None:
    folder = create_remove_job(masked, frames=(0, 2))
    with EventLog(folder / "events.jsonl") as log:
        log.add("frame", **event)
    assert run_job(folder).state is JobState.DONE


def test_who_may_not_run_a_job_does_not_take_back_its_cancel(masked: Shot) -> None:
    folder: Path = create_remove_job(masked)
    request_cancel(folder)
    lock = ProcessLock(folder / "run.lock")
    assert lock.acquire()
    with pytest.raises(VoidError, match="runs already"):
        run_job(folder)
    assert (folder / "cancel").exists()
    lock.release()
    assert run_job(folder).state is JobState.DONE
