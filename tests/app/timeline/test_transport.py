"""The transport row: the window's own actions, the frame number, and the true rate."""

from __future__ import annotations

from fractions import Fraction

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QApplication,
    QLabel,
    QLineEdit,
    QMainWindow,
    QMenu,
    QToolButton,
)
from pytestqt.qtbot import QtBot

from void_studio.app.theme import apply_theme
from void_studio.app.timeline import TransportBar

NAMES = (
    "first",
    "previous",
    "play_backward",
    "play",
    "next",
    "last",
    "loop",
    "every_frame",
)


@pytest.fixture
def window(qtbot: QtBot, qapp: QApplication) -> QMainWindow:
    apply_theme(qapp)
    window = QMainWindow()
    qtbot.addWidget(window)
    for name in NAMES:
        action = QAction(name.title(), window)
        action.setObjectName(name)
        action.setCheckable(name == "every_frame")
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


def _label(bar: TransportBar, name: str) -> QLabel | QToolButton:
    widgets = (*bar.findChildren(QLabel), *bar.findChildren(QToolButton))
    return next(widget for widget in widgets if widget.accessibleName() == name)


def _field(bar: TransportBar) -> QLineEdit:
    field = bar.findChild(QLineEdit)
    assert field is not None
    return field


def _button(bar: TransportBar, name: str) -> QToolButton:
    return next(
        button
        for button in bar.findChildren(QToolButton)
        if button.defaultAction() is not None and button.defaultAction().objectName() == name
    )


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
    assert _label(bar, "Frame rate").text() == "18.2 fps"
    assert _label(bar, "Frame rate").property("variant") == "link-warning"
    assert _label(bar, "Dropped frames").text() == "7 dropped"
    bar.set_speed(23.9)
    assert _label(bar, "Frame rate").property("variant") == "link"
    bar.set_playing(False)
    assert _label(bar, "Frame rate").text() == "23.976 fps"


@pytest.mark.parametrize(
    ("typed", "number"),
    [("+5", 1010), ("-10", 995), ("1040", 1040), ("1:00", 1025), ("00:00:02:03", 1052)],
)
def test_steps_and_timecode_can_be_typed(
    qtbot: QtBot, bar: TransportBar, typed: str, number: int
) -> None:
    bar.set_current(4)
    bar.edit_frame()
    qtbot.waitUntil(_field(bar).hasFocus)
    qtbot.keyClicks(_field(bar), typed)
    with qtbot.waitSignal(bar.frame_entered) as said:
        qtbot.keyClick(_field(bar), Qt.Key.Key_Return)
    assert said.args == [number]
    assert _field(bar).text() == "1005", "the playhead moves when it is moved"


def test_what_is_no_frame_is_not_said(qtbot: QtBot, bar: TransportBar) -> None:
    bar.set_current(4)
    bar.edit_frame()
    qtbot.waitUntil(_field(bar).hasFocus)
    qtbot.keyClicks(_field(bar), "1::2x-")
    with qtbot.assertNotEmitted(bar.frame_entered):
        qtbot.keyClick(_field(bar), Qt.Key.Key_Return)
    assert _field(bar).text() == "1005"


def test_dropped_frames_are_forgiven_with_a_click(qtbot: QtBot, bar: TransportBar) -> None:
    bar.set_dropped(7)
    dropped = _label(bar, "Dropped frames")
    with qtbot.waitSignal(bar.forgiven):
        qtbot.mouseClick(dropped, Qt.MouseButton.LeftButton)
    assert dropped.text() == "0 dropped"


def test_the_speed_is_chosen_in_the_menu_of_the_rate(qtbot: QtBot, bar: TransportBar) -> None:
    menu = bar.findChild(QMenu)
    assert menu is not None
    half = next(action for action in menu.actions() if "Half" in action.text())
    with qtbot.waitSignal(bar.pace_chosen) as said:
        half.trigger()
    assert said.args == [Fraction(1, 2)]
    assert half.isChecked()
    assert _label(bar, "Frame rate").text() == "11.988 fps"


def test_the_timing_is_said_in_words(qtbot: QtBot, bar: TransportBar) -> None:
    button = _button(bar, "every_frame")
    assert button.text() == "real time"
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)
    assert button.text() == "every frame"


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
