"""Filling what no frame shows, with texture from around the hole.

Coarse to fine, patches that reach into the hole look for their like in what is known, and the hole
becomes the weighted mean of what they found (Wexler, Shechtman, Irani, "Space-Time Completion of
Video", 2007). Texture strength is carried along as a fourth channel, so that a smooth first guess
does not look for smooth patches only (Newson et al., "Video Inpainting of Complex Scenes", 2014).
The coarsest levels search everywhere; finer ones refine what their parent found. Nothing is random.
"""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken
from void_studio.remove.clean_plate.membrane import membrane
from void_studio.remove.clean_plate.patch_search import (
    PATCH,
    REACH,
    Field,
    Level,
    Mask,
    Places,
    Searcher,
    make_level,
    step,
)
from void_studio.remove.composite import average
from void_studio.remove.protocol import Picture

MAX_TARGETS = 60_000
"""Patches at the finest searched level; larger holes are finished by copying at full size."""

EXHAUSTIVE = 2_500
"""Patches up to which everything is searched."""

THIN = 2.5 * PATCH
"""The coarsest level is where the hole is this thick, in its pixels."""

TEXTURE_WEIGHT = 1.5


def inpaint(picture: Picture, hole: Mask, known: Mask, cancel: CancelToken) -> Picture:
    """``picture`` with ``hole`` filled.

    Args:
        picture: (H, W, 3), uint8 or uint16.
        hole: bool (H, W), what to fill.
        known: bool (H, W), what may be copied from; what is neither is left alone.
    """
    full = np.float32(np.iinfo(picture.dtype).max)
    colours = picture.astype(np.float32) * (np.float32(255.0) / full)
    filled = _filled(colours, hole, known & ~hole, cancel)
    result = np.rint(np.clip(filled, 0.0, 255.0) * (full / np.float32(255.0)))
    return np.where(hole[..., None], result.astype(picture.dtype), picture)


def _filled(colours: Field, hole: Mask, known: Mask, cancel: CancelToken) -> Field:
    thickness = 2.0 * float(cv2.distanceTransform(hole.astype(np.uint8), cv2.DIST_L2, 3).max())
    scales = [1.0]
    while thickness * scales[-1] > THIN and min(hole.shape) * scales[-1] > 6 * PATCH:
        scales.append(scales[-1] / 2)
    base = _with_texture(colours, hole, known)
    matches: Places | None = None
    level: Level | None = None
    estimate: Field | None = None
    scale = 1.0
    for scale in reversed(scales):
        cancel.check()
        finer = make_level(base, hole, known, scale)
        if len(finer.sources) < 2 * PATCH * PATCH:
            continue
        if level is not None and len(finer.targets) > MAX_TARGETS:
            break
        if level is None or matches is None or estimate is None:
            finer.image[...] = _smooth_fill(finer)
        else:
            matches = _inherited(level, matches, finer)
            _vote(finer, matches, None)
        level = finer
        matches = _solve(level, matches, cancel)
        estimate = level.image
    if level is None or matches is None:
        return _plain_fill(colours, hole, known)
    if level.hole.shape == hole.shape:
        return np.where(hole[..., None], level.image[..., :3], colours)
    return _copied_at_full_size(colours, hole, known, level, matches)


def _with_texture(colours: Field, hole: Mask, known: Mask) -> Field:
    """Colours and, averaged over a neighbourhood of what is known, how strongly they vary."""
    gray = average(colours)
    usable = cv2.erode(known.astype(np.uint8), np.ones((3, 3), np.uint8)).astype(np.float32)
    across = cv2.Sobel(gray, cv2.CV_32F, 1, 0, scale=0.25)
    down = cv2.Sobel(gray, cv2.CV_32F, 0, 1, scale=0.25)
    strength = np.hypot(across, down) * usable
    weight = cv2.GaussianBlur(usable, (0, 0), 2 * PATCH) + np.float32(1e-6)
    texture = np.float32(TEXTURE_WEIGHT) * cv2.GaussianBlur(strength, (0, 0), 2 * PATCH) / weight
    return np.dstack([colours, texture]).astype(np.float32)


def _smooth_fill(level: Level) -> Field:
    weights = np.where(level.hole, 0.0, 1.0).astype(np.float32)
    colours = membrane(np.ascontiguousarray(level.image[..., :3]), weights)
    texture = membrane(np.ascontiguousarray(level.image[..., 1:]), weights)[..., 2]
    smooth = np.dstack([colours, texture])
    return np.where(level.hole[..., None], smooth, level.image)


def _plain_fill(colours: Field, hole: Mask, known: Mask) -> Field:
    """Where nothing can be copied from: a membrane over the hole."""
    smooth = membrane(np.ascontiguousarray(colours), known.astype(np.float32))
    return np.where(hole[..., None], smooth, colours)


def _solve(level: Level, matches: Places | None, cancel: CancelToken) -> Places:
    """Searches and votes in turn; returns for every target the place (row, column) it is like."""
    exhaustive = matches is None or len(level.targets) <= EXHAUSTIVE
    rounds = 8 if exhaustive else 3
    searcher = Searcher(level)
    for number in range(rounds):
        cancel.check()
        wanted = searcher.described(level.image, level.targets)
        if matches is None or (exhaustive and number < rounds - 1):
            matches = searcher.everywhere(wanted)
        matches, distance = searcher.refined(wanted, matches)
        _vote(level, matches, distance)
    assert matches is not None
    return matches


def _vote(level: Level, matches: Places, distance: Field | None) -> None:
    """Fills the hole of ``level.image`` with the mean of what the patches over it found."""
    height, width, channels = level.image.shape
    total = np.zeros((height, width, channels), np.float32)
    weight = np.zeros((height, width), np.float32)
    worth = _trust(level)
    if distance is not None:
        spread = max(float(np.percentile(distance, 75)), 1e-3)
        worth = worth * np.exp(-distance / np.float32(2.0 * spread))
    for row in range(-REACH, REACH + 1):
        for column in range(-REACH, REACH + 1):
            there = level.targets + step(row, column)
            inside = (there >= 0).all(axis=1) & (there < (height, width)).all(axis=1)
            there, source = there[inside], matches[inside] + step(row, column)
            share = worth[inside]
            # Every target appears once, so plain indexing adds up.
            total[there[:, 0], there[:, 1]] += (
                share[:, None] * level.image[source[:, 0], source[:, 1]]
            )
            weight[there[:, 0], there[:, 1]] += share
    mean = total / np.maximum(weight, np.float32(1e-12))[..., None]
    level.image[level.hole] = mean[level.hole]


def _trust(level: Level) -> Field:
    """Patches near the edge of the hole know more: 1.3 to the power of minus their distance."""
    depth = cv2.distanceTransform(level.hole.astype(np.uint8), cv2.DIST_L2, 3)
    inside = depth[level.targets[:, 0], level.targets[:, 1]]
    return np.asarray(np.power(np.float32(1.3), -np.minimum(inside, 40.0)), np.float32)


def _inherited(coarse: Level, matches: Places, fine: Level) -> Places:
    """The finer level's matches by its parents' offsets."""
    ratio = np.array(fine.hole.shape) / np.array(coarse.hole.shape)
    offsets = _offset_field(coarse, matches)
    parents = np.minimum((fine.targets / ratio).astype(np.int64), np.array(coarse.hole.shape) - 1)
    offset = np.rint(offsets[parents[:, 0], parents[:, 1]] * ratio).astype(np.int64)
    return _onto_sources(fine.targets + offset, fine)


def _offset_field(level: Level, matches: Places) -> NDArray[np.float64]:
    """Offsets (h, w, 2) of the targets, and near them of the nearest target."""
    height, width = level.hole.shape
    field = np.zeros((height, width, 2))
    rows, columns = level.targets.T
    field[rows, columns] = matches - level.targets
    missing = np.ones((height, width), np.uint8)
    missing[rows, columns] = 0
    _, labels = cv2.distanceTransformWithLabels(
        missing, cv2.DIST_L2, 3, labelType=cv2.DIST_LABEL_PIXEL
    )
    by_label = np.zeros((int(labels.max()) + 1, 2))
    by_label[labels[rows, columns]] = field[rows, columns]
    return np.asarray(by_label[labels])


def _onto_sources(places: Places, level: Level) -> Places:
    """``places``, each moved to the nearest place whose whole patch is known."""
    height, width = level.hole.shape
    clipped = np.clip(places, 0, (height - 1, width - 1))
    rows, columns = level.sources.T
    _, labels = cv2.distanceTransformWithLabels(
        np.where(level.is_source, 0, 1).astype(np.uint8),
        cv2.DIST_L2,
        3,
        labelType=cv2.DIST_LABEL_PIXEL,
    )
    by_label = np.zeros((int(labels.max()) + 1, 2), np.int64)
    by_label[labels[rows, columns]] = level.sources
    return np.asarray(by_label[labels[clipped[:, 0], clipped[:, 1]]])


def _copied_at_full_size(
    colours: Field, hole: Mask, known: Mask, level: Level, matches: Places
) -> Field:
    """The hole at full size: pixels copied by the coarse offsets, cross-faded where they change."""
    ratio = np.array(hole.shape) / np.array(level.hole.shape)
    offsets = np.rint(_offset_field(level, matches) * ratio)
    places = np.argwhere(hole)
    position = (places + 0.5) / ratio - 0.5
    low = np.floor(position).astype(np.int64)
    share = position - low
    total = np.zeros((len(places), 3), np.float32)
    weight = np.zeros(len(places), np.float32)
    limit = np.array(level.hole.shape) - 1
    edge = np.array(hole.shape) - 1
    for row in (0, 1):
        for column in (0, 1):
            parent = np.clip(low + step(row, column), 0, limit)
            part = np.abs(1 - row - share[:, 0]) * np.abs(1 - column - share[:, 1])
            offset = offsets[parent[:, 0], parent[:, 1]].astype(np.int64)
            source = np.clip(places + offset, 0, edge)
            usable = known[source[:, 0], source[:, 1]]
            part = np.where(usable, part, part * 1e-4).astype(np.float32)
            total += part[:, None] * colours[source[:, 0], source[:, 1]]
            weight += part
    result = colours.copy()
    result[hole] = total / np.maximum(weight, np.float32(1e-12))[:, None]
    return result
