"""Which background has to come from afar, decided on small masks before any picture is needed."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.remove.clean_plate.frames import Box, Mask
from void_studio.remove.clean_plate.geometry import (
    Matrix,
    corners,
    moved,
    moved_box,
    moved_crop,
    scaling,
    shift,
)
from void_studio.remove.clean_plate.motion import Scene

SMALL_SIDE = 240
ANCHORS = 7
ENOUGH = 5
"""Samples of a pixel beyond which more anchors are not worth reading."""

MAX_AREA = 2.5
"""Largest clean plate, in plate areas; a longer pan is split into several."""

ORDER_OF_WORTH = (1.0, 0.3, 0.2, 0.1, 0.1)
"""What the first, second, ... sample of a pixel is worth when anchors are chosen."""


@dataclass(frozen=True)
class Part:
    """The frames first..last that share one clean plate, seen from frame ``reference``.

    Attributes:
        box: The clean plate's rectangle in pixels of the reference; may reach beyond the frame.
        anchors: The frames it is made from, ascending.
    """

    first: int
    last: int
    reference: int
    box: Box
    anchors: tuple[int, ...]


def small_size(size: tuple[int, int]) -> tuple[int, int]:
    factor = min(1.0, SMALL_SIDE / max(size))
    return max(1, round(size[0] * factor)), max(1, round(size[1] * factor))


def small_scaling(size: tuple[int, int]) -> Matrix:
    """From plate pixels to small ones."""
    small = small_size(size)
    return scaling(small[0] / size[0], small[1] / size[1])


def small_mask(covered: Mask) -> NDArray[np.uint8]:
    """A small 0/255 copy of a covered mask; any touch counts."""
    plane = covered.astype(np.uint8) * np.uint8(255)
    size = small_size((covered.shape[1], covered.shape[0]))
    small = cv2.resize(plane, size, interpolation=cv2.INTER_AREA)
    return np.where(small > 0, 255, 0).astype(np.uint8)


class Coverage:
    """Small covered masks of the frames of a scene; frames without one hide nothing."""

    def __init__(
        self, scene: Scene, size: tuple[int, int], masks: dict[int, NDArray[np.uint8]]
    ) -> None:
        self.scene = scene
        self.size = size
        self.small = small_size(size)
        self.to_small = small_scaling(size)
        self._from_small = np.linalg.inv(self.to_small)
        self.masks = masks

    def mask(self, index: int) -> NDArray[np.uint8]:
        blank = np.zeros((self.small[1], self.small[0]), np.uint8)
        return self.masks.get(index, blank)

    def motion(self, source: int, target: int) -> Matrix:
        """``Scene.to_target`` in small pixels."""
        return np.asarray(self.to_small @ self.scene.to_target(source, target) @ self._from_small)

    def unseen(self, target: int, window: int) -> Mask | None:
        """What ``target`` hides and no frame within ``window`` shows; None for nothing."""
        if target not in self.masks:
            return None
        hidden = self.masks[target] > 0
        box = (0, 0, *self.small)
        for distance in range(1, window + 1):
            for source in (target - distance, target + distance):
                if source in self.scene:
                    motion = self.motion(source, target)
                    there = moved_crop(
                        self.mask(source), motion, box, outside=255, sampling="touch"
                    )
                    hidden &= there > 0
                    if not hidden.any():
                        return None
        return hidden


def parts_of(coverage: Coverage, window: int) -> list[Part]:
    """The clean plates a scene needs for what no frame within ``window`` shows; often none."""
    needs = {
        index: unseen
        for index in range(coverage.scene.first, coverage.scene.last + 1)
        if (unseen := coverage.unseen(index, window)) is not None
    }
    limit = MAX_AREA * coverage.size[0] * coverage.size[1]
    parts: list[Part] = []
    group: list[int] = []
    extent = np.zeros((2, 2))
    for index in needs:
        first = group[0] if group else index
        wanted = _extent(coverage, index, needs[index], first)
        grown = np.array([np.minimum(extent[0], wanted[0]), np.maximum(extent[1], wanted[1])])
        if group and np.prod(grown[1] - grown[0]) > limit:
            parts.append(_part(coverage, group, needs))
            group, first = [], index
            wanted = _extent(coverage, index, needs[index], first)
        extent = grown if group else wanted
        group.append(index)
    if group:
        parts.append(_part(coverage, group, needs))
    return parts


def _extent(coverage: Coverage, index: int, need: Mask, reference: int) -> NDArray[np.float64]:
    """Lowest and highest x, y of what a frame needs and of what lies around it, (2, 2).

    In pixels of frame ``reference``, and not beyond what frame ``index`` shows.
    """
    motion = coverage.scene.to_target(index, reference)
    factor = coverage.size[0] / coverage.small[0], coverage.size[1] / coverage.small[1]
    x, y, width, height = cv2.boundingRect(need.astype(np.uint8))
    # Room around the hole, to fill it from: as much again on every side.
    room_x, room_y = max(width, 16), max(height, 16)
    points = corners(x - room_x, y - room_y, width + 2 * room_x, height + 2 * room_y) * factor
    points = moved(motion, points)
    frame = moved(motion, corners(0, 0, *coverage.size))
    low = np.maximum(points.min(axis=0), frame.min(axis=0))
    high = np.minimum(points.max(axis=0), frame.max(axis=0))
    return np.array([low, high])


def _plate_box(coverage: Coverage, group: list[int], needs: dict[int, Mask]) -> Box:
    """The rectangle, from the group's middle frame, of all that the group needs."""
    reference = group[len(group) // 2]
    extents = np.array([_extent(coverage, i, needs[i], reference) for i in group])
    low = np.floor(extents[:, 0].min(axis=0)).astype(int)
    high = np.ceil(extents[:, 1].max(axis=0)).astype(int)
    return int(low[0]), int(low[1]), int(high[0] - low[0] + 1), int(high[1] - low[1] + 1)


def _part(coverage: Coverage, group: list[int], needs: dict[int, Mask]) -> Part:
    reference = group[len(group) // 2]
    box = _plate_box(coverage, group, needs)
    return Part(group[0], group[-1], reference, box, _anchors(coverage, reference, box))


def _anchors(coverage: Coverage, reference: int, box: Box) -> tuple[int, ...]:
    """Frames that together show the most of ``box``, each pixel several times if possible."""
    scene = coverage.scene
    small_box = moved_box(coverage.to_small, box, 0)
    to_box = shift(-small_box[0], -small_box[1])
    target = (0, 0, small_box[2], small_box[3])
    step = max(1, (scene.last - scene.first + 1) // 64)
    shown = {
        index: moved_crop(
            coverage.mask(index),
            to_box @ coverage.motion(index, reference),
            target,
            outside=255,
            sampling="touch",
        )
        == 0
        for index in sorted({*range(scene.first, scene.last + 1, step), reference})
    }
    worth = np.array([*ORDER_OF_WORTH, *[0.0] * ANCHORS])
    counts = np.zeros((small_box[3], small_box[2]), np.int64)
    chosen: list[int] = []
    for _ in range(ANCHORS):
        gain = worth[counts]
        best, best_value = None, 0.0
        for index, mask in shown.items():
            if index in chosen:
                continue
            apart = min((abs(index - other) for other in chosen), default=0)
            value = float(gain[mask].sum()) * (1.0 + 0.01 * min(apart, 25))
            if value > best_value:
                best, best_value = index, value
        if best is None or (len(chosen) >= ENOUGH and not (shown[best] & (counts < 2)).any()):
            break
        chosen.append(best)
        counts += shown[best]
    return tuple(sorted(chosen))
