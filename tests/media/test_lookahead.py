"""What is held around a picture: within the room, all of it, in a sensible order."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from void_studio.media.lookahead import Wish, by_urgency, window


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
