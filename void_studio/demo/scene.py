"""The built-in shot: a ball rolls in and knocks a block over, and what is true without the ball.

Everything is computed, so the truth is known: the plate, the exact quadmask, and the counterfactual
in which the ball never came and the block still stands. The camera does not move.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.demo.camera import Floats, tripod
from void_studio.demo.lens import Lens, Sensor
from void_studio.demo.motion import act, block_pose
from void_studio.demo.stage import Stage
from void_studio.quadmask.bits import field_from_planes
from void_studio.quadmask.levels import levels_from_field

SIZE = (1280, 720)
COUNT = 48
RATE = Fraction(24)
SEED = 7

CHANGED = 1.0  # code values: a smaller change drowns in the noise
COVERED = 0.004  # a smaller share of a pixel is not the ball's


@dataclass(frozen=True)
class DemoFrame:
    """One frame of the shot.

    Attributes:
        plate: (H, W, 3) uint8, what the camera took.
        levels: (H, W) uint8, the exact quadmask. *Remove* is every pixel the ball has a share in;
            *affected* is every pixel that, were the ball itself invisible, would still differ from
            the truth by more than ``CHANGED``.
        truth: (H, W, 3) uint8, the same without the ball. Its noise is that of the plate, so that
            outside the quadmask both differ by no more than ``CHANGED`` and its rounding.
    """

    plate: NDArray[np.uint8]
    levels: NDArray[np.uint8]
    truth: NDArray[np.uint8]


def render_scene(
    size: tuple[int, int] = SIZE, count: int = COUNT, seed: int = SEED
) -> Iterator[DemoFrame]:
    """The frames of the shot, in order; the same arguments always give the same frames.

    Args:
        size: Width and height in pixels.
        count: How many frames the two seconds of the action are cut into.
        seed: Makes the wood, the wall and the noise.
    """
    rng = np.random.default_rng(seed)
    stage, lens, sensor = Stage(tripod(size), rng), Lens(size), Sensor(size, rng)
    truth = lens.develop(lens.soften(stage.look(block_pose(), None).picture))
    for moment in act(count):
        view = stage.look(moment.block, moment.ball)
        effects = lens.develop(lens.soften(view.effects))
        ball = lens.soften(view.covered) > COVERED
        plate = effects.copy()
        x, y, width, height = cv2.boundingRect(ball.view(np.uint8))
        around = (slice(y, y + height), slice(x, x + width))
        plate[around] = lens.develop(lens.soften(view.picture), around)
        noise = sensor.noise()
        affected = _difference(effects, truth) > CHANGED
        yield DemoFrame(
            _as_taken(plate + noise),
            levels_from_field(field_from_planes(ball, affected)),
            _as_taken(truth + noise),
        )


def _difference(left: Floats, right: Floats) -> Floats:
    """The largest difference (H, W) of two pictures in any channel."""
    red, green, blue = cv2.split(cv2.absdiff(left, right))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)


def _as_taken(values: Floats) -> NDArray[np.uint8]:
    return np.clip(np.rint(values), 0, 255).astype(np.uint8)
