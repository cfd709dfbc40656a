"""Errors that nobody foresaw: told in the window and kept, and the window goes on."""

from __future__ import annotations

import gc
import sys
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QObject, QTimer
from PySide6.QtGui import QPaintEvent
from PySide6.QtWidgets import QApplication, QWidget
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand
from void_studio.app import main
from void_studio.app.last_resort import last_resort
from void_studio.app.window import MainWindow
from void_studio.errors import VoidError
from void_studio.quadmask.bits import EFFECTIVE
from void_studio.worker import error_log

ASKED = QEvent.Type.User


class Stumbling(QWidget):
    """Raises wherever Qt calls it."""

    def event(self, event: QEvent) -> bool:
        if event.type() == ASKED:
            raise KeyError("event")
        return super().event(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == ASKED:
            raise StopIteration("filter")
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        raise ZeroDivisionError("paint")


class Doomed:
    def __del__(self) -> None:
        raise AttributeError("destructor")


@pytest.fixture
def guarded(hand: Hand) -> Iterator[Hand]:
    with last_resort(hand.window.desk.messages.post):
        yield hand


def told(hand: Hand) -> list[str]:
    return [message.why for message in hand.window.desk.messages.messages]


def fail() -> None:
    raise ValueError("slot")


def test_whatever_fails_is_told_and_the_window_goes_on(
    guarded: Hand, qtbot: QtBot, private_home: Path
) -> None:
    hand = guarded
    widget = Stumbling()
    qtbot.addWidget(widget)
    watched = QObject()
    watched.installEventFilter(widget)
    widget.show()
    for receiver in (widget, watched):
        QCoreApplication.postEvent(receiver, QEvent(ASKED))
    QTimer.singleShot(0, fail)
    thread = threading.Thread(target=lambda: [][0])
    thread.start()
    thread.join()
    Doomed()
    gc.collect()
    expected = {
        "KeyError",
        "StopIteration",
        "ZeroDivisionError",
        "ValueError",
        "IndexError",
        "AttributeError",
    }
    hand.wait(lambda: {why.split(":")[0] for why in told(hand)} == expected)
    widget.hide()
    log = (private_home / "errors.log").read_text()
    assert all(name in log for name in expected)
    message = hand.window.desk.messages.messages[0]
    assert str(private_home / "errors.log") in message.remedy
    assert "Traceback" in message.details
    hand.key("B")
    hand.drag((40, 40), (60, 40))
    field = hand.window.session.field()
    assert field is not None
    assert EFFECTIVE[field[40, 50]] == 1


def test_what_fails_again_and_again_is_told_once(guarded: Hand, private_home: Path) -> None:
    hand = guarded
    done: list[int] = []
    for number in range(20):
        QTimer.singleShot(0, fail)
        QTimer.singleShot(0, lambda number=number: done.append(number))
    hand.wait(lambda: len(done) == 20 and bool(told(hand)))
    assert told(hand) == ["ValueError: slot"]
    assert (private_home / "errors.log").read_text().count("Traceback") == 1


def test_what_explains_itself_is_said_as_it_is(guarded: Hand, private_home: Path) -> None:
    def explained() -> None:
        raise VoidError("No room", "The disk is full", "Free some space")

    QTimer.singleShot(0, explained)
    guarded.wait(lambda: told(guarded) == ["The disk is full"])
    assert not (private_home / "errors.log").exists()


def test_the_hooks_are_as_before_when_the_window_is_gone(hand: Hand) -> None:
    before = sys.excepthook, threading.excepthook, sys.unraisablehook
    with last_resort(hand.window.desk.messages.post):
        assert sys.excepthook is not before[0]
    assert (sys.excepthook, threading.excepthook, sys.unraisablehook) == before


def test_the_log_does_not_grow_for_ever(
    private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(error_log, "_MOST_BYTES", 4000)
    for number in range(400):
        path = error_log.keep(ValueError(f"number {number}"))
    assert path is not None
    text = path.read_text()
    assert len(text) < 5000
    assert "number 399" in text
    assert "number 0\n" not in text
    path.unlink()
    path.mkdir()
    assert error_log.keep(ValueError()) is None


def test_the_program_runs_with_it(window: MainWindow, monkeypatch: pytest.MonkeyPatch) -> None:
    before, meanwhile = sys.excepthook, []

    def execute(*_: object) -> int:
        meanwhile.append(sys.excepthook)
        return 0

    monkeypatch.setattr(main, "make_window", lambda: window)
    monkeypatch.setattr(main, "_close_on_signals", lambda *_: None)
    monkeypatch.setattr(window.studio.screen_probe, "start", lambda: None)
    monkeypatch.setattr(QApplication, "exec", execute)
    assert main.run() == 0
    assert sys.excepthook is before
    assert meanwhile != [before]
