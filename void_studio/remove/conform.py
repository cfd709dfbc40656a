"""What of a shot a video model gets to see, and how big: the plan an artist reads before a run.

A model works at a few small sizes and at few lengths; a plate has any. ``plan`` decides which crop
of the plate the model sees, at which size, which frames, and in which windows.

One crop holds for all frames, since a crop that moved would make the background move (see
``framing``). A clip of any length is one timeline of latents whose overlapping windows are blended
in every step; a range that is too short is played back and forth until it is long enough. Nothing
marked is an error: there is nothing to make.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from void_studio.errors import VoidError
from void_studio.quadmask.bits import NOTHING, Bytes, Rect
from void_studio.quadmask.levels import field_from_levels
from void_studio.remove.framing import Size, framed
from void_studio.remove.protocol import Picture
from void_studio.remove.void.lengths import latents_of, padded_indices, padded_length, windows_of
from void_studio.remove.void.sees import Floats, Shrinking, area_average, as_released, seen_levels
from void_studio.remove.void.settings import VoidSettings

Box = tuple[int, int, int, int]

OVERLAP = 4
"""Latents that neighbouring windows share, as released: 16 frames."""


@dataclass(frozen=True)
class Plan:
    """What a model sees of a shot.

    Attributes:
        plate: (width, height) of the plate, pixels.
        frames: First and last plate index, both included.
        crop: (x, y, width, height) on the plate, pixels: what the model sees of every frame.
        size: (width, height) the crop has for the model, pixels, multiples of 16.
        window: Frames that are worked out together.
        padded: Frames of the timeline the model works on: the frames of the plate first.
    """

    plate: Size
    frames: tuple[int, int]
    crop: Box
    size: Size
    window: int
    padded: int

    @property
    def count(self) -> int:
        """How many frames of the plate there are."""
        return self.frames[1] - self.frames[0] + 1

    @property
    def latents(self) -> int:
        """How many latents the whole timeline has."""
        return latents_of(self.padded)

    @cached_property
    def sources(self) -> tuple[int, ...]:
        """Which plate index each of the ``padded`` frames shows."""
        return tuple(self.frames[0] + i for i in padded_indices(self.count, self.padded))

    @cached_property
    def windows(self) -> tuple[tuple[int, int], ...]:
        """First and behind-last latent of every window."""
        return tuple(windows_of(self.latents, latents_of(self.window), OVERLAP))

    @property
    def scale(self) -> float:
        """Plate pixels per model pixel, the mean of both directions."""
        _, _, width, height = self.crop
        return math.sqrt(width * height / (self.size[0] * self.size[1]))

    @property
    def whole_frame(self) -> bool:
        """Whether the model sees all of the plate."""
        return self.crop == (0, 0, *self.plate)

    def covers(self, index: int) -> bool:
        """Whether plate index ``index`` is in the range."""
        return self.frames[0] <= index <= self.frames[1]

    def position(self, index: int) -> int:
        """Where plate index ``index`` first is among the padded frames; ValueError outside."""
        if not self.covers(index):
            raise ValueError(f"frame {index} is not in {self.frames}")
        return index - self.frames[0]

    def lines(self, first_number: int = 0) -> list[tuple[str, str]]:
        """Labels and values for an artist; ``first_number`` is the number of plate index 0."""
        return [
            ("Crop", self._crop_line()),
            ("Model size", f"{_times(self.size)} ({self._scale_line()})"),
            ("Frames", self._frames_line(first_number)),
            ("Windows", self._windows_line()),
        ]

    def as_facts(self) -> dict[str, JsonValue]:
        """The plan for the record of a take."""
        return {
            "plate": list(self.plate),
            "frames": list(self.frames),
            "crop": list(self.crop),
            "size": list(self.size),
            "scale": round(self.scale, 4),
            "padded": self.padded,
            "window": self.window,
            "windows": [list(window) for window in self.windows],
        }

    def _crop_line(self) -> str:
        x, y, width, height = self.crop
        if self.whole_frame:
            return f"The whole frame, {_times((width, height))}"
        return f"{_times((width, height))} at {x}, {y}"

    def _scale_line(self) -> str:
        if self.crop[2:] == self.size:
            return "the same size"
        factor = max(self.scale, 1 / self.scale)
        return f"{factor:.1f}× {'smaller' if self.scale >= 1 else 'larger'}"

    def _frames_line(self, first_number: int) -> str:
        first, last = (index + first_number for index in self.frames)
        shown = f"{first}" if first == last else f"{first}–{last}"
        more = self.padded - self.count
        return f"{shown}, padded by {more} to {self.padded}" if more else shown

    def _windows_line(self) -> str:
        if len(self.windows) == 1:
            return f"1 of {self.padded}"
        return f"{len(self.windows)} of up to {self.window}, overlapping by {4 * OVERLAP}"


def plan(
    plate_size: Size, frames: tuple[int, int], marked_box: Box | None, settings: VoidSettings
) -> Plan:
    """What the model sees of ``frames`` (first and last plate index, both included).

    Args:
        plate_size: (width, height), pixels.
        marked_box: (x, y, width, height) on the plate around all that is marked on those frames;
            see ``marked_box``. None where nothing is.

    Raises:
        VoidError: nothing is marked, or there are no frames.
    """
    if frames[0] < 0 or frames[1] < frames[0]:
        raise VoidError(
            "There are no frames to work on", f"The range is {frames[0]} to {frames[1]}"
        )
    marked = Rect(*marked_box).clip(plate_size) if marked_box is not None else NOTHING
    if marked.empty:
        raise VoidError(
            "There is nothing to remove",
            "No frame of the range has a mask",
            "Track an object or paint what is to go, then try again",
        )
    crop, size = framed(plate_size, marked, settings)
    count = frames[1] - frames[0] + 1
    padded = padded_length(count, settings.window)
    x, y, width, height = crop
    return Plan(plate_size, frames, (x, y, width, height), size, settings.window, padded)


def frame_box(levels: Bytes) -> Box | None:
    """(x, y, width, height) around all that is marked on one frame of levels, uint8 (H, W)."""
    x, y, width, height = cv2.boundingRect(cv2.bitwise_not(levels))
    return (x, y, width, height) if width else None


def union_box(boxes: Iterable[Box | None]) -> Box | None:
    """The smallest box around all; None where there is none."""
    joined = NOTHING
    for box in boxes:
        if box is not None:
            joined = joined.union(Rect(*box))
    return None if joined.empty else (joined.x, joined.y, joined.width, joined.height)


def marked_box(frames: Iterable[Bytes | None]) -> Box | None:
    """The box around all that is marked on the frames, uint8 (H, W) levels; None: not marked.

    A 4K frame takes a few milliseconds; whoever asks often keeps each frame's ``frame_box``.
    """
    return union_box(frame_box(levels) for levels in frames if levels is not None)


def picture(plan: Plan, plate_picture: Picture) -> Floats:
    """A plate picture as the model sees it, RGB float32 (h, w, 3) of ``plan.size``, 0 to 1.

    Averaged over the pixels under each where it shrinks, as released; bicubic where it grows.
    Deeper pictures are rounded to 8 bits first, which is what the model was trained on.
    """
    seen = eight_bit(cut(plate_picture, plan.crop))
    _, _, width, height = plan.crop
    reduced = (min(width, plan.size[0]), min(height, plan.size[1]))
    values = area_average(np.ascontiguousarray(seen), reduced) / np.float32(255)
    if reduced == plan.size:
        return values
    enlarged = cv2.resize(values, plan.size, interpolation=cv2.INTER_CUBIC)
    return np.asarray(np.clip(enlarged, 0.0, 1.0), np.float32)


def levels(plan: Plan, plate_levels: Bytes, edges: str = "per-plane") -> Bytes:
    """Plate levels, uint8 (H, W), as the model sees them: uint8 of ``plan.size``, four levels.

    ``edges`` is the setting ``mask_edges``: ``per-plane`` or ``as-released``.
    """
    seen = cut(plate_levels, plan.crop)
    if edges == "as-released":
        return as_released(seen, plan.size)
    return seen_levels(field_from_levels(seen), Shrinking.PER_PLANE, plan.size)


def eight_bit(shown: Picture) -> Bytes:
    """uint8 of a picture uint8, or uint16 full scale rounded to the nearest."""
    if shown.dtype == np.uint8:
        return shown
    return np.asarray((shown.astype(np.uint32) + 128) // 257, np.uint8)


def cut(plane: NDArray[Any], box: Box) -> NDArray[Any]:
    """The pixels of ``box`` (x, y, width, height), as a view."""
    x, y, width, height = box
    return plane[y : y + height, x : x + width]


def _times(size: Size) -> str:
    return f"{size[0]}×{size[1]}"
