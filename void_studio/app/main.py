"""Starts the application."""

from __future__ import annotations

import gc
import json
import os
import signal
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import cv2
from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication

from void_studio.app.icons import app_icon
from void_studio.app.last_resort import last_resort
from void_studio.app.settings import use_home
from void_studio.app.theme import apply_theme
from void_studio.media.memory import keep_memory_flat

if TYPE_CHECKING:
    from void_studio.app.window import MainWindow

TIMINGS_VARIABLE = "VOID_STUDIO_TIMINGS"
"""Names a file: the seconds to window and first frame are written there and the program ends."""


_SWITCH_S = 0.0005
"""How long the window's thread waits at most for another that computes in Python; 5 ms without."""

_THRESHOLDS = (10_000, 20, 50)
"""Objects made, and collections of the younger, before each generation is looked through."""


def make_application() -> QApplication:
    """The QApplication with Void Studio's name, icon and theme."""
    keep_memory_flat()
    # Drawing a view takes a few milliseconds on one core; shared out between cores it waits for
    # the last of them, which may be decoding.
    cv2.setNumThreads(1)
    app = QApplication.instance()
    if not isinstance(app, QApplication):
        app = QApplication(sys.argv[:1])
    name_application()
    app.setApplicationDisplayName("Void Studio")
    app.setDesktopFileName("void-studio")
    app.setWindowIcon(app_icon())
    apply_theme(app)
    return app


def name_application() -> None:
    """Says whose settings are read, and where they are when VOID_STUDIO_HOME names a place."""
    QCoreApplication.setApplicationName("void-studio")
    QCoreApplication.setOrganizationName("void-studio")
    use_home(os.environ.get("VOID_STUDIO_HOME"))


def make_window() -> MainWindow:
    """The window, nothing open in it and not shown yet."""
    # Looking for cycles among all that is imported and made here takes up to 100 ms each time, in
    # which the window stands still. None of it ends before the program does: it is left out.
    gc.disable()
    # The window is imported here, so that a wrong command line fails before half a second is spent.
    from void_studio.app.window import MainWindow

    window = MainWindow()
    sys.setswitchinterval(_SWITCH_S)
    gc.freeze()
    gc.set_threshold(*_THRESHOLDS)
    gc.enable()
    return window


def run(path: Path | None = None, demo: bool = False) -> int:
    """Shows the window, opens ``path`` or the demo shot, and runs until it is closed.

    Returns:
        The exit code.
    """
    app = make_application()
    window = make_window()
    with last_resort(window.desk.messages.post):
        window.show()
        if demo:
            window.open_demo()
        elif path is not None:
            window.open_path(path)
        window.studio.screen_probe.start()
        _close_on_signals(window, app)
        if TIMINGS_VARIABLE in os.environ:
            _time_start(window, app, Path(os.environ[TIMINGS_VARIABLE]))
        return app.exec()


def _close_on_signals(window: MainWindow, app: QApplication) -> None:
    """Ctrl+C and a session's end close the window as its own button does."""
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, lambda *_: window.close())
    # Python's handlers run only when the interpreter does: give it a turn now and then.
    turn = QTimer(app, interval=250)
    turn.timeout.connect(lambda: None)
    turn.start()


def _time_start(window: MainWindow, app: QApplication, file: Path) -> None:
    """Writes how long the start took, counted from when the process began, and ends."""
    import psutil

    born = psutil.Process().create_time()
    said: dict[str, float] = {}

    def look() -> None:
        app.processEvents()
        now = round(time.time() - born, 3)
        if window.isVisible():
            said.setdefault("window_s", now)
        if window.viewer.has_picture:
            window.viewer.repaint()
            said["first_frame_s"] = round(time.time() - born, 3)
            file.write_text(json.dumps(said))
            watch.stop()
            window.close()

    watch = QTimer(app, interval=5)
    watch.timeout.connect(look)
    watch.start()
