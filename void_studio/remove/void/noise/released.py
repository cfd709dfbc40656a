"""Warped noise made as VOID's released tools make it, whose faults belong to it.

The clip is resampled to 72 frames, scaled until it fills 720 x 480, cut to that in the middle, and
halved; the noise lies on a grid of 8 cells per pixel of that, and is kept at 90 x 60. Rules and
constants are those of ``make_warped_noise``, as VOID's commit 66e9c0e uses it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import pairwise

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from void_studio.remove.void.noise.flow import Flow
from void_studio.remove.void.noise.warp import WarpState, latent_noise, warp_step

Bytes = NDArray[np.uint8]
Halves = NDArray[np.float16]

FRAMES = 72
SIZE = (480, 720)
"""Height and width that frames are cut to."""

FRAME_SCALE = 0.5
FLOW_SCALE = 8
"""Cells of the noise per pixel of the halved frames, each way."""


def released_noise(
    frames: Sequence[Bytes],
    flow: Flow,
    seed: int,
    device: torch.device | str = "cpu",
    size: tuple[int, int] = SIZE,
    check: Callable[[], None] = lambda: None,
) -> Halves:
    """The noise of ``frames`` RGB uint8 (h, w, 3) as a released noise file holds it.

    Args:
        frames: What the model sees; indexed here and there, twice where frames repeat.
        size: Height and width that frames are cut to.
        check: Called once per frame; raises to stop.

    Returns:
        float16 (72, h / 8, w / 8, 16) of ``size``: (72, 60, 90, 16).
    """
    pairs = pairwise(frames_as_released(frames, size=size))
    flows = (flow(before, after) for before, after in pairs)
    grid = tuple(round(side * FRAME_SCALE) * FLOW_SCALE for side in size)
    generator = torch.Generator().manual_seed(seed)
    noises = noise_of_video(flows, generator, (grid[0], grid[1]), device=device, check=check)
    return np.stack([noise.numpy() for noise in noises])


def noise_of_video(
    flows: Iterable[Tensor],
    generator: torch.Generator,
    grid: tuple[int, int],
    channels: int = 16,
    downscale: int = 32,
    by_value: bool = True,
    device: torch.device | str = "cpu",
    check: Callable[[], None] = lambda: None,
) -> Iterator[Tensor]:
    """The noise of the first frame and after each flow, float16 (h, w, C) like released files.

    Args:
        flows: float32 (2, ., .) each, from one frame to the next, in their own pixels.
        generator: Draws (C, H, W) once and (C, H, 2W) per flow.
        grid: Height and width of the noise; the released one is 8 times that of the flow.
        downscale: Cells of the grid per pixel of the result, each way.
        by_value: See ``warp_step``.
        check: Called once per frame; raises to stop.
    """
    state = WarpState.drawn(channels, *grid, generator, device)
    yield _as_saved(state, downscale)
    for flow in flows:
        check()
        state = warp_step(state, flow.to(device), generator, by_value)
        yield _as_saved(state, downscale)


def _as_saved(state: WarpState, downscale: int) -> Tensor:
    return latent_noise(state.noise, downscale).permute(1, 2, 0).half().cpu()


def resampled(count: int, frames: int = FRAMES) -> list[int]:
    """Which of ``count`` frames each of ``frames`` is; halves are rounded to the even one."""
    if frames == 1:
        return [0]
    return [round(index * (count - 1) / (frames - 1)) for index in range(frames)]


def held_size(size: tuple[int, int], least: tuple[int, int] = SIZE) -> tuple[int, int]:
    """(height, width) of ``size`` scaled so that it just holds ``least``."""
    scale = max(least[0] / size[0], least[1] / size[1])
    return math.ceil(size[0] * scale), math.ceil(size[1] * scale)


def cropped(frame: Bytes, size: tuple[int, int] = SIZE) -> Bytes:
    """RGB uint8 (h, w, 3) scaled to hold ``size`` (height, width) and cut to it in the middle."""
    held = resized(frame, held_size((frame.shape[0], frame.shape[1]), size))
    top, left = (held.shape[0] - size[0]) // 2, (held.shape[1] - size[1]) // 2
    return held[top : top + size[0], left : left + size[1]]


def resized(frame: Bytes, size: tuple[int, int]) -> Bytes:
    """uint8 (h, w, 3) at ``size`` (height, width): averages downwards, bilinear upwards."""
    height, width = size
    smaller = height < frame.shape[0] or width < frame.shape[1]
    by = cv2.INTER_AREA if smaller else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(frame, (width, height), interpolation=by), np.uint8)


def frames_as_released(
    frames: Sequence[Bytes], count: int = FRAMES, size: tuple[int, int] = SIZE
) -> Iterator[Bytes]:
    """``frames`` uint8 (h, w, 3), as many and as large as given, then halved: what has flow."""
    half = round(size[0] * FRAME_SCALE), round(size[1] * FRAME_SCALE)
    for index in resampled(len(frames), count):
        yield resized(cropped(frames[index], size), half)
