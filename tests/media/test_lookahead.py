"""What is held around a picture: within the room, all of it, in a sensible order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from void_studio.media.lookahead import Wish, by_urgency, held, window


@st.composite
def situations(draw: st.DrawFn) -> tuple[Wish, int, int]:
    count = draw(st.integers(1, 300))
    wish = Wish(draw(st.integers(0, count - 1)), draw(st.sampled_from([-1, 0, 1])))
    return wish, count, draw(st.integers(2, 400))


@given(situations())
def test_the_window_uses_all_the_room_and_holds_the_wish(case: tuple[Wish, int, int]) -> None:
    wish, count, room = case
    first, last = window(wish, count, room)
    assert 0 <= first <= wish.index <= last < count
    assert last - first + 1 == min(room, count)


@given(situations())
def test_every_picture_of_the_window_comes_once_the_wish_first(
    case: tuple[Wish, int, int],
) -> None:
    wish, count, room = case
    first, last = window(wish, count, room)
    order = list(by_urgency(wish, first, last))
    assert order[0] == wish.index
    assert sorted(order) == list(range(first, last + 1))


def test_playing_looks_ahead_the_way_it_goes() -> None:
    assert window(Wish(50, 1), 100, 41) == (40, 80)
    assert window(Wish(50, -1), 100, 41) == (20, 60)
    assert list(by_urgency(Wish(5, 1), 0, 8)) == [5, 6, 7, 8, 0, 1, 2, 3, 4]


def test_what_lies_behind_comes_in_runs_that_rise() -> None:
    order = list(by_urgency(Wish(30, -1), 0, 31))
    assert order == [30, *range(22, 30), *range(6, 22), *range(6), 31]


@given(situations(), st.data())
def test_a_loop_is_held_over_its_end(case: tuple[Wish, int, int], data: st.DataObject) -> None:
    wish, count, room = case
    first = data.draw(st.integers(0, wish.index))
    last = data.draw(st.integers(wish.index, count - 1))
    order = held(Wish(wish.index, wish.direction, (first, last)), count, room)
    assert order[0] == wish.index
    assert len(order) == len(set(order)) <= room
    if not wish.direction:
        assert order == held(wish, count, room), "nothing is played"
        return
    length = last - first + 1
    assert set(order) <= set(range(first, last + 1))
    assert len(order) == min(room, length)
    for step in range(room * 3 // 4):
        following = first + (wish.index - first + wish.direction * step) % length
        assert following in order, "what comes next, over the end too"


def test_a_loop_played_backward_goes_on_at_its_last_picture() -> None:
    assert held(Wish(3, -1, (2, 40)), 100, 12) == [3, 2, *range(34, 41), *range(4, 7)]


def test_outside_its_loop_a_picture_is_held_as_any_other() -> None:
    assert held(Wish(50, 1, (60, 70)), 100, 41) == held(Wish(50, 1), 100, 41)
