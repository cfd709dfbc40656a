"""Running jobs to their end: what comes out, and how they end otherwise."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.worker.clip import COUNT, center, disc, picture
from void_studio.errors import VoidError
from void_studio.files import encode_png, read_image
from void_studio.progress import CancelToken
from void_studio.remove.registry import get_remover
from void_studio.shot.shot import Shot
from void_studio.worker.events import read_events
from void_studio.worker.jobs import (
    JobState,
    adopt_results,
    create_remove_job,
    create_track_job,
    job_status,
    mark_adopted,
    pending_jobs,
    request_cancel,
    run_job,
    track_results,
)
from void_studio.worker.locks import ProcessLock
from void_studio.worker.run import continue_job


class StopAt(CancelToken):
    """Asks the job in a folder to stop when it has made a number of frames."""

    def __init__(self, folder: Path, frames: int) -> None:
        super().__init__()
        self._folder, self._frames = folder, frames

    @property
    def cancelled(self) -> bool:
        return job_status(self._folder).frames >= self._frames


def test_a_removal_makes_a_take(masked: Shot) -> None:
    folder = create_remove_job(masked)
    status = run_job(folder)
    assert status.error is None
    assert (status.state, status.frames) == (JobState.DONE, COUNT)
    assert status.step == status.total > 0
    assert status.memory_bytes > 10 * 2**20
    adopted = adopt_results(masked, folder)
    assert adopted.take is not None
    assert adopt_results(masked, folder).take == adopted.take
    assert len(masked.takes.list()) == 1
    take = masked.takes.get(adopted.take.number)
    result = take.compose(5, picture(5))
    changed = (result != picture(5)).any(axis=2)
    assert changed[disc(5)].mean() > 0.9
    # Ungrown, unfeathered truth: nothing far from the disc may change.
    ys, xs = np.nonzero(changed)
    x, y = center(5)
    assert np.hypot(xs - x, ys - y).max() < 20
    assert take.thumbnail.is_file()


def test_a_track_follows_the_object(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    status = run_job(folder)
    assert status.error is None
    assert (status.state, status.frames) == (JobState.DONE, COUNT)
    results = list(track_results(folder))
    assert sorted(result.index for result in results) == list(range(COUNT))
    for result in results:
        mask = result.mask(shot.size)
        union = (mask | disc(result.index)).sum()
        assert (mask & disc(result.index)).sum() / union > 0.8
        assert 0 <= result.confidence <= 1
    said = json.loads((folder / "outputs" / "track.json").read_text())["objects"][item.id]
    assert said["confidence"] == {
        str(result.index): result.confidence for result in sorted(results, key=lambda r: r.index)
    }


def test_a_track_is_adopted_once(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    assert pending_jobs(shot) == []
    run_job(folder)
    assert pending_jobs(shot) == [folder]
    assert adopt_results(shot, folder).frames == {item.id: COUNT}
    assert shot.history.undo_name == "Track Ball"
    assert shot.masks.summary(4).remove
    assert adopt_results(shot, folder).frames == {item.id: 0}
    shot.save()
    mark_adopted(folder)
    assert pending_jobs(shot) == []
    shot.history.undo()
    assert not shot.masks.summary(4).remove


def test_a_track_of_a_deleted_object_is_left_out(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id], frames=(0, 1))
    run_job(folder)
    shot.remove_object(item.id)
    assert adopt_results(shot, folder).frames == {}


def test_cancel_keeps_what_is_done_and_running_again_continues(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    status = run_job(folder, StopAt(folder, 3))
    assert (status.state, status.frames, status.error) == (JobState.CANCELLED, 3, None)
    assert adopt_results(shot, folder).frames == {item.id: 3}
    assert run_job(folder).state is JobState.DONE
    assert adopt_results(shot, folder).frames == {item.id: COUNT - 3}


def test_the_cancel_file_stops_a_run_and_a_new_run_forgets_it(masked: Shot) -> None:
    folder = create_remove_job(masked)
    request_cancel(folder)
    assert continue_job(folder).state is JobState.CANCELLED
    assert run_job(folder).state is JobState.DONE


def test_a_job_that_is_done_is_left_alone(masked: Shot) -> None:
    folder = create_remove_job(masked, frames=(0, 2))
    run_job(folder)
    before = (folder / "events.jsonl").read_bytes()
    assert run_job(folder).state is JobState.DONE
    assert (folder / "events.jsonl").read_bytes() == before


def test_two_runs_at_once_are_refused(masked: Shot) -> None:
    folder = create_remove_job(masked)
    lock = ProcessLock(folder / "run.lock")
    assert lock.acquire()
    with pytest.raises(VoidError, match="runs already"):
        run_job(folder)
    lock.release()


def test_a_plate_that_changed_is_refused(shot: Shot, clip: Path, tmp_path: Path) -> None:
    import shutil

    shot.save()
    moved = shutil.copytree(clip, tmp_path / "plate")
    with Shot.open(shot.folder, read_only=True, plate=moved) as other:
        folder = create_track_job(other, [shot.document.objects[0].id])
    (moved / "plate.1003.png").write_bytes(encode_png(picture(0)))
    status = run_job(folder)
    assert status.state is JobState.FAILED
    assert status.error is not None
    assert "changed" in status.error.what
    shutil.rmtree(moved)
    status = run_job(folder)
    assert status.error is not None
    assert str(moved) in status.error.what


@pytest.fixture
def broken(monkeypatch: pytest.MonkeyPatch) -> Callable[[BaseException], None]:
    """Makes the remover raise after its second patch."""

    def use(error: BaseException) -> None:
        real = get_remover("clean-plate")

        class Broken:
            name, title, settings = real.name, real.title, real.settings

            def remove(self, *arguments: Any) -> Iterator[Any]:
                patches = real.remove(*arguments)
                yield next(patches)
                yield next(patches)
                raise error

        monkeypatch.setattr("void_studio.worker.removal.get_remover", lambda _: Broken())

    return use


@pytest.mark.parametrize(
    ("error", "what"),
    [
        (VoidError("The scene is too dark", "There is no light", "Switch it on"), "too dark"),
        (MemoryError(), "out of memory"),
        (ZeroDivisionError("division by zero"), "nobody foresaw"),
    ],
)
def test_a_failure_is_explained_and_can_be_continued(
    masked: Shot,
    monkeypatch: pytest.MonkeyPatch,
    broken: Callable[[BaseException], None],
    error: Exception,
    what: str,
) -> None:
    folder = create_remove_job(masked)
    broken(error)
    status = run_job(folder)
    assert (status.state, status.frames) == (JobState.FAILED, 2)
    assert status.error is not None
    assert what in status.error.what
    assert status.error.remedy
    monkeypatch.undo()
    assert run_job(folder).state is JobState.DONE


def test_ctrl_c_is_an_interruption(masked: Shot, broken: Callable[[BaseException], None]) -> None:
    folder = create_remove_job(masked)
    broken(KeyboardInterrupt())
    with pytest.raises(KeyboardInterrupt):
        run_job(folder)
    assert job_status(folder).state is JobState.INTERRUPTED


def test_unknown_engines_and_settings_fail_with_their_reason(masked: Shot) -> None:
    for remover, settings in (("magic", {}), ("clean-plate", {"grow": "very"})):
        folder = create_remove_job(masked, remover, settings)
        status = run_job(folder)
        assert status.state is JobState.FAILED
        assert status.error is not None


def test_a_damaged_input_mask_is_named(masked: Shot) -> None:
    folder = create_remove_job(masked)
    (folder / "inputs" / "masks" / "000004.png").write_bytes(b"")
    status = run_job(folder)
    assert status.error is not None
    assert "000004.png" in status.error.what


def test_events_tell_the_story_in_order(shot: Shot) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id])
    run_job(folder)
    events = read_events(folder / "events.jsonl")
    assert (events[0]["state"], events[-1]["state"]) == ("running", "done")
    frames = [event for event in events if event["type"] == "frame"]
    assert {event["object"] for event in frames} == {item.id}
    assert all(read_image(folder / event["file"]).max() <= 255 for event in frames)
    progress = [event for event in events if event["type"] == "progress"]
    assert progress[-1]["step"] == progress[-1]["total"] == COUNT
    assert all(event["rss"] > 0 for event in progress)
