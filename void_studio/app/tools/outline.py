"""Points, edges and grips of a polygon: what is near the pointer, and what dragging it does."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from void_studio.quadmask.brush import Point
from void_studio.quadmask.shapes import Polygon

TURN_STEP = math.radians(15)
_LEAST_SCALE = 0.01


class Box(NamedTuple):
    """The bounding box of points, plate pixels."""

    left: float
    top: float
    right: float
    bottom: float

    @property
    def corners(self) -> tuple[Point, Point, Point, Point]:
        """Clockwise from the top left: the one two places on is opposite."""
        return (
            (self.left, self.top),
            (self.right, self.top),
            (self.right, self.bottom),
            (self.left, self.bottom),
        )

    @property
    def centre(self) -> Point:
        return (self.left + self.right) / 2, (self.top + self.bottom) / 2

    def widened(self, margin: float) -> Box:
        return Box(self.left - margin, self.top - margin, self.right + margin, self.bottom + margin)

    def holds(self, point: Point) -> bool:
        x, y = point
        return self.left <= x <= self.right and self.top <= y <= self.bottom


@dataclass(frozen=True)
class Shift:
    """A drag of points; with Shift along one axis only."""

    chosen: frozenset[int]

    def dragged(self, points: Polygon, start: Point, to: Point, shift: bool) -> Polygon:
        dx, dy = to[0] - start[0], to[1] - start[1]
        if shift:
            dx, dy = (dx, 0.0) if abs(dx) >= abs(dy) else (0.0, dy)
        return shifted(points, self.chosen, dx, dy)


@dataclass(frozen=True)
class Scale:
    """A drag of a corner of the box, the opposite one staying; with Shift each side for itself."""

    chosen: frozenset[int]
    pivot: Point

    def dragged(self, points: Polygon, start: Point, to: Point, shift: bool) -> Polygon:
        px, py = self.pivot
        arm, now = (start[0] - px, start[1] - py), (to[0] - px, to[1] - py)
        if shift:
            sx, sy = (_ratio(now[axis], arm[axis]) for axis in (0, 1))
        else:
            dot = now[0] * arm[0] + now[1] * arm[1]
            sx = sy = _ratio(dot, arm[0] ** 2 + arm[1] ** 2)
        return _mapped(points, self.chosen, lambda x, y: (px + (x - px) * sx, py + (y - py) * sy))


@dataclass(frozen=True)
class Turn:
    """A drag round the middle of the box; with Shift in steps of 15 degrees."""

    chosen: frozenset[int]
    pivot: Point

    def dragged(self, points: Polygon, start: Point, to: Point, shift: bool) -> Polygon:
        px, py = self.pivot
        angle = math.atan2(to[1] - py, to[0] - px) - math.atan2(start[1] - py, start[0] - px)
        if shift:
            angle = round(angle / TURN_STEP) * TURN_STEP
        cos, sin = math.cos(angle), math.sin(angle)
        return _mapped(
            points,
            self.chosen,
            lambda x, y: (
                px + (x - px) * cos - (y - py) * sin,
                py + (x - px) * sin + (y - py) * cos,
            ),
        )


Grip = Shift | Scale | Turn


def box_of(points: Iterable[Point]) -> Box:
    xs, ys = zip(*points, strict=True)
    return Box(min(xs), min(ys), max(xs), max(ys))


def shifted(points: Polygon, chosen: Iterable[int], dx: float, dy: float) -> Polygon:
    """The polygon with some of its points moved."""
    return _mapped(points, frozenset(chosen), lambda x, y: (x + dx, y + dy))


def nearest_point(points: Sequence[Point], at: Point, reach: float) -> int | None:
    """The point within ``reach`` of a place that is nearest to it."""
    nearest = min(range(len(points)), key=lambda n: math.dist(points[n], at), default=None)
    if nearest is None or math.dist(points[nearest], at) > reach:
        return None
    return nearest


def nearest_edge(points: Sequence[Point], at: Point, reach: float) -> tuple[int, float] | None:
    """The edge within ``reach`` of a place, and how far along it, 0 to 1, the place is."""
    best: tuple[float, int, float] | None = None
    for edge, (start, end) in enumerate(zip(points, (*points[1:], points[0]), strict=True)):
        dx, dy = end[0] - start[0], end[1] - start[1]
        dot = (at[0] - start[0]) * dx + (at[1] - start[1]) * dy
        square = dx * dx + dy * dy
        share = min(1.0, max(0.0, dot / square)) if square > 0 else 0.0
        foot = start[0] + share * dx, start[1] + share * dy
        found = math.dist(foot, at), edge, share
        if best is None or found < best:
            best = found
    return best[1:] if best is not None and best[0] <= reach else None


def holds(points: Sequence[Point], at: Point) -> bool:
    """Whether a place is inside a polygon, even-odd as it is filled."""
    inside = False
    x, y = at
    for (ax, ay), (bx, by) in zip(points, (*points[1:], points[0]), strict=True):
        if (ay > y) != (by > y) and x < ax + (y - ay) * (bx - ax) / (by - ay):
            inside = not inside
    return inside


def _mapped(
    points: Polygon, chosen: frozenset[int], where: Callable[[float, float], Point]
) -> Polygon:
    return tuple(where(*point) if n in chosen else point for n, point in enumerate(points))


def _ratio(part: float, whole: float) -> float:
    """A scale; one that never turns the polygon inside out."""
    return max(_LEAST_SCALE, part / whole) if abs(whole) > 1e-9 else 1.0
