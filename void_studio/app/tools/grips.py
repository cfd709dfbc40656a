"""What of a mask shape is under the pointer, and so what a drag from there does."""

from __future__ import annotations

import math
from dataclasses import dataclass
from enum import Enum

from void_studio.app.tools.outline import (
    Box,
    Grip,
    Scale,
    Shift,
    Turn,
    box_of,
    holds,
    nearest_edge,
    nearest_point,
)
from void_studio.quadmask.brush import Point
from void_studio.quadmask.shapes import Polygon

REACH = 7.0
"""Logical view pixels from a point or a handle within which it is grabbed."""

EDGE_REACH = 5.0
MARGIN = 14.0
"""Logical view pixels between the points and the box around them."""

TURN_ARM = 22.0
"""Logical view pixels from the top of the box up to the handle that turns."""


class Part(Enum):
    """A part of a shape."""

    POINT = "point"
    EDGE = "edge"
    CORNER = "corner"
    TURN = "turn"
    INSIDE = "inside"


@dataclass(frozen=True)
class Hit:
    """What is under the pointer.

    Attributes:
        at: Which point, edge or corner; 0 for others.
        share: How far along an edge, 0 to 1.
        grip: What a drag does.
    """

    part: Part
    at: int
    share: float
    grip: Grip


def handles(points: Polygon, chosen: frozenset[int], zoom: float) -> Box | None:
    """The box with the handles: around the chosen points, or all while fewer than two are.

    Args:
        zoom: Logical view pixels per plate pixel.
    """
    subject = _subject(points, chosen)
    box = box_of(points[n] for n in subject)
    if max(box.right - box.left, box.bottom - box.top) <= 0:
        return None
    return box.widened(MARGIN / zoom)


def turn_handle(box: Box, zoom: float) -> Point:
    return (box.left + box.right) / 2, box.top - TURN_ARM / zoom


def hit(points: Polygon, chosen: frozenset[int], at: Point, zoom: float) -> Hit | None:
    """The part of a shape at a place, the smallest first; None beside it."""
    everything = frozenset(range(len(points)))
    point = nearest_point(points, at, REACH / zoom)
    if point is not None:
        return Hit(Part.POINT, point, 0, Shift(chosen if point in chosen else frozenset({point})))
    box = handles(points, chosen, zoom)
    if box is not None:
        subject = _subject(points, chosen)
        if math.dist(turn_handle(box, zoom), at) <= REACH / zoom:
            return Hit(Part.TURN, 0, 0, Turn(subject, box.centre))
        corner = nearest_point(box.corners, at, REACH / zoom)
        if corner is not None:
            opposite = box.widened(-MARGIN / zoom).corners[(corner + 2) % 4]
            return Hit(Part.CORNER, corner, 0, Scale(subject, opposite))
    edge = nearest_edge(points, at, EDGE_REACH / zoom)
    if edge is not None:
        ends = frozenset({edge[0], (edge[0] + 1) % len(points)})
        return Hit(Part.EDGE, *edge, Shift(chosen if ends <= chosen else ends))
    if holds(points, at):
        return Hit(Part.INSIDE, 0, 0, Shift(everything))
    return None


def _subject(points: Polygon, chosen: frozenset[int]) -> frozenset[int]:
    return chosen if len(chosen) > 1 else frozenset(range(len(points)))
