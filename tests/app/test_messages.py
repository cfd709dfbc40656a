"""Messages are said in the window, one in front of the others, until dismissed."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QApplication, QLabel, QToolButton, QWidget
from pytestqt.qtbot import QtBot

from void_studio.app import messages
from void_studio.app.messages import Message, MessageBar
from void_studio.app.theme import apply_theme
from void_studio.errors import VoidError

FULL = VoidError("The take could not be written", "The disk is full", "Free some space")
SNAPPED = Message("warning", "The mask was snapped")


@pytest.fixture
def bar(qtbot: QtBot, qapp: QApplication) -> MessageBar:
    apply_theme(qapp)
    window = QWidget()
    qtbot.addWidget(window)
    bar = MessageBar(window)
    window.resize(900, 200)
    with qtbot.waitExposed(window):
        window.show()
    bar.resize(900, 120)
    bar.window_kept = window  # type: ignore[attr-defined]
    return bar


def _texts(bar: MessageBar) -> list[str]:
    return [label.text() for label in bar.findChildren(QLabel) if label.isVisible()]


def _press(qtbot: QtBot, bar: MessageBar, start: str) -> None:
    buttons = bar.findChildren(QToolButton)
    button = next(b for b in buttons if b.accessibleName().startswith(start))
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def test_hidden_while_there_is_nothing_to_say(bar: MessageBar) -> None:
    assert not bar.isVisible()


def test_an_error_says_what_why_and_what_to_do(bar: MessageBar) -> None:
    bar.post_error(FULL)
    assert bar.isVisible()
    for part in (FULL.what, FULL.why, FULL.remedy):
        assert part in _texts(bar)
    assert bar.property("variant") == "message-error"


def test_text_is_shown_as_it_is(bar: MessageBar) -> None:
    bar.post(Message("error", "<img src=x> & <b>name</b>.mov"))
    label = next(x for x in bar.findChildren(QLabel) if "name" in x.text())
    assert label.textFormat() == Qt.TextFormat.PlainText


def test_the_newest_is_in_front_and_the_others_wait(qtbot: QtBot, bar: MessageBar) -> None:
    bar.post_error(FULL)
    bar.post(SNAPPED)
    assert SNAPPED.what in _texts(bar)
    assert "2 of 2" in _texts(bar)
    _press(qtbot, bar, "Older")
    assert FULL.what in _texts(bar)
    _press(qtbot, bar, "Dismiss")
    assert bar.messages == [SNAPPED]
    assert SNAPPED.what in _texts(bar)
    with qtbot.waitSignal(bar.emptied):
        _press(qtbot, bar, "Dismiss")
    assert not bar.isVisible()


def test_the_same_message_is_counted(bar: MessageBar) -> None:
    for _ in range(3):
        bar.post_error(FULL)
    assert len(bar.messages) == 1
    assert f"{FULL.what}  (×3)" in _texts(bar)
    bar.dismiss()
    bar.post_error(FULL)
    assert FULL.what in _texts(bar)


def test_escape_dismisses(qtbot: QtBot, bar: MessageBar) -> None:
    bar.post_error(FULL)
    qtbot.keyClick(bar, Qt.Key.Key_Escape)
    assert bar.messages == []


def test_details_are_copied(qtbot: QtBot, bar: MessageBar) -> None:
    bar.post_error(FULL, "errno 28")
    assert "errno 28" not in _texts(bar)
    _press(qtbot, bar, "Copy")
    copied = QGuiApplication.clipboard().text()
    assert copied.splitlines() == [FULL.what, FULL.why, FULL.remedy, "errno 28"]


def test_infos_leave_by_themselves_and_errors_stay(
    qtbot: QtBot, qapp: QApplication, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(messages, "INFO_MS", 20)
    bar = MessageBar()
    qtbot.addWidget(bar)
    bar.post_error(FULL)
    bar.post(Message("info", "Saved"))
    qtbot.waitUntil(lambda: len(bar.messages) == 1)
    assert bar.messages == [Message.of(FULL)]
    bar.clear()
    assert bar.messages == []
