"""Which frame belongs on screen at which moment, by a clock that the test turns."""

from __future__ import annotations

from fractions import Fraction

import pytest
from pytestqt.qtbot import QtBot

from void_studio.app.playback import Player


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
    player.loop = False
    player.play(8)
    assert shown(player, clock, 0.1001, 4) == [9]
    assert player.speed == 0


def test_play_at_the_end_begins_again(player: Player, clock: Clock) -> None:
    player.loop = False
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
    player.loop = False
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
