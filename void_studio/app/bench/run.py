"""The whole benchmark: a window of 1600x900, the rows one after the other."""

from __future__ import annotations

import gc
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from PySide6.QtGui import QGuiApplication

from void_studio.app.bench.blocking import blocked_rows
from void_studio.app.bench.hand import Hand
from void_studio.app.bench.material import HD, HD_FRAMES, make_take, write_hd_plate
from void_studio.app.bench.memory import memory_rows
from void_studio.app.bench.painting import dab_rows
from void_studio.app.bench.playing import playing_rows
from void_studio.app.bench.rows import HEAD, Row, machine
from void_studio.app.bench.starting import close_row, open_row, start_rows
from void_studio.app.bench.viewing import (
    moving_rows,
    stepping_rows,
    switching_rows,
    uncached_rows,
)
from void_studio.app.main import make_application, make_window
from void_studio.errors import VoidError
from void_studio.shot.shot import Shot

Say = Callable[[str], None]


@dataclass(frozen=True)
class Effort:
    """How much is measured.

    Attributes:
        starts: Starts of the program.
        samples: Events of each kind.
        rounds: Rounds of the script that blocks the event loop.
        play_s: Seconds to play.
        strokes: Strokes before and after which memory is looked at.
        hd_size, hd_frames: The plate to play.
    """

    starts: int = 3
    samples: int = 200
    rounds: int = 3
    play_s: float = 10.0
    strokes: tuple[int, int] = (500, 2000)
    hd_size: tuple[int, int] = HD
    hd_frames: int = HD_FRAMES


FULL = Effort()


@contextmanager
def own_home() -> Iterator[Path]:
    """Shots and settings of a benchmark are kept away from the artist's own."""
    before = os.environ.get("VOID_STUDIO_HOME")
    with tempfile.TemporaryDirectory(prefix="void-bench-") as folder:
        os.environ["VOID_STUDIO_HOME"] = folder
        try:
            yield Path(folder)
        finally:
            if before is None:
                del os.environ["VOID_STUDIO_HOME"]
            else:
                os.environ["VOID_STUDIO_HOME"] = before


def measure(clip: Path, folder: Path, effort: Effort, say: Say) -> Iterator[Row]:
    """All figures on ``clip``; what is needed beside it is made in ``folder``."""
    say("starting the program")
    yield from start_rows(clip, effort.starts)
    app = make_application()
    window = make_window()
    window.resize(1600, 900)
    window.show()
    try:
        hand = Hand(window)
        yield from window_rows(hand, clip, folder, effort, say)
        yield close_row(hand)
    finally:
        window.studio.jobs.host.stop()
        if window.isVisible():
            window.close()
        app.processEvents()


def window_rows(hand: Hand, clip: Path, folder: Path, effort: Effort, say: Say) -> Iterator[Row]:
    """The figures of a window that shows nothing yet."""
    yield open_row(hand, clip)
    session = hand.window.session
    frames = min(session.count, 24)
    hand.fill_cache(frames)
    hand.settle()
    gc.collect()
    say("painting")
    yield from dab_rows(hand, effort.samples)
    hand.fill_cache(frames)
    hand.rest()
    say("looking")
    yield from stepping_rows(hand, effort.samples, frames)
    _take(hand, folder / "take")
    yield from switching_rows(hand, effort.samples // 2)
    session.set_take(None)
    yield from moving_rows(hand, effort.samples // 2)
    yield from uncached_rows(hand, max(2, effort.samples // 8))
    say("painting strokes for memory")
    yield from memory_rows(hand, *effort.strokes)
    say("watching the event loop")
    hd = write_hd_plate(folder / "hd.mp4", effort.hd_size, effort.hd_frames)
    yield from blocked_rows(hand, clip, hd, effort.rounds)
    say("playing")
    yield from playing_rows(hand, hd, effort.play_s)


def _take(hand: Hand, folder: Path) -> None:
    shot = hand.window.session.shot
    assert isinstance(shot, Shot)
    number = make_take(shot, folder)
    hand.window.session.flush()
    hand.window.session.set_take(number)
    session = hand.window.session
    hand.wait(lambda: session.pictures.take(number, session.index) is not None, "the take")
    hand.rest()


def run_bench(clip: Path | None, as_json: bool) -> dict[str, Any]:
    """Prints a table (unless ``as_json``) and returns it: machine and rows.

    Args:
        clip: What to measure on; the demo shot's plate if None.

    Raises:
        VoidError: there is no display, or the clip cannot be opened.
    """
    if QGuiApplication.platformName() == "offscreen":
        raise VoidError("The benchmark needs a real window", "There is no display")

    def say(text: str) -> None:
        print(text, file=sys.stderr, flush=True)

    with own_home() as home:
        if clip is None:
            from void_studio.demo.scene import ensure_demo

            say("rendering the demo shot")
            clip = ensure_demo(home / "demo") / "input_video.mp4"
        if not as_json:
            print(machine(), HEAD, sep="\n", flush=True)
        rows = []
        for row in measure(clip, home, FULL, say):
            rows.append(row)
            if not as_json:
                print(row.lines, flush=True)
    return {"machine": machine(), "clip": str(clip), "rows": [asdict(row) for row in rows]}
