"""Warped noise for a clip of any length and size, in place and of unit variance.

The noise lies on the pixels of what the model sees, 8 x 8 of them under every latent, and is
averaged to latents. What it does otherwise than the released noise: no frame is left out of the
motion, nothing is cut off or stretched, no resizing takes variance away, and motion of less than
a pixel is not lost to rounding, since each cell keeps how far it is off (``_Moving.drift``).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from itertools import islice

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional

from void_studio.remove.void.lengths import padded_indices
from void_studio.remove.void.noise.flow import Flow
from void_studio.remove.void.noise.warp import Plan, WarpState, latent_noise

Bytes = NDArray[np.uint8]

CELLS = 8
"""Pixels, and so cells of noise, per latent each way."""


def warped_noise(
    frames: Iterable[Bytes],
    count: int,
    latents: int,
    flow: Flow,
    seed: int,
    device: torch.device | str = "cpu",
    channels: int = 16,
    check: Callable[[], None] = lambda: None,
) -> Tensor:
    """The noise that Pass 2 begins with, for every latent.

    A latent gets the noise of the last of its frames, which is that of the released noise too.
    Latents of the padding, which repeats frames of the clip, get the noise of the frames repeated.

    Args:
        frames: The clip as the model sees it, not padded, RGB uint8 (H, W, 3), H and W multiples
            of 8. Read once and only as far as needed.
        count: Frames in the clip, at least 1.
        latents: Latents of the padded clip.
        seed: The same gives the same noise on every device.
        check: Called once per frame; raises to stop.

    Returns:
        float32 (1, latents, channels, H / 8, W / 8) on the CPU, of mean 0 and variance 1.

    Raises:
        ValueError: there are fewer frames than ``count`` says.
    """
    sources = sources_of(count, latents)
    wanted = set(sources)
    found: dict[int, Tensor] = {}
    moving: _Moving | None = None
    previous: Bytes | None = None
    for index, frame in enumerate(islice(frames, max(wanted) + 1)):
        check()
        if moving is None or previous is None:
            moving = _Moving((frame.shape[0], frame.shape[1]), channels, seed, device)
        else:
            moving.follow(flow(previous, frame))
        if index in wanted:
            found[index] = moving.noise()
        previous = frame
    if len(found) < len(wanted):
        raise ValueError(f"the clip ended before its {count} frames")
    return torch.stack([found[index] for index in sources])[None]


def sources_of(count: int, latents: int) -> list[int]:
    """The frame of a clip of ``count`` that each latent takes its noise from.

    Latent f stands for the frames 4f - 3 to 4f of the padded clip.
    """
    return padded_indices(count, 4 * (latents - 1) + 1)[::4]


class _Moving:
    """The noise of one clip while its frames go by."""

    def __init__(
        self, size: tuple[int, int], channels: int, seed: int, device: torch.device | str
    ) -> None:
        self._device = device
        self._generator = torch.Generator().manual_seed(seed)
        self._state = WarpState.drawn(channels, *size, self._generator, device)
        self._drift = torch.zeros(2, *size, device=device)
        self._path: Tensor | None = None

    def follow(self, flow: Tensor) -> None:
        """Goes on along a flow float32 (2, H, W) to the next frame."""
        flow = flow.to(self._device)
        self._path = flow if self._path is None else joined(self._path, flow)

    def noise(self) -> Tensor:
        """The noise of the frame reached, float32 (C, H / 8, W / 8) on the CPU."""
        if self._path is not None:
            self._move(self._path + self._drift)
            self._path = None
        return latent_noise(self._state.noise, CELLS).cpu()

    def _move(self, path: Tensor) -> None:
        plan = Plan.of(path)
        self._state = plan.applied(self._state, self._generator)
        self._drift = plan.carried(path - path.round())


def joined(first: Tensor, second: Tensor) -> Tensor:
    """One flow (2, H, W) for two in a row: second is read, bilinearly, where first leads."""
    height, width = first.shape[1:]
    x = torch.arange(width, device=first.device) + first[0]
    y = torch.arange(height, device=first.device)[:, None] + first[1]
    places = torch.stack([_relative(x, width), _relative(y, height)], dim=-1)[None]
    read = functional.grid_sample(
        second[None], places, mode="bilinear", padding_mode="border", align_corners=True
    )
    return first + read[0]


def _relative(position: Tensor, size: int) -> Tensor:
    """Positions in pixels as -1 (the first) to 1 (the last)."""
    return position * (2 / max(size - 1, 1)) - 1
