"""The transport row: the window's own actions, the frame number, and the true rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit, QMainWindow, QToolButton
from pytestqt.qtbot import QtBot

from void_studio.app.theme import apply_theme
from void_studio.app.timeline import TransportBar

NAMES = ("first", "previous", "play", "next", "last", "loop")


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QMainWindow:
    apply_theme(qapp)
    window = QMainWindow()
    qtbot.addWidget(window)
    for name in NAMES:
        action = QAction(name.title(), window)
        action.setObjectName(name)
        window.addAction(action)
    window.setCentralWidget(TransportBar({a.objectName(): a for a in window.actions()}))
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    return window


@pytest.fixture
def bar(window: QMainWindow) -> TransportBar:
    widget = window.centralWidget()
    assert isinstance(widget, TransportBar)
    widget.set_frames(1001, Fraction(24000, 1001))
    return widget


def _label(bar: TransportBar, name: str) -> QLabel:
    return next(label for label in bar.findChildren(QLabel) if label.accessibleName() == name)


def _field(bar: TransportBar) -> QLineEdit:
    field = bar.findChild(QLineEdit)
    assert field is not None
    return field


def _button(bar: TransportBar, name: str) -> QToolButton:
    return next(b for b in bar.findChildren(QToolButton) if b.defaultAction().objectName() == name)


@pytest.mark.parametrize("name", NAMES)
def test_buttons_are_the_windows_actions(qtbot: QtBot, bar: TransportBar, name: str) -> None:
    button = _button(bar, name)
    with qtbot.waitSignal(button.defaultAction().triggered):
        qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.accessibleName()
    assert button.focusPolicy() == Qt.FocusPolicy.TabFocus


def test_frame_and_timecode(bar: TransportBar) -> None:
    bar.set_current(25)
    assert _field(bar).text() == "1026"
    assert _label(bar, "Timecode").text() == "00:00:01:01"


def test_a_typed_number_is_said_once(qtbot: QtBot, bar: TransportBar) -> None:
    said: list[int] = []
    bar.frame_entered.connect(said.append)
    bar.set_current(4)
    bar.edit_frame()
    qtbot.waitUntil(_field(bar).hasFocus)
    qtbot.keyClicks(_field(bar), "1040")
    bar.set_current(5)  # playing on does not disturb typing
    assert _field(bar).text() == "1040"
    qtbot.keyClick(_field(bar), Qt.Key.Key_Return)
    assert said == [1040]
    assert not _field(bar).hasFocus()


def test_escape_leaves_the_frame_as_it_was(qtbot: QtBot, bar: TransportBar) -> None:
    bar.set_current(4)
    bar.edit_frame()
    qtbot.waitUntil(_field(bar).hasFocus)
    qtbot.keyClicks(_field(bar), "77")
    with qtbot.assertNotEmitted(bar.frame_entered):
        qtbot.keyClick(_field(bar), Qt.Key.Key_Escape)
    assert _field(bar).text() == "1005"


def test_the_true_rate_and_dropped_frames_are_said(bar: TransportBar) -> None:
    assert _label(bar, "Frame rate").text() == "23.976 fps"
    bar.set_playing(True)
    bar.set_speed(18.2)
    bar.set_dropped(7)
    assert _label(bar, "Frame rate").text() == "18.2 of 23.976 fps"
    assert _label(bar, "Frame rate").property("variant") == "warning"
    assert _label(bar, "Dropped frames").text() == "7 dropped"
    bar.set_speed(23.9)
    assert _label(bar, "Frame rate").property("variant") == "dim"
    bar.set_playing(False)
    assert _label(bar, "Frame rate").text() == "23.976 fps"


def test_play_becomes_pause(bar: TransportBar) -> None:
    button = _button(bar, "play")
    before = button.icon().pixmap(20).toImage()
    bar.set_playing(True)
    assert button.icon().pixmap(20).toImage() != before
    bar.set_playing(False)
    assert button.icon().pixmap(20).toImage() == before


def test_space_presses_a_button_reached_with_tab_and_plays_otherwise(
    qtbot: QtBot, window: QMainWindow, bar: TransportBar
) -> None:
    play, last = (_button(bar, name).defaultAction() for name in ("play", "last"))
    play.setShortcut(Qt.Key.Key_Space)
    button = _button(bar, "last")
    button.setFocus(Qt.FocusReason.TabFocusReason)
    qtbot.waitUntil(button.hasFocus)
    with qtbot.waitSignal(last.triggered), qtbot.assertNotEmitted(play.triggered):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Space)
    button.clearFocus()
    with qtbot.waitSignal(play.triggered), qtbot.assertNotEmitted(last.triggered):
        qtbot.keyClick(window.windowHandle(), Qt.Key.Key_Space)
