"""How A and B share the view, and the wipe's line: pure geometry.

View coordinates are device pixels with the origin at the view's top left.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from enum import Enum

import numpy as np
from numpy.typing import NDArray

from void_studio.app.viewer.transform import Box

Point = tuple[float, float]

DIVIDER = 2  # device pixels between the halves
SNAP_DEGREES = 15.0
MAX_GAIN = 32.0


class Compare(Enum):
    """What of A and B is on screen."""

    A = "a"
    B = "b"
    WIPE = "wipe"
    SIDE_BY_SIDE = "side by side"
    DIFFERENCE = "difference"
    BLEND = "blend"

    @property
    def mixes(self) -> bool:
        """Whether a pixel on screen is made of both sides."""
        return self in (Compare.WIPE, Compare.DIFFERENCE, Compare.BLEND)


class Grab(Enum):
    """What of the wipe the pointer is over."""

    CENTRE = "centre"
    LINE = "line"
    TURN = "turn"


@dataclass(frozen=True)
class Wipe:
    """A line through a point of the plate; A is on one side of it, B on the other.

    Attributes:
        x, y: The point, 0 to 1 across and down the plate.
        angle: Degrees, above -180 to 180, clockwise. At 0 the line is upright and A left of it.
    """

    x: float = 0.5
    y: float = 0.5
    angle: float = 0.0

    def moved(self, x: float, y: float) -> Wipe:
        """Through another point, as near as the plate has it."""
        return replace(self, x=min(1.0, max(0.0, x)), y=min(1.0, max(0.0, y)))

    def turned(self, angle: float, snap: bool = False) -> Wipe:
        """At another angle in degrees; ``snap`` takes the nearest multiple of 15."""
        if snap:
            angle = round(angle / SNAP_DEGREES) * SNAP_DEGREES
        return replace(self, angle=180.0 - (180.0 - angle) % 360.0)


@dataclass(frozen=True)
class WipeLine:
    """A wipe as it lies in a view.

    Attributes:
        x, y: The point it goes through, view coordinates.
        angle: As ``Wipe.angle``.
    """

    x: float
    y: float
    angle: float

    @property
    def normal(self) -> Point:
        """The direction from A to B, of length 1; exact at right angles."""
        quarters = self.angle / 90.0
        if quarters == round(quarters):
            return ((1.0, 0.0), (0.0, 1.0), (-1.0, 0.0), (0.0, -1.0))[round(quarters) % 4]
        turn = math.radians(self.angle)
        return math.cos(turn), math.sin(turn)

    @property
    def along(self) -> Point:
        """The direction from the centre to the handle that turns, of length 1."""
        x, y = self.normal
        return y, -x

    def distance(self, x: float, y: float) -> float:
        """How far a point is on B's side; negative on A's."""
        across, down = self.normal
        return (x - self.x) * across + (y - self.y) * down

    def on_b(self, x: float, y: float) -> bool:
        """Whether a point is on B's side; the line itself is B's."""
        return self.distance(x, y) >= 0

    def handle(self, arm: float) -> Point:
        """Where the handle that turns is, ``arm`` device pixels from the centre."""
        across, down = self.along
        return self.x + across * arm, self.y + down * arm

    def angle_to(self, x: float, y: float) -> float:
        """The angle in degrees that the wipe has with its handle towards a point."""
        return math.degrees(math.atan2(x - self.x, self.y - y))

    def grabbed(self, x: float, y: float, reach: float, arm: float) -> Grab | None:
        """What is within ``reach`` device pixels of a point; the handles go before the line."""
        if math.dist((x, y), self.handle(arm)) <= reach:
            return Grab.TURN
        if math.dist((x, y), (self.x, self.y)) <= reach:
            return Grab.CENTRE
        return Grab.LINE if abs(self.distance(x, y)) <= reach else None

    def ends(self, length: float) -> tuple[Point, Point]:
        """Two points of the line, ``length`` from its centre."""
        across, down = self.along
        return (
            (self.x - across * length, self.y - down * length),
            (self.x + across * length, self.y + down * length),
        )

    def b_mask(self, box: Box) -> NDArray[np.uint8]:
        """255 at the pixels of ``box`` whose centres are on B's side, 0 on A's.

        Returns:
            uint8 (height, width) of the box.
        """
        across, down = self.normal
        columns = (np.arange(box.left, box.right) + 0.5 - self.x) * across
        rows = (np.arange(box.top, box.bottom) + 0.5 - self.y) * -down
        return (columns[None, :] >= rows[:, None]).view(np.uint8) * np.uint8(255)

    def between(self, other: WipeLine, view: tuple[int, int]) -> Box:
        """Where in a view (width, height) a pixel may change sides on the way to ``other``."""
        whole = Box(0, 0, *view)
        if self.angle != other.angle or self.angle % 90.0:
            return whole if self != other else Box(0, 0, 0, 0)
        if self.angle % 180.0:
            top, bottom = sorted((self.y, other.y))
            return Box(0, math.floor(top), view[0], math.ceil(bottom)).intersect(whole)
        left, right = sorted((self.x, other.x))
        return Box(math.floor(left), 0, math.ceil(right), view[1]).intersect(whole)


def pane_size(view: tuple[int, int], compare: Compare) -> tuple[int, int]:
    """The size of what shows one side: the view's, or that of a half. Device pixels."""
    if compare is not Compare.SIDE_BY_SIDE:
        return view
    return max(1, (view[0] - DIVIDER) // 2), view[1]


def pane_offset(view: tuple[int, int], compare: Compare, right: bool) -> int:
    """Where a half begins, device pixels from the view's left."""
    if compare is not Compare.SIDE_BY_SIDE or not right:
        return 0
    return view[0] - pane_size(view, compare)[0]


def in_right_pane(view: tuple[int, int], compare: Compare, x: float) -> bool:
    """Whether a place of the view is in the right half."""
    return compare is Compare.SIDE_BY_SIDE and x >= view[0] / 2
