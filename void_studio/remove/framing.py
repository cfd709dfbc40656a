"""Which part of a plate a video model sees, and at which of its sizes.

- The crop surrounds all that is marked, with context on every side.
- It has exactly the shape of the model's size wherever the plate allows, in whole pixels: the
  shorter side grows, and a crop that would leave the plate is shifted, or shrunk if that still
  holds what is marked. Otherwise it is as near in shape as the plate allows.
- It is never smaller than the model's size on a plate that is large enough: nothing is enlarged.
- When it would cover most of the plate the model sees the whole frame, squeezed to its size.
"""

from __future__ import annotations

import math
from collections.abc import Iterable

from void_studio.quadmask.bits import Rect
from void_studio.remove.clean_plate.settings import edge_width
from void_studio.remove.void.sees import MODEL_SIZE
from void_studio.remove.void.settings import VoidSettings

Size = tuple[int, int]

MOST = 0.85
"""Share of the plate above which a crop is not worth its border: the whole frame is taken."""

_LANDSCAPE = (
    *((1024, 256), (992, 256), (960, 256), (928, 256), (896, 288), (864, 288), (832, 288)),
    *((800, 320), (768, 320), (736, 352), (704, 352), (672, 352), MODEL_SIZE, (640, 384)),
    *((608, 416), (576, 416), (576, 448), (544, 448), (544, 480), (512, 480)),
)
TRAINED_SIZES: tuple[Size, ...] = (
    *_LANDSCAPE,
    (512, 512),
    *((height, width) for width, height in reversed(_LANDSCAPE)),
)
"""Widths and heights of about 512 x 512 pixels in steps of 32, from 4:1 to 1:4: the aspect table
that the base model, CogVideoX-Fun, was trained with."""


def framed(plate: Size, marked: Rect, settings: VoidSettings) -> tuple[Rect, Size]:
    """The crop around ``marked``, and the (width, height) that the model sees it at."""
    frame = Rect(0, 0, *plate)
    if settings.crop == "auto":
        least = _widened(marked, _least_context(plate, settings), plate)
        sides = (round(settings.context * marked.width), round(settings.context * marked.height))
        wanted = _widened(marked, sides, plate).union(least)
        size = settings.model_size or _nearest_trained(wanted, plate)
        crop = _shaped(wanted, least, plate, size)
        if crop.width * crop.height <= MOST * plate[0] * plate[1]:
            return crop, size
    return frame, settings.model_size or _nearest_shape(frame, TRAINED_SIZES)


def ring(settings: VoidSettings, plate: Size) -> int:
    """Pixels around the marked region that the result may fade over."""
    return edge_width(plate) if settings.grow == "auto" else settings.grow


def softness(settings: VoidSettings, plate: Size) -> int:
    """Pixels of soft edge, in the ring; a quarter of it unless the artist says."""
    return -(-ring(settings, plate) // 4) if settings.feather == "auto" else settings.feather


def _least_context(plate: Size, settings: VoidSettings) -> Size:
    """The ring that is blended into the plate, and as much again to match colours on."""
    margin = ring(settings, plate) + edge_width(plate)
    return margin, margin


def _widened(box: Rect, by: Size, plate: Size) -> Rect:
    wide = Rect(box.x - by[0], box.y - by[1], box.width + 2 * by[0], box.height + 2 * by[1])
    return wide.clip(plate)


def _nearest_trained(wanted: Rect, plate: Size) -> Size:
    """The trained size nearest in shape, of those that the plate holds without enlarging.

    A plate that holds none is best used whole.
    """
    held = [size for size in TRAINED_SIZES if size[0] <= plate[0] and size[1] <= plate[1]]
    if held:
        return _nearest_shape(wanted, held)
    return _nearest_shape(Rect(0, 0, *plate), TRAINED_SIZES)


def _nearest_shape(box: Rect, sizes: Iterable[Size]) -> Size:
    """Nearest by the ratio of the aspect ratios; MODEL_SIZE among equals."""
    aspect = math.log(box.width / box.height)

    def apart(size: Size) -> tuple[float, bool]:
        return abs(math.log(size[0] / size[1]) - aspect), size != MODEL_SIZE

    return min(sizes, key=apart)


def _shaped(wanted: Rect, least: Rect, plate: Size, size: Size) -> Rect:
    """A crop of the shape of ``size`` around ``wanted``, or at least around ``least``."""
    divisor = math.gcd(*size)
    across, down = size[0] // divisor, size[1] // divisor
    units = max(-(-wanted.width // across), -(-wanted.height // down), divisor)
    units = min(units, plate[0] // across, plate[1] // down)
    width, height = across * units, down * units
    if width < least.width or height < least.height:
        # No whole number of units holds it: as near in shape as the plate allows.
        width, height = max(width, least.width), max(height, least.height)
        width = min(plate[0], max(width, -(-height * across // down)))
        height = min(plate[1], max(height, -(-width * down // across)))
    return Rect(
        _begin(wanted.x, wanted.width, width, least.x, least.width, plate[0]),
        _begin(wanted.y, wanted.height, height, least.y, least.height, plate[1]),
        width,
        height,
    )


def _begin(wanted: int, long: int, length: int, least: int, least_long: int, plate: int) -> int:
    """Where a stretch of ``length`` begins: centred on what is wanted, around what is needed."""
    centred = wanted + (long - length) // 2
    around = min(max(centred, least + least_long - length), least)
    return min(max(around, 0), plate - length)
