"""The built-in shot is physically plausible, exact, repeatable, and can be restored."""

from __future__ import annotations

import math

import numpy as np
import pytest

from void_studio.demo.block import tall_block
from void_studio.demo.camera import tripod
from void_studio.demo.light import shade_of, sun_directions
from void_studio.demo.motion import BALL_RADIUS, BLOCK_HALF, act, block_pose, lean_of_block
from void_studio.demo.scene import CHANGED, DemoFrame, render_scene
from void_studio.quadmask.bits import Plane, plane_mask
from void_studio.quadmask.levels import field_from_levels

SIZE, COUNT = (320, 180), 24


@pytest.fixture(scope="module")
def frames() -> list[DemoFrame]:
    return list(render_scene(SIZE, COUNT))


def changed(frame: DemoFrame) -> np.ndarray:
    return frame.levels != 255


def test_the_ball_never_enters_the_block() -> None:
    for moment in act(480):
        local = (moment.ball.centre - moment.block.centre) @ moment.block.axes
        outside = np.maximum(np.abs(local) - BLOCK_HALF, 0)
        assert np.linalg.norm(outside) > BALL_RADIUS - 0.01


def test_the_block_stands_then_lies_and_never_sinks_into_the_table() -> None:
    poses = [moment.block for moment in act(96)]
    corners = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)])
    for pose in poses:
        assert (pose.centre + (corners * BLOCK_HALF) @ pose.axes.T)[:, 1].min() > -1e-4
    np.testing.assert_allclose(poses[0].axes[:, 1], [0, 1, 0], atol=1e-6)
    assert poses[-1].axes[1, 1] == pytest.approx(0, abs=0.02)
    assert lean_of_block(10) == pytest.approx(math.pi / 2, abs=0.01)


def test_a_ray_through_the_picture_of_a_point_meets_the_point() -> None:
    camera = tripod(SIZE)
    point = np.array([1.2, 0.7, 0.3], np.float32)
    pixel, depth = camera.project(point)
    x, y = (int(value) for value in pixel)
    ray = camera.rays(x, y, 1, 1, 1)[0, 0]
    towards = (point - camera.position) / np.linalg.norm(point - camera.position)
    assert depth > 0
    assert float(ray @ towards) > 1 - (1 / camera.focal) ** 2


def test_the_shadow_lies_where_the_block_hides_the_sun() -> None:
    camera, block = tripod(SIZE), tall_block(block_pose(), None)
    share = shade_of(camera, sun_directions(), [block])

    def at(x: float, z: float) -> float:
        pixel, _ = camera.project(np.array([x, 0, z], np.float32))
        return float(share[int(pixel[1]), int(pixel[0])])

    foot = block.pose.centre
    assert at(foot[0], foot[2]) < 0.05
    assert at(foot[0] - 2, foot[2] - 1) == pytest.approx(1)
    assert 0.05 < share[(share > 0.05) & (share < 0.95)].mean() < 0.95


def test_the_same_arguments_give_the_same_frames(frames: list[DemoFrame]) -> None:
    again = next(iter(render_scene(SIZE, COUNT)))
    for name in ("plate", "levels", "truth"):
        np.testing.assert_array_equal(getattr(again, name), getattr(frames[0], name))
    other = next(iter(render_scene(SIZE, COUNT, seed=8)))
    assert (other.plate != frames[0].plate).mean() > 0.5


def test_outside_the_quadmask_the_plate_is_the_truth(frames: list[DemoFrame]) -> None:
    for frame in frames:
        difference = np.abs(frame.plate.astype(int) - frame.truth)[~changed(frame)]
        assert difference.max() <= math.ceil(CHANGED) + 1


def test_inside_the_quadmask_it_is_not(frames: list[DemoFrame]) -> None:
    for frame in frames:
        difference = np.abs(frame.plate.astype(int) - frame.truth).max(axis=2)
        assert (difference[changed(frame)] >= 1).mean() > 0.85
        ball = plane_mask(field_from_levels(frame.levels), Plane.REMOVE)
        assert (difference[ball] > 8).mean() > 0.8


def test_every_frame_shows_the_ball_and_all_four_levels_occur(frames: list[DemoFrame]) -> None:
    assert set(np.unique(np.stack([frame.levels for frame in frames]))) == {0, 63, 127, 255}
    for frame in frames:
        ball = plane_mask(field_from_levels(frame.levels), Plane.REMOVE)
        assert 0.015 < ball.mean() < 0.08


def test_the_truth_stands_still(frames: list[DemoFrame]) -> None:
    stack = np.stack([frame.truth for frame in frames]).astype(np.float32)
    assert stack.std(axis=0).max() < 4


def test_almost_every_changed_pixel_is_seen_unchanged_in_other_frames(
    frames: list[DemoFrame],
) -> None:
    masks = np.stack([changed(frame) for frame in frames])
    seen = (~masks).sum(axis=0)
    assert (seen[masks.any(axis=0)] >= 4).mean() > 0.995
