"""A hand edit carried along with the ball, in the real window."""

from __future__ import annotations

from functools import partial

import numpy as np
import pytest

from tests.app.conftest import COUNT, SIZE, Hand
from tests.ball import disc
from void_studio.app.brush import FrameSpan
from void_studio.quadmask.bits import Mask, Plane, Rect, paint_table, plane_mask
from void_studio.quadmask.paint import fill_mask


def paint(hand: Hand, index: int, mask: Mask, plane: Plane, value: bool = True) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    stroke = shot.begin_stroke(index, "Paint")
    stroke.touch(Rect(0, 0, *SIZE))
    fill_mask(stroke.field, paint_table(plane, value), mask)
    stroke.finish()


def on(hand: Hand, index: int, plane: Plane) -> Mask:
    shot = hand.window.session.shot
    assert shot is not None
    return plane_mask(shot.masks.field(index), plane)


def overlap(one: Mask, two: Mask) -> float:
    return int(np.count_nonzero(one & two)) / max(1, int(np.count_nonzero(one | two)))


def shows(hand: Hand, index: int) -> bool:
    return hand.window.session.index == index


def idle(hand: Hand) -> None:
    hand.wait(lambda: not hand.window.session.frames.busy)


def test_frame_by_frame_it_follows_the_ball_and_is_shown(hand: Hand) -> None:
    paint(hand, 0, disc(0), Plane.REMOVE)
    hand.key("1")
    for index in range(1, 6):
        hand.key("Ctrl+Alt+Right")
        hand.wait(partial(shows, hand, index))
        assert overlap(on(hand, index, Plane.REMOVE), disc(index)) > 0.95
        assert not on(hand, index, Plane.AFFECTED).any()
    hand.key("Ctrl+Z")
    assert not on(hand, 5, Plane.REMOVE).any()
    assert on(hand, 4, Plane.REMOVE).any()


def test_through_the_frames_that_are_chosen_it_is_one_step(hand: Hand) -> None:
    session = hand.window.session
    paint(hand, 3, disc(3), Plane.AFFECTED)
    session.set_index(3)
    hand.key("2")
    session.brush.set_through(FrameSpan.WHOLE)
    hand.key("Ctrl+Alt+Right")
    idle(hand)
    for index in range(4, COUNT):
        assert overlap(on(hand, index, Plane.AFFECTED), disc(index)) > 0.9
    assert not on(hand, 2, Plane.AFFECTED).any()
    assert session.index == 3
    hand.key("Ctrl+Alt+Left")
    idle(hand)
    for index in range(3):
        assert overlap(on(hand, index, Plane.AFFECTED), disc(index)) > 0.9
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Z")
    assert [i for i in range(COUNT) if on(hand, i, Plane.AFFECTED).any()] == [3]


def test_what_was_cleared_by_hand_is_cleared_there_too(hand: Hand) -> None:
    session = hand.window.session
    ball = session.add_object()
    assert session.shot is not None
    assert ball is not None
    everywhere = np.ones((SIZE[1], SIZE[0]), np.bool_)
    session.shot.apply_track(ball.id, dict.fromkeys(range(COUNT), (everywhere, 1.0)))
    paint(hand, 0, disc(0), Plane.REMOVE, value=False)
    hand.key("1")
    hand.key("Ctrl+Alt+Right")
    hand.wait(lambda: session.index == 1)
    assert overlap(~on(hand, 1, Plane.REMOVE), disc(1)) > 0.95


def test_hand_painting_on_the_target_wins(hand: Hand) -> None:
    session = hand.window.session
    paint(hand, 0, disc(0), Plane.REMOVE)
    left = disc(1)
    left[:, 75:] = False
    paint(hand, 1, left, Plane.REMOVE, value=False)
    hand.key("1")
    hand.key("Ctrl+Alt+Right")
    hand.wait(lambda: session.index == 1)
    assert not (on(hand, 1, Plane.REMOVE) & left).any()
    assert overlap(on(hand, 1, Plane.REMOVE), disc(1) & ~left) > 0.9


@pytest.mark.parametrize("key", ["Ctrl+Alt+Left", "Ctrl+Alt+Right"])
def test_with_nothing_painted_or_no_frame_there_nothing_happens(hand: Hand, key: str) -> None:
    hand.key("1")
    hand.key(key)
    idle(hand)
    messages = [message.what for message in hand.window.desk.messages.messages]
    assert len(messages) == (1 if key == "Ctrl+Alt+Right" else 0)
    assert not hand.window.actions_by_name["undo"].isEnabled()


def test_a_locked_frame_in_between_is_passed(hand: Hand) -> None:
    session = hand.window.session
    paint(hand, 0, disc(0), Plane.REMOVE)
    assert session.shot is not None
    session.shot.set_locked([1], True)
    hand.key("1")
    session.brush.set_through(FrameSpan.WHOLE)
    hand.key("Ctrl+Alt+Right")
    idle(hand)
    assert not on(hand, 1, Plane.REMOVE).any()
    assert overlap(on(hand, 2, Plane.REMOVE), disc(2)) > 0.9


def test_of_two_the_later_counts(hand: Hand) -> None:
    session = hand.window.session
    paint(hand, 5, disc(5), Plane.REMOVE)
    session.set_index(5)
    hand.key("1")
    hand.window.studio.propagate.go(1)
    hand.window.studio.propagate.go(-1)
    hand.wait(lambda: session.index == 4)
    idle(hand)
    assert overlap(on(hand, 4, Plane.REMOVE), disc(4)) > 0.95
    assert not on(hand, 6, Plane.REMOVE).any()
    assert not hand.window.desk.messages.messages
