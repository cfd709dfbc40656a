"""A small clip, and the real window on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from fractions import Fraction
from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from void_studio.app.main import make_application
from void_studio.app.settings import use_home
from void_studio.app.window import MainWindow
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import stop_worker
from void_studio.media.writer import VideoWriter
from void_studio.shot.document import Prompt
from void_studio.worker.status import JobStatus

SIZE = (320, 180)
COUNT = 12
RATE = Fraction(24)
PATIENCE_MS = 30_000


def ball_at(index: int) -> tuple[int, int]:
    """Where the ball of the small clip is, plate pixels."""
    return 60 + 14 * index, 90


def small_frames() -> Iterator[np.ndarray]:
    """A red ball rolls over a textured grey wall."""
    rng = np.random.default_rng(5)
    wall = cv2.GaussianBlur(rng.normal(120, 60, (SIZE[1], SIZE[0])), (0, 0), 3)
    plate = np.repeat(np.clip(wall, 0, 255)[..., None], 3, axis=2).astype(np.uint8)
    for index in range(COUNT):
        frame = plate.copy()
        cv2.circle(frame, ball_at(index), 20, (210, 40, 30), -1, cv2.LINE_AA)
        yield frame


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 12 frames at 24 fps, 320x180."""
    path = tmp_path_factory.mktemp("plates") / "bäll 球.mp4"
    with VideoWriter(path, SIZE, RATE) as writer:
        for frame in small_frames():
            writer.write(frame)
    return path


class Hand:
    """A hand on mouse and keys, over the window's picture."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        self.window = window
        self._qtbot = qtbot

    def point(self, x: float, y: float) -> QPoint:
        """Where a plate pixel is in the viewer."""
        transform = self.window.viewer.transform
        assert transform is not None
        ratio = self.window.viewer.devicePixelRatioF()
        vx, vy = transform.to_view(x, y)
        return QPoint(round(vx / ratio), round(vy / ratio))

    def click(self, x: float, y: float, alt: bool = False) -> None:
        keys = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        QTest.mouseClick(self.window.viewer, Qt.MouseButton.LeftButton, keys, self.point(x, y))

    def drag(self, *places: tuple[float, float], alt: bool = False) -> None:
        viewer = self.window.viewer
        keys = Qt.KeyboardModifier.AltModifier if alt else Qt.KeyboardModifier.NoModifier
        left = Qt.MouseButton.LeftButton
        QTest.mousePress(viewer, left, keys, self.point(*places[0]))
        for place in places[1:]:
            QTest.mouseMove(viewer, self.point(*place))
        QTest.mouseRelease(viewer, left, keys, self.point(*places[-1]))

    def key(self, text: str) -> None:
        """Presses a key or a combination such as "Ctrl+Z"."""
        QTest.keySequence(QApplication.focusWidget() or self.window, QKeySequence(text))

    def wait(self, ready: Callable[[], bool], timeout: int = PATIENCE_MS) -> None:
        self._qtbot.waitUntil(ready, timeout=timeout)

    def open(self, path: Path) -> None:
        session = self.window.session
        self.window.open_path(path)
        self.wait(lambda: session.shot is not None and session.pictures.plate(0) is not None)


class QuietHost(LocalHost):
    """A host without a worker: no jobs, and a disc of 20 pixels around each include click."""

    def start(self) -> None:
        pass

    def warm_up(self, plate: Path, segmenter: str = "classical") -> None:
        pass

    def jobs(self) -> list[JobStatus]:
        return []

    def stop(self) -> None:
        pass

    def segment_click(
        self, plate: Path, frame: int, prompts: Sequence[Prompt], segmenter: str = "classical"
    ) -> NDArray[np.bool_]:
        mask = np.zeros((SIZE[1], SIZE[0]), np.uint8)
        for prompt in prompts:
            radius = 20 if prompt.include else 10
            cv2.circle(mask, (int(prompt.x), int(prompt.y)), radius, int(prompt.include), -1)
        return mask.astype(np.bool_)


@pytest.fixture
def window(qtbot: QtBot, private_home: Path) -> Iterator[MainWindow]:
    """The real window, shown, with nothing open and no worker behind it."""
    yield from shown_window(qtbot, private_home, QuietHost())


@pytest.fixture
def working_window(qtbot: QtBot, private_home: Path) -> Iterator[MainWindow]:
    """The same with a real worker, which is ended with it."""
    yield from shown_window(qtbot, private_home, LocalHost())
    stop_worker(private_home)


def shown_window(qtbot: QtBot, home: Path, host: LocalHost) -> Iterator[MainWindow]:
    make_application()
    use_home(str(home))
    made = MainWindow(host)
    made.show()
    qtbot.waitExposed(made)
    made.activateWindow()
    yield made
    made.close()
    made.deleteLater()
    QCoreApplication.sendPostedEvents(None, QEvent.Type.DeferredDelete)


@pytest.fixture
def worker_hand(working_window: MainWindow, clip: Path, qtbot: QtBot) -> Hand:
    """A hand over the small clip in a window with a worker."""
    made = Hand(working_window, qtbot)
    made.open(clip)
    return made


@pytest.fixture
def hand(window: MainWindow, clip: Path, qtbot: QtBot) -> Hand:
    """A hand over the small clip, open in the window."""
    made = Hand(window, qtbot)
    made.open(clip)
    return made
