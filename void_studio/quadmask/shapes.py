"""Mask shapes: closed polygons keyed on frames, and what they are on the frames between.

A polygon is a sequence of (x, y) plate positions. Between two keys the motion is split in two: the
similarity (turn, scale, move) that brings one key nearest to the other, which goes evenly, and what
is left over, which is blended point by point in the moving frame. A polygon that only turns thus
keeps its form and area on the way, where blending its points straight would shrink it.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Rect
from void_studio.quadmask.brush import Point
from void_studio.quadmask.paint import polygon_rect

Polygon = tuple[Point, ...]
Keys = Mapping[int, Sequence[Point]]
Complex = NDArray[np.complex128]
"""Positions as x + iy: turning and scaling are one product."""

_SAMPLES = 64


def shape_at(keys: Keys, index: int, interpolated: bool) -> Polygon | None:
    """The polygon on a frame; None if there is no key at all.

    On a keyed frame it is exactly the key. Before the first key it is the first, after the last the
    last; in between it moves from key to key, or with ``interpolated`` False holds the one before.

    Args:
        keys: Frame index to polygon.
    """
    if not keys:
        return None
    frames = sorted(keys)
    before = max((frame for frame in frames if frame <= index), default=frames[0])
    after = min((frame for frame in frames if frame > index), default=before)
    if not interpolated or before >= index or after == before:
        return tuple(keys[before])
    share = (index - before) / (after - before)
    return _polygon(_between(_complex(keys[before]), _complex(keys[after]), share))


def difference(before: Sequence[Point], after: Sequence[Point], size: tuple[int, int]) -> Rect:
    """A rectangle of the plate around every pixel in which two polygons differ."""
    count = len(before)
    if count != len(after):
        return polygon_rect((*before, *after), size)
    moved = [at for at in range(count) if before[at] != after[at]]
    # The edges that end in a point that moved enclose all that was left or come to.
    ends = {(at + step) % count for at in moved for step in (-1, 0, 1)}
    return polygon_rect([points[at] for points in (before, after) for at in ends], size)


def insert_point(keys: Keys, index: int, edge: int, share: float) -> dict[int, Polygon]:
    """All keys with one more point each, so that their points still belong together.

    Args:
        index: A keyed frame.
        edge: The edge of its polygon, from point ``edge`` to the next, that gets the point.
        share: How far along that edge, 0 to 1. A key with another number of points gets the
            point as far round its own outline.
    """
    edited = _complex(keys[index])
    around = _arcs(edited)[edge]
    around += share * abs(np.roll(edited, -1)[edge] - edited[edge]) / (_length(edited) or 1.0)
    result = {}
    for frame, points in keys.items():
        key = _complex(points)
        at, part = (edge, share) if len(key) == len(edited) else _edge_at(key, around)
        start, end = key[at], key[(at + 1) % len(key)]
        result[frame] = _polygon(np.insert(key, at + 1, start + part * (end - start)))
    return result


def remove_points(keys: Keys, index: int, chosen: Collection[int]) -> dict[int, Polygon]:
    """All keys without the points ``chosen`` of the key on frame ``index``.

    A key with another number of points, of which nobody knows which those are, stays as it is.
    """
    count = len(keys[index])
    return {
        frame: tuple(point for at, point in enumerate(points) if at not in chosen)
        if len(points) == count
        else tuple(points)
        for frame, points in keys.items()
    }


def simplified(points: Sequence[Point], tolerance: float, closed: bool = True) -> Polygon:
    """A line drawn by hand with the fewest of its points, none farther than ``tolerance`` away.

    Args:
        tolerance: Plate pixels.
        closed: Whether it comes back to its first point.
    """
    line = np.asarray(points, np.float32).reshape(-1, 1, 2)
    kept = cv2.approxPolyDP(line, tolerance, closed).reshape(-1, 2)
    return tuple((float(x), float(y)) for x, y in kept)


def _between(first: Complex, second: Complex, share: float) -> Complex:
    if len(first) != len(second):
        first, second = _matched(first, second)
    start, end = first.mean(), second.mean()
    here, there = first - start, second - end
    motion = _similarity(here, there)
    if motion == 0:
        return first + share * (second - first)
    turned = motion**share
    form = (1 - share) * here + share * there / motion
    result: Complex = turned * form + start + share * (end - start)
    return result


def _similarity(here: Complex, there: Complex) -> complex:
    """The turn and scale that bring centred points nearest to others: Horn 1987, section 3.

    His scale is the same both ways, so the way back is the way there. 0 where there is none.
    """
    mine, theirs = np.linalg.norm(here), np.linalg.norm(there)
    turn = np.vdot(here, there)
    if mine < 1e-9 or theirs < 1e-9 or abs(turn) < 1e-12 * mine * theirs:
        return 0
    return complex(theirs / mine * turn / abs(turn))


def _matched(first: Complex, second: Complex) -> tuple[Complex, Complex]:
    """Both outlines with a point wherever, along its length, either of them has one."""
    if _area(first) * _area(second) < 0:
        second = second[::-1]
    sampled = _along(first, np.arange(_SAMPLES) / _SAMPLES)
    sampled = sampled - sampled.mean()

    def misfit(start: int) -> float:
        other = _along(np.roll(second, -start), np.arange(_SAMPLES) / _SAMPLES)
        return float(np.linalg.norm(sampled - (other - other.mean())))

    second = np.roll(second, -min(range(len(second)), key=misfit))
    arcs = np.union1d(_arcs(first), _arcs(second))
    return _along(first, arcs), _along(second, arcs)


def _length(points: Complex) -> float:
    return float(np.abs(np.roll(points, -1) - points).sum())


def _arcs(points: Complex) -> NDArray[np.float64]:
    """How far round the outline each point is, 0 to 1."""
    steps = np.abs(np.roll(points, -1) - points)
    ends = np.cumsum(steps)
    arcs: NDArray[np.float64] = (ends - steps) / (ends[-1] or 1.0)
    return arcs


def _along(points: Complex, arcs: NDArray[np.float64]) -> Complex:
    """The positions that far round the outline."""
    known = np.append(_arcs(points), 1.0)
    closed = np.append(points, points[0])
    result: Complex = np.interp(arcs, known, closed.real) + 1j * np.interp(arcs, known, closed.imag)
    return result


def _edge_at(points: Complex, arc: float) -> tuple[int, float]:
    """The edge at a place of the outline, 0 to 1, and how far along it that is."""
    known = np.append(_arcs(points), 1.0)
    edge = int(np.clip(np.searchsorted(known, arc, "right") - 1, 0, len(points) - 1))
    span = known[edge + 1] - known[edge]
    return edge, float((arc - known[edge]) / span) if span > 0 else 0.0


def _area(points: Complex) -> float:
    """Signed: which way round the points go."""
    return float(np.imag(np.conj(points) * np.roll(points, -1)).sum() / 2)


def _complex(points: Sequence[Point]) -> Complex:
    return np.array([complex(x, y) for x, y in points], np.complex128)


def _polygon(points: Complex) -> Polygon:
    return tuple((float(p.real), float(p.imag)) for p in points)
