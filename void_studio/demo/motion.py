"""What happens: the ball rolls in, strikes the block off centre and rolls on; the block falls."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np

from void_studio.demo.camera import Floats

SECONDS = 2.0
BALL_RADIUS = 0.62
BLOCK_HALF = np.array([0.26, 1.2, 0.58], np.float32)  # thickness, height, width
BLOCK_FOOT = np.array([1.75, 0.0, 0.75], np.float32)  # the middle of its base while it stands
BLOCK_YAW = math.radians(20)

STRIKE = 0.71  # seconds into the action
APPROACH = np.array([6.4, 0.0, 0.55], np.float32)  # velocity before, units per second
DEPARTURE = (0.75, -2.5)  # along the block's thickness and width, units per second
DRAG = 0.55  # per second, after the strike
OFF_CENTRE = -0.36  # where the ball meets the block, along its width
FIRST_SPIN = (np.array([0.36, 0.0, 0.93], np.float32), 1.1)  # how the ball lies at the start

GRAVITY = 82.0  # units per second squared, for a unit of 12 cm
TOPPLE = 2.3  # radians per second given to the block by the strike
REBOUND = 0.2  # what is left of that speed when the block bounces off the table
SLIDE, SLIDE_TIME = 0.32, 0.16  # how far the foot of the block is pushed, and how quickly
TWIST = math.radians(9)  # how far it turns while it falls
STEP = 1 / 960


@dataclass(frozen=True)
class Pose:
    """Where a thing is: its centre (3,), and its own axes as the columns of ``axes`` (3, 3)."""

    centre: Floats
    axes: Floats


@dataclass(frozen=True)
class Moment:
    """The action at one frame."""

    ball: Pose
    block: Pose


def turn(axis: Floats, angle: float) -> Floats:
    """The rotation matrix about a unit axis (Rodrigues' formula)."""
    x, y, z = (float(value) for value in axis)
    cross = np.array([[0, -z, y], [z, 0, -x], [-y, x, 0]])
    matrix = np.eye(3) + math.sin(angle) * cross + (1 - math.cos(angle)) * (cross @ cross)
    return np.asarray(matrix, np.float32)


def _directions(yaw: float) -> tuple[Floats, Floats]:
    """The level directions of the block's thickness and width."""
    thickness = np.array([math.cos(yaw), 0, math.sin(yaw)], np.float32)
    width = np.array([-math.sin(yaw), 0, math.cos(yaw)], np.float32)
    return thickness, width


def block_pose(lean: float = 0.0, slid: float = 0.0, twist: float = 0.0) -> Pose:
    """The block turned by ``lean`` about its far lower edge, after that edge slid and twisted.

    Without arguments, the block as it stands before anything happens.
    """
    start, _ = _directions(BLOCK_YAW)
    thickness, width = _directions(BLOCK_YAW + twist)
    pivot = BLOCK_FOOT + start * (BLOCK_HALF[0] + slid)
    upright = np.array([0, 1, 0], np.float32)
    along = thickness * math.cos(lean) - upright * math.sin(lean)
    above = upright * math.cos(lean) + thickness * math.sin(lean)
    centre = pivot - along * BLOCK_HALF[0] + above * BLOCK_HALF[1]
    axes = np.stack([along, above, width], axis=1)
    return Pose(centre.astype(np.float32), axes.astype(np.float32))


def lean_of_block(seconds: float) -> float:
    """The angle of the falling block, radians, ``seconds`` after it was struck.

    An inverted pendulum on its edge, stepped finely, with bounces off the table.
    """
    reach = 2 * math.hypot(float(BLOCK_HALF[0]), float(BLOCK_HALF[1]))
    balance = math.atan2(float(BLOCK_HALF[0]), float(BLOCK_HALF[1]))
    lean, speed = 0.0, TOPPLE
    for _ in range(round(seconds / STEP)):
        speed += 1.5 * GRAVITY / reach * math.sin(lean - balance) * STEP
        lean += speed * STEP
        if lean >= math.pi / 2:
            lean, speed = math.pi / 2, -speed * REBOUND
    return lean


def ball_centre(seconds: float) -> Floats:
    """The centre of the ball ``seconds`` into the action."""
    thickness, width = _directions(BLOCK_YAW)
    contact = BLOCK_FOOT - thickness * (BLOCK_HALF[0] + BALL_RADIUS) + width * OFF_CENTRE
    since = seconds - STRIKE
    if since < 0:
        place = contact + APPROACH * since
    else:
        away = thickness * DEPARTURE[0] + width * DEPARTURE[1]
        place = contact + away * ((1 - math.exp(-DRAG * since)) / DRAG)
    place[1] = BALL_RADIUS
    return np.asarray(place, np.float32)


def act(count: int) -> list[Moment]:
    """The whole action of ``SECONDS`` at ``count`` evenly spaced moments."""
    moments: list[Moment] = []
    spin = turn(*FIRST_SPIN)
    for index in range(count):
        seconds = SECONDS * index / count
        centre = ball_centre(seconds)
        if moments:
            moved = centre - moments[-1].ball.centre
            distance = float(np.linalg.norm(moved))
            axis = np.cross(np.array([0, 1, 0]), moved / distance).astype(np.float32)
            spin = turn(axis, distance / BALL_RADIUS) @ spin
        since = max(0.0, seconds - STRIKE)
        pushed = 1 - math.exp(-since / SLIDE_TIME)
        block = block_pose(lean_of_block(since), SLIDE * pushed, TWIST * pushed)
        moments.append(Moment(Pose(centre, spin), block))
    return moments
