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
    continued,
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

_SUM = np.ones((1, 3), np.float32)  # cv2.transform by it adds up three channels
_NEIGHBOURS = (9, 9)  # pixels that choose between two motions together
_EDGE = np.ones((5, 5), np.uint8)


def _squares(one: Field, other: Field) -> Plane:
    apart = one - other
    return np.asarray(cv2.transform(apart * apart, _SUM), np.float32)


def likeness(one: Field, other: Field) -> Plane:
    """1 where two Lab pictures show the same, falling to 0."""
    return np.asarray(cv2.exp(_squares(one, other) * (-1 / SAME_COLOUR**2)), np.float32)


def difference(one: Field, other: Field) -> Plane:
    """Lab distance averaged over 5 pixels, 8 bit steps."""
    return np.asarray(cv2.blur(cv2.sqrt(_squares(one, other)), (5, 5)), np.float32)


class Flows:
    """Dense flow between views, computed once per pair (Kroeger et al., "DIS", ECCV 2016)."""

    def __init__(self) -> None:
        self._engine = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_FAST)
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


@dataclass(frozen=True)
class _Measured:
    """A motion over a window from a new view back to an old one, and where it can be believed."""

    back: Field
    subject: Plane
    ground: Plane


def layers_from(
    flows: Flows,
    new: View,
    old: View,
    mask: NDArray[np.bool_],
    window: Window,
    jump: NDArray[np.float32] | None = None,
) -> Layers:
    """The two motions from ``new`` back to ``old``, whose mask is known.

    Flow near an edge mixes both sides, so each motion is measured well inside its own side, where
    there and back agree, and continued from there across the edge.

    Args:
        jump: (2,) a shift of the object from old to new that flow should start from as well, for
            motion it cannot follow by itself.
    """
    part = window.slices
    onward = look_up(flows.between(old, new), positions(window) + flows.between(new, old)[part])
    plain = _measured(new, old, mask, window, flows.between(new, old)[part], onward)
    back, subject = plain.back, plain.subject
    if jump is not None:
        for other in _jumped(flows, new, old, mask, window, jump):
            better = cv2.blur(other.subject - subject, _NEIGHBOURS) > 0
            back = np.where(better[..., None], other.back, back)
            subject = np.where(better, other.subject, subject)
    return Layers(
        continued(back, subject), extrapolate(plain.back, plain.ground), subject, plain.ground
    )


def _measured(
    new: View, old: View, mask: NDArray[np.bool_], window: Window, back: Field, onward: Field
) -> _Measured:
    """``onward`` is the flow from old to new at the places ``back`` leads to."""
    there = positions(window) + back
    mismatch = length(back + onward)
    trust = likeness(new.lab[window.slices], look_up(old.lab, there))
    trust = trust * np.exp(-((mismatch / (1.0 + 0.1 * length(back))) ** 2))
    trust = trust * is_inside(there, old.shape)
    flat = mask.astype(np.uint8)
    deep = look_up(softened(cv2.erode(flat, _EDGE, borderValue=1) > 0), there)
    rough = look_up(softened(mask), there)
    wide = look_up(softened(cv2.dilate(flat, _EDGE) > 0), there)
    return _Measured(back, trust * deep**2 + 1e-3 * trust * rough**2, trust * (1 - wide) ** 2)


def _jumped(
    flows: Flows,
    new: View,
    old: View,
    mask: NDArray[np.bool_],
    window: Window,
    jump: NDArray[np.float32],
) -> list[_Measured]:
    """The shift itself, and flow between the new view and the old one shifted by it."""
    here = positions(window)
    whole = np.broadcast_to(jump, here.shape)
    shifted = look_up(old.grey, here - jump).astype(np.uint8)
    grey = np.ascontiguousarray(new.grey[window.slices])
    rest, reverse = flows.compute(grey, shifted), flows.compute(shifted, grey)
    onward = look_up(reverse, here - here[0, 0] + rest) + jump
    return [
        _measured(new, old, mask, window, -whole, whole),
        _measured(new, old, mask, window, rest - jump, onward),
    ]


def differences_to(view: View, other: View, moved: Field, window: Window) -> Plane:
    """How unlike ``other`` each pixel is if it moved so; UNKNOWN outside the picture."""
    where = positions(window) + moved
    unlike = difference(view.lab[window.slices], look_up(other.lab, where))
    return np.where(is_inside(where, other.shape), unlike, np.float32(UNKNOWN))
