"""Edits of a whole plane by the form of its mask: holes, specks, a rounder edge, the opposite.

As in ``paint`` all functions edit ``field``, uint8 (H, W), in place, by painting ``plane`` only,
and return the rectangle they may have changed.
"""

from __future__ import annotations

import cv2
import numpy as np

from void_studio.quadmask.bits import (
    NOTHING,
    Bytes,
    Mask,
    Plane,
    Rect,
    apply_table,
    paint_table,
    plane_mask,
    plane_table,
    unpaint_table,
)
from void_studio.quadmask.grid import snap_to_grid
from void_studio.quadmask.paint import fill_mask


def fill_holes(field: Bytes, plane: Plane) -> Rect:
    """Sets every hole: pixels from which no path of side by side pixels leads out of the picture.

    A gap that is open to the border of the picture is no hole.
    """
    mask = plane_mask(field, plane)
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    if box.empty:
        return NOTHING
    inside = np.pad(mask[box.slices].view(np.uint8), 1)
    cv2.floodFill(inside, None, (0, 0), 2, flags=4)
    holes = inside[1:-1, 1:-1] == 0
    return fill_mask(field, paint_table(plane, True), holes, (box.x, box.y))


def remove_specks(field: Bytes, plane: Plane, pixels: float) -> Rect:
    """Clears islands of less than ``pixels`` squared pixels; corners that touch connect."""
    mask = plane_mask(field, plane)
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    if box.empty:
        return NOTHING
    inside = mask[box.slices].view(np.uint8)
    _, labels, stats, _ = cv2.connectedComponentsWithStats(inside, connectivity=8)
    small = stats[:, cv2.CC_STAT_AREA] < pixels * pixels
    small[0] = False
    return fill_mask(field, paint_table(plane, False), small[labels], (box.x, box.y))


def smooth(field: Bytes, plane: Plane, pixels: float) -> Rect:
    """Rounds the edge: bumps and notches narrower than about ``pixels`` go.

    A pixel is set where at least half of a soft disc of that diameter around it is. The picture
    goes on beyond its border as it is there.
    """
    mask = plane_mask(field, plane)
    box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
    if box.empty or pixels <= 0:
        return NOTHING
    reach = int(2 * pixels) + 1
    rect = Rect(box.x - reach, box.y - reach, box.width + 2 * reach, box.height + 2 * reach)
    rect = rect.clip((field.shape[1], field.shape[0]))
    inside = mask[rect.slices]
    grey = inside.view(np.uint8) * np.uint8(255)
    soft = cv2.GaussianBlur(grey, (0, 0), pixels / 2, borderType=cv2.BORDER_REPLICATE)
    return set_plane(field, plane, soft >= 128, (rect.x, rect.y))


def invert(field: Bytes, plane: Plane) -> Rect:
    """Sets what is not set and clears what is, on the whole frame."""
    table = np.where(
        plane_table(plane) != 0, paint_table(plane, False), paint_table(plane, True)
    ).astype(np.uint8)
    apply_table(field, table, out=field)
    return _whole(field)


def clear(field: Bytes, plane: Plane) -> Rect:
    """Clears the plane where it is set."""
    return fill_mask(field, paint_table(plane, False), plane_mask(field, plane))


def back_to_tracked(field: Bytes, plane: Plane) -> Rect:
    """Drops what was painted by hand."""
    apply_table(field, unpaint_table(plane), out=field)
    return _whole(field)


def to_grid(field: Bytes, plane: Plane) -> Rect:
    """Sets every cell of VOID's grid that the plane touches."""
    return fill_mask(field, paint_table(plane, True), snap_to_grid(plane_mask(field, plane)))


def set_plane(field: Bytes, plane: Plane, mask: Mask, offset: tuple[int, int] = (0, 0)) -> Rect:
    """Makes the plane ``mask``, bool (h, w), by painting the pixels that differ.

    Args:
        offset: Where the top left corner of ``mask`` is; outside of it nothing changes.
    """
    rect = Rect(*offset, mask.shape[1], mask.shape[0])
    here = plane_mask(np.ascontiguousarray(field[rect.slices]), plane)
    added = fill_mask(field, paint_table(plane, True), mask & ~here, offset)
    return added.union(fill_mask(field, paint_table(plane, False), here & ~mask, offset))


def paste_plane(field: Bytes, plane: Plane, mask: Mask) -> Rect:
    """Makes the plane ``mask``, bool (H, W): all of it counts as painted, whatever was tracked."""
    here = plane_mask(field, plane)
    cleared = fill_mask(field, paint_table(plane, False), here & ~mask)
    return cleared.union(fill_mask(field, paint_table(plane, True), mask))


def _whole(field: Bytes) -> Rect:
    return Rect(0, 0, field.shape[1], field.shape[0])
