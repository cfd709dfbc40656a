"""Which frame belongs on screen at which moment, by a clock that the test turns."""

from __future__ import annotations

from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pytestqt.qtbot import QtBot

from void_studio.app.playback import Loop, Player, frame_at


class Clock:
    """A clock that stands until it is moved."""

    def __init__(self) -> None:
        self.now = 100.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def player(qtbot: QtBot, clock: Clock) -> Player:
    made = Player(clock=clock)
    made.set_plate(10, Fraction(10), lambda index: True)
    return made


def shown(player: Player, clock: Clock, step: float, ticks: int) -> list[int]:
    frames: list[int] = []
    player.advanced.connect(frames.append)
    for _ in range(ticks):
        clock.now += step
        player.tick()
    player.stop()
    return frames


def test_plays_at_the_plates_rate(player: Player, clock: Clock) -> None:
    player.play(0)
    assert shown(player, clock, 0.05001, 8) == [1, 2, 3, 4]
    assert player.dropped == 0


def test_late_ticks_drop_frames_and_count_them(player: Player, clock: Clock) -> None:
    player.play(0)
    assert shown(player, clock, 0.3001, 2) == [3, 6]
    assert player.dropped == 4


def test_loops(player: Player, clock: Clock) -> None:
    player.play(8)
    assert shown(player, clock, 0.1001, 3) == [9, 0, 1]


def test_stops_at_the_end_without_loop(player: Player, clock: Clock) -> None:
    player.set_loop(Loop.NONE)
    player.play(8)
    assert shown(player, clock, 0.1001, 4) == [9]
    assert player.speed == 0


def test_play_at_the_end_begins_again(player: Player, clock: Clock) -> None:
    player.set_loop(Loop.NONE)
    player.play(9)
    assert shown(player, clock, 0.1001, 2) == [1, 2]


def test_backward_and_faster(player: Player, clock: Clock) -> None:
    player.play(5, -2)
    assert shown(player, clock, 0.1001, 3) == [3, 1, 9]


def test_a_frame_that_is_not_ready_is_asked_for(player: Player, clock: Clock) -> None:
    missing = {1, 2}
    player.set_plate(10, Fraction(10), lambda index: index not in missing)
    wanted: list[int] = []
    player.starved.connect(wanted.append)
    player.play(0)
    assert shown(player, clock, 0.1001, 3) == [3]
    assert wanted == [1, 2]


def test_a_stall_does_not_race_ahead(player: Player, clock: Clock) -> None:
    ready: set[int] = set()
    player.set_plate(100, Fraction(10), lambda index: index in ready)
    frames: list[int] = []
    player.advanced.connect(frames.append)
    player.play(0)
    for _ in range(30):
        clock.now += 0.1001
        player.tick()
    ready.update(range(100))
    for _ in range(3):
        clock.now += 0.1001
        player.tick()
    player.stop()
    # Three seconds passed with nothing to show; it goes on from the start, not from frame 30.
    assert frames
    assert frames[0] <= 7


def test_one_frame_does_not_play(player: Player) -> None:
    player.set_plate(1, Fraction(10), lambda index: True)
    player.play(0)
    assert player.speed == 0


def test_loops_inside_the_range(player: Player, clock: Clock) -> None:
    player.set_range(3, 5)
    player.play(4)
    assert shown(player, clock, 0.1001, 4) == [5, 3, 4, 5]


def test_backward_loops_inside_the_range(player: Player, clock: Clock) -> None:
    player.set_range(3, 5)
    player.play(4, -1)
    assert shown(player, clock, 0.1001, 3) == [3, 5, 4]


@pytest.mark.parametrize(("index", "speed", "expected"), [(9, 1, [3, 4, 5]), (0, -1, [5, 4, 3])])
def test_from_outside_it_plays_the_range_from_its_start(
    player: Player, clock: Clock, index: int, speed: int, expected: list[int]
) -> None:
    player.set_range(3, 5)
    player.set_loop(Loop.NONE)
    frames: list[int] = []
    player.advanced.connect(frames.append)
    player.play(index, speed)
    player.tick()
    for _ in range(4):
        clock.now += 0.1001
        player.tick()
    assert frames == expected
    assert player.speed == 0


def test_a_range_set_while_playing_holds_at_once(player: Player, clock: Clock) -> None:
    player.play(8)
    player.set_range(2, 4)
    assert shown(player, clock, 0.05, 2)[0] == 2


@given(st.integers(-1000, 1000), st.integers(2, 50), st.sampled_from([Loop.LOOP, Loop.PING_PONG]))
def test_what_loops_is_always_in_the_range_and_moves_on(
    position: int, length: int, loop: Loop
) -> None:
    here, there = frame_at(position, length, loop), frame_at(position + 1, length, loop)
    assert here is not None
    assert there is not None
    assert 0 <= here < length
    assert abs(there - here) == 1 or (loop is Loop.LOOP and (here, there) == (length - 1, 0))


def test_only_what_loops_is_looked_ahead_over_its_end(player: Player) -> None:
    player.set_range(2, 7)
    assert player.looped is None
    player.play(2)
    assert player.looped == (2, 7)
    player.set_loop(Loop.PING_PONG)
    assert player.looped is None


def test_ping_pong_turns_at_both_ends_and_shows_them_once(player: Player, clock: Clock) -> None:
    player.set_range(2, 4)
    player.set_loop(Loop.PING_PONG)
    player.play(3)
    assert shown(player, clock, 0.1001, 6) == [4, 3, 2, 3, 4, 3]


def test_ping_pong_says_where_it_is_heading(player: Player, clock: Clock) -> None:
    player.set_range(2, 4)
    player.set_loop(Loop.PING_PONG)
    headings: list[int] = []
    player.advanced.connect(lambda index: headings.append(player.direction))
    player.play(3)
    shown(player, clock, 0.1001, 4)
    assert headings == [-1, -1, 1, 1]
    assert player.direction == 0


def test_the_loop_changes_while_it_plays(player: Player, clock: Clock) -> None:
    player.play(8)
    clock.now += 0.1001
    player.tick()
    player.set_loop(Loop.PING_PONG)
    assert shown(player, clock, 0.1001, 2) == [8, 7]


def test_every_frame_is_shown_however_late(player: Player, clock: Clock) -> None:
    player.set_every_frame(True)
    player.play(0)
    assert shown(player, clock, 0.35, 4) == [1, 2, 3, 4]
    assert player.dropped == 0


def test_every_frame_keeps_the_plates_rate_where_it_can(player: Player, clock: Clock) -> None:
    player.set_every_frame(True)
    player.play(0)
    assert shown(player, clock, 0.0501, 8) == [1, 2, 3, 4]


def test_every_frame_does_not_race_after_a_wait(player: Player, clock: Clock) -> None:
    player.set_every_frame(True)
    player.play(0)
    assert shown(player, clock, 1.0, 1) == [1]
    player.play(1)
    clock.now += 1.0
    player.tick()
    assert shown(player, clock, 0.0501, 4) == [3, 4]


def test_every_frame_waits_for_one_that_is_not_ready(player: Player, clock: Clock) -> None:
    ready = {0, 2, 3}
    player.set_plate(10, Fraction(10), ready.__contains__)
    player.set_every_frame(True)
    wanted: list[int] = []
    player.starved.connect(wanted.append)
    player.play(0)
    frames: list[int] = []
    player.advanced.connect(frames.append)
    for _ in range(3):
        clock.now += 0.3
        player.tick()
    assert frames == []
    assert set(wanted) == {1}
    ready.add(1)
    assert shown(player, clock, 0.1001, 3)[-3:] == [1, 2, 3]
    assert frames == [1, 2, 3]


def test_the_true_rate_is_said(player: Player, clock: Clock) -> None:
    said: list[tuple[float, int]] = []
    player.measured.connect(lambda rate, dropped: said.append((rate, dropped)))
    player.play(0)
    shown(player, clock, 0.2001, 10)
    rate, dropped = said[-1]
    assert rate == pytest.approx(5, abs=0.1)
    assert dropped == 10
    assert len(said) < 10, "not more often than can be read"


def test_half_the_pace_takes_twice_as_long(player: Player, clock: Clock) -> None:
    player.set_pace(Fraction(1, 2))
    player.play(0)
    assert shown(player, clock, 0.1001, 4) == [1, 2]


def test_dropped_frames_are_counted_anew(player: Player, clock: Clock) -> None:
    player.play(0)
    clock.now += 0.3001
    player.tick()
    player.forgive()
    assert player.dropped == 0
    assert player.speed == 1
