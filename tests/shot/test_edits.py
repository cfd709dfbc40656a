"""Edits that take a while, and what happens in the middle of them."""

from __future__ import annotations

import numpy as np
import pytest

from tests.shot.small import SIZE, disc, paint, state_of
from void_studio.errors import VoidError
from void_studio.quadmask.bits import TRACKED, Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask, stamp_line, stroke_rect
from void_studio.shot.document import Prompt, Role
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot, Stroke

PAINT = paint_table(Plane.REMOVE, True)
WHOLE = Rect(0, 0, *SIZE)


def drag(stroke: Stroke, start: tuple[float, float], end: tuple[float, float]) -> None:
    stroke.touch(stroke_rect(start, end, 6, SIZE))
    stamp_line(stroke.field, PAINT, start, end, 6)


def test_a_stroke_of_many_samples_is_one_step(shot: Shot) -> None:
    before = state_of(shot)
    stroke = shot.begin_stroke(2, "Paint remove")
    for x in range(5, 60, 4):
        drag(stroke, (x, 20), (x + 4, 22))
    change = stroke.finish()
    assert change is not None
    assert change.frames == {2}
    assert change.rect is not None
    assert change.rect.width <= 64 + 16
    assert shot.history.undo_name == "Paint remove (frame 1003)"
    assert stroke.finish() is None
    shot.history.undo()
    assert state_of(shot) == before
    assert shot.history.undo_name is None


def test_the_field_of_a_stroke_is_the_one_that_is_shown(shot: Shot) -> None:
    shown = shot.masks.field(1)
    stroke = shot.begin_stroke(1, "Paint")
    assert stroke.field is shown
    stroke.finish()


def test_a_cancelled_stroke_leaves_nothing(shot: Shot) -> None:
    before = state_of(shot)
    stroke = shot.begin_stroke(2, "Paint")
    drag(stroke, (5, 5), (50, 40))
    stroke.cancel()
    stroke.cancel()
    assert state_of(shot) == before
    assert shot.history.undo_name is None


def test_nothing_is_undone_and_no_stroke_begins_under_the_pen(shot: Shot) -> None:
    paint(shot, 0, disc(20, 20, 5))
    stroke = shot.begin_stroke(2, "Paint")
    assert shot.history.undo() is None
    with pytest.raises(VoidError, match="still being painted"):
        shot.begin_stroke(3, "Paint")
    stroke.finish()
    assert shot.history.undo() is not None


def test_a_track_that_arrives_under_the_pen_is_not_part_of_the_stroke(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    edit = shot.begin_track(item.id)
    stroke = shot.begin_stroke(2, "Paint")
    stroke.touch(WHOLE)
    fill_mask(stroke.field, paint_table(Plane.AFFECTED, True), disc(30, 30, 10))
    edit.put(2, disc(35, 30, 10), 1.0)
    assert not (shot.masks.field(2) & TRACKED).any()
    stroke.finish()
    edit.finish()
    assert np.array_equal(shot.masks.field(2) & TRACKED, disc(35, 30, 10))
    both = shot.masks.field(2).copy()
    shot.history.undo()
    assert np.array_equal(shot.masks.field(2), disc(35, 30, 10))
    shot.history.redo()
    assert np.array_equal(shot.masks.field(2), both)
    shot.history.undo()
    shot.history.undo()
    assert not shot.masks.field(2).any()


def test_a_track_is_shown_frame_by_frame_and_is_one_step(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    before = state_of(shot)
    heard: list[Change] = []
    shot.history.listeners.append(heard.append)
    edit = shot.begin_track(item.id)
    for index in range(4):
        edit.put(index, disc(10 + index, 20, 6), index / 4)
        assert heard[-1].frames == {index}
        assert np.array_equal(shot.masks.field(index), disc(10 + index, 20, 6))
        assert shot.object(item.id).confidence[index] == index / 4
    edit.finish()
    shot.history.undo()
    assert state_of(shot) == before
    assert heard[-1].frames == set(range(4))


def test_undoing_a_running_track_closes_it(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    before = state_of(shot)
    edit = shot.begin_track(item.id)
    edit.put(1, disc(10, 20, 6), 1.0)
    shot.history.undo()
    assert edit.closed
    edit.put(2, disc(10, 20, 6), 1.0)
    assert state_of(shot) == before


def test_a_track_is_closed_by_a_new_one_and_by_the_end_of_its_object(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    first = shot.begin_track(item.id)
    second = shot.begin_track(item.id)
    assert first.closed
    shot.remove_object(item.id)
    second.put(0, disc(5, 5, 3), 1.0)
    assert second.closed
    assert shot.tracks.objects() == []


def test_a_click_is_one_step_with_its_mask(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    before = state_of(shot)
    heard: list[tuple[Change, str | None]] = []
    shot.history.listeners.append(lambda change: heard.append((change, shot.history.undo_name)))
    first = [Prompt(frame=2, x=20, y=20)]
    shot.apply_click(item.id, first, 2, disc(20, 20, 8))
    one = state_of(shot)
    assert shot.object(item.id).prompts == tuple(first)
    assert shot.object(item.id).confidence == {2: 1.0}
    assert np.array_equal(shot.masks.field(2), disc(20, 20, 8))
    name = "Click Ball (frame 1003)"
    assert heard == [(Change(name, frozenset({2}), None, frozenset({item.id}), True), name)]
    shot.apply_click(item.id, [*first, Prompt(frame=2, x=9, y=9)], 2, disc(20, 20, 12))
    assert len(shot.object(item.id).prompts) == 2
    shot.history.undo()
    assert state_of(shot) == one
    shot.apply_click(item.id, [], 2, np.zeros((SIZE[1], SIZE[0]), np.bool_))
    assert shot.object(item.id).prompts == ()
    assert shot.tracks.frames(item.id) == []
    shot.history.undo()
    assert state_of(shot) == one
    shot.history.undo()
    assert state_of(shot) == before


def test_a_click_while_its_object_is_tracked_stays(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    before = state_of(shot)
    edit = shot.begin_track(item.id)
    edit.put(1, disc(10, 10, 5), 0.5)
    shot.apply_click(item.id, [Prompt(frame=2, x=20, y=20)], 2, disc(20, 20, 8))
    edit.put(2, disc(50, 30, 5), 0.5)
    edit.put(3, disc(50, 30, 5), 0.5)
    edit.finish()
    assert np.array_equal(shot.masks.field(2), disc(20, 20, 8))
    assert np.array_equal(shot.masks.field(3), disc(50, 30, 5))
    shot.history.undo()
    assert not shot.masks.field(2).any()
    shot.history.undo()
    assert state_of(shot) == before


def test_confidence_is_held_to_its_range(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {0: (disc(9, 9, 3), 7.0), 1: (disc(9, 9, 3), -1.0)})
    assert shot.object(item.id).confidence == {0: 1.0, 1: 0.0}


def test_a_batch_is_one_step(shot: Shot) -> None:
    before = state_of(shot)
    with shot.edit_frames("Paint a disc") as batch:
        for index in range(3):
            batch.apply(index, lambda field: fill_mask(field, PAINT, disc(40, 20, 9)))
    assert shot.masks.summaries().tolist() == [5, 5, 5, 0, 0, 0]
    assert shot.history.undo_name == "Paint a disc"
    shot.history.undo()
    assert state_of(shot) == before


def test_a_batch_that_fails_leaves_nothing(shot: Shot) -> None:
    before = state_of(shot)

    def fail(field: np.ndarray) -> None:
        field[:] = 12
        raise KeyError("stop")

    def run() -> None:
        with shot.edit_frames("Fails") as batch:
            batch.apply(0, lambda field: fill_mask(field, PAINT, disc(40, 20, 9)))
            batch.apply(1, fail)

    with pytest.raises(KeyError):
        run()
    assert state_of(shot) == before
    assert shot.history.undo_name is None


def test_long_edits_of_tracks_cost_nothing_until_they_are_seen(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {index: (disc(20, 20, 9), 1.0) for index in range(6)})
    shot.set_role(item.id, Role.AFFECTED)
    assert shot.masks.summaries().tolist() == [2] * 6
    assert len(shot.masks.outdated) == 6
    assert np.array_equal(shot.masks.field(3), disc(20, 20, 9) * np.uint8(2))
    assert len(shot.masks.outdated) == 5


def test_an_empty_track_marks_nothing(shot: Shot) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {2: (np.zeros((SIZE[1], SIZE[0]), np.bool_), 0.0)})
    assert shot.masks.summaries().tolist() == [0] * 6
    assert shot.masks.edited() == []
    assert shot.tracks.frames(item.id) == [2]
