"""Painted wooden blocks: the tall one that falls, and two cubes that never move."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from void_studio.demo.ball import Ball
from void_studio.demo.camera import Floats, along, unit
from void_studio.demo.light import SUN, SUN_COLOUR, sun_directions, window_light
from void_studio.demo.motion import BLOCK_HALF, Pose, turn
from void_studio.demo.things import WALL_SEEN, Hits, dot, fresnel, sky_on

CORAL = (0.70, 0.115, 0.048)
CREAM = (0.80, 0.68, 0.48)
MUSTARD = (0.72, 0.40, 0.055)
STRIPE = (0.72, 0.13)  # middle and half height of the cream stripe, from the centre of the block
BEVEL = 0.05  # how far the edges are rounded

_CORNERS = np.array([[x, y, z] for x in (-1, 1) for y in (-1, 1) for z in (-1, 1)], np.float32)
_SUN_RAYS = sun_directions(20)


@dataclass(frozen=True)
class Block:
    """A block at one moment.

    Attributes:
        pose: Where it is.
        half: (3,) half its size along its own axes.
        colour: Linear RGB of its paint.
        striped: Whether it has the cream stripe.
        ball: What may shade it.
    """

    pose: Pose
    half: Floats
    colour: tuple[float, float, float]
    striped: bool = False
    ball: Ball | None = None

    def outlines(self, directions: Floats) -> Floats:
        corners = (self.pose.centre + (_CORNERS * self.half) @ self.pose.axes.T).astype(np.float32)
        return np.broadcast_to(corners, (len(directions), *corners.shape))

    def meet(self, origin: Floats, rays: Floats) -> Hits:
        # The ray is inside the block where it is inside all three pairs of parallel sides.
        start = (origin - self.pose.centre) @ self.pose.axes
        near = np.zeros(len(rays), np.float32)
        far = np.full(len(rays), np.inf, np.float32)
        for axis, half, begin in zip(self.pose.axes.T, self.half, start, strict=True):
            pace = rays @ np.ascontiguousarray(axis)
            pace = np.where(np.abs(pace) < 1e-7, np.float32(1e-7), pace)
            middle, reach = -begin / pace, np.abs(half / pace)
            np.maximum(near, middle - reach, out=near)
            np.minimum(far, middle + reach, out=far)
        which = np.flatnonzero(near < far)
        points = origin + rays[which] * near[which, None]
        local = along(points - self.pose.centre, self.pose.axes)
        return Hits(which, points, self._normals(local), local, rays[which])

    def _normals(self, local: Floats) -> Floats:
        """Normals that lean over the edges, so that these catch the light as if rounded."""
        lean = np.clip((np.abs(local) - (self.half - BEVEL)) / BEVEL, 0, 1) ** 2
        face = np.argmax(np.abs(local) / self.half, axis=1)
        lean[np.arange(len(face)), face] = 1
        return unit(along(np.sign(local) * lean, self.pose.axes.T))

    def _albedo(self, local: Floats) -> Floats:
        albedo = np.broadcast_to(np.array(self.colour, np.float32), local.shape)
        if self.striped:
            middle, half = STRIPE
            stripe = np.clip((half - np.abs(local[:, 1] - middle)) / 0.012 + 0.5, 0, 1)
            albedo = albedo + (np.array(CREAM, np.float32) - albedo) * stripe[:, None]
        waves = np.sin(local[:, 0] * 23 + local[:, 2] * 17) * np.sin(
            local[:, 1] * 3.1 + local[:, 2] * 9
        )
        return np.asarray(albedo * (1 + 0.05 * waves[:, None]), np.float32)

    def shade(self, hits: Hits) -> Floats:
        sun = np.clip(hits.normals @ SUN, 0, 1) * window_light(hits.points)
        near_table = np.clip(hits.points[:, 1:2] / 0.5, 0, 1)
        sky = sky_on(hits.normals) * (0.55 + 0.45 * near_table)
        if self.ball is not None:
            lit = np.flatnonzero(sun)
            sun[lit] *= self.ball.sun_past(hits.points[lit], _SUN_RAYS)
            sky = sky * self.ball.sky_past(hits.points, hits.normals)[:, None]
        light = self._albedo(hits.local) * (SUN_COLOUR * sun[:, None] + sky)
        between = unit(SUN - hits.views)
        shine = 0.35 * np.clip(dot(between, hits.normals), 0, 1) ** 90 * sun
        cosine = -dot(hits.views, hits.normals)
        above = 0.5 + 0.5 * hits.normals[:, 1]  # an underside mirrors the dark table, not the wall
        room = 0.6 * (fresnel(cosine, 0.03) * above)[:, None] * WALL_SEEN
        return np.asarray(light + shine[:, None] * SUN_COLOUR + room, np.float32)


def tall_block(pose: Pose, ball: Ball | None) -> Block:
    """The block that is knocked over."""
    return Block(pose, BLOCK_HALF, CORAL, striped=True, ball=ball)


def cubes() -> list[Block]:
    """The two cubes on the left, one on the other."""
    return [
        _cube(0.46, (-3.25, 0.46, 1.85), 28, MUSTARD),
        _cube(0.31, (-3.18, 0.46 * 2 + 0.31, 1.83), -14, CREAM),
    ]


def _cube(
    half: float, centre: tuple[float, float, float], yaw: float, colour: tuple[float, float, float]
) -> Block:
    axes = turn(np.array([0, 1, 0], np.float32), math.radians(yaw))
    pose = Pose(np.array(centre, np.float32), axes)
    return Block(pose, np.full(3, half, np.float32), colour)
