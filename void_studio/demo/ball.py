"""The rubber ball that rolls in: blue, with a pale band that shows how it turns."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from void_studio.demo.camera import Floats, along
from void_studio.demo.light import SUN, SUN_COLOUR, tangents, window_light
from void_studio.demo.motion import BALL_RADIUS, Pose
from void_studio.demo.things import Hits, dot, fresnel, room_mirrored, sky_on

BLUE = np.array([0.016, 0.105, 0.42], np.float32)
BAND_BLUE = np.array([0.045, 0.22, 0.62], np.float32)
BAND = 0.15  # half the width of the band, as a share of the radius

_ROUND = np.linspace(0, 2 * np.pi, 48, endpoint=False, dtype=np.float32)


@dataclass(frozen=True)
class Ball:
    """The ball at one moment."""

    pose: Pose

    def outlines(self, directions: Floats) -> Floats:
        level, upright = tangents(directions)
        rims = np.cos(_ROUND)[:, None] * level[:, None] + np.sin(_ROUND)[:, None] * upright[:, None]
        return np.asarray(self.pose.centre + BALL_RADIUS * rims, np.float32)

    def meet(self, origin: Floats, rays: Floats) -> Hits:
        towards = origin - self.pose.centre
        half = rays @ towards
        inside = half**2 - float(towards @ towards) + BALL_RADIUS**2
        which = np.flatnonzero((inside > 0) & (half < 0))
        distance = -half[which] - np.sqrt(inside[which])
        points = origin + rays[which] * distance[:, None]
        normals = (points - self.pose.centre) / BALL_RADIUS
        return Hits(which, points, normals, along(normals, self.pose.axes), rays[which])

    def shade(self, hits: Hits) -> Floats:
        # Nothing in the scene ever stands between the ball and the sun.
        band = np.clip((BAND - np.abs(hits.local[:, 1])) / 0.02 + 0.5, 0, 1)[:, None]
        albedo = BLUE + (BAND_BLUE - BLUE) * band
        sun = np.clip(hits.normals @ SUN, 0, 1) * window_light(hits.points)
        contact = np.clip((hits.normals[:, 1:2] + 1.35) / 1.0, 0, 1)
        light = albedo * (SUN_COLOUR * sun[:, None] + sky_on(hits.normals) * contact)
        cosine = -dot(hits.views, hits.normals)
        mirrored = hits.views + 2 * cosine[:, None] * hits.normals
        gloss = 0.7 * fresnel(cosine, 0.05)[:, None] * (0.2 + 0.8 * contact)
        return np.asarray(light + gloss * room_mirrored(mirrored), np.float32)

    def sun_past(self, points: Floats, directions: Floats) -> Floats:
        """The share (N,) of the light from ``directions`` that it leaves to ``points``."""
        towards = points - self.pose.centre
        beyond = dot(towards, towards) - BALL_RADIUS**2
        blocked = np.zeros(len(points), np.float32)
        for direction in directions:
            half = towards @ direction
            blocked += (half < 0) & (half**2 > beyond)
        return np.asarray(1 - blocked / len(directions), np.float32)

    def sky_past(self, points: Floats, normals: Floats) -> Floats:
        """The share (N,) of the sky it leaves to surfaces at ``points``: a sphere's solid angle."""
        towards = self.pose.centre - points
        distance = np.sqrt(dot(towards, towards))
        facing = np.clip(dot(towards, normals) / distance, 0, 1)
        return np.asarray(1 - facing * (BALL_RADIUS / distance) ** 2, np.float32)
