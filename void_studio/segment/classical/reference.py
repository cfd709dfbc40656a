"""The marked frame a track started from, matched to every later frame against drift."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.colour import ColourMaps
from void_studio.segment.classical.fields import (
    Field,
    Plane,
    Window,
    continued,
    is_inside,
    length,
    look_up,
    positions,
    relative_area,
    window_around,
)
from void_studio.segment.classical.motion import Flows, Layers, likeness
from void_studio.segment.classical.regions import softened
from void_studio.segment.classical.view import View

_LONGEST_CORRECTION = 3.0  # pixels; a larger jump than this is a wrong match


@dataclass(frozen=True)
class Match:
    """A window of a frame as the reference explains it.

    Attributes:
        inside: (h, w) 0..1, the reference's mask here.
        likeness: (h, w) 0..1, how much the reference's picture looks like this one here.
        visible: (h, w) bool, where the place in the reference is inside its picture.
        squashed: (h, w) 0..1, where several pixels claim the same spot of the reference: at most
            one of them is the object, the others are what it uncovered.
        where: (h, w, 2) positions in the reference.
    """

    inside: Plane
    likeness: Plane
    visible: NDArray[np.bool_]
    squashed: Plane
    where: Field


class Reference:
    """A view with its mask, and where the object's pixels of the current frame are in it."""

    def __init__(self, view: View, mask: NDArray[np.bool_], radius: float) -> None:
        self._view = view
        self._soft = softened(mask)
        self._offset = np.zeros((*view.shape, 2), np.float32)
        window = window_around(mask, round(2 * radius)) or Window(0, 0, *view.shape[::-1])
        part = window.slices
        self._origin = np.array([window.left, window.top], np.float32)
        everywhere = np.ones(window.shape, np.float32)
        self._maps = ColourMaps(view.entries[part], self._soft[part], everywhere, radius)

    def follow(
        self, flows: Flows, new: View, layers: Layers, inside: Plane, window: Window
    ) -> Match:
        """Matches the next frame.

        Args:
            layers: The motion from the next frame back to the current one.
            inside: (h, w) the current mask moved to the next frame, 0..1.
        """
        here = positions(window)
        back = here + layers.subject
        offset = layers.subject + look_up(self._offset, back)
        offset = self._corrected(flows, new, offset, inside, window)
        self._offset[window.slices] = offset
        where = here + offset
        visible = is_inside(where, self._view.shape)
        alike = likeness(new.lab[window.slices], look_up(self._view.lab, where)) * visible
        squashed = _squashed(offset, inside) * visible * is_inside(back, new.shape)
        return Match(look_up(self._soft, where), alike, visible, squashed, where)

    def _corrected(
        self, flows: Flows, new: View, offset: Field, inside: Plane, window: Window
    ) -> Field:
        """The offset improved by what flow still sees between the moved reference and the frame."""
        here = positions(window)
        lab = new.lab[window.slices]
        moved = look_up(self._view.grey, here + offset).astype(np.uint8)
        rest = flows.compute(np.ascontiguousarray(new.grey[window.slices]), moved)
        local = rest + here - here[0, 0]
        better_offset = rest + look_up(offset, local)
        before = likeness(lab, look_up(self._view.lab, here + offset))
        after = likeness(lab, look_up(self._view.lab, here + better_offset))
        better = (cv2.blur(after - before, (9, 9)) > 0) & (length(rest) < _LONGEST_CORRECTION)
        trust = np.where(better, after, 0.5 * before)
        trust *= np.clip(2 * inside - 1, 0, 1) * look_up(self._soft, here + offset)
        trust += 1e-4 * inside
        return continued(np.where(better[..., None], better_offset, offset), trust)

    def colour(self, entries: NDArray[np.uint8], match: Match) -> Plane:
        """How probably each pixel is object by the reference's colours, 0..1."""
        return self._maps.probability(entries, match.where - self._origin)


def _squashed(offset: Field, inside: Plane) -> Plane:
    area = relative_area(offset)
    subject = inside > 0.5
    usual = float(np.median(area[subject])) if subject.any() else 1.0
    area = area / max(usual, 0.05)
    squashed = np.clip((0.6 - area) / 0.4, 0, 1).astype(np.float32)
    return np.asarray(cv2.blur(squashed, (5, 5)), np.float32)
