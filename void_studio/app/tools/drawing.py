"""A polygon as it is drawn: clicked point by point, dragged freehand, or both."""

from __future__ import annotations

import math

from void_studio.app.tools.base import Pointer
from void_studio.quadmask.brush import Point
from void_studio.quadmask.shapes import Polygon, simplified
from void_studio.shot.document import MAX_POINTS

CLOSE_WITHIN = 9.0
"""Logical view pixels from the first point that close the polygon."""

_STEP = 3.0  # logical pixels between the points of a line drawn by hand
_SHORTEST = 12.0  # logical pixels of a line that is meant, and no click of an unsteady hand
_TOLERANCE = 1.2  # logical pixels that its simplified form may be off


class Drawing:
    """Points on their way to a polygon; empty while nothing is drawn.

    Attributes:
        points: Plate pixels.
    """

    def __init__(self) -> None:
        self.points: list[Point] = []
        self._clicked = 0

    def __bool__(self) -> bool:
        return bool(self.points)

    def press(self, pointer: Pointer) -> bool:
        """Adds a point; returns whether it closes the polygon instead."""
        if self.closes(pointer):
            return True
        if len(self.points) < MAX_POINTS:
            self.points.append((pointer.x, pointer.y))
        self._clicked = len(self.points)
        return False

    def move(self, pointer: Pointer) -> None:
        """Draws by hand, with the button down."""
        at = (pointer.x, pointer.y)
        far = math.dist(self.points[-1], at) * pointer.zoom >= _STEP
        if far and len(self.points) < MAX_POINTS:
            self.points.append(at)

    def release(self, pointer: Pointer) -> bool:
        """Simplifies what was drawn by hand since the press; returns whether that closes it.

        A polygon drawn by hand alone closes when the button goes up.
        """
        clicked, drawn = self._clicked, self.points[self._clicked :]
        pressed = self.points[clicked - 1]
        far = max((math.dist(pressed, point) for point in drawn), default=0.0)
        if far * pointer.zoom < _SHORTEST:
            del self.points[clicked:]
            return False
        tolerance = _TOLERANCE / pointer.zoom
        if clicked == 1:
            self.points = list(simplified(self.points, tolerance))
            return True
        self.points[clicked - 1 :] = simplified(self.points[clicked - 1 :], tolerance, False)
        self._clicked = len(self.points)
        return self.closes(pointer)

    def closes(self, pointer: Pointer) -> bool:
        """Whether a click here closes the polygon."""
        if len(self.points) < 3:
            return False
        first = math.dist(self.points[0], (pointer.x, pointer.y))
        return first * pointer.zoom <= CLOSE_WITHIN

    def take_back(self) -> None:
        """Takes the last point back."""
        self.points.pop()
        self._clicked = len(self.points)

    def clear(self) -> None:
        self.points.clear()

    def finish(self) -> Polygon | None:
        """Ends the drawing; None if there are too few points for a polygon."""
        points, self.points = tuple(self.points), []
        return points if len(points) >= 3 else None
