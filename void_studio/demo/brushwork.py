"""What an artist would paint on the built-in shot: everything the ball did to the scene.

The scene's own geometry says where; the paint is put there by the tools of the program, frame by
frame: polygons around the block and the shadows, a brush along the foot of the ball, and a little
growth for what is soft at the edges.
"""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np

from void_studio.demo.ball import Ball
from void_studio.demo.block import Block, tall_block
from void_studio.demo.camera import Camera, Floats, tripod, unit
from void_studio.demo.light import shadows, sun_directions
from void_studio.demo.motion import BALL_RADIUS, Moment, act, block_pose
from void_studio.demo.things import Thing
from void_studio.quadmask.bits import Bytes, Plane, paint_table
from void_studio.quadmask.paint import fill_polygon, grow, stamp_line
from void_studio.shot.shot import Shot

STRUCK = 0.02  # units the block has moved once it counts as knocked
NEAR = 2.6  # units between ball and block below which the ball darkens the block
GROWTH = 7 / 1280  # of the width: the softness of shadows beyond their polygons
FOOT_BRUSH = 0.78  # units: how far around its foot a thing darkens the table and is mirrored in it
MIRROR = 1.0  # units of a block above the table whose reflection is seen

_PAINT = paint_table(Plane.AFFECTED, True)
_SUN_RAYS = sun_directions(24)


def paint_effects(shot: Shot) -> None:
    """Paints *affected* on every frame of a shot of the built-in scene: one undo step."""
    camera = tripod(shot.size)
    with shot.edit_frames("Paint what the ball did") as edits:
        for index, moment in enumerate(act(shot.count)):
            edits.apply(index, partial(_paint, camera, moment))


def _paint(camera: Camera, moment: Moment, field: Bytes) -> None:
    ball, block = Ball(moment.ball), tall_block(moment.block, None)
    before = tall_block(block_pose(), None)
    _paint_shadow(field, camera, ball)
    _paint_foot(field, camera, moment.ball.centre)
    if np.linalg.norm(moment.block.centre - before.pose.centre) > STRUCK:
        for seen in (block, before):
            _paint_shadow(field, camera, seen)
            _paint_block(field, camera, seen)
    elif np.linalg.norm(moment.ball.centre - moment.block.centre) < NEAR:
        _paint_block(field, camera, block)
    grow(field, Plane.AFFECTED, GROWTH * camera.size[0])


def _paint_shadow(field: Bytes, camera: Camera, thing: Thing) -> None:
    """A polygon around the shadow of ``thing``, half-shade included."""
    cast = shadows(camera, thing.outlines(_SUN_RAYS), _SUN_RAYS)
    _fill(field, np.concatenate([polygon for polygon in cast if polygon is not None]))


def _paint_block(field: Bytes, camera: Camera, block: Block) -> None:
    """A polygon around ``block``, one around its reflection, and a stroke along its foot."""
    outline = block.outlines(unit(block.pose.centre - camera.position)[None])[0]
    _fill(field, camera.project(outline)[0])
    ground = outline * np.array([1, 0, 1], np.float32)
    mirrored = ground - np.minimum(outline, MIRROR) * np.array([0, 1, 0], np.float32)
    _fill(field, camera.project(np.concatenate([ground, mirrored]))[0])
    ends = ground[[ground[:, 0].argmin(), ground[:, 0].argmax()]]
    _stroke(field, camera, ends)


def _paint_foot(field: Bytes, camera: Camera, centre: Floats) -> None:
    """A stroke from left to right under the ball, and one down over its reflection."""
    right = camera.axes[0] * BALL_RADIUS
    foot = centre - np.array([0, BALL_RADIUS, 0], np.float32)
    low = foot - np.array([0, 0.5 * BALL_RADIUS, 0], np.float32)
    _stroke(field, camera, np.stack([foot - 0.8 * right, foot + 0.9 * right]))
    _stroke(field, camera, np.stack([foot, low]))


def _stroke(field: Bytes, camera: Camera, ends: Floats) -> None:
    """A stroke of the brush between two points (2, 3) of the scene."""
    (start, end), depth = camera.project(ends.astype(np.float32))
    radius = FOOT_BRUSH * camera.focal / float(depth.mean())
    stamp_line(field, _PAINT, _point(start), _point(end), radius)


def _fill(field: Bytes, corners: Floats) -> None:
    hull = cv2.convexHull(corners.astype(np.float32))[:, 0]
    fill_polygon(field, _PAINT, [_point(corner) for corner in hull])


def _point(pixel: Floats) -> tuple[float, float]:
    return float(pixel[0]), float(pixel[1])
