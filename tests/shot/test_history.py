from __future__ import annotations

from dataclasses import dataclass
from typing import cast

import hypothesis.strategies as st
import pytest
from hypothesis import given

from void_studio.shot.core import ShotCore
from void_studio.shot.history import MAX_STEPS, Change, History, Part, Step


@dataclass(frozen=True)
class Set:
    """A part that sets a number."""

    number: Number
    before: int
    after: int
    bytes: int

    def apply(self, core: ShotCore, forward: bool, check: bool) -> Change:
        self.number.value = self.after if forward else self.before
        return Change("")

    def copy(self) -> Set:
        return self


class Number:
    """A value whose edits are steps."""

    def __init__(self, limit_bytes: int = 48 * 2**20) -> None:
        self.value = 0
        self.history = History(cast(ShotCore, None), limit_bytes)

    def set(self, value: int, size: int = 0) -> None:
        parts: list[Part] = [Set(self, self.value, value, size)]
        self.value = value
        self.history.push(Step(f"set {value}", parts), Change(f"set {value}"))


@given(st.lists(st.one_of(st.integers(1, 99), st.sampled_from(["undo", "redo"]))))
def test_it_does_what_a_list_of_values_with_a_cursor_does(actions: list[int | str]) -> None:
    number = Number()
    values, at = [0], 0
    for action in actions:
        if action == "undo":
            assert (number.history.undo() is None) == (at == 0)
            at = max(0, at - 1)
        elif action == "redo":
            assert (number.history.redo() is None) == (at == len(values) - 1)
            at = min(len(values) - 1, at + 1)
        elif isinstance(action, int):
            number.set(action)
            values, at = [*values[: at + 1], action], at + 1
        assert number.value == values[at]
        assert number.history.undo_name == (f"set {values[at]}" if at else None)
        redo = f"set {values[at + 1]}" if at + 1 < len(values) else None
        assert number.history.redo_name == redo


def undo_all(history: History) -> int:
    count = 0
    while history.undo():
        count += 1
    return count


def test_the_oldest_steps_are_forgotten_beyond_the_limit() -> None:
    number = Number(limit_bytes=10 * 2**20)
    history = number.history
    for value in range(1, 31):
        number.set(value, size=2**20)
        assert history.bytes <= history.limit_bytes
    assert undo_all(history) == 9
    assert number.value == 21


def test_steps_without_a_payload_are_bounded_too() -> None:
    number = Number(limit_bytes=2**20)
    history = number.history
    for value in range(1, 5000):
        number.set(value)
    assert history.bytes <= history.limit_bytes
    assert undo_all(history) <= 1024


def test_the_number_of_steps_is_bounded() -> None:
    number = Number()
    for value in range(1, MAX_STEPS + 50):
        number.set(value)
    assert len(number.history.steps()) == MAX_STEPS


def test_the_steps_are_listed_with_the_position() -> None:
    number = Number()
    for value in (1, 2, 3):
        number.set(value)
    number.history.undo()
    number.history.undo()
    assert number.history.steps() == ["set 1", "set 2", "set 3"]
    assert number.history.position == 1


def test_the_newest_step_is_kept_whatever_its_size() -> None:
    number = Number(limit_bytes=2**20)
    history = number.history
    number.set(1)
    number.set(2, size=2**30)
    assert undo_all(history) == 1
    assert number.value == 1


def test_a_step_that_grows_pushes_older_ones_out() -> None:
    number = Number(limit_bytes=2**20)
    history = number.history
    number.set(1)
    parts: list[Part] = []
    step = Step("track", parts)
    history.push(step)
    parts.append(Set(number, 1, 2, 2**20))
    history.grown(step)
    assert undo_all(history) == 1


def test_listeners_hear_edits_undo_and_redo() -> None:
    number = Number()
    history = number.history
    heard: list[Change] = []
    history.listeners.append(heard.append)
    number.set(5)
    history.undo()
    history.redo()
    assert heard == [Change("set 5")] * 3


def test_nothing_is_undone_while_paused() -> None:
    number = Number()
    history = number.history
    number.set(1)
    number.set(2)
    history.undo()
    history.paused = True
    assert history.undo() is None
    assert history.redo() is None
    assert number.value == 1
    history.paused = False
    assert history.redo() is not None


def test_a_group_is_one_step_and_one_change() -> None:
    number = Number()
    history = number.history
    heard: list[Change] = []
    history.listeners.append(heard.append)
    number.set(1)
    with history.group("Both"):
        number.set(2, size=100)
        number.set(3, size=50)
    assert history.undo_name == "Both"
    assert [change.name for change in heard] == ["set 1", "Both"]
    assert history.bytes == 150 + 2 * 1024
    history.undo()
    assert number.value == 1
    history.redo()
    assert number.value == 3
    with history.group("Nothing"):
        pass
    assert history.undo_name == "Both"
    assert len(heard) == 4


def test_a_group_that_fails_can_be_undone() -> None:
    number = Number()
    history = number.history

    def fail() -> None:
        with history.group("Both"):
            number.set(2)
            raise KeyError

    with pytest.raises(KeyError):
        fail()
    assert history.undo_name == "Both"
    history.undo()
    assert number.value == 0
