"""The built-in shot: a ball rolls in and knocks a block over, and what is true without the ball.

Everything is computed, so the truth is known: the plate, the exact quadmask, and the counterfactual
in which the ball never came and the block still stands. The camera does not move.

On disk it is a VOID sequence folder, with the truth beside it where that is wanted::

    input_video.mp4  quadmask_0.mp4  prompt.json  segmentation_info.json  truth.mp4
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.demo.camera import Floats, tripod
from void_studio.demo.lens import Lens, Sensor
from void_studio.demo.motion import BALL_RADIUS, Moment, act, ball_centre, block_pose
from void_studio.demo.stage import Stage
from void_studio.files import staged_folder, write_json
from void_studio.media.info import ColorTags
from void_studio.media.writer import VideoWriter
from void_studio.progress import CancelToken, Reporter, Silent
from void_studio.quadmask.bits import field_from_planes
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.video import write_quadmask

SIZE = (1280, 720)
COUNT = 48
RATE = Fraction(24)
SEED = 7

PLATE_NAME, QUADMASK_NAME, TRUTH_NAME = "input_video.mp4", "quadmask_0.mp4", "truth.mp4"
SCENE_PROMPT = "A tall red block stands on a wooden table, next to two cubes."
BT709 = ColorTags("limited", matrix=1, primaries=1, transfer=1)

CHANGED = 1.0  # code values: a smaller change drowns in the noise
COVERED = 0.004  # a smaller share of a pixel is not the ball's
AHEAD = 2  # frames drawn at the same time


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

    def expose(moment: Moment, noise: Floats) -> DemoFrame:
        view = stage.look(moment.block, moment.ball)
        effects = lens.develop(lens.soften(view.effects))
        ball = lens.soften(view.covered) > COVERED
        plate = effects.copy()
        x, y, width, height = cv2.boundingRect(ball.view(np.uint8))
        around = (slice(y, y + height), slice(x, x + width))
        plate[around] = lens.develop(lens.soften(view.picture), around)
        affected = _difference(effects, truth) > CHANGED
        return DemoFrame(
            _as_taken(plate, noise),
            levels_from_field(field_from_planes(ball, affected)),
            _as_taken(truth, noise),
        )

    # Drawn ahead, while the caller is busy with, say, encoding the last one.
    with ThreadPoolExecutor(AHEAD, thread_name_prefix="demo") as pool:
        coming: deque[Future[DemoFrame]] = deque()
        for moment in act(count):
            coming.append(pool.submit(expose, moment, sensor.noise()))
            if len(coming) > AHEAD:
                yield coming.popleft().result()
        while coming:
            yield coming.popleft().result()


def ball_clicks(size: tuple[int, int] = SIZE) -> list[tuple[int, int]]:
    """Four points on the ball in frame 0, as an artist would click it: (x, y) in pixels."""
    camera = tripod(size)
    right, down, _ = camera.axes
    around = [(0.3, 0.2), (-0.7, -0.3), (0.1, -0.7), (-0.1, 0.6)]
    centre = ball_centre(0.0)
    pixels, _ = camera.project(
        np.stack([centre + BALL_RADIUS * (x * right + y * down) for x, y in around])
    )
    return [(int(x), int(y)) for x, y in pixels]


def write_demo(
    folder: Path,
    size: tuple[int, int] = SIZE,
    count: int = COUNT,
    truth: bool = True,
    reporter: Reporter | None = None,
    cancel: CancelToken | None = None,
) -> None:
    """Writes the shot into a new folder, which appears whole or not at all.

    Args:
        folder: Where to.
        size, count: See ``render_scene``.
        truth: Whether to write the truth beside it, for measuring.

    Raises:
        VoidError: the folder exists or cannot be written.
        Cancelled: the token was set; nothing is left behind.
    """
    reporter, cancel = reporter or Silent(), cancel or CancelToken()
    with staged_folder(folder) as staged, ExitStack() as files:

        def writer(name: str) -> VideoWriter:
            return files.enter_context(VideoWriter(staged / name, size, RATE, color=BT709))

        plates = writer(PLATE_NAME)
        truths = writer(TRUTH_NAME) if truth else None

        def levels() -> Iterator[NDArray[np.uint8]]:
            for made, frame in enumerate(render_scene(size, count)):
                cancel.check()
                plates.write(frame.plate)
                if truths is not None:
                    truths.write(frame.truth)
                reporter.progress(made + 1, count, "Rendering")
                yield frame.levels

        write_quadmask(staged / QUADMASK_NAME, levels(), size, RATE)
        write_json(staged / "prompt.json", {"bg": SCENE_PROMPT})
        write_json(staged / "segmentation_info.json", _clicks_file(size, count))


def ensure_demo(
    folder: Path, reporter: Reporter | None = None, cancel: CancelToken | None = None
) -> Path:
    """The shot in ``folder``, written the first time, which takes some seconds.

    Raises:
        VoidError: it cannot be written.
        Cancelled: the token was set; nothing is left behind.
    """
    if not (folder / PLATE_NAME).is_file():
        write_demo(folder, truth=False, reporter=reporter, cancel=cancel)
    return folder


def _clicks_file(size: tuple[int, int], count: int) -> dict[str, Any]:
    """The content of ``segmentation_info.json``."""
    points = ball_clicks(size)
    return {
        "total_frames": count,
        "frame_width": size[0],
        "frame_height": size[1],
        "fps": float(RATE),
        "num_points": len(points),
        "points_by_frame": {"0": points},
        "primary_frames": [0],
        "first_appears_frame": 0,
    }


def _difference(left: Floats, right: Floats) -> Floats:
    """The largest difference (H, W) of two pictures in any channel."""
    red, green, blue = cv2.split(cv2.absdiff(left, right))
    return np.asarray(cv2.max(cv2.max(red, green), blue), np.float32)


def _as_taken(values: Floats, noise: Floats) -> NDArray[np.uint8]:
    return np.asarray(cv2.add(values, noise, dtype=cv2.CV_8U), np.uint8)
