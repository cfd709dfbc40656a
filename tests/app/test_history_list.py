"""Edit > History: a list of the steps to go to, by mouse and keys."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.conftest import Hand
from void_studio.app.history_menu import HistoryList
from void_studio.shot.shot import Shot


@pytest.fixture
def shot(hand: Hand) -> Shot:
    found = hand.window.session.shot
    assert found is not None
    return found


def listed(hand: Hand) -> HistoryList:
    """The open list."""
    hand.window.actions_by_name["history"].trigger()
    (found,) = hand.window.findChildren(HistoryList)
    hand.wait(found.isVisible)
    return found


def rows(history: HistoryList, role: Qt.ItemDataRole = Qt.ItemDataRole.DisplayRole) -> list[str]:
    steps = history.steps
    return [steps.data(steps.index(row), role) for row in range(steps.rowCount())]


def mark(shot: Shot, count: int) -> None:
    for number in range(count):
        shot.set_scene_prompt(f"Text {number}")


def click(history: HistoryList, row: int) -> None:
    place = history.view.visualRect(history.steps.index(row)).center()
    QTest.mouseClick(history.view.viewport(), Qt.MouseButton.LeftButton, pos=place)


def test_the_status_line_says_what_undo_undoes(hand: Hand, shot: Shot) -> None:
    step = hand.window.desk.step
    assert step.text() == ""
    shot.set_marker(3, "")
    assert step.text() == f"undo: {shot.history.undo_name}"
    hand.key("Ctrl+Z")
    assert step.text() == ""


def test_it_lists_every_step_and_says_which_are_undone(hand: Hand, shot: Shot) -> None:
    before = len(shot.history.steps())
    shot.set_marker(3, "Lands")
    shot.set_scene_prompt("A table")
    shot.history.undo()
    history = listed(hand)
    number = shot.number(3)
    assert rows(history)[before + 1 :] == [
        f"Set marker (frame {number})",
        "Edit scene description",
    ]
    said = rows(history, Qt.ItemDataRole.AccessibleTextRole)
    assert said[-2:] == [f"Set marker (frame {number}), now", "Edit scene description, undone"]
    assert history.view.currentIndex().row() == shot.history.position


def test_it_follows_what_is_done(hand: Hand, shot: Shot) -> None:
    mark(shot, 3)
    history = listed(hand)
    count = history.steps.rowCount()
    mark(shot, 2)
    assert history.steps.rowCount() == count + 2
    hand.window.session.undo()
    hand.window.session.undo()
    assert history.view.currentIndex().row() == count - 1
    shot.set_marker(1, "Here")
    assert history.steps.rowCount() == count + 1
    assert rows(history)[-1].startswith("Set marker")


def test_a_click_goes_there_and_back(hand: Hand, shot: Shot) -> None:
    start = shot.history.position
    mark(shot, 6)
    history = listed(hand)
    click(history, start + 2)
    hand.wait(lambda: shot.history.position == start + 2)
    assert shot.document.scene_prompt == "Text 1"
    click(history, start + 5)
    hand.wait(lambda: shot.history.position == start + 5)
    assert shot.document.scene_prompt == "Text 4"
    click(history, 0)
    hand.wait(lambda: shot.history.position == 0)
    assert shot.document.scene_prompt == ""


def test_keys_choose_a_step(hand: Hand, shot: Shot) -> None:
    mark(shot, 4)
    position = shot.history.position
    history = listed(hand)
    for key in (Qt.Key.Key_Up, Qt.Key.Key_Up, Qt.Key.Key_Return):
        QTest.keyClick(history.view, key)
    hand.wait(lambda: shot.history.position == position - 2)
    assert history.isVisible()
    QTest.keyClick(history.view, Qt.Key.Key_Escape)
    hand.wait(lambda: not history.isVisible())


def test_a_long_way_gives_the_window_its_turns(
    hand: Hand, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(shot, 40)
    monkeypatch.setattr("void_studio.app.history_walk.TURN_S", 0.0)
    history = listed(hand)
    seen: list[int] = []
    shot.history.listeners.append(lambda change: seen.append(shot.history.position))
    click(history, 1)
    hand.wait(lambda: shot.history.position == 1)
    assert seen == list(range(seen[0], 0, -1))
    assert len(seen) > 30


def test_an_edit_on_the_way_ends_it(
    hand: Hand, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    mark(shot, 10)
    monkeypatch.setattr("void_studio.app.history_walk.TURN_S", 0.0)
    history = listed(hand)
    top = shot.history.position
    history.chosen.emit(0)
    shot.set_marker(2, "Now")
    assert shot.history.position == top
    for _ in range(5):
        QApplication.processEvents()
    assert shot.history.position == top


def test_what_does_not_fit_is_said(hand: Hand, shot: Shot) -> None:
    heard: list[str] = []
    hand.window.session.noticed.connect(heard.append)
    shot.set_marker(2, "Now")
    step = shot.history.done[-1]
    assert hand.window.session.flush()
    step.parts = None
    (shot.folder / "history" / f"{step.id:06d}.step").unlink()
    hand.window.session.undo()
    assert "cannot be taken back" in heard[0]
    assert shot.history.position == 0
    assert [marker.frame for marker in shot.document.markers] == [2]
