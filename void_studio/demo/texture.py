"""Wood, plaster and noise, made of random numbers."""

from __future__ import annotations

import cv2
import numpy as np

from void_studio.demo.camera import Floats

PER_UNIT = 96  # texture pixels per world unit of the table
TABLE = (-9.0, 10.0, -6.5, 3.0)  # x from, x to, z from, z to: the part of it that is textured
PLANKS = (1.15, 1.35)  # narrowest and widest

OAK_LIGHT = np.array([0.43, 0.235, 0.115], np.float32)
OAK_DARK = np.array([0.185, 0.080, 0.032], np.float32)


def cloud(
    shape: tuple[int, int], cells: tuple[float, float], rng: np.random.Generator, octaves: int = 4
) -> Floats:
    """Smooth noise of about unit range around 0, (H, W): octaves of interpolated random grids.

    Args:
        shape: Height and width.
        cells: How many cells of the coarsest octave lie along the height and the width.
        rng: Where the numbers come from.
        octaves: Each has twice the cells and half the height of the one before.
    """
    total = np.zeros(shape, np.float32)
    weight, reach = 1.0, 0.0
    for octave in range(octaves):
        rows, columns = (max(2, round(count * 2**octave)) for count in cells)
        rows, columns = min(rows, shape[0]), min(columns, shape[1])
        grid = rng.uniform(-1, 1, (rows, columns)).astype(np.float32)
        total += weight * cv2.resize(grid, shape[::-1], interpolation=cv2.INTER_CUBIC)
        reach += weight
        weight /= 2
    return np.asarray(total / reach, np.float32)


def table_top(rng: np.random.Generator) -> Floats:
    """Linear RGB albedo of the table, (H, W, 3), ``PER_UNIT`` pixels per unit; row 0 is nearest."""
    width = round((TABLE[1] - TABLE[0]) * PER_UNIT)
    height = round((TABLE[3] - TABLE[2]) * PER_UNIT)
    wood = np.empty((height, width, 3), np.float32)
    top = 0
    while top < height:
        rows = min(round(rng.uniform(*PLANKS) * PER_UNIT), height - top)
        wood[top : top + rows] = _plank(rows, width, rng)
        top += rows
    return wood


def _plank(rows: int, columns: int, rng: np.random.Generator) -> Floats:
    shape = (rows, columns)
    across = np.linspace(-0.5, 0.5, rows, dtype=np.float32)[:, None] + rng.uniform(-0.25, 0.25)
    # Year rings cut lengthwise: a flat parabola along the board, warped by slow noise.
    along = np.linspace(-1, 1, columns, dtype=np.float32)[None] + rng.uniform(-0.6, 0.6)
    warp = cloud(shape, (1.5, 9), rng, 3)
    rings = 7.5 * np.abs(across) * (1 + 0.35 * along**2) + 1.1 * warp + rng.uniform(0, 1)
    ring = 0.5 + 0.5 * np.cos(2 * np.pi * rings)
    fibre = cloud(shape, (rows / 2, columns / 70), rng, 3)
    pores = np.clip(cloud(shape, (rows, columns / 26), rng, 1) - 0.45, 0, 1)
    tone = 0.62 + rng.uniform(-0.16, 0.16) - 0.26 * ring**3 + 0.30 * fibre + 0.08 * warp
    mix = np.clip(tone, 0, 1)[..., None]
    board = (OAK_DARK + (OAK_LIGHT - OAK_DARK) * mix) * (1 - 0.55 * pores[..., None])
    edge = np.minimum(np.arange(rows), np.arange(rows)[::-1]).astype(np.float32) / PER_UNIT
    seam = np.clip(edge / 0.018, 0.16, 1) * np.clip(0.86 + edge / 0.25, 0, 1)
    return np.asarray(board * seam[:, None, None], np.float32)


def plaster(shape: tuple[int, int], rng: np.random.Generator) -> Floats:
    """The unevenness of a wall, (H, W): a factor around 1 for its brightness."""
    relief = cloud(shape, (5, 9), rng, 5)
    strokes = cloud(shape, (34, 20), rng, 2)
    slope = np.gradient(cv2.GaussianBlur(strokes, (0, 0), 2.0))[1]
    return np.asarray(1 + 0.055 * relief + 1.1 * slope, np.float32)
