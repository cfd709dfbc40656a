"""A shape under the hand shows exactly what letting go of it makes, and nothing when dropped."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.shot.small import SIZE, disc, paint, state_of
from void_studio.quadmask.bits import Plane
from void_studio.shot import layout
from void_studio.shot.document import MaskShape, PlaneName, Role
from void_studio.shot.shot import Shot

PLACES = st.tuples(st.floats(-20, SIZE[0] + 20, width=16), st.floats(-20, SIZE[1] + 20, width=16))
POLYGONS = st.lists(PLACES, min_size=3, max_size=6).map(tuple)
SHAPES = st.tuples(
    st.sampled_from(["remove", "affected", "both"]), st.booleans(), st.booleans(), POLYGONS
)


def put(
    shot: Shot, plane: PlaneName, adds: bool, visible: bool, points: tuple[tuple[float, float], ...]
) -> str:
    shape = MaskShape(
        id=shot.new_shape_id("shape"),
        name="Shape",
        plane=plane,
        adds=adds,
        visible=visible,
        frames=(0, shot.count - 1),
        keys={1: points},
    )
    shot.put_shape(shape, "Draw")
    return shape.id


def shape_of(shot: Shot, shape_id: str) -> MaskShape:
    shape = shot.document.shape(shape_id)
    assert shape is not None
    return shape


@pytest.fixture
def busy(shot: Shot) -> Shot:
    """A shot with a track and paint on frame 2."""
    item = shot.add_object("ball", Role.REMOVE)
    shot.apply_track(item.id, {2: (disc(30, 20, 15), 1.0)})
    paint(shot, 2, disc(50, 30, 10), Plane.AFFECTED)
    return shot


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(st.lists(SHAPES, min_size=1, max_size=3), st.data())
def test_what_is_shown_is_what_will_be(busy: Shot, shapes: list[Any], data: st.DataObject) -> None:
    for shape in busy.document.shapes:
        busy.remove_shape(shape.id)
    ids = [put(busy, *shape) for shape in shapes]
    chosen = data.draw(st.sampled_from(ids))
    preview = busy.preview_shape(chosen, 2)
    before = busy.masks.field(2).copy()
    for points in data.draw(st.lists(POLYGONS, min_size=1, max_size=3)):
        held = busy.masks.field(2).copy()
        rect = preview.show(points)
        shown = busy.masks.field(2).copy()
        held[rect.slices] = shown[rect.slices]
        assert (held == shown).all(), "nothing changes outside what it says"
    own = sum(
        plane.tracked_bit for plane in Plane if shape_of(busy, chosen).says(plane is Plane.REMOVE)
    )
    assert not ((before ^ shown) & (255 - own)).any(), "nothing but its own tracked bits"
    preview.end()
    assert (busy.masks.field(2) == before).all(), "dropped, it leaves nothing"

    moved = shape_of(busy, chosen).model_copy(update={"keys": {1: points}})
    busy.put_shape(moved, "Move")
    assert (busy.masks.field(2) == shown).all()


def test_a_drop_on_a_frame_with_nothing_else_leaves_nothing(shot: Shot) -> None:
    shape = put(shot, "remove", True, True, ((4.0, 4.0), (30.0, 4.0), (4.0, 30.0)))
    before = state_of(shot)
    preview = shot.preview_shape(shape, 2)
    preview.show(((40.0, 40.0), (60.0, 40.0), (40.0, 50.0)))
    assert np.any(shot.masks.field(2)[40:50, 40:50])
    preview.end()
    assert state_of(shot) == before


def test_a_track_that_comes_under_the_hand_is_there_when_it_is_dropped(shot: Shot) -> None:
    item = shot.add_object("ball", Role.REMOVE)
    shape = put(shot, "remove", True, True, ((4.0, 4.0), (30.0, 4.0), (4.0, 30.0)))
    preview = shot.preview_shape(shape, 2)
    preview.show(((40.0, 10.0), (60.0, 10.0), (40.0, 40.0)))
    shot.apply_track(item.id, {2: (disc(50, 25, 12), 1.0)})
    preview.show(((10.0, 10.0), (30.0, 10.0), (10.0, 40.0)))
    preview.show(((4.0, 4.0), (30.0, 4.0), (4.0, 31.0)))
    preview.end()
    shown = shot.masks.field(2).copy()
    shot.masks.outdate([2])
    assert (shown == shot.masks.field(2)).all()
    assert shown[25, 50] == Plane.REMOVE.tracked_bit


def test_what_is_shown_is_saved_only_once_it_is_an_edit(shot: Shot) -> None:
    shape = put(shot, "remove", True, True, ((4.0, 4.0), (30.0, 4.0), (4.0, 30.0)))
    shot.save()
    file = layout.masks_folder(shot.folder) / "000002.png"
    before = file.read_bytes()
    paint(shot, 2, disc(50, 30, 10))
    preview = shot.preview_shape(shape, 2)
    preview.show(((40.0, 40.0), (60.0, 40.0), (40.0, 50.0)))
    shot.save()
    assert file.read_bytes() == before
    preview.end()
    shot.save()
    # Deriving the frame was an edit for the first: it left the file for the next.
    shot.save()
    assert file.read_bytes() == shot.masks.png(2)
