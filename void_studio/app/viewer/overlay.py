"""The mask as colours over a picture: tints per level, hatching where a hand painted, outlines.

All is looked up in one table. A field leaves its two highest bits unused (``quadmask.bits``); here
they say that a pixel of the view is on a stripe of the hatching, or on the edge of an area.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import lru_cache

import cv2
import numpy as np
from numpy.lib.stride_tricks import sliding_window_view
from numpy.typing import NDArray

from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED, TRACKED, apply_table

Pixels = NDArray[np.uint8]
Colour = tuple[int, int, int]

ON_STRIPE = 64
ON_EDGE = 128

TINTS = ("remove", "affected", "both", "kept")

STRIPES = 7  # logical pixels from one stripe to the next
_STRIPE_LIGHTENED = 0.45
_STRIPE_OPACITY = 0.25
_EDGE_OPACITY = 0.35
_OUTLINE_OPACITY = 0.9
_KEPT_STRIPE_OPACITY = 0.5


@dataclass(frozen=True)
class Tint:
    """A colour (RGB, 0 to 255) and how much of the picture it covers, 0 to 1."""

    colour: Colour
    opacity: float = 0.5


@dataclass(frozen=True)
class OverlayStyle:
    """How the mask is coloured over a picture.

    Attributes:
        remove, affected, both: Where these are effective.
        kept: Where a hand painted back to keep what was tracked.
        painted_boost: How much more of the picture an area covers that a hand painted.
        strength: All opacities are multiplied by it, 0 to 2.
    """

    remove: Tint = Tint((226, 80, 74))
    affected: Tint = Tint((63, 169, 107))
    both: Tint = Tint((227, 179, 65))
    kept: Tint = Tint((90, 140, 220), 0.16)
    painted_boost: float = 0.12
    strength: float = 1.0

    def stronger(self, by: float) -> OverlayStyle:
        """With ``by`` more strength, to a hundredth, as far as it goes."""
        return replace(self, strength=round(min(2.0, max(0.0, self.strength + by)), 2))

    def with_tint(self, name: str, tint: Tint) -> OverlayStyle:
        """With another tint for ``name``, one of ``TINTS``."""
        tints = {other: getattr(self, other) for other in TINTS} | {name: tint}
        return OverlayStyle(**tints, painted_boost=self.painted_boost, strength=self.strength)

    def tables(self, filled: bool = True) -> tuple[Pixels, Pixels]:
        """(256, 4) premultiplied BGRA colour and (256,) remaining picture weight.

        The index is a field's value, plus ``ON_STRIPE`` and ``ON_EDGE``. A hand-painted area is
        hatched, so that it is told from a tracked one also without its colour; so is what was
        painted back to keep. Areas that are not ``filled`` are only outlined. The weight is 255
        exactly where nothing is to be seen.
        """
        values = np.arange(256)
        bits = values & (ON_STRIPE - 1)
        effective, painted = EFFECTIVE[bits], HAND_PAINTED[bits].astype(bool)
        colours, alpha = np.zeros((256, 3)), np.zeros(256)
        for code, tint in ((1, self.remove), (2, self.affected), (3, self.both)):
            chosen = effective == code
            colours[chosen] = tint.colour[::-1]
            alpha[chosen] = tint.opacity
        cleared = painted & (effective == 0) & ((bits & TRACKED) > 0)
        colours[cleared] = self.kept.colour[::-1]
        alpha[cleared] = self.kept.opacity
        alpha[painted & (effective > 0)] += self.painted_boost
        stripe = (values & ON_STRIPE > 0) & painted & (alpha > 0)
        colours[stripe] += (255 - colours[stripe]) * _STRIPE_LIGHTENED
        alpha[stripe] += np.where(cleared[stripe], _KEPT_STRIPE_OPACITY, _STRIPE_OPACITY)
        edge = (values & ON_EDGE > 0) & (effective > 0) & (alpha > 0)
        alpha[edge] += _EDGE_OPACITY
        if not filled:
            alpha = np.where(edge, _OUTLINE_OPACITY, 0.0)
        alpha = np.clip(alpha * self.strength, 0, 1)
        table = np.zeros((256, 4), np.uint8)
        table[:, :3] = np.rint(colours * alpha[:, None])
        return table, np.rint((1 - alpha) * 255).astype(np.uint8)


class Overlay:
    """Blends values of a field over a picture.

    Attributes:
        stripes: Device pixels from one stripe of the hatching to the next.
    """

    REACH = 1
    """Device pixels around a change within which the overlay changes too: its outlines."""

    def __init__(self, style: OverlayStyle, filled: bool = True) -> None:
        """``filled``: else areas are only outlined, so that what is in them is seen."""
        self.stripes = STRIPES
        self._filled = filled
        self.set_style(style)

    def set_style(self, style: OverlayStyle) -> None:
        colours, self._weights = style.tables(self._filled)
        self._colours = [np.ascontiguousarray(channel) for channel in colours.T]
        self._shown = (self._weights[np.arange(256) | ON_EDGE] < 255).astype(np.uint8)

    def blend(self, region: Pixels, values: Pixels, phase: int) -> None:
        """Blends into ``region`` in place.

        Args:
            region: BGRA uint8 (h, w, 4), alpha 255.
            values: The field's values at its pixels, uint8 (h, w).
            phase: Where the hatching begins: column plus row of the upper left corner.
        """
        shown = apply_table(values, self._shown)
        x, y, width, height = cv2.boundingRect(shown)
        if not width:
            return
        # One more all around, so that an area's edge is seen to be one.
        top, left = max(0, y - 1), max(0, x - 1)
        area = np.s_[top : y + height + 1, left : x + width + 1]
        part, inside = region[area], np.ascontiguousarray(values[area])
        codes = _marked(inside, self.stripes, phase + top + left)
        colours = cv2.merge([apply_table(codes, channel) for channel in self._colours])
        weights = cv2.cvtColor(apply_table(codes, self._weights), cv2.COLOR_GRAY2BGRA)
        # The weight of alpha is 255.
        blended = cv2.multiply(part, weights, dst=weights, scale=1 / 255)
        cv2.add(blended, colours, dst=part)


_CROSS = np.array([[0, 1, 0], [1, 1, 1], [0, 1, 0]], np.uint8)
_EDGE = np.where(np.arange(256) > 0, ON_EDGE, 0).astype(np.uint8)


def _marked(values: Pixels, stripes: int, phase: int) -> Pixels:
    """``values`` with ``ON_STRIPE`` and ``ON_EDGE`` set where that is so; uint8 (h, w), new."""
    levels = apply_table(values, EFFECTIVE)
    edges = cv2.morphologyEx(levels, cv2.MORPH_GRADIENT, _CROSS, dst=levels)
    marked = cv2.bitwise_or(values, apply_table(np.asarray(edges, np.uint8), _EDGE))
    height, width = values.shape
    hatching = cv2.bitwise_or(marked, _hatching(height, width, stripes, phase % stripes))
    return np.asarray(hatching, np.uint8)


@lru_cache(maxsize=2)
def _hatching(height: int, width: int, stripes: int, phase: int) -> Pixels:
    """Diagonal stripes: ``ON_STRIPE`` or 0, uint8 (height, width)."""
    line = np.where(np.arange(width + stripes) % stripes < max(1, stripes // 4), ON_STRIPE, 0)
    return sliding_window_view(line.astype(np.uint8), width)[(phase + np.arange(height)) % stripes]
