"""Laws of the edits by form: only their plane, by painting, and each what its name says."""

from __future__ import annotations

from collections.abc import Callable

import cv2
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given
from hypothesis.extra.numpy import arrays

from tests.quadmask.strategies import PLANES, SHAPE, fields, masks
from void_studio.quadmask.bits import (
    CANONICAL,
    TRACKED,
    Bytes,
    Mask,
    Plane,
    field_from_planes,
    plane_mask,
)
from void_studio.quadmask.morphology import (
    back_to_tracked,
    clear,
    fill_holes,
    invert,
    paste_plane,
    remove_specks,
    set_plane,
    smooth,
    to_grid,
)
from void_studio.quadmask.paint import grow, shrink

PIXELS = st.floats(0.5, 6)
Edit = Callable[[Bytes, Plane], object]
EDITS: dict[str, Edit] = {
    "fill holes": fill_holes,
    "remove specks": lambda field, plane: remove_specks(field, plane, 2),
    "smooth": lambda field, plane: smooth(field, plane, 3),
    "invert": invert,
    "clear": clear,
    "back to tracked": back_to_tracked,
    "to grid": to_grid,
    "grow": lambda field, plane: grow(field, plane, 2),
    "shrink": lambda field, plane: shrink(field, plane, 2),
    "paste": lambda field, plane: paste_plane(field, plane, np.eye(*SHAPE, dtype=np.bool_)),
}


def other(plane: Plane) -> Plane:
    return Plane.AFFECTED if plane is Plane.REMOVE else Plane.REMOVE


def of_mask(mask: Mask, plane: Plane) -> Bytes:
    """A field on which only ``plane`` is tracked."""
    empty = np.zeros_like(mask)
    return field_from_planes(*((mask, empty) if plane is Plane.REMOVE else (empty, mask)))


@pytest.mark.parametrize("name", EDITS)
@given(field=fields(), plane=PLANES)
def test_only_the_painted_bits_of_its_plane_change(name: str, field: Bytes, plane: Plane) -> None:
    before = field.copy()
    EDITS[name](field, plane)
    own = plane.is_painted_bit | plane.painted_bit
    assert np.array_equal(before & ~np.uint8(own), field & ~np.uint8(own))
    assert np.array_equal(plane_mask(before, other(plane)), plane_mask(field, other(plane)))
    assert np.array_equal(field & TRACKED, before & TRACKED)
    assert np.array_equal(CANONICAL[field], field)


@given(fields(), PLANES)
def test_inverting_gives_the_opposite_and_twice_the_same(field: Bytes, plane: Plane) -> None:
    before = plane_mask(field, plane)
    invert(field, plane)
    assert np.array_equal(plane_mask(field, plane), ~before)
    invert(field, plane)
    assert np.array_equal(plane_mask(field, plane), before)


@given(fields(), PLANES)
def test_filling_holes_adds_only_and_leaves_none(field: Bytes, plane: Plane) -> None:
    before = plane_mask(field, plane)
    fill_holes(field, plane)
    once = plane_mask(field, plane)
    assert not (before & ~once).any()
    fill_holes(field, plane)
    assert np.array_equal(plane_mask(field, plane), once)
    # From every pixel that is not set a path leads to the border.
    count, labels = cv2.connectedComponents((~once).view(np.uint8), connectivity=4)
    border = np.zeros(SHAPE, np.bool_)
    border[[0, -1]] = border[:, [0, -1]] = True
    assert set(np.unique(labels[~once])) <= set(np.unique(labels[border & ~once]))
    assert count >= 1


def test_a_ring_becomes_a_disc_and_a_bay_stays_open() -> None:
    mask = np.zeros((40, 40), np.bool_)
    mask[5:25, 5:25] = True
    mask[10:20, 10:20] = False
    mask[30:40, 5:25] = True
    mask[34:40, 10:20] = False  # open to the border of the picture
    field = of_mask(mask, Plane.REMOVE)
    fill_holes(field, Plane.REMOVE)
    filled = plane_mask(field, Plane.REMOVE)
    assert filled[5:25, 5:25].all()
    assert not filled[34:40, 10:20].any()


@given(fields(), PLANES, PIXELS, PIXELS)
def test_growing_more_contains_growing_less(
    field: Bytes, plane: Plane, one: float, two: float
) -> None:
    less, more = sorted((one, two))
    fewer, many = field.copy(), field.copy()
    grow(fewer, plane, less)
    grow(many, plane, more)
    small, large = plane_mask(fewer, plane), plane_mask(many, plane)
    assert not (plane_mask(field, plane) & ~small).any()
    assert not (small & ~large).any()


@given(fields(), PLANES, PIXELS, PIXELS)
def test_shrinking_more_is_contained_in_shrinking_less(
    field: Bytes, plane: Plane, one: float, two: float
) -> None:
    less, more = sorted((one, two))
    fewer, many = field.copy(), field.copy()
    shrink(fewer, plane, less)
    shrink(many, plane, more)
    large, small = plane_mask(fewer, plane), plane_mask(many, plane)
    assert not (large & ~plane_mask(field, plane)).any()
    assert not (small & ~large).any()


@given(masks(), masks(), PLANES, PIXELS)
def test_growing_keeps_the_order_of_masks(
    one: Mask, two: Mask, plane: Plane, pixels: float
) -> None:
    part, whole = of_mask(one & two, plane), of_mask(one, plane)
    grow(part, plane, pixels)
    grow(whole, plane, pixels)
    assert not (plane_mask(part, plane) & ~plane_mask(whole, plane)).any()


@given(fields(), masks(), PLANES)
def test_what_is_pasted_is_exactly_there_and_all_painted(
    field: Bytes, mask: Mask, plane: Plane
) -> None:
    paste_plane(field, plane, mask)
    assert np.array_equal(plane_mask(field, plane), mask)
    assert ((field[mask] & plane.is_painted_bit) != 0).all()


@given(fields(), PLANES, st.data())
def test_setting_a_part_changes_only_that_part(
    field: Bytes, plane: Plane, data: st.DataObject
) -> None:
    part = data.draw(arrays(np.bool_, (5, 7)))
    before = plane_mask(field, plane)
    set_plane(field, plane, part, (3, 4))
    after = plane_mask(field, plane)
    assert np.array_equal(after[4:9, 3:10], part)
    before[4:9, 3:10] = part
    assert np.array_equal(after, before)


@given(fields(), PLANES, st.integers(1, 5))
def test_specks_go_and_larger_islands_stay(field: Bytes, plane: Plane, pixels: int) -> None:
    before = plane_mask(field, plane)
    remove_specks(field, plane, pixels)
    after = plane_mask(field, plane)
    _, labels = cv2.connectedComponents(before.view(np.uint8), connectivity=8)
    for label in np.unique(labels[before]):
        island = labels == label
        stays = bool(island.sum() >= pixels * pixels)
        assert after[island].all() if stays else not after[island].any()
    assert not (after & ~before).any()


def test_smoothing_takes_a_hair_and_a_notch_and_keeps_the_rest() -> None:
    mask = np.zeros((80, 120), np.bool_)
    mask[20:60, 20:90] = True
    smooth_mask = mask.copy()
    mask[40, 90:110] = True
    mask[20:30, 50] = False
    field = of_mask(mask, Plane.AFFECTED)
    smooth(field, Plane.AFFECTED, 6)
    after = plane_mask(field, Plane.AFFECTED)
    assert not after[:, 93:].any()
    assert after[22:58, 24:86].all()
    assert (after ^ smooth_mask).sum() < 60


@given(masks(), PLANES)
def test_smoothing_a_full_or_empty_plane_changes_nothing(mask: Mask, plane: Plane) -> None:
    for value in (True, False):
        field = of_mask(np.full_like(mask, value), plane)
        smooth(field, plane, 4)
        assert (plane_mask(field, plane) == value).all()


@given(fields(), PLANES)
def test_clearing_leaves_nothing_and_back_to_tracked_what_was_tracked(
    field: Bytes, plane: Plane
) -> None:
    tracked = (field & plane.tracked_bit) != 0
    clear(field, plane)
    assert not plane_mask(field, plane).any()
    back_to_tracked(field, plane)
    assert np.array_equal(plane_mask(field, plane), tracked)
