"""A low sun through a window, a soft sky, and the shadows both make on the table.

The shadow of a convex body under one direction of light is a convex polygon on the table, and still
one in the picture. Filling such polygons and averaging over many directions gives soft shadows
without noise, sharp at the contact and wide away from it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Protocol

import cv2
import numpy as np

from void_studio.demo.camera import Camera, Floats, unit

SUN = unit(np.array([-0.66, 0.74, -0.42], np.float32))  # towards it
SUN_COLOUR = np.array([3.1, 2.5, 1.85], np.float32)
SUN_SPREAD = 0.085  # radius of the sun's disc at distance 1: a hazy evening
SUN_RAYS = 96
SKY_COLOUR = np.array([0.62, 0.72, 0.86], np.float32)
SKY_RAYS = 128
LOWEST_SKY = math.radians(12)

# The window as the sun sees it: two columns and two rows of panes, and how soft its frame looks.
COLUMNS = ((-9.0, -2.2), (-1.85, 9.0))
ROWS = ((-9.0, 3.1), (3.4, 6.2))
SOFT = 0.16

_SUBPIXEL = 4  # fractional bits of cv2's polygon corners
_FAR = 2**26  # beyond this a corner is clipped, in sub-pixels


def tangents(directions: Floats) -> tuple[Floats, Floats]:
    """Two unit vectors across each of ``directions`` (..., 3): one level, one pointing up."""
    x, y, z = np.moveaxis(directions, -1, 0)
    length = np.sqrt(x * x + z * z)
    level = np.stack([z, 0 * y, -x], axis=-1) / length[..., None]
    upright = np.stack([-x * y, length**2, -z * y], axis=-1) / length[..., None]
    return level.astype(np.float32), upright.astype(np.float32)


def _spiral(count: int) -> tuple[Floats, Floats]:
    """``count`` points spread evenly over the unit disc: radii and angles (Vogel's spiral)."""
    index = np.arange(count, dtype=np.float32)
    return np.sqrt((index + 0.5) / count), index * np.float32(math.pi * (3 - math.sqrt(5)))


def sun_directions(count: int = SUN_RAYS) -> Floats:
    """Unit directions (count, 3) towards points spread over the sun's disc."""
    radius, angle = _spiral(count)
    level, upright = tangents(SUN)
    across = (radius * np.cos(angle))[:, None] * level + (radius * np.sin(angle))[:, None] * upright
    return unit((SUN + SUN_SPREAD * across).astype(np.float32))


def sky_directions(count: int = SKY_RAYS) -> Floats:
    """Unit directions (count, 3) over the sky, as dense as they light a level table (cosine)."""
    radius, angle = _spiral(count)
    radius = radius * math.cos(LOWEST_SKY)
    return np.stack(
        [radius * np.cos(angle), np.sqrt(1 - radius**2), radius * np.sin(angle)], axis=1
    ).astype(np.float32)


class Caster(Protocol):
    """A convex body that casts a shadow; see ``things.Thing``."""

    def outlines(self, directions: Floats) -> Floats: ...


def shade_of(camera: Camera, directions: Floats, things: Sequence[Caster]) -> Floats:
    """The share (H, W) of the light from ``directions`` that ``things`` leave to the table.

    Valid for the pixels that show the table; the horizon is not looked at.
    """
    width, height = camera.size
    shaded = np.zeros((height, width), np.uint16)
    cast = [shadows(camera, thing.outlines(directions), directions) for thing in things]
    for polygons in zip(*cast, strict=True):
        found = [polygon for polygon in polygons if polygon is not None]
        if not found:
            continue
        corners = np.concatenate(found)
        x0, y0 = np.clip(np.floor(corners.min(0)).astype(int), 0, camera.size)
        x1, y1 = np.clip(np.ceil(corners.max(0)).astype(int) + 2, 0, camera.size)
        if x0 >= x1 or y0 >= y1:
            continue
        patch = np.zeros((y1 - y0, x1 - x0), np.uint8)
        for polygon in found:
            # cv2 has pixel centres at whole numbers, the camera has them at one half.
            fixed = np.clip((polygon - (x0 + 0.5, y0 + 0.5)) * 2**_SUBPIXEL, -_FAR, _FAR)
            cv2.fillConvexPoly(patch, np.rint(fixed).astype(np.int32), 1, cv2.LINE_8, _SUBPIXEL)
        shaded[y0:y1, x0:x1] += patch
    share = 1 - shaded.astype(np.float32) / len(directions)
    return np.asarray(cv2.GaussianBlur(share, (0, 0), width / 1400), np.float32)


def shadows(camera: Camera, outlines: Floats, directions: Floats) -> list[Floats | None]:
    """The shadows on the table of a body under light from each of ``directions`` (D, 3).

    Args:
        outlines: (D, N, 3) points whose convex hull is the body's outline along each direction.

    Returns:
        For each direction the corners (M, 2) of a convex polygon in pixels; None where it reaches
        behind the camera.
    """
    fall = outlines[..., 1:2] / directions[:, None, 1:2]
    pixels, depth = camera.project(outlines - directions[:, None] * fall)
    in_front = depth.min(axis=1) >= 1
    return [
        np.asarray(cv2.convexHull(corners)[:, 0], np.float32) if seen else None
        for corners, seen in zip(pixels, in_front, strict=True)
    ]


def window_light(points: Floats) -> Floats:
    """How much of the sun comes through the window to world ``points`` (..., 3), 0 to 1."""
    level, upright = tangents(SUN)
    across, up = points @ level, points @ upright
    columns = _between(across, *COLUMNS[0]) + _between(across, *COLUMNS[1])
    rows = _between(up, *ROWS[0]) + _between(up, *ROWS[1])
    return np.asarray(columns * rows, np.float32)


def _between(value: Floats, low: float, high: float) -> Floats:
    rise = np.clip((value - low) / SOFT + 0.5, 0, 1)
    fall = np.clip((high - value) / SOFT + 0.5, 0, 1)
    step = rise * fall
    return np.asarray(step * step * (3 - 2 * step), np.float32)
