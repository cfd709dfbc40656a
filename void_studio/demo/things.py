"""What ball and blocks have in common: where rays meet them, and the light that falls on them.

Rays and points come as flat lists and light is linear, so that the same code draws the things and
their reflections in the varnish of the table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from void_studio.demo.camera import Floats
from void_studio.demo.light import SKY_COLOUR, SUN, SUN_COLOUR, tangents
from void_studio.demo.texture import OAK_DARK, OAK_LIGHT

WALL_SEEN = np.array([0.42, 0.44, 0.42], np.float32)  # what varnish and rubber mirror of the room
TABLE_SEEN = 0.5 * (OAK_LIGHT + OAK_DARK) * (SUN_COLOUR * float(SUN[1]) + SKY_COLOUR)
PANES_SEEN = np.array([36.0, 32.5, 27.0], np.float32)
BOUNCE = 0.42  # share of the table's light that a thing above it gets from below


@dataclass(frozen=True)
class Hits:
    """The rays that met a thing.

    Attributes:
        which: (N,) indices into the rays.
        points: (N, 3) where they met it.
        normals: (N, 3) of its surface there.
        local: (N, 3) the points from its centre, along its own axes.
        views: (N, 3) the directions of the rays.
    """

    which: NDArray[np.intp]
    points: Floats
    normals: Floats
    local: Floats
    views: Floats


class Thing(Protocol):
    """A convex body that can be drawn and casts a shadow."""

    def outlines(self, directions: Floats) -> Floats:
        """Points (D, N, 3) whose convex hulls are its outlines along ``directions`` (D, 3)."""

    def meet(self, origin: Floats, rays: Floats) -> Hits:
        """Where ``rays`` (N, 3) from ``origin`` (3,) first meet it."""

    def shade(self, hits: Hits) -> Floats:
        """The light (N, 3) that comes from it."""


def dot(left: Floats, right: Floats) -> Floats:
    """The dot products (N,) of two lists of vectors."""
    return np.asarray(np.einsum("ij,ij->i", left, right), np.float32)


def sky_on(normals: Floats) -> Floats:
    """The light (N, 3) of the sky, and of the lit table, on surfaces facing ``normals``."""
    up = (0.5 + 0.5 * normals[:, 1:2]).astype(np.float32)
    return np.asarray(SKY_COLOUR * up + BOUNCE * TABLE_SEEN * (1 - up), np.float32)


def fresnel(cosine: Floats, base: float) -> Floats:
    """The share of light a smooth surface mirrors (Schlick's approximation)."""
    return np.asarray(base + (1 - base) * (1 - np.clip(cosine, 0, 1)) ** 5, np.float32)


def room_mirrored(directions: Floats) -> Floats:
    """What is seen (N, 3) along ``directions`` in a mirror: table, wall and the bright window."""
    level, upright = tangents(SUN)
    ahead = directions @ SUN
    across = directions @ level / np.maximum(ahead, 1e-3)
    up = directions @ upright / np.maximum(ahead, 1e-3)
    pane = _within(np.abs(across), 0.03, 0.30) * _within(up, -0.55, 0.50) * (ahead > 0)
    high = np.clip(directions[:, 1:2] * 6 + 0.5, 0, 1)
    room = TABLE_SEEN * 0.8 * (1 - high) + WALL_SEEN * high
    return np.asarray(room + pane[:, None] * PANES_SEEN, np.float32)


def _within(value: Floats, low: float, high: float) -> Floats:
    """1 where ``value`` lies between the two, 0 elsewhere, with a narrow ramp."""
    rise, fall = np.clip((value - low) / 0.03, 0, 1), np.clip((high - value) / 0.03, 0, 1)
    return np.asarray(rise * fall, np.float32)
