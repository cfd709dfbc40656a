"""A mask carried along with the picture lies where the thing is, and says when that is not sure."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from void_studio.media.plate import open_plate
from void_studio.quadmask.bits import Bytes, Mask
from void_studio.quadmask.flow import ENOUGH_TRUST, Carrier, grey_of, working_size

SIZE = (640, 360)
START = (200, 160)


def texture(seed: int, softness: float) -> Bytes:
    grain = np.random.default_rng(seed).random((SIZE[1], SIZE[0])).astype(np.float32)
    soft = cv2.GaussianBlur(grain, (0, 0), softness)
    return np.asarray(255 * (soft - soft.min()) / np.ptp(soft), np.uint8)


WALL, SKIN = texture(3, 3), texture(4, 2)


def shot(
    frame: int, step: tuple[float, float], turn: float = 0, swell: float = 0
) -> tuple[Bytes, Mask]:
    """A picture with an ellipse that has moved for ``frame`` frames, and the ellipse: bool."""
    shape = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    cv2.ellipse(shape, START, (65, 45), 0, 0, 360, 255, -1)
    motion = cv2.getRotationMatrix2D(START, turn * frame, 1 + swell * frame)
    motion[:, 2] += np.array(step) * frame
    inside = cv2.warpAffine(shape, motion, SIZE) >= 128
    skin = cv2.warpAffine(SKIN, motion, SIZE, borderMode=cv2.BORDER_REFLECT)
    return np.where(inside, skin, WALL).astype(np.uint8), inside


def overlap(one: Mask, two: Mask) -> float:
    return int(np.count_nonzero(one & two)) / max(1, int(np.count_nonzero(one | two)))


def whole(carrier: Carrier, mask: Mask) -> Mask:
    rect, (part,) = carrier.carry([mask])
    result = np.zeros_like(mask)
    result[rect.slices] = part
    return result


@pytest.mark.parametrize(
    ("step", "turn", "swell"),
    [((4, 2), 0, 0), ((8, -3), 0, 0), ((12, 6), 0, 0), ((5, 0), 3, 0), ((-4, 3), 0, 0.015)],
)
def test_what_moves_is_followed_over_five_frames(
    step: tuple[float, float], turn: float, swell: float
) -> None:
    picture, mask = shot(0, step, turn, swell)
    carrier = Carrier(mask, picture)
    for frame in range(1, 6):
        picture, truth = shot(frame, step, turn, swell)
        carrier.step(picture)
        assert carrier.trust > ENOUGH_TRUST
        assert overlap(whole(carrier, mask), truth) > 0.95


def test_what_is_still_stays_to_the_pixel() -> None:
    picture, mask = shot(0, (0, 0))
    carrier = Carrier(mask, picture)
    carrier.step(picture)
    assert carrier.trust == 1.0
    assert overlap(whole(carrier, mask), mask) > 0.995


def test_another_picture_is_not_trusted() -> None:
    picture, mask = shot(0, (4, 2))
    carrier = Carrier(mask, picture)
    carrier.step(texture(77, 2))
    assert carrier.trust < ENOUGH_TRUST


def test_what_has_left_the_picture_is_not_trusted() -> None:
    step = (-60, 0)
    picture, mask = shot(0, step)
    carrier = Carrier(mask, picture)
    trust = []
    for frame in range(1, 8):
        carrier.step(shot(frame, step)[0])
        trust.append(carrier.trust)
    assert min(trust) < ENOUGH_TRUST


def test_a_plate_larger_than_the_pictures_gets_masks_of_its_own_size() -> None:
    step = (5.0, 2.0)
    large = (SIZE[0] * 3, SIZE[1] * 3)

    def grown(picture: NDArray[np.uint8]) -> NDArray[np.uint8]:
        return np.asarray(cv2.resize(picture, large, interpolation=cv2.INTER_CUBIC), np.uint8)

    mask = grown(shot(0, step)[1].view(np.uint8) * np.uint8(255)) >= 128
    carrier = Carrier(mask, shot(0, step)[0])
    for frame in range(1, 4):
        picture, truth = shot(frame, step)
        carrier.step(picture)
    carried = whole(carrier, mask)
    assert carried.shape == (large[1], large[0])
    assert overlap(carried, grown(truth.view(np.uint8) * np.uint8(255)) >= 128) > 0.95


def test_working_sizes_are_small_and_keep_the_form() -> None:
    assert working_size((3840, 2160)) == (960, 540)
    assert working_size((2160, 3840)) == (540, 960)
    assert working_size((320, 180)) == (320, 180)


@pytest.mark.clips
@pytest.mark.parametrize("start", [21, 38])
def test_a_mask_of_lime_is_where_its_quadmask_is_five_frames_later(clips: Path, start: int) -> None:
    folder = clips / "lime"
    with (
        open_plate(folder / "input_video.mp4") as plate,
        open_plate(folder / "quadmask_0.mp4") as quadmask,
    ):
        size = working_size(plate.size)
        mask = quadmask.read_rgb8(start)[..., 0] < 32
        carrier = Carrier(mask, grey_of(plate.read_rgb8(start, size)))
        for index in range(start + 1, start + 6):
            carrier.step(grey_of(plate.read_rgb8(index, size)))
        truth = quadmask.read_rgb8(start + 5)[..., 0] < 32
    found = overlap(whole(carrier, mask), truth)
    print(f"lime {start}-{start + 5}: {found:.3f}, trust {carrier.trust:.2f}")
    assert found > 0.96
