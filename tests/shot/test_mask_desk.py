"""Mask shapes, locked frames and markers as part of the document."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shot.small import COUNT, FIRST, disc, paint, state_of
from void_studio.errors import VoidError
from void_studio.quadmask.bits import TRACKED, Plane, paint_table
from void_studio.quadmask.paint import fill_mask
from void_studio.shot.document import Marker, MaskShape, Prompt, Role
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot

BOX = ((10.0, 10.0), (30.0, 10.0), (30.0, 30.0), (10.0, 30.0))
PAINT = paint_table(Plane.REMOVE, True)
FAR = tuple((x + 40, y) for x, y in BOX)


def box(shot: Shot, **fields: object) -> MaskShape:
    values = {"name": "Box", "plane": "remove", "frames": (1, 4), "keys": {1: BOX, 3: FAR}}
    return MaskShape.model_validate({"id": shot.new_shape_id("Box"), **values, **fields})


def test_a_shape_is_tracked_on_its_frames_between_its_keys(shot: Shot) -> None:
    shot.put_shape(box(shot), "Draw box")
    bits = [shot.masks.field(index) for index in range(COUNT)]
    assert [int(field.max()) for field in bits] == [0, 1, 1, 1, 1, 0]
    assert bits[1][20, 20] == 1
    assert bits[2][20, 40] == 1
    assert bits[2][20, 15] == 0
    assert np.array_equal(bits[3], bits[4])
    held = box(shot, interpolated=False, plane="affected", keys={1: BOX, 4: FAR})
    shot.put_shape(held, "Draw another")
    assert shot.masks.field(2)[20, 20] == 2


def test_a_shape_may_take_away_and_paint_stays_above(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {1: (disc(20, 20, 9), 1.0)})
    paint(shot, 1, disc(20, 20, 3))
    shot.put_shape(box(shot, adds=False, keys={1: BOX}), "Cut")
    assert not (shot.masks.field(1)[12:29, 12:29] & TRACKED).any()
    assert shot.masks.field(1)[20, 20] == 12
    shot.put_shape(box(shot, keys={1: BOX}), "Add again")
    assert shot.masks.field(1)[20, 20] == 13
    assert shot.masks.field(2)[20, 20] == 1
    assert shot.masks.summary(2).remove


def test_shapes_are_put_replaced_hidden_and_removed_as_named_steps(shot: Shot) -> None:
    before = state_of(shot)
    shape = box(shot)
    shot.put_shape(shape, "Draw box")
    one = state_of(shot)
    shot.put_shape(shape, "Nothing new")
    shot.put_shape(shape.model_copy(update={"visible": False}), "Hide box")
    assert not shot.masks.field(2).any()
    shot.history.undo()
    assert state_of(shot) == one
    shot.remove_shape(shape.id)
    assert shot.history.undo_name == "Delete Box"
    assert shot.document.shapes == ()
    shot.history.undo()
    assert state_of(shot) == one
    shot.history.undo()
    assert state_of(shot) == before
    assert shot.history.undo_name is None


def test_bad_shapes_are_explained(shot: Shot) -> None:
    with pytest.raises(VoidError, match="beyond the plate"):
        shot.put_shape(box(shot, frames=(0, COUNT)), "Too long")
    with pytest.raises(VoidError, match="no mask shape x"):
        shot.remove_shape("x")


def test_a_locked_frame_is_left_by_everything(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {2: (disc(20, 20, 9), 1.0)})
    paint(shot, 2, disc(40, 20, 5))
    shot.set_locked([2], True)
    held = shot.masks.field(2).copy()
    with pytest.raises(VoidError) as caught:
        shot.begin_stroke(2, "Paint")
    assert (caught.value.what, bool(caught.value.remedy)) == (f"Frame {FIRST + 2} is locked", True)
    with pytest.raises(VoidError, match="is locked"):
        shot.apply_click(item.id, [Prompt(frame=2, x=1, y=1)], 2, disc(9, 9, 5))
    blob = shot.tracks.blob(item.id, 2)
    shot.apply_track(item.id, {2: (disc(30, 30, 9), 1.0), 3: (disc(30, 30, 9), 1.0)})
    assert shot.tracks.blob(item.id, 2) == blob
    edit = shot.begin_track(item.id, "Clear")
    edit.remove([2, 3])
    edit.finish()
    assert shot.tracks.frames(item.id) == [2]
    shot.put_shape(box(shot), "Draw box")
    with shot.edit_frames("Batch") as batch:
        batch.apply(2, lambda field: fill_mask(field, PAINT, disc(9, 9, 5)))
    shot.remove_object(item.id)
    assert np.array_equal(shot.masks.field(2), held)
    assert shot.masks.outdated == [1, 3, 4]


def test_locking_brings_up_to_date_and_unlocking_follows_again(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {2: (disc(20, 20, 9), 1.0)})
    heard: list[Change] = []
    shot.history.listeners.append(heard.append)
    shot.set_locked([2, 3], True)
    assert shot.history.undo_name == f"Lock 2 frames, {FIRST + 2}-{FIRST + 3}"
    assert heard[0].frames == {2, 3}
    assert np.array_equal(shot.masks.field(2), disc(20, 20, 9))
    shot.set_role(item.id, Role.AFFECTED)
    locked = state_of(shot)
    shot.set_locked([2], False)
    assert np.array_equal(shot.masks.field(2), disc(20, 20, 9) * np.uint8(2))
    assert shot.document.locked == (3,)
    shot.history.undo()
    assert state_of(shot) == locked
    shot.history.redo()
    assert np.array_equal(shot.masks.field(2), disc(20, 20, 9) * np.uint8(2))


def test_locked_frames_stay_when_reopened_and_saving_comes_to_an_end(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {2: (disc(20, 20, 9), 1.0)})
    shot.set_locked([2], True)
    shot.set_visible(item.id, False)
    assert shot.save()
    assert not shot.unsaved
    shot.close()
    with Shot.open(shot.folder) as again:
        assert again.is_locked(2)
        assert np.array_equal(again.masks.field(2), disc(20, 20, 9))
        again.set_locked([2], False)
        assert not again.masks.field(2).any()


def test_markers_are_kept_in_order_one_a_frame(shot: Shot) -> None:
    shot.set_marker(4, "Lands")
    shot.set_marker(1, "")
    shot.set_marker(4, "Bounces")
    assert shot.document.markers == (Marker(frame=1), Marker(frame=4, name="Bounces"))
    assert shot.history.undo_name == f"Rename marker (frame {FIRST + 4})"
    shot.set_marker(4, None)
    shot.set_marker(5, None)
    assert shot.history.undo_name == f"Remove marker (frame {FIRST + 4})"
    for _ in range(4):
        shot.history.undo()
    assert shot.document.markers == ()


def test_undoing_an_unlock_is_brought_up_to_date_when_somebody_looks(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {i: (disc(20, 20, 9), 1.0) for i in range(COUNT)})
    shot.set_locked(range(COUNT), True)
    shot.set_role(item.id, Role.AFFECTED)
    shot.set_locked(range(COUNT), False)
    shot.save()
    shot.history.undo()
    assert shot.masks.outdated == list(range(COUNT))
    assert np.array_equal(shot.masks.field(3), disc(20, 20, 9))
    shot.save()
    assert shot.masks.outdated == []
    with Shot.open(shot.folder, read_only=True) as reader:
        assert np.array_equal(reader.masks.field(4), disc(20, 20, 9))
    shot.history.redo()
    shot.history.undo()
    shot.history.redo()
    assert np.array_equal(shot.masks.field(5), disc(20, 20, 9) * np.uint8(2))
