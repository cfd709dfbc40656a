from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.remove.scenes import texture
from void_studio.remove.clean_plate.geometry import corners, moved, moved_crop, shift
from void_studio.remove.clean_plate.motion import Model, MotionMeter, Scene
from void_studio.remove.clean_plate.points import common_shift

WIDTH, HEIGHT = 320, 180
SCENE = texture(2 * WIDTH, 2 * HEIGHT, seed=3).mean(axis=2)


def view(motion: NDArray[np.float64]) -> NDArray[np.float32]:
    centred = motion @ shift(-WIDTH / 2, -HEIGHT / 2)
    return cv2.warpPerspective(SCENE, centred, (WIDTH, HEIGHT), flags=cv2.INTER_CUBIC)


def measured(
    motions: list[NDArray[np.float64]],
    noise: float = 0,
    paint: Callable[[int, NDArray[np.float32]], None] | None = None,
    wanted: Model | None = None,
) -> list[Scene]:
    random = np.random.default_rng(2)
    meter = MotionMeter((WIDTH, HEIGHT), wanted)
    for index, motion in enumerate(motions):
        frame = view(motion)
        if paint is not None:
            paint(index, frame)
        frame = frame + random.normal(0, noise, frame.shape) if noise else frame
        meter.add(index, np.clip(frame, 0, 255).astype(np.uint8), None)
    return meter.scenes()


def worst(scene: Scene, motions: list[NDArray[np.float64]]) -> float:
    """Pixels by which the measured motion to the first frame is off at the corners, at most."""
    box = corners(0, 0, WIDTH, HEIGHT)
    errors = [
        np.abs(moved(scene.to_target(i, 0), box) - moved(motions[0] @ np.linalg.inv(m), box)).max()
        for i, m in enumerate(motions)
    ]
    return float(max(errors))


@pytest.mark.parametrize("noise", [0, 4, 10])
def test_noise_does_not_make_a_locked_camera_move(noise: float) -> None:
    scenes = measured([np.eye(3)] * 12, noise)
    assert [(s.first, s.last, s.model) for s in scenes] == [(0, 11, "static")]


@pytest.mark.parametrize("noise", [0, 4])
def test_a_drift_of_a_third_of_a_pixel_a_frame_is_measured(noise: float) -> None:
    motions = [shift(0.31 * i, -0.17 * i) for i in range(14)]
    (scene,) = measured(motions, noise)
    assert scene.model == "translation"
    assert worst(scene, motions) < (0.1 if not noise else 0.2)


def test_a_hand_held_camera_with_zoom_is_a_homography() -> None:
    motions = []
    for i in range(14):
        angle, zoom = 0.01 * np.sin(i), 1 + 0.006 * i
        turn = zoom * np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
        motion = shift(3 * np.sin(i), 2 * np.cos(2 * i))
        motion[:2, :2] = turn
        motions.append(motion)
    (scene,) = measured(motions)
    assert scene.model == "homography"
    assert worst(scene, motions) < 0.6


def test_a_long_pan_stays_one_scene() -> None:
    motions = [shift(-9.0 * i + 120, 0) for i in range(30)]
    (scene,) = measured(motions)
    assert (scene.model, scene.last) == ("translation", 29)
    assert worst(scene, motions) < 0.5


def test_a_large_moving_thing_does_not_move_the_camera() -> None:
    thing = texture(170, HEIGHT, seed=9).mean(axis=2)

    def paint(index: int, frame: NDArray[np.float32]) -> None:
        top = min(HEIGHT, 12 * index)
        frame[:top, 60:230] = thing[HEIGHT - top :]

    (scene,) = measured([np.eye(3)] * 16, 2, paint)
    assert scene.model == "static"


def test_a_cut_starts_another_scene() -> None:
    other = texture(WIDTH, HEIGHT, seed=21).mean(axis=2)

    def paint(index: int, frame: NDArray[np.float32]) -> None:
        if index >= 5:
            frame[:] = other

    scenes = measured([np.eye(3)] * 10, 1, paint)
    assert [(s.first, s.last) for s in scenes] == [(0, 4), (5, 9)]


def test_flat_frames_are_a_camera_at_rest() -> None:
    meter = MotionMeter((64, 48), None)
    for index in range(3):
        meter.add(index, np.full((48, 64), 90, np.uint8), None)
    assert [s.model for s in meter.scenes()] == ["static"]


def test_the_artist_may_say_how_the_camera_moves() -> None:
    motions = [shift(2.0 * i, 0) for i in range(5)]
    assert measured(motions, wanted="static")[0].model == "static"


def test_the_common_shift_is_a_mode() -> None:
    still = np.zeros((10, 2))
    strewn = np.random.default_rng(0).uniform(-30, 30, (20, 2))
    assert np.allclose(common_shift(np.concatenate([still, strewn])), 0, atol=0.2)


def test_whole_pixel_motions_copy_pixels() -> None:
    picture = np.random.default_rng(0).integers(0, 65536, (20, 30, 3)).astype(np.uint16)
    crop = moved_crop(picture, shift(3.01, -2.01), (5, 4, 10, 8))
    assert np.array_equal(crop, picture[6:14, 2:12])


def test_beyond_the_picture_masks_are_marked_and_pictures_repeat() -> None:
    picture = np.arange(12, dtype=np.uint8).reshape(3, 4)
    marked = moved_crop(np.zeros_like(picture), np.eye(3), (-1, 0, 3, 2), outside=255)
    assert marked.tolist() == [[255, 0, 0], [255, 0, 0]]
    assert moved_crop(picture, np.eye(3), (-1, 0, 3, 1)).tolist() == [[0, 0, 1]]
