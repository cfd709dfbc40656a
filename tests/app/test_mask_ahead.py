"""Masks are ready before the playhead comes to them."""

from __future__ import annotations

import numpy as np

from tests.app.conftest import COUNT, SIZE, Hand
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def tracked_everywhere(shot: Shot) -> None:
    item = shot.add_object("Wall", Role.REMOVE)
    everything = np.ones((SIZE[1], SIZE[0]), np.bool_)
    shot.apply_track(item.id, dict.fromkeys(range(COUNT), (everything, 1.0)))


def test_frames_ahead_are_up_to_date_before_they_are_shown(hand: Hand) -> None:
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    tracked_everywhere(shot)
    asked: list[int] = []
    read = shot.masks.field

    def spy(index: int) -> np.ndarray:
        asked.append(index)
        return read(index)

    shot.masks.field = spy  # type: ignore[method-assign]
    session.set_index(4)
    hand.wait(lambda: {5, 6} <= set(asked))
    asked.clear()
    session.set_index(3)
    hand.wait(lambda: {2, 1} <= set(asked))
    asked.clear()
    session.set_index(0)
    hand.wait(lambda: 0 in asked)
    assert min(asked) == 0, "nothing before the first frame is asked for"


def test_a_frame_that_was_left_is_packed(hand: Hand) -> None:
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    packed: list[int] = []
    pack = shot.masks.blob

    def spy(index: int) -> bytes | None:
        packed.append(index)
        return pack(index)

    shot.masks.blob = spy  # type: ignore[method-assign]
    hand.key("B")
    hand.drag((100, 60), (140, 60))
    hand.key("Right")
    hand.wait(lambda: packed == [0])
