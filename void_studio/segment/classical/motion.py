"""How the object and its background move from one frame to the next."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.fields import (
    Field,
    Plane,
    Window,
    extrapolate,
    is_inside,
    length,
    look_up,
    positions,
)
from void_studio.segment.classical.regions import softened
from void_studio.segment.classical.view import View

UNKNOWN = 1e3
"""The difference of a pixel whose counterpart lies outside the picture."""

SAME_COLOUR = 14.0
"""Lab difference (8 bit steps) at which two pixels hardly show the same thing any more."""

_EDGE = np.ones((5, 5), np.uint8)


def likeness(one: Field, other: Field) -> Plane:
    """1 where two Lab pictures show the same, falling to 0."""
    squares = np.square(one - other).sum(axis=-1)
    return np.asarray(np.exp(squares * (-1 / SAME_COLOUR**2)), np.float32)


def difference(one: Field, other: Field) -> Plane:
    """Lab distance averaged over 5 pixels, 8 bit steps."""
    distance = np.sqrt(np.square(one - other).sum(axis=-1))
    return np.asarray(cv2.blur(distance, (5, 5)), np.float32)


class Flows:
    """Dense flow between views, computed once per pair (Kroeger et al., "DIS", ECCV 2016)."""

    def __init__(self) -> None:
        self._engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)
        self._known: list[tuple[View, View, Field]] = []

    def between(self, here: View, there: View) -> Field:
        """For every pixel of ``here``, how far away it is in ``there``; the last four are kept."""
        for one, other, field in self._known:
            if one is here and other is there:
                return field
        field = self.compute(here.grey, there.grey)
        self._known = [*self._known[-3:], (here, there, field)]
        return field

    def compute(self, here: NDArray[np.uint8], there: NDArray[np.uint8]) -> Field:
        """As ``between`` for two grey pictures of one size, not kept."""
        if min(here.shape) < 16:  # below its patch size DIS has nothing to match
            return np.zeros((*here.shape, 2), np.float32)
        field = self._engine.calc(here, there, None)  # type: ignore[call-overload]
        return np.asarray(field, np.float32)


@dataclass(frozen=True)
class Layers:
    """Two motions over a window: what is the object moves by one, all else by the other.

    Attributes:
        subject, ground: (h, w, 2) offset of each pixel to the other frame, if it were object or
            background.
        trusted_subject, trusted_ground: (h, w) 0..1, where the motion was measured.
    """

    subject: Field
    ground: Field
    trusted_subject: Plane
    trusted_ground: Plane


def layers_from(
    flows: Flows, new: View, old: View, mask: NDArray[np.bool_], window: Window
) -> Layers:
    """The two motions from ``new`` back to ``old``, whose mask is known.

    Flow near an edge mixes both sides, so each motion is measured well inside its own side, where
    there and back agree, and continued from there across the edge.
    """
    part = window.slices
    back = flows.between(new, old)[part]
    there = positions(window) + back
    mismatch = length(back + look_up(flows.between(old, new), there))
    agreement = np.exp(-((mismatch / (1.0 + 0.1 * length(back))) ** 2))
    trust = likeness(new.lab[part], look_up(old.lab, there)) * agreement
    trust *= is_inside(there, old.shape)
    flat = mask.astype(np.uint8)
    deep = look_up(softened(cv2.erode(flat, _EDGE, borderValue=1) > 0), there)
    rough = look_up(softened(mask), there)
    wide = look_up(softened(cv2.dilate(flat, _EDGE) > 0), there)
    subject = trust * deep**2 + 1e-3 * trust * rough**2
    ground = trust * (1 - wide) ** 2
    return Layers(extrapolate(back, subject), extrapolate(back, ground), subject, ground)


def differences_to(view: View, other: View, moved: Field, window: Window) -> Plane:
    """How unlike ``other`` each pixel is if it moved so; UNKNOWN outside the picture."""
    where = positions(window) + moved
    unlike = difference(view.lab[window.slices], look_up(other.lab, where))
    return np.where(is_inside(where, other.shape), unlike, np.float32(UNKNOWN))
