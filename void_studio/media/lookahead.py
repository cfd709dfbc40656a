"""Which pictures to hold around the one that is looked at, and in which order to get them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

# The part of the room that looks ahead; the rest keeps what lies behind.
_AHEAD_PLAYING = 0.75
_AHEAD_PAUSED = 0.6
# Going back costs a seek, so what lies behind is decoded forward in runs, the near one first and
# short, those further away ever longer.
_FIRST_RUN = 8


@dataclass(frozen=True)
class Wish:
    """What is looked at: picture ``index``, going +1 forward, -1 backward or 0 nowhere.

    Attributes:
        loop: First and last picture of what is played over and over.
    """

    index: int
    direction: int = 0
    loop: tuple[int, int] | None = None


def held(wish: Wish, count: int, room: int) -> list[int]:
    """At most ``room`` pictures to hold, out of ``count``, in the order in which to get them."""
    if wish.loop is not None and wish.direction and wish.loop[0] <= wish.index <= wish.loop[1]:
        return _round_the_loop(wish, *wish.loop, room)
    return list(by_urgency(wish, *window(wish, count, room)))


def _round_the_loop(wish: Wish, first: int, last: int, room: int) -> list[int]:
    """The pictures that come next, over the end of the loop, and if need be less of those before.

    One that fits is held whole, however far the playhead is from its other end.
    """
    before, after = range(first, wish.index), range(wish.index + 1, last + 1)
    if wish.direction > 0:
        coming = order = [wish.index, *after, *before]
    else:
        coming = [wish.index, *reversed(before), *reversed(after)]
        order = [wish.index, *_runs_back(before), *_runs_back(after)]
    if len(order) <= room:
        return order
    ahead = max(1, int(room * _AHEAD_PLAYING))
    kept = {*coming[:ahead], *coming[len(coming) - (room - ahead) :]}
    return [index for index in order if index in kept]


def window(wish: Wish, count: int, room: int) -> tuple[int, int]:
    """First and last of at most ``room`` pictures to hold, out of ``count``."""
    share = _AHEAD_PLAYING if wish.direction else _AHEAD_PAUSED
    ahead = int((room - 1) * (share if wish.direction >= 0 else 1 - share))
    first = max(0, wish.index - (room - 1 - ahead))
    last = min(count - 1, first + room - 1)
    return max(0, last - room + 1), last


def by_urgency(wish: Wish, first: int, last: int) -> Iterator[int]:
    """All numbers from ``first`` to ``last``: the wish, then along its direction, then the rest."""
    yield wish.index
    ahead = range(wish.index + 1, last + 1)
    behind = range(first, wish.index)
    if wish.direction < 0:
        yield from _runs_back(behind)
        yield from ahead
    else:
        yield from ahead
        yield from _runs_back(behind)


def _runs_back(behind: range) -> Iterator[int]:
    """``behind`` in runs from its end to its start, each run rising."""
    stop, length = len(behind), _FIRST_RUN
    while stop > 0:
        start = max(0, stop - length)
        yield from behind[start:stop]
        stop, length = start, length * 2
