"""Whether a plate plays in real time: which of its frames were on screen."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise
from pathlib import Path

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.material import paint_all_frames
from void_studio.app.bench.rows import Row, single

_CACHED = 20  # frames of 1080p; memory holds 23


def playing_rows(hand: Hand, plate: Path, seconds: float) -> Iterator[Row]:
    """Plays a plate with its overlay in a loop, once its first frames are in memory."""
    hand.open(plate)
    shot = hand.window.session.shot
    assert shot is not None
    paint_all_frames(shot)
    hand.settle()
    hand.fill_cache(min(_CACHED, shot.count))
    width, height = shot.size
    rate = float(shot.rate)
    name = f"dropped playing {width}x{height} at {rate:g} fps for {seconds:g} s"
    shown = _played(hand, seconds)
    yield single(name, "frames", dropped(shown, shot.count, round(rate * seconds)), 0)


def _played(hand: Hand, seconds: float) -> list[int]:
    """The indices on screen one after the other."""
    session = hand.window.session
    shown: list[int] = []

    def painted() -> None:
        if not shown or shown[-1] != session.index:
            shown.append(session.index)

    hand.watch_paintings(painted)
    hand.trigger("play_forward")
    hand.pause(seconds)
    hand.trigger("play_stop")
    hand.watch_paintings(None)
    return shown


def dropped(shown: Sequence[int], count: int, due: int) -> int:
    """Frames that were due and not on screen.

    Args:
        shown: Plate indices one after the other, of a loop over ``count`` frames.
        due: How many should have been on screen.
    """
    passed = sum((after - before) % count - 1 for before, after in pairwise(shown))
    # One is still on screen at the end, and one was there when it began.
    return max(passed, due - 2 - len(shown), 0)
