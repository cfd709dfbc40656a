"""What a removal looks like while it runs: read, laid over the plate, shown, and replaced."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import SIZE, Hand
from tests.app.test_compare import add_take
from void_studio.app.running import RunningPreview
from void_studio.app.viewer.compare import Compare
from void_studio.app.viewer.source import MASKED_PLATE, PLATE, RUNNING, Content, Source
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.remove.protocol import Preview
from void_studio.shot.document import PlateRef
from void_studio.worker.spec import RemoveSpec

BOX = (80, 40, 160, 90)
RED, GREEN = (200, 0, 0), (0, 200, 0)


def spec_of(frames: tuple[int, int]) -> RemoveSpec:
    plate = PlateRef(path="x.mp4", content_id="c", size=SIZE, count=12, rate="24")
    return RemoveSpec(
        id="job", created=0, label="", shot="", plate=plate, frames=frames, remover="void-pass1"
    )


def pictures(*colours: tuple[int, int, int]) -> np.ndarray[Any, np.dtype[np.uint8]]:
    return np.stack([np.full((9, 16, 3), colour, np.uint8) for colour in colours])


def preview(words: str = "preview, step 3 of 30", job: str = "job") -> RunningPreview:
    return RunningPreview(job, words, (0, 8), Preview(pictures(RED, GREEN), (0, 5), BOX))


def announced(folder: Path, **changes: Any) -> dict[str, Any]:
    (folder / "strip.png").write_bytes(encode_png(pictures(RED, GREEN).reshape(18, 16, 3)))
    event = {"file": "strip.png", "starts": [2, 5], "box": list(BOX), "shape": [2, 9, 16]}
    return {**event, "step": 7, **changes}


def test_an_announced_preview_is_read(tmp_path: Path) -> None:
    progress = {"step": 400, "total": 1000, "message": "Denoising 12/30"}
    read = RunningPreview.of(spec_of((2, 9)), tmp_path, announced(tmp_path), progress)
    assert read.words == "preview, step 12 of 30"
    assert (read.preview.starts, read.preview.box, read.frames) == ((2, 5), BOX, (2, 9))
    assert np.array_equal(read.preview.pictures, pictures(RED, GREEN))
    assert RunningPreview.of(spec_of((2, 9)), tmp_path, announced(tmp_path), None).words == (
        "preview, step 7"
    )


@pytest.mark.parametrize(
    "changes",
    [
        {"shape": [3, 9, 16]},
        {"shape": [2, 10**6, 10**6]},
        {"shape": [2, 9]},
        {"starts": [5, 2]},
        {"starts": [1]},
        {"box": [0, 0, 0, 5]},
        {"file": "../strip.png"},
        {"file": "none.png"},
        {"shape": [2, 8, 16]},
    ],
)
def test_a_damaged_preview_is_refused(tmp_path: Path, changes: dict[str, Any]) -> None:
    with pytest.raises((VoidError, ValueError)):
        RunningPreview.of(spec_of((2, 9)), tmp_path, announced(tmp_path, **changes), None)


def test_a_preview_fills_its_box_and_nothing_else() -> None:
    plate = np.full((SIZE[1] // 2, SIZE[0] // 2, 3), 50, np.uint8)
    shown = preview().over(plate, 4, SIZE)
    inside = np.s_[20:65, 40:120]
    assert (shown[inside] == RED).all()
    outside = np.ones(plate.shape[:2], bool)
    outside[inside] = False
    assert (shown[outside] == 50).all()
    assert (preview().over(plate, 5, SIZE)[inside] == GREEN).all()
    assert preview().over(plate, 9, SIZE) is plate, "the run does not make that frame"


def shown_colour(hand: Hand, source: Source = RUNNING) -> tuple[int, ...] | None:
    """What a source has in the middle of the preview's box on the current frame."""
    session = hand.window.session
    picture = session.pictures.picture(source, session.index)
    if picture is None:
        return None
    height, width = picture.shape[:2]
    return tuple(int(v) for v in picture[85 * height // SIZE[1], 160 * width // SIZE[0]])


def test_what_runs_is_shown_once_a_run_and_the_take_replaces_it(hand: Hand, tmp_path: Path) -> None:
    window = hand.window
    session, jobs = window.session, window.studio.jobs
    jobs.previewed.emit(preview())
    assert session.showing.sources == (RUNNING, None), "only A is on screen"
    assert window.viewer.canvas.running == "preview, step 3 of 30"
    hand.wait(lambda: shown_colour(hand) == RED)
    session.set_index(6)
    hand.wait(lambda: shown_colour(hand) == GREEN)

    # The artist looks at something else, and is left alone.
    session.showing.show_a(PLATE)
    jobs.previewed.emit(preview("preview, step 4 of 30"))
    assert session.showing.a == PLATE
    assert any(a.data() == RUNNING for a in window.desk.view_bar.a_menu.actions())

    # It is there to be chosen, and the latest replaces those before it.
    session.showing.show_a(RUNNING)
    later = Preview(pictures((0, 0, 200)), (0,), BOX)
    jobs.previewed.emit(RunningPreview("job", "preview, step 5 of 30", (0, 8), later))
    hand.wait(lambda: shown_colour(hand) == (0, 0, 200))

    shot = session.shot
    assert shot is not None
    jobs.take_made.emit(add_take(shot, tmp_path / "take", (255, 0, 255)))
    assert session.showing.sources == (MASKED_PLATE, Source.of_take(1))
    assert window.viewer.compare is Compare.B, "what is in view goes on being the result"
    assert not any(a.data() == RUNNING for a in window.desk.view_bar.a_menu.actions())
    assert window.run_desk.previews.latest is None


def test_beside_a_take_what_runs_is_b_and_a_failure_brings_the_take_back(
    hand: Hand, tmp_path: Path
) -> None:
    window = hand.window
    session, jobs = window.session, window.studio.jobs
    assert session.shot is not None
    session.set_take(add_take(session.shot, tmp_path / "take", (255, 0, 255)))
    hand.key("W")
    jobs.previewed.emit(preview())
    assert session.showing.sources == (MASKED_PLATE, RUNNING)
    hand.wait(lambda: shown_colour(hand) == RED)
    canvas = window.viewer.canvas
    hand.wait(lambda: canvas.b.picture is session.pictures.picture(RUNNING, session.index))
    assert canvas.b.picture is not canvas.a.picture
    jobs.removal_ended.emit()
    assert session.showing.sources == (MASKED_PLATE, Source.of_take(1))
    assert window.viewer.compare is Compare.WIPE, "the view is the artist's"


def test_nothing_is_taken_from_under_the_pen(hand: Hand) -> None:
    session, jobs = hand.window.session, hand.window.studio.jobs
    stroke = session.begin_stroke("Paint")
    assert stroke is not None
    jobs.previewed.emit(preview())
    assert session.showing.a == MASKED_PLATE
    session.end_stroke(stroke)
    jobs.previewed.emit(preview("preview, step 4 of 30"))
    assert session.showing.a.content is Content.RUNNING


def test_another_shot_shows_nothing_that_runs(hand: Hand, clip: Path, tmp_path: Path) -> None:
    session = hand.window.session
    hand.window.studio.jobs.previewed.emit(preview())
    before = session.shot
    hand.window.open_path(Path(shutil.copy(clip, tmp_path / "other.mp4")))
    hand.wait(lambda: session.shot is not None and session.shot is not before)
    assert not session.showing.runs
    assert hand.window.run_desk.previews.latest is None


def test_a_run_that_is_continued_is_shown_again(hand: Hand) -> None:
    jobs = hand.window.studio.jobs
    showing = hand.window.session.showing
    jobs.previewed.emit(preview())
    assert showing.runs
    jobs.removal_ended.emit()
    assert not showing.runs
    jobs.previewed.emit(preview("preview, step 4 of 30"))
    assert showing.runs
