"""The built-in shot on disk is a VOID sequence folder like any other."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from void_studio.demo import scene
from void_studio.demo.scene import ball_clicks, ensure_demo, render_scene, write_demo
from void_studio.errors import Cancelled, VoidError
from void_studio.media.plate import open_plate
from void_studio.progress import CancelToken, Silent
from void_studio.quadmask.bits import Plane, plane_mask
from void_studio.quadmask.levels import field_from_levels
from void_studio.quadmask.video import read_quadmask
from void_studio.shot.sequence import import_sequence

SIZE, COUNT = (320, 180), 6


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("démo") / "shot"
    write_demo(folder, SIZE, COUNT)
    return folder


def test_it_opens_as_a_sequence(folder: Path, tmp_path: Path) -> None:
    shot, report = import_sequence(folder, tmp_path / "demo.void")
    with shot:
        assert (shot.size, shot.count, shot.rate) == (SIZE, COUNT, Fraction(24))
        assert (report.snapped, report.prompts, report.warnings) == (0, 4, ())
        assert shot.document.scene_prompt == scene.SCENE_PROMPT


def test_its_files_hold_what_was_rendered(folder: Path) -> None:
    masks = read_quadmask(folder / "quadmask_0.mp4")
    with open_plate(folder / "input_video.mp4") as plate, open_plate(folder / "truth.mp4") as truth:
        assert plate.info.color == scene.BT709
        for index, frame in enumerate(render_scene(SIZE, COUNT)):
            np.testing.assert_array_equal(next(masks)[0], frame.levels)
            for source, rendered in ((plate, frame.plate), (truth, frame.truth)):
                error = np.abs(source.read_rgb8(index).astype(int) - rendered)
                # Half the colour resolution is lost in 4:2:0, little else.
                assert error.mean() < 2.5


def test_the_clicks_are_on_the_ball() -> None:
    first = next(iter(render_scene(SIZE, COUNT)))
    ball = plane_mask(field_from_levels(first.levels), Plane.REMOVE)
    clicks = ball_clicks(SIZE)
    assert len(clicks) == 4
    assert all(ball[y, x] for x, y in clicks)


def test_nothing_is_overwritten(folder: Path) -> None:
    before = sorted(path.name for path in folder.parent.iterdir())
    with pytest.raises(VoidError, match="already exists"):
        write_demo(folder, SIZE, COUNT)
    assert sorted(path.name for path in folder.parent.iterdir()) == before


def test_the_shot_is_rendered_only_the_first_time(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = []

    def fake(folder: Path, truth: bool, **_: object) -> None:
        assert not truth
        made.append(folder)
        folder.mkdir()
        (folder / scene.PLATE_NAME).touch()

    monkeypatch.setattr(scene, "write_demo", fake)
    folder = tmp_path / "shot"
    assert ensure_demo(folder) == ensure_demo(folder) == folder
    assert len(made) == 1


def test_writing_says_how_far_it_is_and_can_be_stopped(tmp_path: Path) -> None:
    token = CancelToken()
    said: list[tuple[int, int]] = []

    class Says(Silent):
        def progress(self, step: int, total: int, message: str = "") -> None:
            said.append((step, total))
            if step == 2:
                token.cancel()

    with pytest.raises(Cancelled):
        write_demo(tmp_path / "demo", (320, 180), 6, reporter=Says(), cancel=token)
    assert said == [(1, 6), (2, 6)]
    assert list(tmp_path.iterdir()) == []
