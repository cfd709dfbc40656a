"""A spread is one undo step however many frames it goes through, and whatever comes between."""

from __future__ import annotations

import numpy as np

from tests.shot.small import COUNT, SIZE, disc, paint, state_of
from void_studio.quadmask.bits import Plane, Rect, paint_table, plane_mask
from void_studio.quadmask.paint import fill_mask
from void_studio.shot.document import Role
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot
from void_studio.shot.spread import Spread

WHOLE = Rect(0, 0, *SIZE)


def put(shot: Shot, spread: Spread, index: int) -> bool:
    """Paints a disc of *affected* on a frame, as a thread would."""
    old, field = shot.masks.take_copy(index)
    fill_mask(field, paint_table(Plane.AFFECTED, True), disc(30, 24, 7))
    return spread.put(index, old, shot.masks.packed(field), WHOLE)


def test_all_frames_are_one_step_that_undoes_and_redoes_exactly(shot: Shot) -> None:
    paint(shot, 1, disc(20, 20, 8))
    before = state_of(shot)
    spread = shot.begin_spread("Paint affected")
    for index in range(COUNT):
        assert put(shot, spread, index)
    spread.finish()
    after = state_of(shot)
    assert after != before
    shot.history.undo()
    assert state_of(shot) == before
    shot.history.redo()
    assert state_of(shot) == after


def test_a_stroke_and_what_follows_it_are_one_step(shot: Shot) -> None:
    before = state_of(shot)
    heard: list[Change] = []
    shot.history.listeners.append(heard.append)
    stroke = shot.begin_stroke(0, "Paint remove")
    stroke.touch(WHOLE)
    stroke.field[10:20, 10:20] = 12
    spread = shot.begin_spread("Paint remove (all)")
    spread.begin_with(stroke)
    assert heard[0].frames == {0}
    assert put(shot, spread, 1)
    assert put(shot, spread, 2)
    after = state_of(shot)
    shot.history.undo()
    assert state_of(shot) == before
    shot.history.redo()
    assert state_of(shot) == after


def test_undone_while_it_runs_it_is_closed(shot: Shot) -> None:
    before = state_of(shot)
    spread = shot.begin_spread("Paint affected")
    put(shot, spread, 0)
    shot.history.undo()
    assert spread.closed
    assert state_of(shot) == before


def test_a_frame_that_changed_since_it_was_read_is_not_overwritten(shot: Shot) -> None:
    old, field = shot.masks.take_copy(1)
    fill_mask(field, paint_table(Plane.AFFECTED, True), disc(30, 24, 7))
    paint(shot, 1, disc(20, 20, 8))
    painted = shot.masks.field(1).copy()
    spread = shot.begin_spread("Paint affected")
    assert not spread.put(1, old, shot.masks.packed(field), WHOLE)
    assert np.array_equal(shot.masks.field(1), painted)
    assert put(shot, spread, 1)
    assert plane_mask(shot.masks.field(1), Plane.REMOVE).any()


def test_an_array_that_is_held_follows(shot: Shot) -> None:
    held = shot.masks.field(2)
    spread = shot.begin_spread("Paint affected")
    put(shot, spread, 2)
    assert shot.masks.field(2) is held
    assert plane_mask(held, Plane.AFFECTED).any()
    shot.history.undo()
    assert not held.any()


def test_tracks_that_change_after_it_stand_when_it_is_undone(shot: Shot) -> None:
    ball = shot.add_object("Ball", Role.REMOVE)
    track = shot.begin_track(ball.id)
    track.put(1, disc(12, 12, 5), 1.0)
    spread = shot.begin_spread("Paint affected")
    put(shot, spread, 1)
    track.put(1, disc(40, 30, 9), 1.0)
    track.finish()
    shot.history.undo()
    field = shot.masks.field(1)
    assert np.array_equal(plane_mask(field, Plane.REMOVE), disc(40, 30, 9))
    assert not plane_mask(field, Plane.AFFECTED).any()
    shot.history.redo()
    assert plane_mask(shot.masks.field(1), Plane.AFFECTED).any()
    assert np.array_equal(plane_mask(shot.masks.field(1), Plane.REMOVE), disc(40, 30, 9))
