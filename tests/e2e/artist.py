"""``void-studio PATH`` in a process of its own, with an artist who says on standard output what
they do: one line for everything that is finished, or saved.

Run as ``python -m tests.e2e.artist WHAT PATH``.
"""

from __future__ import annotations

import os
import sys
import time
import traceback
import zlib
from collections.abc import Callable
from itertools import count

from PySide6.QtCore import Qt, QTimer
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.conftest import Hand
from tests.ball import SIZE, center
from tests.gated import program
from tests.patience import PATIENCE_S
from void_studio.app.main import make_application
from void_studio.app.window import MainWindow
from void_studio.cli import main
from void_studio.hosts import start
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import list_jobs

PAUSE_MS = 5


class Patience:
    """Waits with the event loop running; stands in for pytest-qt's ``qtbot``."""

    def waitUntil(self, ready: Callable[[], bool], timeout: int = 0) -> None:
        deadline = time.monotonic() + PATIENCE_S
        while not ready():
            if time.monotonic() > deadline:
                raise TimeoutError
            QTest.qWait(PAUSE_MS)


class Artist:
    """Works in the window that the command opened."""

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self.session = window.session
        self.hand = Hand(window, Patience())  # type: ignore[arg-type]
        self.finished = self.saved = 0
        self.hand.wait(lambda: self.session.shot is not None and self._shown())
        assert self.session.shot is not None
        self.shot: Shot = self.session.shot
        self.session.saved_changed.connect(self._on_saved)

    def _shown(self) -> bool:
        return self.session.pictures.plate(self.session.index) is not None

    def _on_saved(self, state: str) -> None:
        if state == "saved" and not self.shot.unsaved and self.saved < self.finished:
            self.saved = self.finished
            say("saved", self.saved)

    # -- what they can be asked to do ------------------------------------------------------

    def paint(self) -> None:
        """Stroke after stroke; after every third they look whether it is saved."""
        self.hand.key("B")
        for number in count(1):
            self._stroke(number)
            if number % 3 == 0:
                self.hand.wait(lambda: self.saved == self.finished)

    def paint_and_hold(self) -> None:
        """Five strokes, then one that does not end, on the same frame as the last."""
        self.hand.key("B")
        for number in range(1, 6):
            self._stroke(number)
        self._draw(6)
        assert self.session.stroke_open
        self.hand.wait(lambda: self.saved == 5)
        say("held")

    def track(self) -> None:
        """Clicks the ball and tracks it; the job stands still after its third frame."""
        self.hand.key("C")
        self.hand.click(*center(0))
        self.hand.wait(lambda: bool(self.shot.masks.summaries()[0] & 1))
        self.hand.key("T")
        self.hand.wait(lambda: int((self.shot.masks.summaries() & 1).sum()) >= 3)
        say("tracking", list_jobs()[0].id)

    def remove(self) -> None:
        """Runs the removal, which stands still after its third frame."""
        self.hand.key("Ctrl+Return")
        self.hand.wait(lambda: [j.frames for j in list_jobs()[:1] if j.kind == "remove"] == [3])
        say("removing", list_jobs()[0].id)

    def look(self) -> None:
        """Waits for all masks, tells what is there, and closes the window."""
        self.hand.wait(lambda: bool((self.shot.masks.summaries() & 1).all()))
        self.hand.wait(lambda: not self.shot.unsaved)
        say("seen", *(checksum(self.shot, index) for index in range(self.shot.count)))
        self.window.close()

    def _stroke(self, number: int) -> None:
        self.session.set_index(number % self.shot.count)
        self._draw(number)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mouseRelease(self.window.viewer, left, none, self.hand.point(*path_of(number)[-1]))
        self.finished = number
        say("finished", number)

    def _draw(self, number: int) -> None:
        """A stroke, but for lifting the pen."""
        viewer, (start, *places) = self.window.viewer, path_of(number)
        left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
        QTest.mousePress(viewer, left, none, self.hand.point(*start))
        for place in places:
            QTest.mouseMove(viewer, self.hand.point(*place))
        say("drawn", number, self.session.index, checksum(self.shot, self.session.index))


def path_of(number: int) -> list[tuple[float, float]]:
    """Where a stroke goes, plate pixels: never twice the same way."""
    x, y = 20 + number * 7 % (SIZE[0] - 60), 20 + number * 11 % (SIZE[1] - 50)
    return [(x, y), (x + 10, y + 12), (x + 24, y + 5)]


def checksum(shot: Shot, index: int) -> str:
    """Of every pixel of the mask of a frame."""
    return f"{zlib.crc32(shot.masks.field(index).tobytes()):08x}"


def say(*words: object) -> None:
    print(*words, flush=True)


def work(what: str) -> None:
    windows = [w for w in QApplication.topLevelWidgets() if isinstance(w, MainWindow)]
    if not windows or not windows[0].isVisible():
        QTimer.singleShot(PAUSE_MS, lambda: work(what))
        return
    window = windows[0]
    try:
        window.activateWindow()
        assert QTest.qWaitForWindowActive(window, int(PATIENCE_S * 1000))
        getattr(Artist(window), what)()
    except BaseException:
        traceback.print_exc()
        os._exit(3)


if __name__ == "__main__":
    start.worker_command = lambda: program("worker")
    make_application()
    QTimer.singleShot(0, lambda: work(sys.argv[1]))
    sys.exit(main(sys.argv[2:]))
