"""How long the event loop is blocked at most by each thing that an artist does."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

from PySide6.QtCore import QTimer

from void_studio.app.bench.hand import Hand
from void_studio.app.bench.material import disc
from void_studio.app.bench.painting import dabs, strokes
from void_studio.app.bench.rows import Row, row_of
from void_studio.app.stalls import Stalls, Turn, longest
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.document import Role

LIMIT_MS = 50.0
PLAY_S = 2.0
_SCRUBS = 60


def longest_turn(hand: Hand, action: Callable[[], object]) -> Turn:
    """The longest turn of the event loop while ``action`` and what it sets off are done."""
    stalls = Stalls(hand.window)
    stalls.start()
    try:
        action()
    finally:
        turns = stalls.stop()
        stalls.deleteLater()
    return longest(turns)


def blocked_rows(hand: Hand, clip: Path, other: Path, rounds: int) -> Iterator[Row]:
    """A row for each thing, with the longest turn of every round as its samples.

    Args:
        clip: What is opened and worked on; it is open.
        other: What is opened in between.
    """
    shot = hand.window.session.shot
    assert shot is not None
    track = [pack_mask(disc(shot.size, index, shot.count)) for index in range(shot.count)]
    script: dict[str, Callable[[], object]] = {
        "opening another shot": lambda: _open(hand, other),
        "opening a shot again": lambda: _open(hand, clip),
        "playing": lambda: _play(hand),
        "scrubbing": lambda: _scrub(hand),
        "painting": lambda: dabs(hand, 50),
        "saving": lambda: _save(hand),
        "a track that arrives": lambda: _track(hand, track),
        "undo of the track": lambda: _then_rest(hand, "undo"),
        "growing a frame": lambda: _edit_and_undo(hand, "grow"),
        "snapping a frame to the grid": lambda: _edit_and_undo(hand, "to_grid"),
        "clearing a frame": lambda: _edit_and_undo(hand, "clear_frame"),
    }
    turns: dict[str, list[Turn]] = {name: [] for name in script}
    for _ in range(rounds):
        for name, action in script.items():
            turns[name].append(longest_turn(hand, action))
    for name, seen in turns.items():
        worst = longest(seen)
        note = f"{worst.ms:.0f} ms ({worst.cpu_ms:.0f} computing): {worst.where or 'not seen'}"
        yield row_of(
            f"event loop blocked by {name}", "ms", [turn.ms for turn in seen], LIMIT_MS, note
        )


def _open(hand: Hand, path: Path) -> None:
    hand.open(path)
    hand.rest()  # thumbnails and pictures ahead


def _play(hand: Hand) -> None:
    hand.trigger("play_forward")
    hand.pause(PLAY_S)
    hand.trigger("play_stop")


def _scrub(hand: Hand) -> None:
    session = hand.window.session
    for step in range(_SCRUBS):
        session.set_index(step * 11 % session.count)
        hand.turn()
    hand.wait(hand.sharp, "the frame under the pen")


def _save(hand: Hand) -> None:
    strokes(hand, 30, hand.window.session.count)
    hand.rest()


def _track(hand: Hand, blobs: list[bytes]) -> None:
    """Takes in ready masks, packed, one a turn, as those of a job are."""
    shot = hand.window.session.shot
    assert shot is not None
    item = shot.add_object("Benchmark", Role.REMOVE)
    edit = shot.begin_track(item.id)
    coming = iter(enumerate(blobs))
    timer = QTimer(interval=0)

    def take_in() -> None:
        index, blob = next(coming, (-1, b""))
        if index < 0:
            timer.stop()
            edit.finish()
        else:
            edit.put_packed(index, blob, 0.9)

    timer.timeout.connect(take_in)
    timer.start()
    hand.wait(lambda: edit.closed, "the track")
    hand.rest()


def _edit_and_undo(hand: Hand, name: str) -> None:
    hand.trigger(name)
    hand.rest()
    hand.trigger("undo")
    hand.rest()


def _then_rest(hand: Hand, name: str) -> None:
    hand.trigger(name)
    hand.rest()
