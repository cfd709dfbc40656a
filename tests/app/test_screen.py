"""OpenGL shows the same picture as the processor, and which of them is used is kept."""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QSettings
from PySide6.QtGui import QImage, QOffscreenSurface, QOpenGLContext
from PySide6.QtOpenGLWidgets import QOpenGLWidget
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand, QuietHost, shown_window
from void_studio.app import screen_choice
from void_studio.app.background import Background
from void_studio.app.screen_choice import ScreenProbe, chosen, description, fingerprint, remembered
from void_studio.app.screen_probe import Probe
from void_studio.app.window import MainWindow
from void_studio.errors import Cancelled
from void_studio.progress import CancelToken

BALL = (60.0, 90.0)


@pytest.fixture
def opengl(qapp: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    """Has windows use OpenGL; skips where there is none."""
    surface, context = QOffscreenSurface(), QOpenGLContext()
    surface.create()
    if not context.create() or not context.makeCurrent(surface):
        pytest.skip("there is no OpenGL here")
    context.doneCurrent()
    monkeypatch.setenv(screen_choice.VARIABLE, "opengl")


def on_screen(window: MainWindow) -> NDArray[np.uint8]:
    """What the X server shows of the viewer: RGB (h, w, 3)."""
    viewer = window.viewer
    handle = window.windowHandle()
    at = viewer.mapTo(window, viewer.rect().topLeft())
    shot = handle.screen().grabWindow(
        int(window.winId()), at.x(), at.y(), viewer.width(), viewer.height()
    )
    image = shot.toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def drawn(hand: Hand) -> NDArray[np.uint8]:
    """The pixels that the canvas drew, which the screen should show."""
    viewer = hand.window.viewer
    buffer = viewer.canvas.a.buffer
    assert buffer.shape[:2] == (viewer.height(), viewer.width())
    return buffer[..., 2::-1]


def shown(hand: Hand, after: NDArray[np.uint8] | None = None) -> NDArray[np.uint8]:
    """What is on screen, once it is all that was drawn and no longer what it was ``after``."""

    def done() -> bool:
        side = hand.window.viewer.canvas.a
        ready = side.picture is not None and not side.stale
        changed = after is None or not np.array_equal(drawn(hand), after)
        return ready and changed and np.array_equal(on_screen(hand.window), drawn(hand))

    hand.wait(done)
    return on_screen(hand.window)


def paint_something(hand: Hand) -> None:
    hand.key("B")
    hand.drag(BALL, (90, 100), (120, 80))
    hand.key("2")
    hand.drag((200, 60), (240, 120))
    hand.key("V")  # the hand leaves no marks on the picture


@pytest.fixture
def opengl_hand(opengl: None, qtbot: QtBot, private_home: Path, clip: Path) -> Iterator[Hand]:
    for window in shown_window(qtbot, private_home, QuietHost()):
        made = Hand(window, qtbot)
        made.open(clip)
        yield made


def test_raster_shows_what_was_drawn(hand: Hand) -> None:
    assert hand.window.viewer.surface is hand.window.viewer
    before = shown(hand)
    paint_something(hand)
    shown(hand, after=before)


def test_opengl_shows_what_was_drawn(opengl_hand: Hand) -> None:
    hand = opengl_hand
    assert isinstance(hand.window.viewer.surface, QOpenGLWidget)
    before = shown(hand)
    paint_something(hand)
    shown(hand, after=before)


def test_opengl_follows_frames_zoom_and_size(opengl_hand: Hand) -> None:
    hand = opengl_hand
    before = shown(hand)
    for key in ("Right", "+", "Shift+2"):
        hand.key(key)
        before = shown(hand, after=before)
    hand.window.resize(1100, 700)
    hand.wait(lambda: hand.window.viewer.surface.size() == hand.window.viewer.size())
    assert shown(hand).shape != before.shape


def test_raster_is_chosen_until_a_probe_found_otherwise(
    window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert (remembered(), chosen()) == (None, "raster")
    found = {"driver": "a card", "opengl_wins": True, "opengl_view": 1.0, "raster_view": 2.0}
    QSettings().setValue("screen/probe", json.dumps({**found, "machine": fingerprint()}))
    assert chosen() == "opengl"
    assert "a card" in description()
    monkeypatch.setenv(screen_choice.VARIABLE, "raster")
    assert chosen() == "raster"
    monkeypatch.delenv(screen_choice.VARIABLE)
    QSettings().setValue("screen/probe", json.dumps({**found, "machine": "another"}))
    assert chosen() == "raster"
    QSettings().setValue("screen/probe", "damaged")
    assert chosen() == "raster"


def test_a_probe_is_kept_for_the_next_start(
    window: MainWindow, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(screen_choice, "DELAY_MS", 0)
    background = Background(window)
    ScreenProbe(background, window).start()
    qtbot.waitUntil(lambda: remembered() is not None)
    background.close()
    found = remembered()
    assert found is not None
    assert found["raster_view"] > 0
    assert description().startswith(chosen())


def test_a_probe_that_crashes_is_raster(monkeypatch: pytest.MonkeyPatch) -> None:
    crash = (sys.executable, "-c", "import os; os._exit(139)")
    monkeypatch.setattr(screen_choice, "COMMAND", crash)
    assert screen_choice.probe(CancelToken())["opengl_wins"] is False


def test_closing_does_not_wait_for_a_probe_that_hangs(monkeypatch: pytest.MonkeyPatch) -> None:
    hang = (sys.executable, "-c", "import threading; threading.Event().wait()")
    monkeypatch.setattr(screen_choice, "COMMAND", hang)
    cancel = CancelToken()
    cancel.cancel()
    with pytest.raises(Cancelled):
        screen_choice.probe(cancel)


def test_opengl_must_be_clearly_quicker() -> None:
    assert Probe("card", 4.0, 0.4, 1.0, 0.4).opengl_wins
    assert not Probe("card", 4.0, 0.4, 3.6, 0.4).opengl_wins
    assert not Probe("card", 4.0, 0.1, 1.0, 0.4).opengl_wins
    assert not Probe("", 4.0, 0.1, 0.0, 0.0).opengl_wins
