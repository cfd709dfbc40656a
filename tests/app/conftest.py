"""A small clip, and the real window on it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.ball import COUNT, RATE, SIZE, write_clip
from tests.ball import center as ball_at
from tests.patience import PATIENCE_MS
from void_studio.app.main import make_application
from void_studio.app.settings import use_home
from void_studio.app.window import MainWindow
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import stop_worker
from void_studio.shot.document import Prompt
from void_studio.worker.status import JobStatus

__all__ = ["COUNT", "RATE", "SIZE", "Hand", "ball_at"]


class PatientBot(QtBot):
    """``qtbot``, waiting as long as a busy machine needs where nothing else is said."""

    def waitSignal(self, signal: Any, *, timeout: int = PATIENCE_MS, **options: Any) -> Any:
        return super().waitSignal(signal, timeout=timeout, **options)

    def waitUntil(self, callback: Callable[[], Any], *, timeout: int = PATIENCE_MS) -> None:
        super().waitUntil(callback, timeout=timeout)

    def waitActive(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitActive(widget, timeout=timeout)

    def waitExposed(self, widget: QWidget, *, timeout: int = PATIENCE_MS) -> Any:
        return super().waitExposed(widget, timeout=timeout)


@pytest.fixture
def qtbot(qapp: QApplication, request: pytest.FixtureRequest) -> PatientBot:
    return PatientBot(request)


@pytest.fixture(scope="session")
def clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of 12 frames at 24 fps, 320x180."""
    return write_clip(tmp_path_factory.mktemp("plates") / "bäll 球.mp4")


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
    with qtbot.waitActive(made):  # keys sent to a window that is not active are lost
        made.show()
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
