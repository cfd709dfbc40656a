"""Noise that was warped along a clip's motion, made into the latents Pass 2 begins with.

A noise file holds one frame of 16 channels for every latent position, usually 72 frames of 60 x 90.
VOID as released (commit 66e9c0e) resizes it bilinearly, which averages independent values: the
standard deviation falls from 1 to 0.66, though the network expects 1.
"""

from __future__ import annotations

from typing import Any, Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from void_studio.errors import VoidError

CHANNELS = 16
"""Of the VAE's latents."""

Mode = Literal["as-released", "unit"]
Noise = NDArray[np.float32]


def load_warped_noise(
    array: NDArray[Any], frames: int, height: int, width: int, mode: Mode
) -> Tensor:
    """The latents of a noise array.

    Args:
        array: float16 or float32, (T, H, W, 16) or (T, 16, H, W).
        frames, height, width: Of the latents, all in latents.
        mode: ``as-released`` takes frames by truncated index, resizes bilinearly and leaves the
            variance to fall. ``unit`` takes the nearest frames and resizes so that every value of
            white noise keeps variance 1.

    Returns:
        float32 (1, frames, 16, height, width) on the CPU.

    Raises:
        VoidError: an array that is not such noise.
    """
    _check(array)
    unit = mode == "unit"
    if _channels_come_second(array.shape, unit):
        array = array.transpose(0, 2, 3, 1)
    chosen = source_frames(len(array), frames, nearest=unit)
    resize = resize_unit if unit else resize_bilinear
    resized = [resize(array[index].astype(np.float32), height, width) for index in chosen]
    stacked = np.stack(resized).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(stacked))[None]


def source_frames(count: int, frames: int, nearest: bool) -> list[int]:
    """Which of ``count`` frames of a file each of ``frames`` latents takes, evenly spread.

    The release truncates (0, 3, 6, 10, ... 71 of 72 for 22), so that all but the ends lag behind.
    """
    places = np.linspace(0, count - 1, frames)
    whole = np.rint(places) if nearest else places
    return [int(place) for place in whole]


def resize_bilinear(frame: Noise, height: int, width: int) -> Noise:
    """float32 (H, W, C) at another size as the release does it: no variance is put back."""
    planes = [
        cv2.resize(frame[..., channel], (width, height), interpolation=cv2.INTER_LINEAR)
        for channel in range(frame.shape[-1])
    ]
    return np.stack(planes, axis=-1).astype(np.float32)


def resize_unit(frame: Noise, height: int, width: int) -> Noise:
    """float32 (H, W, C) at another size, independent values of variance 1 keeping it.

    Each axis is averaged over the area of the new pixel where it shrinks, and interpolated linearly
    where it grows. A weighted sum of independent values of variance 1 has the variance of the
    weights' squares, which are known: dividing by their root restores 1 in every single value,
    whatever the noise happens to hold. Axes multiply, so each is restored on its own.
    """
    down = _unit_weights(frame.shape[0], height)
    across = _unit_weights(frame.shape[1], width)
    tall = np.tensordot(down, frame, axes=(1, 0))
    wide = np.tensordot(across, tall, axes=(1, 1))
    return np.ascontiguousarray(wide.transpose(1, 0, 2), dtype=np.float32)


def _unit_weights(count: int, parts: int) -> Noise:
    """(parts, count): what each new value is made of, the squares of a row adding up to 1."""
    weights = _area_weights(count, parts) if parts < count else _linear_weights(count, parts)
    unit: Noise = (weights / np.sqrt((weights**2).sum(axis=1, keepdims=True))).astype(np.float32)
    return unit


def _area_weights(count: int, parts: int) -> NDArray[np.float64]:
    """How much of each of ``count`` pixels lies below each of ``parts`` larger ones."""
    edges = np.arange(parts + 1) * (count / parts)
    pixels = np.arange(count)
    until = np.minimum(edges[1:, None], pixels + 1)
    covered: NDArray[np.float64] = until - np.maximum(edges[:-1, None], pixels)
    return covered.clip(0, None)


def _linear_weights(count: int, parts: int) -> NDArray[np.float64]:
    """Linear interpolation between pixel centres, the outermost pixels held to the edge."""
    places = np.clip((np.arange(parts) + 0.5) * (count / parts) - 0.5, 0, count - 1)
    nearness: NDArray[np.float64] = 1 - np.abs(places[:, None] - np.arange(count))
    return nearness.clip(0, None)


def _channels_come_second(shape: tuple[int, ...], unit: bool) -> bool:
    """Whether an array is (T, 16, H, W). The release takes a picture 16 high for that, too."""
    return shape[1] == CHANNELS and not (unit and shape[3] == CHANNELS)


def _check(array: NDArray[Any]) -> None:
    if array.ndim != 4 or CHANNELS not in (array.shape[1], array.shape[3]) or 0 in array.shape:
        why = f"It holds {' x '.join(map(str, array.shape))} values"
        raise VoidError("This is no warped noise", why, "Warp the noise of the clip again")
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        why = f"Its values, {array.dtype}, are not finite numbers"
        raise VoidError("This is no warped noise", why, "Warp the noise of the clip again")
