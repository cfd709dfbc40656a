"""The set, drawn once; and the ball and the tall block with their shadows, drawn into it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.demo.ball import Ball
from void_studio.demo.block import cubes, tall_block
from void_studio.demo.camera import Camera, Floats, unit
from void_studio.demo.light import (
    SKY_COLOUR,
    SUN,
    SUN_COLOUR,
    shade_of,
    sky_directions,
    sun_directions,
    window_light,
)
from void_studio.demo.motion import Pose
from void_studio.demo.texture import PER_UNIT, TABLE, plaster, table_top
from void_studio.demo.things import WALL_SEEN, Thing

SAMPLES = 2  # per pixel and axis
ROWS = 120  # of the picture drawn at a time
TABLE_END = 2.75  # where the table stops, before the wall
WALL = 5.2
WALL_COLOUR = np.array([0.33, 0.45, 0.43], np.float32)
VARNISH = 0.75  # share of a perfect mirror's reflection
FADING = 0.5  # height above the table at which a reflection is lost in the grain
SHARP, NEAREST = -1.5, -6.0  # the table goes out of focus between these; the wall is


@dataclass(frozen=True)
class View:
    """One moment as the camera sees it, in linear light.

    Attributes:
        picture: (H, W, 3) with everything.
        effects: (H, W, 3) with the ball invisible, but not what it does.
        covered: (H, W) the share of each pixel the ball covers, 0 to 1.
    """

    picture: Floats
    effects: Floats
    covered: Floats


class Stage:
    """Table, wall and cubes; everything that never changes."""

    def __init__(self, camera: Camera, rng: np.random.Generator) -> None:
        self._camera = camera
        width, height = camera.size
        layers = [np.empty((height, width, depth), np.float32) for depth in (3, 3, 1, 1)]
        wood, wall = table_top(rng), plaster((height, width), rng)
        for top in range(0, height, ROWS):
            part = slice(top, min(top + ROWS, height))
            rays = camera.rays(0, top, width, part.stop - top, SAMPLES)
            relief = np.asarray(cv2.resize(wall[part], None, fx=SAMPLES, fy=SAMPLES), np.float32)
            for layer, values in zip(layers, _surfaces(camera, rays, wood, relief), strict=True):
                small = cv2.resize(values, (width, part.stop - top), interpolation=cv2.INTER_AREA)
                layer[part] = small.reshape(layer[part].shape)
        self._sun, self._sky = (_out_of_focus(layer, layers[3]) for layer in layers[:2])
        self._gloss = layers[2]
        self._mirrored = np.broadcast_to(WALL_SEEN, (height, width, 3)).copy()
        self._fixed = np.zeros((height, width, 3), np.float32)
        self._unfixed = np.ones((height, width, 1), np.float32)
        self._place(cubes())

    def _place(self, things: Sequence[Thing]) -> None:
        """Makes ``things`` a part of the set: seen, mirrored, and casting shadows."""
        sun, sky = self._shares(things)
        self._sun *= sun
        self._sky *= sky
        for thing in things:
            self._draw(self._mirrored, thing, mirrored=True)
            covered = self._draw(self._fixed, thing)
            self._unfixed *= 1 - covered[..., None]

    def _shares(self, things: Sequence[Thing]) -> list[Floats]:
        """The shares (H, W, 1) of sun and sky that reach each pixel past ``things``."""
        on_table = (self._gloss > 0).astype(np.float32)
        return [
            1 - on_table * (1 - shade_of(self._camera, directions, things)[..., None])
            for directions in (sun_directions(), sky_directions())
        ]

    def look(self, block: Pose, ball: Pose | None) -> View:
        """The scene with the tall block at ``block`` and the ball, if any, at ``ball``."""
        roller = None if ball is None else Ball(ball)
        tall = tall_block(block, roller)
        things: list[Thing] = [tall] if roller is None else [tall, roller]
        sun, sky = self._shares(things)
        mirrored = self._mirrored.copy()
        for thing in things:
            self._draw(mirrored, thing, mirrored=True)
        picture = self._sun * sun
        picture += self._sky * sky
        picture += self._gloss * cv2.GaussianBlur(mirrored, (0, 0), self._camera.size[0] / 400)
        picture *= self._unfixed
        picture += self._fixed
        self._draw(picture, tall)
        if roller is None:
            return View(picture, picture, np.zeros(picture.shape[:2], np.float32))
        effects = picture.copy()
        covered = self._draw(picture, roller)
        return View(picture, effects, covered)

    def _draw(self, picture: Floats, thing: Thing, mirrored: bool = False) -> Floats:
        """Draws ``thing``, or its mirror image below the table, over the colours of ``picture``.

        Returns:
            The share (H, W) of each pixel it covers.
        """
        camera = self._camera
        flip = np.array([1, -1 if mirrored else 1, 1], np.float32)
        outline = thing.outlines(-unit(camera.position * flip)[None])[0] * flip
        corners, _ = camera.project(outline.astype(np.float32))
        # Perspective makes the outline of a ball a little wider than its rim seen from afar.
        margin = 3 + 0.03 * (corners.max(0) - corners.min(0)).max()
        x0, y0 = np.clip((corners.min(0) - margin).astype(int), 0, camera.size)
        x1, y1 = np.clip((corners.max(0) + margin).astype(int), 0, camera.size)
        covered = np.zeros(picture.shape[:2], np.float32)
        if x0 >= x1 or y0 >= y1:
            return covered
        samples = 1 if mirrored else SAMPLES
        rays = camera.rays(x0, y0, x1 - x0, y1 - y0, samples) * flip
        near = _near(rays.shape[:2], (corners - (x0, y0)) * samples, margin * samples)
        hits = thing.meet(camera.position * flip, rays[near])
        light = thing.shade(hits)
        # Bright glints are tamed before averaging, or their edges would stay jagged.
        met = np.concatenate([light / (1 + 0.12 * light), np.ones((len(light), 1))], axis=1)
        if mirrored:
            met *= np.exp(-hits.points[:, 1:2] / FADING)
        seen = np.zeros((*rays.shape[:2], 4), np.float32)
        rows, columns = (part[hits.which] for part in np.nonzero(near))
        seen[rows, columns] = met
        seen = cv2.resize(seen, (x1 - x0, y1 - y0), interpolation=cv2.INTER_AREA)
        part = picture[y0:y1, x0:x1]
        part *= 1 - seen[..., 3:]
        part += seen[..., :3]
        covered[y0:y1, x0:x1] = seen[..., 3]
        return covered


def _near(shape: tuple[int, ...], corners: Floats, margin: float) -> NDArray[np.bool_]:
    """Where (H, W) a pixel lies in the convex hull of ``corners`` or within ``margin`` of it."""
    inside = np.zeros(shape[:2], np.uint8)
    hull = cv2.convexHull(np.rint(corners).astype(np.int32))
    cv2.fillConvexPoly(inside, hull, 1)
    cv2.polylines(inside, [hull], True, 1, max(1, round(2 * margin)))
    return inside.view(np.bool_)


def _surfaces(
    camera: Camera, rays: Floats, wood: Floats, relief: Floats
) -> tuple[Floats, Floats, Floats, Floats]:
    """What ``rays`` (H, W, 3) see of table and wall.

    Returns:
        Light from the sun and from the sky, (H, W, 3); how much the surface mirrors; and how far
        out of focus it is, 0 to 1, (H, W).
    """
    origin = camera.position
    down = np.minimum(rays[..., 1], -1e-4)
    on_table = origin + rays * (-origin[1] / down)[..., None]
    is_table = (rays[..., 1] < 0) & (on_table[..., 2] < TABLE_END)
    on_wall = origin + rays * ((WALL - origin[2]) / rays[..., 2])[..., None]
    points = np.where(is_table[..., None], on_table, on_wall).astype(np.float32)

    column = (points[..., 0] - TABLE[0]) * PER_UNIT - 0.5
    row = (points[..., 2] - TABLE[2]) * PER_UNIT - 0.5
    boards = cv2.remap(wood, column, row, cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT_101)
    painted = WALL_COLOUR * relief[..., None]
    # The wall gets less sky towards the table, and towards the corners of the room.
    height = np.clip((points[..., 1] + 3.2) / 8, 0.25, 1)
    sky_share = 0.62 * height / (1 + (points[..., 0] / 11) ** 2)

    where = is_table[..., None]
    sun = np.where(where, boards * float(SUN[1]), painted * float(-SUN[2])) * SUN_COLOUR
    sun = sun * window_light(points)[..., None]
    sky = np.where(where, boards, painted * sky_share[..., None]) * SKY_COLOUR
    mirror = VARNISH * is_table * (0.04 + 0.96 * (1 - np.clip(-rays[..., 1], 0, 1)) ** 5)
    soft = np.where(is_table, np.clip((points[..., 2] - SHARP) / (NEAREST - SHARP), 0, 1), 1)
    return (
        sun.astype(np.float32),
        sky.astype(np.float32),
        mirror.astype(np.float32),
        soft.astype(np.float32),
    )


def _out_of_focus(layer: Floats, amount: Floats) -> Floats:
    """``layer`` blurred where ``amount`` (H, W, 1) says, as a lens does away from its focus."""
    blurred = cv2.GaussianBlur(layer, (0, 0), layer.shape[1] / 500)
    return np.asarray(layer + (blurred - layer) * amount, np.float32)
