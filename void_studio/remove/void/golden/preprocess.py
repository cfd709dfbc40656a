"""What VOID's released loader makes of a decoded clip and its masks, all branches of it.

Rules and constants are those of ``get_video_mask_input``, commit 66e9c0e. This is the measure that
the engine is held against; shots go through ``sees`` and ``conform``, which avoid the loader's
faults.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from fnmatch import fnmatchcase
from typing import Literal

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn.functional import adaptive_avg_pool2d

from void_studio.errors import VoidError
from void_studio.remove.void.lengths import RELEASED_WINDOW, padded_indices, padded_length
from void_studio.remove.void.sees import area_average, as_released, condition

Bytes = NDArray[np.uint8]

KEEP_NONE = (-1,)
"""The ids of masks to keep, when all are to be removed."""

RELEASED_DILATION = 11
"""Side of the square by which binary masks are grown, in pixels of the model's size."""


@dataclass(frozen=True)
class Loading:
    """How the loader is called.

    Attributes:
        size: (height, width) that the clip is squeezed to.
        window: Frames that a clip has at least.
        longest: Frames that are read at most, and that a padded clip is cut to.
        use_quadmask, use_trimask: The loader's flags; a quadmask wins.
        keep_ids: Of several binary masks, those that are not to be removed.
        dilation: Side in pixels of the square that grows binary masks; 0 leaves them.
    """

    size: tuple[int, int]
    window: int = RELEASED_WINDOW
    longest: int | None = None
    use_quadmask: bool = False
    use_trimask: bool = False
    keep_ids: Collection[int] = KEEP_NONE
    dilation: int = RELEASED_DILATION


@dataclass(frozen=True)
class MaskChoice:
    """Which files the loader reads, and as what."""

    kind: Literal["quadmask", "trimask", "binary"]
    names: tuple[str, ...]


def choose_masks(names: Collection[str], use_quadmask: bool, use_trimask: bool) -> MaskChoice:
    """Which of a folder's files hold the mask.

    Any ``mask_*.mp4`` makes all of them binary masks, whatever the flags. Else the first
    ``mask*.mp4``, or the first ``quadmask_*.mp4``, is read alone.

    Raises:
        VoidError: no such file, or no flag that says what it is; the loader exits there.
    """
    binary = _matching(names, "mask_*.mp4")
    if binary:
        return MaskChoice("binary", binary)
    graded = _matching(names, "mask*.mp4") or _matching(names, "quadmask_*.mp4")
    if not graded:
        why = "No file is called mask*.mp4 or quadmask_*.mp4"
        raise VoidError("There is no mask to load", why, "Name the mask quadmask_0.mp4")
    if not (use_quadmask or use_trimask):
        why = "Neither quadmask nor trimask was asked for"
        raise VoidError(f"{graded[0]} cannot be loaded", why, "Ask for one of them")
    return MaskChoice("quadmask" if use_quadmask else "trimask", graded[:1])


def load(video: Bytes, masks: Mapping[str, Bytes], loading: Loading) -> tuple[Tensor, Tensor]:
    """A clip and its mask as the pipeline gets them.

    Args:
        video: uint8 (T,H,W,3), RGB, decoded.
        masks: File names and what they hold, uint8 (T,H,W) or (T,H,W,3), of which red counts.

    Returns:
        video float32 (1,3,T',H',W'), 0 to 1, and mask float32 (1,1,T',H',W'), 1 remove to 0 keep.

    Raises:
        VoidError: as :func:`choose_masks`.
    """
    choice = choose_masks(masks.keys(), loading.use_quadmask, loading.use_trimask)
    chosen = [masks[name] for name in choice.names]
    return load_video(video, loading), _load_mask(chosen, choice, loading)


def load_video(video: Bytes, loading: Loading) -> Tensor:
    """The clip alone, as :func:`load`."""
    planes = torch.from_numpy(_cut(video, loading)).permute(0, 3, 1, 2)
    resized = adaptive_avg_pool2d(planes.float() / 255, loading.size)
    return resized[_padding(len(resized), loading)].transpose(0, 1)[None].contiguous()


def _load_mask(masks: Sequence[Bytes], choice: MaskChoice, loading: Loading) -> Tensor:
    read = [mask[..., 0] if mask.ndim == 4 else mask for mask in masks]
    if choice.kind == "quadmask":
        loaded = np.stack([_quadmask(frame, loading) for frame in _cut(read[0], loading)])
    elif choice.kind == "trimask":
        loaded = _trimask(_resized(read[0], loading))
    else:
        loaded = _binary(read, loading)
    return torch.from_numpy(loaded[_padding(len(loaded), loading)])[None, None]


def _quadmask(grey: Bytes, loading: Loading) -> NDArray[np.float32]:
    height, width = loading.size
    return condition(as_released(grey, (width, height)))


def _trimask(greys: NDArray[np.float32]) -> NDArray[np.float32]:
    """Averaged greys snapped to three levels and turned round: 1 remove, 127/255, 0 keep."""
    levels = np.where(greys > 192, 255, np.where(greys < 64, 0, 128))
    return condition(levels.astype(np.uint8))


def _binary(masks: Sequence[Bytes], loading: Loading) -> NDArray[np.float32]:
    """Several masks of 0 or 255, grown and united; not turned round, 255 is what they mark.

    Where one to keep and one to remove overlap, the latter wins.
    """
    grown = [_grown(_resized(mask, loading) >= 240, loading.dilation) for mask in masks]
    levels = np.full(grown[0].shape, 127 if loading.use_trimask else 0, np.uint8)
    kept = [mask for place, mask in enumerate(grown) if place in loading.keep_ids]
    removed = [mask for place, mask in enumerate(grown) if place not in loading.keep_ids]
    for mask in kept:
        levels[mask] = 0
    for mask in removed:
        levels[mask] = 255
    return levels.astype(np.float32) / np.float32(255)


def _grown(marked: NDArray[np.bool_], side: int) -> NDArray[np.bool_]:
    if not side:
        return marked
    square = np.ones((side, side), np.uint8)
    frames = [cv2.dilate(frame, square) for frame in marked.astype(np.uint8)]
    return np.stack(frames).astype(np.bool_)


def _matching(names: Collection[str], pattern: str) -> tuple[str, ...]:
    return tuple(sorted(name for name in names if fnmatchcase(name, pattern)))


def _cut(clip: Bytes, loading: Loading) -> Bytes:
    return clip[: loading.longest]


def _resized(clip: Bytes, loading: Loading) -> NDArray[np.float32]:
    """float32, 0 to 255, every frame averaged to the wanted size."""
    height, width = loading.size
    return np.stack([area_average(frame, (width, height)) for frame in _cut(clip, loading)])


def _padding(count: int, loading: Loading) -> list[int]:
    """Which frame each one of the padded clip is."""
    return padded_indices(count, padded_length(count, loading.window, loading.longest))
