"""A hand on the window that times what it does, from the event to the pixels."""

from __future__ import annotations

import faulthandler
import time
from collections.abc import Callable
from functools import partial
from pathlib import Path

from PySide6.QtCore import QEvent, QEventLoop, QObject, QPoint, QPointF, Qt, QTimer
from PySide6.QtGui import (
    QInputDevice,
    QMouseEvent,
    QPointingDevice,
    QTabletEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QApplication

from void_studio.app.scrub_proxy import DELAY_MS
from void_studio.app.window import MainWindow
from void_studio.errors import VoidError

PATIENCE_S = 60.0
STILL_S = 0.4  # without a new picture there are enough of them
_LOOK_MS = 2

Ready = Callable[[], bool]


class _Paintings(QObject):
    """Tells of every painting of the widget it is installed on."""

    def __init__(self, parent: QObject) -> None:
        super().__init__(parent)
        self.painted: Callable[[], object] = lambda: None

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Paint:
            self.painted()
        return False


class Hand:
    """Does to a window what an artist's hand does.

    Attributes:
        window: The window.
    """

    def __init__(self, window: MainWindow) -> None:
        self.window = window
        self._paintings = _Paintings(window)
        window.viewer.surface.installEventFilter(self._paintings)
        self._cached: set[int] = set()
        self._cached_at = 0.0
        self._pen = QPointingDevice(
            "pen",
            1,
            QInputDevice.DeviceType.Stylus,
            QPointingDevice.PointerType.Pen,
            QInputDevice.Capability.Position | QInputDevice.Capability.Pressure,
            1,
            3,
        )

    # -- time ------------------------------------------------------------------------------

    def timed(self, action: Callable[[], object], shown: Ready = lambda: True) -> float:
        """Milliseconds from ``action`` until a picture has been painted and flushed.

        Args:
            action: Posts an event or triggers an action.
            shown: Whether what the viewer is about to paint is what is waited for.

        Raises:
            VoidError: it was not painted for a minute.
        """
        QApplication.processEvents()
        loop = QEventLoop()
        began = time.perf_counter()

        def painted() -> None:
            if shown():
                # The loop ends when the turn does in which all that was painted is flushed.
                loop.exit(0)

        self._paintings.painted = painted
        QTimer.singleShot(int(PATIENCE_S * 1000), loop, partial(loop.exit, 1))
        action()
        stuck = loop.exec()
        taken = (time.perf_counter() - began) * 1000
        self._paintings.painted = lambda: None
        if stuck:
            raise VoidError("The benchmark got stuck", "The window was not painted")
        return taken

    def watch_paintings(self, painted: Callable[[], object] | None) -> None:
        """Has ``painted`` called before every painting of the picture; None ends that."""
        self._paintings.painted = painted or (lambda: None)

    def wait(self, ready: Ready, what: str) -> None:
        """Runs the event loop until ``ready``; raises VoidError after a minute."""
        loop = QEventLoop()
        deadline = time.monotonic() + PATIENCE_S

        def look() -> None:
            if ready() or time.monotonic() > deadline:
                loop.exit(0)

        timer = QTimer(loop, interval=_LOOK_MS)
        timer.timeout.connect(look)
        timer.start()
        loop.exec()
        if not ready():
            studio = self.window.studio
            busy = ", ".join([*studio.heavy.under_way, *studio.background.under_way])
            faulthandler.dump_traceback()
            raise VoidError(
                "The benchmark got stuck",
                f"It waited for {what}; under way: {busy or 'nothing'}",
                "What every thread did is on standard error",
            )

    def pause(self, seconds: float) -> None:
        """Runs the event loop for a while."""
        until = time.monotonic() + seconds
        self.wait(lambda: time.monotonic() >= until, "time to pass")

    # -- the shot --------------------------------------------------------------------------

    def open(self, path: Path) -> None:
        """Opens a clip and waits until it can be worked on."""
        session = self.window.session
        before = session.shot
        self.window.open_path(path)
        self.wait(lambda: session.shot not in (None, before), f"{path} to open")
        self.wait(self.sharp, "the first frame")

    def sharp(self) -> bool:
        """Whether the current frame is there at the size that the zoom needs."""
        session = self.window.session
        return session.index in session.pictures.cached()

    def fill_cache(self, frames: int) -> None:
        """Waits until frames 0 to ``frames`` - 1 can be shown at once."""
        session = self.window.session
        session.set_index(0)
        wanted = set(range(frames))
        self.wait(lambda: wanted <= session.pictures.cached(), "the cache")

    def settle(self) -> None:
        """Waits until what opening set off, such as the scrub proxy, is done."""
        self.pause(DELAY_MS / 1000 + 0.5)
        self.rest()

    def rest(self) -> None:
        """Waits until nothing is decoded or made in the background and all is saved."""
        studio = self.window.studio
        studio.background.run("Could not save", studio.session.flush)
        self.wait(self._decoded, "pictures to be decoded ahead")
        self.wait(
            lambda: studio.heavy.idle and studio.background.idle and self.sharp(), "the background"
        )

    def _decoded(self) -> bool:
        """Whether no picture has come for a while."""
        now, cached = time.monotonic(), self.window.session.pictures.cached()
        if cached != self._cached:
            self._cached, self._cached_at = cached, now
        return self.sharp() and now - self._cached_at > STILL_S

    # -- events ----------------------------------------------------------------------------

    def trigger(self, name: str) -> None:
        """Triggers an action, as its key does."""
        self.window.actions_by_name[name].trigger()

    def pen(self, kind: QEvent.Type, at: QPointF) -> None:
        """Posts a pen event at a place of the viewer, logical pixels."""
        viewer = self.window.viewer
        none, tip = Qt.MouseButton.NoButton, Qt.MouseButton.LeftButton
        up = kind == QEvent.Type.TabletRelease
        event = QTabletEvent(
            kind,
            self._pen,
            at,
            QPointF(viewer.mapToGlobal(at)),
            1.0,
            0,
            0,
            0.0,
            0.0,
            0.0,
            Qt.KeyboardModifier.NoModifier,
            none if kind == QEvent.Type.TabletMove else tip,
            none if up else tip,
        )
        QApplication.postEvent(viewer, event)

    def mouse(
        self, kind: QEvent.Type, at: QPointF, button: Qt.MouseButton = Qt.MouseButton.LeftButton
    ) -> None:
        """Posts a mouse event at a place of the viewer, logical pixels."""
        viewer = self.window.viewer
        none = Qt.MouseButton.NoButton
        event = QMouseEvent(
            kind,
            at,
            QPointF(viewer.mapToGlobal(at)),
            none if kind == QEvent.Type.MouseMove else button,
            none if kind == QEvent.Type.MouseButtonRelease else button,
            Qt.KeyboardModifier.NoModifier,
        )
        QApplication.postEvent(viewer, event)

    def wheel(self, notches: int, at: QPointF) -> None:
        """Posts a turn of the wheel over a place of the viewer."""
        viewer = self.window.viewer
        event = QWheelEvent(
            at,
            QPointF(viewer.mapToGlobal(at)),
            QPoint(0, 0),
            QPoint(0, 120 * notches),
            Qt.MouseButton.NoButton,
            Qt.KeyboardModifier.NoModifier,
            Qt.ScrollPhase.NoScrollPhase,
            False,
        )
        QApplication.postEvent(viewer, event)

    def place(self, x: float, y: float) -> QPointF:
        """A place of the viewer, each 0 to 1 across it."""
        viewer = self.window.viewer
        return QPointF(x * viewer.width(), y * viewer.height())

    def turn(self) -> None:
        """Lets the event loop handle what was posted."""
        QApplication.processEvents()
