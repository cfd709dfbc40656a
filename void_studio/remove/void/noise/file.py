"""A file of warped noise made into the latents Pass 2 begins with, as VOID was released.

A noise file holds one frame of 16 channels for every latent position, usually 72 frames of 60 x 90.
The release (commit 66e9c0e) resizes it bilinearly, which averages independent values: the standard
deviation falls from 1 to 0.66, though the network expects 1. ``unit`` makes noise that keeps it.
"""

from __future__ import annotations

from typing import Any

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from void_studio.errors import VoidError

CHANNELS = 16
"""Of the VAE's latents."""

Noise = NDArray[np.float32]


def load_warped_noise(array: NDArray[Any], frames: int, height: int, width: int) -> Tensor:
    """The latents of a noise array.

    Args:
        array: float16 or float32, (T, H, W, 16) or (T, 16, H, W). The release takes any array whose
            second side is 16 for the latter, and so do we.
        frames, height, width: Of the latents, all in latents.

    Returns:
        float32 (1, frames, 16, height, width) on the CPU.

    Raises:
        VoidError: an array that is not such noise.
    """
    _check(array)
    if array.shape[1] == CHANNELS:
        array = array.transpose(0, 2, 3, 1)
    resized = [
        resize_bilinear(array[index].astype(np.float32), height, width)
        for index in source_frames(len(array), frames)
    ]
    stacked = np.stack(resized).transpose(0, 3, 1, 2)
    return torch.from_numpy(np.ascontiguousarray(stacked))[None]


def source_frames(count: int, frames: int) -> list[int]:
    """Which of ``count`` frames of a file each of ``frames`` latents takes, evenly spread.

    Truncated (0, 3, 6, 10, ... 71 of 72 for 22), so that all but the ends lag behind.
    """
    return [int(place) for place in np.linspace(0, count - 1, frames)]


def resize_bilinear(frame: Noise, height: int, width: int) -> Noise:
    """float32 (H, W, C) at another size as the release does it: no variance is put back."""
    planes = [
        cv2.resize(frame[..., channel], (width, height), interpolation=cv2.INTER_LINEAR)
        for channel in range(frame.shape[-1])
    ]
    return np.stack(planes, axis=-1).astype(np.float32)


def _check(array: NDArray[Any]) -> None:
    if array.ndim != 4 or CHANNELS not in (array.shape[1], array.shape[3]) or 0 in array.shape:
        why = f"It holds {' x '.join(map(str, array.shape))} values"
        raise VoidError("This is no warped noise", why, "Warp the noise of the clip again")
    if array.dtype.kind != "f" or not np.isfinite(array).all():
        why = f"Its values, {array.dtype}, are not finite numbers"
        raise VoidError("This is no warped noise", why, "Warp the noise of the clip again")
