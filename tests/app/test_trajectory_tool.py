"""Trajectories, drawn by mouse in the real window."""

from __future__ import annotations

import numpy as np
import pytest

from tests.app.conftest import COUNT, SIZE, Hand
from void_studio.app.tools.trajectory import TrajectoryTool
from void_studio.app.tools.trajectory_options import TrajectoryOptions
from void_studio.quadmask.bits import Mask, Plane, plane_mask
from void_studio.quadmask.trajectory import Timing
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot

PATH = ((80.0, 40.0), (80.0, 60.0), (80.0, 90.0), (80.0, 120.0), (80.0, 140.0))


@pytest.fixture
def trajectory(hand: Hand) -> Hand:
    """The tool in hand, and a glass of 20 by 30 pixels on every frame."""
    shot = shot_of(hand)
    item = shot.add_object("glass", Role.REMOVE)
    glass = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    glass[25:55, 70:90] = True
    shot.apply_track(item.id, dict.fromkeys(range(COUNT), (glass, 1.0)))
    hand.key("Shift+H")
    return hand


def shot_of(hand: Hand) -> Shot:
    assert hand.window.session.shot is not None
    return hand.window.session.shot


def tool_of(hand: Hand) -> TrajectoryTool:
    tool = hand.window.toolbox.tools["tool_trajectory"]
    assert isinstance(tool, TrajectoryTool)
    return tool


def affected(hand: Hand, index: int) -> Mask:
    return plane_mask(shot_of(hand).masks.field(index), Plane.AFFECTED)


def done(hand: Hand) -> None:
    hand.wait(lambda: not hand.window.session.frames.busy)


def rows_of(mask: Mask) -> tuple[int, int]:
    rows = np.flatnonzero(np.any(mask, axis=1))
    return int(rows[0]), int(rows[-1])


def test_a_stamp_of_the_object_s_size_goes_along_the_path(trajectory: Hand) -> None:
    shot_of(trajectory).set_range(0, 8)
    trajectory.window.session.set_index(2)
    removed = [plane_mask(shot_of(trajectory).masks.field(i), Plane.REMOVE) for i in range(COUNT)]
    removed = [mask.copy() for mask in removed]
    tool_of(trajectory).way.set_timing(Timing.EVEN)
    trajectory.drag(*PATH)
    done(trajectory)
    assert shot_of(trajectory).history.undo_name == "Trajectory of glass (frames 2–8)"
    for index in range(COUNT):
        mask = affected(trajectory, index)
        if 2 <= index <= 8:
            assert mask.sum() == 20 * 30
            middle = 40 + 100 * (index - 2) / 6
            assert rows_of(mask)[0] == pytest.approx(middle - 15, abs=2)
        else:
            assert not mask.any()
        assert (
            plane_mask(shot_of(trajectory).masks.field(index), Plane.REMOVE) == removed[index]
        ).all()


def test_what_falls_goes_faster_and_faster(trajectory: Hand) -> None:
    trajectory.drag(*PATH)
    done(trajectory)
    tops = [rows_of(affected(trajectory, index))[0] for index in range(COUNT)]
    steps = np.diff(tops)
    assert tops[0] == pytest.approx(25, abs=1)
    assert tops[-1] == pytest.approx(125, abs=2)
    assert steps[-1] > 3 * max(1, steps[0])


def test_it_is_one_step_that_is_undone_and_done_again(trajectory: Hand) -> None:
    before = [shot_of(trajectory).masks.field(index).copy() for index in range(COUNT)]
    trajectory.drag(*PATH)
    done(trajectory)
    after = [shot_of(trajectory).masks.field(index).copy() for index in range(COUNT)]
    trajectory.key("Ctrl+Z")
    for index, field in enumerate(before):
        assert (shot_of(trajectory).masks.field(index) == field).all()
    trajectory.key("Ctrl+Y")
    for index, field in enumerate(after):
        assert (shot_of(trajectory).masks.field(index) == field).all()


def test_the_whole_path_on_every_frame(trajectory: Hand) -> None:
    tool_of(trajectory).way.set_sweeps(True)
    trajectory.drag(*PATH)
    done(trajectory)
    for index in range(COUNT):
        mask = affected(trajectory, index)
        first, last = rows_of(mask)
        assert first == pytest.approx(25, abs=1)
        assert last == pytest.approx(154, abs=2)
        assert np.all(np.any(mask, axis=1)[first:last]), "no gaps"


def test_taken_by_its_edge_the_object_goes_by_its_middle(trajectory: Hand) -> None:
    tool_of(trajectory).way.set_timing(Timing.EVEN)
    trajectory.drag((72, 27), (72, 60), (72, 127))
    done(trajectory)
    assert rows_of(affected(trajectory, 0)) == (25, 54)
    assert affected(trajectory, 0)[:, 70:90].any()
    assert not affected(trajectory, 0)[:, :69].any()


def test_without_a_mask_the_size_of_the_options_counts(hand: Hand) -> None:
    hand.key("Shift+H")
    options = hand.window.desk.options.findChild(TrajectoryOptions)
    assert options is not None
    options.side.setValue(30)
    hand.drag(*PATH)
    done(hand)
    assert affected(hand, 0).sum() == 30 * 30
    assert shot_of(hand).history.undo_name == f"Trajectory (frames 0–{COUNT - 1})"


def test_locked_frames_are_left_alone(trajectory: Hand) -> None:
    shot_of(trajectory).set_locked([3], True)
    trajectory.drag(*PATH)
    done(trajectory)
    assert not affected(trajectory, 3).any()
    assert affected(trajectory, 4).any()


def test_escape_or_a_mere_click_paints_nothing(trajectory: Hand) -> None:
    from PySide6.QtCore import Qt
    from PySide6.QtTest import QTest

    before = shot_of(trajectory).history.undo_name
    trajectory.click(80, 40)
    viewer, left = trajectory.window.viewer, Qt.MouseButton.LeftButton
    QTest.mousePress(viewer, left, Qt.KeyboardModifier.NoModifier, trajectory.point(*PATH[0]))
    QTest.mouseMove(viewer, trajectory.point(*PATH[2]))
    trajectory.key("Escape")
    QTest.mouseRelease(viewer, left, Qt.KeyboardModifier.NoModifier, trajectory.point(*PATH[3]))
    done(trajectory)
    assert shot_of(trajectory).history.undo_name == before
    assert not affected(trajectory, 0).any()
