"""Edits through many frames: one step with their stroke, stopped, undone, painted over."""

from __future__ import annotations

import threading
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest

from tests.app.conftest import COUNT, Hand
from void_studio.app.brush import FrameSpan
from void_studio.app.frame_range import frames_of
from void_studio.app.frame_tasks import Enough
from void_studio.quadmask.bits import Plane, Rect, paint_table, plane_mask
from void_studio.quadmask.paint import fill_mask

Field = NDArray[np.uint8]


class Gate:
    """An edit that paints a square, and waits before a frame until it is let through."""

    def __init__(self, closed_from: int) -> None:
        self.reached = threading.Event()
        self.open = threading.Event()
        self._closed_from = closed_from

    def __call__(self, index: int, field: Field) -> None:
        if index >= self._closed_from:
            self.reached.set()
            assert self.open.wait(60)
        field[40:60, 50:80] = paint_table(Plane.AFFECTED, True)[field[40:60, 50:80]]


def fields(hand: Hand) -> list[bytes]:
    shot = hand.window.session.shot
    assert shot is not None
    return [shot.masks.field(index).tobytes() for index in range(shot.count)]


def has(hand: Hand, index: int, plane: Plane) -> bool:
    shot = hand.window.session.shot
    assert shot is not None
    return bool(plane_mask(shot.masks.field(index), plane).any())


def frames_with(hand: Hand, plane: Plane) -> list[int]:
    return [index for index in range(COUNT) if has(hand, index, plane)]


def idle(hand: Hand) -> None:
    hand.wait(lambda: not hand.window.session.frames.busy)


def notices(hand: Hand) -> list[str]:
    return [message.what for message in hand.window.desk.messages.messages]


@pytest.mark.parametrize(
    ("span", "frames"),
    [
        (FrameSpan.THIS, [5]),
        (FrameSpan.IN_TO_OUT, [5, 4, 6, 3, 7, 8]),
        (FrameSpan.WHOLE, [5, 4, 6, 3, 7, 2, 8, 1, 9, 0]),
        (FrameSpan.FROM_HERE, [5, 6, 7, 8]),
        (FrameSpan.UP_TO_HERE, [5, 4, 3]),
    ],
)
def test_a_span_is_its_frames_with_the_nearest_first(span: FrameSpan, frames: list[int]) -> None:
    assert frames_of(span, 5, (3, 8), 10) == frames


def test_outside_the_shot_a_span_goes_to_the_end_of_the_plate() -> None:
    assert frames_of(FrameSpan.FROM_HERE, 9, (3, 8), 11) == [9, 10]
    assert frames_of(FrameSpan.UP_TO_HERE, 1, (3, 8), 11) == [1, 0]


def test_a_stroke_through_the_shot_is_one_step(hand: Hand) -> None:
    session = hand.window.session
    before = fields(hand)
    hand.key("B")
    session.brush.set_through(FrameSpan.WHOLE)
    hand.drag((60, 60), (120, 80))
    idle(hand)
    after = fields(hand)
    assert frames_with(hand, Plane.REMOVE) == list(range(COUNT))
    assert len(set(after)) == 1
    hand.key("Ctrl+Z")
    assert fields(hand) == before
    hand.key("Ctrl+Shift+Z")
    assert fields(hand) == after
    hand.key("Ctrl+Z")
    assert fields(hand) == before
    assert not hand.window.actions_by_name["undo"].isEnabled()


def test_undone_while_it_runs_nothing_of_it_is_left(hand: Hand) -> None:
    session = hand.window.session
    before = fields(hand)
    gate = Gate(4)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: has(hand, 3, Plane.AFFECTED))
    hand.key("Ctrl+Z")
    gate.open.set()
    idle(hand)
    assert fields(hand) == before


def test_what_is_painted_meanwhile_is_kept(hand: Hand) -> None:
    session = hand.window.session
    before = fields(hand)
    gate = Gate(4)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: has(hand, 3, Plane.AFFECTED))
    session.set_index(7)
    hand.key("B")
    hand.drag((200, 100), (220, 120))
    mine = fields(hand)[7]
    gate.open.set()
    idle(hand)
    assert fields(hand)[7] == mine
    assert frames_with(hand, Plane.AFFECTED) == [i for i in range(COUNT) if i != 7]
    assert any("edited meanwhile" in text and "7" in text for text in notices(hand))
    hand.key("Ctrl+Z")
    assert fields(hand)[7] == before[7]
    hand.key("Ctrl+Z")
    assert fields(hand) == before
    hand.key("Ctrl+Shift+Z")
    hand.key("Ctrl+Shift+Z")
    assert fields(hand)[7] == mine


def test_a_frame_under_the_pen_waits_for_the_pen(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    viewer = hand.window.viewer
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(viewer, left, none, hand.point(200, 100))
    session.frames.spread("Paint", range(COUNT), Gate(COUNT))
    hand.wait(lambda: frames_with(hand, Plane.AFFECTED) == list(range(1, COUNT)))
    assert session.frames.busy
    QTest.mouseRelease(viewer, left, none, hand.point(200, 100))
    idle(hand)
    # The stroke is the later edit: the frame is its own.
    assert not has(hand, 0, Plane.AFFECTED)
    assert has(hand, 0, Plane.REMOVE)
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Z")
    assert not any(any(field) for field in fields(hand))


def test_escape_stops_it_and_keeps_what_is_done(hand: Hand) -> None:
    session = hand.window.session
    before = fields(hand)
    gate = Gate(4)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: has(hand, 3, Plane.AFFECTED))
    hand.key("Esc")
    gate.open.set()
    idle(hand)
    done = frames_with(hand, Plane.AFFECTED)
    assert done in ([0, 1, 2, 3], [0, 1, 2, 3, 4])
    assert any("stopped after" in text for text in notices(hand))
    hand.key("Ctrl+Z")
    assert fields(hand) == before


def test_its_row_in_the_jobs_list_shows_progress_and_cancels(hand: Hand) -> None:
    session, panel = hand.window.session, hand.window.desk.jobs_panel
    gate = Gate(4)
    session.frames.spread("Paint through", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: any(row.message == f"4 of {COUNT} frames" for row in session.frames.rows()))
    row = session.frames.rows()[0]
    assert (row.label, row.state) == ("Paint through", "running")
    assert row.fraction == pytest.approx(4 / COUNT)
    panel.cancel_requested.emit(row.id)
    gate.open.set()
    idle(hand)
    assert session.frames.rows() == []
    assert len(frames_with(hand, Plane.AFFECTED)) < COUNT


def test_locked_frames_are_left_alone_and_said(hand: Hand) -> None:
    session = hand.window.session
    assert session.shot is not None
    session.shot.set_locked([2, 3], True)
    session.frames.spread("Paint", range(COUNT), Gate(COUNT))
    idle(hand)
    assert frames_with(hand, Plane.AFFECTED) == [i for i in range(COUNT) if i not in (2, 3)]
    assert any("locked" in text and "2, 3" in text for text in notices(hand))


def test_edits_of_the_same_frames_are_made_in_the_order_they_were_asked_for(hand: Hand) -> None:
    session = hand.window.session
    seen: list[int] = []

    def appending(number: int) -> Callable[[int, Field], object]:
        def edit(index: int, field: Field) -> None:
            seen.append(number)
            field[number, index] = paint_table(Plane.REMOVE, True)[field[number, index]]

        return edit

    for number in range(5):
        session.frames.spread(f"Edit {number}", [0, 1], appending(number))
    idle(hand)
    assert seen == [0, 0, 1, 1, 2, 2, 3, 3, 4, 4]
    before: list[list[bytes]] = [fields(hand)]
    for _ in range(5):
        hand.key("Ctrl+Z")
        before.append(fields(hand))
    assert not any(any(field) for field in before[-1])
    assert len({tuple(state) for state in before}) == 6


def test_an_edit_of_one_frame_does_not_wait_for_many(hand: Hand) -> None:
    session = hand.window.session
    before = fields(hand)
    gate = Gate(1)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: has(hand, 0, Plane.AFFECTED))

    def all_remove(_: int, field: Field) -> None:
        fill_mask(field, paint_table(Plane.REMOVE, True), np.ones(field.shape, np.bool_))

    session.frames.spread("Fill", [5], all_remove)
    hand.wait(lambda: has(hand, 5, Plane.REMOVE))
    assert not has(hand, 5, Plane.AFFECTED)
    gate.open.set()
    idle(hand)
    assert frames_with(hand, Plane.AFFECTED) == [i for i in range(COUNT) if i != 5]
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Z")
    assert fields(hand) == before


def test_the_shot_may_be_closed_while_it_runs(hand: Hand, clip: Path) -> None:
    session = hand.window.session
    gate = Gate(4)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    hand.wait(lambda: has(hand, 3, Plane.AFFECTED))
    session.close_shot()
    assert not session.frames.busy
    gate.open.set()
    hand.open(clip)
    assert frames_with(hand, Plane.AFFECTED) == [0, 1, 2, 3]


def test_the_window_may_be_closed_while_it_runs(hand: Hand) -> None:
    gate = Gate(4)
    hand.window.session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    gate.open.set()
    assert hand.window.close()


def test_an_edit_that_cannot_go_on_keeps_what_it_did_and_says_why(hand: Hand) -> None:
    def edit(index: int, field: Field) -> None:
        if index == 2:
            raise Enough("Nothing further to see")
        field[:5, :5] = paint_table(Plane.REMOVE, True)[field[:5, :5]]

    released = threading.Event()
    hand.window.session.frames.spread("Paint", range(COUNT), edit, release=released.set)
    idle(hand)
    assert released.is_set()
    assert frames_with(hand, Plane.REMOVE) == [0, 1]
    assert "Nothing further to see" in notices(hand)


def test_an_edit_that_fails_is_explained(hand: Hand) -> None:
    def edit(index: int, field: Field) -> None:
        raise RuntimeError("no room")

    hand.window.session.frames.spread("Paint all", range(COUNT), edit)
    idle(hand)
    (message,) = hand.window.desk.messages.messages
    assert "Paint all" in message.what
    assert "no room" in message.why


def test_a_frame_that_tracks_change_meanwhile_is_made_again(hand: Hand) -> None:
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    ball = session.add_object()
    assert ball is not None
    gate = Gate(4)
    session.frames.spread("Paint", range(COUNT), gate)
    hand.wait(gate.reached.is_set)
    disc = np.zeros((shot.size[1], shot.size[0]), np.bool_)
    disc[100:120, 100:120] = True
    shot.apply_track(ball.id, dict.fromkeys(range(COUNT), (disc, 1.0)))
    gate.open.set()
    idle(hand)
    assert frames_with(hand, Plane.AFFECTED) == list(range(COUNT))
    assert frames_with(hand, Plane.REMOVE) == list(range(COUNT))


def test_the_picture_follows_the_frame_that_is_shown(hand: Hand) -> None:
    session = hand.window.session
    shown: list[Rect | None] = []
    session.mask_changed.connect(shown.append)
    session.frames.spread("Paint", range(COUNT), Gate(COUNT))
    idle(hand)
    assert Rect(50, 40, 30, 20) in shown


def test_a_step_to_another_frame_ends_the_stroke_on_its_own_frame(hand: Hand) -> None:
    hand.key("B")
    viewer, session = hand.window.viewer, hand.window.session
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    for span, painted in ((FrameSpan.THIS, [2]), (FrameSpan.UP_TO_HERE, [0, 1, 2])):
        session.set_index(2)
        session.brush.set_through(span)
        QTest.mousePress(viewer, left, none, hand.point(200, 100))
        session.set_index(3)
        QTest.mouseRelease(viewer, left, none, hand.point(200, 100))
        idle(hand)
        assert frames_with(hand, Plane.REMOVE) == painted


def test_a_stroke_that_leaving_the_shot_ends_stays_on_its_frame(hand: Hand, clip: Path) -> None:
    hand.key("B")
    session = hand.window.session
    session.brush.set_through(FrameSpan.WHOLE)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(hand.window.viewer, left, none, hand.point(200, 100))
    session.close_shot()
    assert not session.frames.busy
    hand.open(clip)
    assert frames_with(hand, Plane.REMOVE) == [0]
