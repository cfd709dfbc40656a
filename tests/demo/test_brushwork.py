"""The strokes of the built-in shot cover what the ball did, and are an edit like any other."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from void_studio.demo.brushwork import paint_effects
from void_studio.demo.scene import render_scene, write_demo
from void_studio.quadmask.bits import TRACKED, Plane, plane_mask
from void_studio.quadmask.levels import field_from_levels
from void_studio.shot.shot import Shot

SIZE, COUNT = (320, 180), 12


@pytest.fixture(scope="module")
def sequence(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("demo") / "sequence"
    write_demo(folder, SIZE, COUNT)
    return folder


@pytest.fixture
def shot(sequence: Path, tmp_path: Path) -> Shot:
    return Shot.create(sequence / "input_video.mp4", tmp_path / "demo.void")


def test_the_paint_covers_what_changed_and_little_else(shot: Shot) -> None:
    with shot:
        paint_effects(shot)
        for index, frame in enumerate(render_scene(SIZE, COUNT)):
            exact = field_from_levels(frame.levels)
            effects = plane_mask(exact, Plane.AFFECTED) & ~plane_mask(exact, Plane.REMOVE)
            painted = plane_mask(shot.masks.field(index), Plane.AFFECTED)
            missed = effects & ~painted
            assert missed.sum() < 0.12 * effects.sum()
            difference = np.abs(frame.plate.astype(int) - frame.truth).max(axis=2)
            assert difference[missed].sum() < 3 * max(1, missed.sum())
            assert painted.mean() < 0.22


def test_it_is_paint_and_one_undo_step(shot: Shot) -> None:
    with shot:
        paint_effects(shot)
        assert all(not (shot.masks.field(index) & TRACKED).any() for index in range(COUNT))
        assert shot.history.undo_name == "Paint what the ball did"
        shot.history.undo()
        assert all(not shot.masks.field(index).any() for index in range(COUNT))
