"""Masks that follow the tracks only when somebody looks."""

from __future__ import annotations

import threading

import numpy as np

from tests.shot.small import COUNT, disc, paint
from void_studio.quadmask.bits import TRACKED, Plane
from void_studio.quadmask.store import FrameSummary
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def tracked(shot: Shot) -> str:
    item = shot.add_object("Ball", Role.REMOVE)
    shot.apply_track(item.id, {index: (disc(20, 20, 9), 1.0) for index in range(COUNT)})
    return item.id


def test_every_way_of_reading_a_frame_brings_it_up_to_date(shot: Shot) -> None:
    ball = tracked(shot)
    for read in (
        shot.masks.field,
        shot.masks.blob,
        shot.masks.png,
    ):
        shot.set_role(ball, Role.AFFECTED)
        assert 3 in shot.masks.outdated
        read(3)
        assert 3 not in shot.masks.outdated
        assert np.array_equal(shot.masks.field(3), disc(20, 20, 9) * np.uint8(2))
        shot.history.undo()


def test_summaries_of_frames_without_paint_derive_nothing_and_are_right(shot: Shot) -> None:
    ball = tracked(shot)
    shot.set_role(ball, Role.AFFECTED)
    assert shot.masks.summary(2) == FrameSummary(False, True, False)
    assert shot.masks.summaries().tolist() == [2] * COUNT
    assert shot.masks.edited() == list(range(COUNT))
    assert len(shot.masks.outdated) == COUNT
    shot.set_visible(ball, False)
    assert shot.masks.edited() == []


def test_summaries_never_wait_and_a_single_summary_is_always_right(shot: Shot) -> None:
    ball = tracked(shot)
    paint(shot, 2, disc(20, 20, 12), Plane.REMOVE, False)
    assert shot.masks.summary(2) == FrameSummary(False, False, True)
    shot.set_role(ball, Role.AFFECTED)
    assert shot.masks.summaries()[2] == 4
    assert 2 in shot.masks.outdated
    assert shot.masks.summary(2) == FrameSummary(False, True, True)
    assert shot.masks.summaries()[2] == 6


def test_a_frame_is_the_same_array_before_and_after(shot: Shot) -> None:
    shown = shot.masks.field(1)
    ball = tracked(shot)
    assert shot.masks.field(1) is shown
    assert np.array_equal(shown, disc(20, 20, 9))
    shot.remove_object(ball)
    assert shot.masks.field(1) is shown
    assert not shown.any()


def test_readers_on_other_threads_never_disturb_the_editing_one(shot: Shot) -> None:
    ball = tracked(shot)
    stop = threading.Event()
    failed: list[BaseException] = []

    def read() -> None:
        try:
            while not stop.is_set():
                for index in range(COUNT):
                    shot.masks.png(index)
                    shot.masks.derive(index)
        except BaseException as error:
            failed.append(error)

    readers = [threading.Thread(target=read) for _ in range(2)]
    for reader in readers:
        reader.start()
    try:
        painted = [np.zeros((56, 80), np.bool_) for _ in range(COUNT)]
        for number in range(120):
            role = (Role.AFFECTED, Role.REMOVE)[number % 2]
            index = number % COUNT
            shape = disc(number * 7 % 80, number * 5 % 56, 6)
            shot.set_role(ball, role)
            paint(shot, index, shape)
            painted[index] |= shape
            bit = 1 if role is Role.REMOVE else 2
            for each in (index, (index + 3) % COUNT):
                field = shot.masks.field(each)
                assert np.array_equal(field & TRACKED, disc(20, 20, 9) * np.uint8(bit))
                assert np.array_equal((field & 12) == 12, painted[each])
    finally:
        stop.set()
        for reader in readers:
            reader.join(60)
    assert failed == []
