"""How long it takes from the command, or from opening, to the first picture, and to be gone."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QObject

from void_studio.app.bench.hand import PATIENCE_S, Hand
from void_studio.app.bench.painting import strokes
from void_studio.app.bench.rows import Row, row_of, single
from void_studio.app.main import TIMINGS_VARIABLE


def start_rows(clip: Path, runs: int) -> Iterator[Row]:
    """From the command to the window and to the first frame, each in a process of its own."""
    window, frame = [], []
    for _ in range(runs):
        with tempfile.TemporaryDirectory(prefix="void-bench-") as folder:
            timings = Path(folder) / "timings.json"
            environment = {**os.environ, TIMINGS_VARIABLE: str(timings), "VOID_STUDIO_HOME": folder}
            command = [sys.executable, "-m", "void_studio", str(clip)]
            subprocess.run(command, env=environment, check=True, timeout=PATIENCE_S)
            said = json.loads(timings.read_text())
            window.append(said["window_s"])
            frame.append(said["first_frame_s"])
    yield row_of("command to window", "s", window, 1.5)
    yield row_of("command to first frame", "s", frame, 2.0)


def open_row(hand: Hand, clip: Path) -> Row:
    """From opening, in a window that shows nothing, to the first frame; leaves the clip open."""
    viewer, session = hand.window.viewer, hand.window.session
    taken = hand.timed(partial(hand.window.open_path, clip), lambda: viewer.has_picture)
    hand.wait(lambda: session.shot is not None, f"{clip} to open")
    return single("open to first frame, window up", "ms", taken, 300)


class _Gone(QObject):
    """Notes when the widget it is installed on is hidden."""

    moment = 0.0

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self.moment = self.moment or time.perf_counter()
        return False


def close_row(hand: Hand) -> Row:
    """From closing the window, with a stroke that is not saved yet, until it is gone."""
    strokes(hand, 1, 1)
    gone = _Gone(hand.window)
    hand.window.installEventFilter(gone)
    began = time.perf_counter()
    hand.window.close()
    return single("close until the window is gone", "ms", (gone.moment - began) * 1000, 50)
