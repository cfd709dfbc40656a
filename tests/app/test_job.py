"""The artist's whole job in the real window, with the real worker behind it."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest

from tests.app.conftest import COUNT, SIZE, Hand, ball_at
from tests.gated import gated_workers, held
from void_studio.app.viewer.source import Source
from void_studio.app.viewer.viewer import Compare
from void_studio.media.plate import open_plate
from void_studio.quadmask.bits import EFFECTIVE
from void_studio.shot.sequence import import_sequence
from void_studio.worker.jobs import list_jobs


def test_click_track_paint_remove_compare_export(worker_hand: Hand, tmp_path: Path) -> None:
    hand = worker_hand
    window = hand.window
    session = window.session
    shot = session.shot
    assert shot is not None

    # Click the ball: its mask is there.
    hand.key("C")
    hand.click(*ball_at(0))
    hand.wait(lambda: bool(EFFECTIVE[session.field()].any()))  # type: ignore[index]
    x, y = ball_at(0)
    mask = EFFECTIVE[session.field()] == 1  # type: ignore[index]
    assert mask[y, x]
    assert 0.7 < mask.sum() / (np.pi * 20**2) < 1.4

    # Track it through the shot.
    tracked: list[str] = []
    window.studio.jobs.tracked.connect(tracked.append)
    hand.key("T")
    hand.wait(lambda: bool((shot.masks.summaries() & 1).all()))
    hand.wait(
        lambda: not any(row.state in ("queued", "running") for row in window.studio.jobs.rows())
    )
    x, y = ball_at(COUNT - 1)
    assert shot.masks.field(COUNT - 1)[y, x] & 1
    hand.wait(lambda: tracked == [shot.document.objects[0].id])

    # Paint what it touches, then remove it.
    hand.key("B")
    hand.key("2")
    hand.drag((40, 120), (90, 120))
    hand.key("Ctrl+Return")
    hand.wait(lambda: session.showing.b == Source.of_take(1))
    assert session.take == 1
    assert window.viewer.compare is Compare.A, "the view is the artist's"
    hand.key("W")
    assert window.viewer.compare is Compare.WIPE
    hand.wait(lambda: session.pictures.take(1, session.index) is not None)
    removed = session.pictures.take(1, session.index)
    assert removed is not None
    x, y = ball_at(0)
    height, width = removed.shape[:2]
    red, green, _ = removed[y * height // SIZE[1], x * width // SIZE[0]].astype(int)
    assert abs(red - green) < 40, "the ball is gone"

    # Swap and wipe.
    hand.key("S")
    assert window.viewer.compare is Compare.B
    hand.key("S")
    assert window.viewer.compare is Compare.A
    hand.key("W")
    hand.drag((SIZE[0] / 2, 30), (SIZE[0] / 4, 30))
    assert abs(window.viewer.wipe.x - 0.25) < 0.02
    before = session.field().copy()  # type: ignore[union-attr]
    hand.drag((SIZE[0] * 0.8, 40), (SIZE[0] * 0.9, 40))
    assert np.array_equal(session.field(), before), "the take's side is for looking"  # type: ignore[arg-type]
    hand.key("W")
    assert window.viewer.compare is Compare.A

    # Deliver.
    result, both, folder = tmp_path / "out.mp4", tmp_path / "both.mp4", tmp_path / "sequence"
    window.studio.exports.result(1, result)
    window.studio.exports.comparison(1, both)
    window.studio.exports.sequence(folder)
    hand.wait(lambda: all(row.state == "done" for row in window.studio.exports.rows()))
    with open_plate(result) as plate:
        assert plate.info.count == COUNT
        assert plate.info.size == SIZE
        assert plate.info.rate == shot.rate
    with open_plate(both) as plate:
        assert plate.info.count == COUNT
    again, report = import_sequence(folder, tmp_path / "again.void")
    with again:
        assert report.snapped == 0
        for index in range(COUNT):
            assert np.array_equal(
                EFFECTIVE[again.masks.field(index)], EFFECTIVE[shot.masks.field(index)]
            )


@pytest.fixture
def gated_worker() -> Iterator[None]:
    with gated_workers():
        yield


def test_a_cancelled_track_stays_cancelled(
    gated_worker: None, worker_hand: Hand, private_home: Path
) -> None:
    hand = worker_hand
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    hand.key("C")
    hand.click(*ball_at(0))
    hand.wait(lambda: bool(EFFECTIVE[window.session.field()].any()))  # type: ignore[index]
    with held(private_home, 4) as hold:
        hand.key("T")
        hand.wait(lambda: [job.frames for job in list_jobs(private_home)] == [4])
        hand.wait(lambda: bool(window.studio.jobs.rows()))
        hand.key("Ctrl+.")
        hand.wait(lambda: window.studio.jobs.rows()[0].state == "cancelled")
        hold.release()
    # The job behind it in the queue comes to its end, and this one has not gone on.
    hand.key("Ctrl+Return")
    hand.wait(lambda: window.session.take == 1)
    removed, tracked = list_jobs(private_home)
    assert removed.state == "done"
    assert (tracked.state, tracked.frames) == ("cancelled", 4)
    assert not (shot.masks.summaries() & 1).all()


def test_work_goes_on_while_a_job_runs(worker_hand: Hand) -> None:
    """Nothing is modal: paint while the track arrives, and both are there."""
    hand = worker_hand
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    hand.key("C")
    hand.click(*ball_at(0))
    hand.wait(lambda: bool(EFFECTIVE[window.session.field()].any()))  # type: ignore[index]
    hand.key("T")
    hand.key("B")
    hand.key("2")
    hand.key("Right")
    hand.drag((100, 30), (160, 30))
    hand.wait(lambda: bool((shot.masks.summaries() & 1).all()))
    field = shot.masks.field(1)
    assert EFFECTIVE[field[30, 130]] == 2
    x, y = ball_at(1)
    assert EFFECTIVE[field[y, x]] == 1
