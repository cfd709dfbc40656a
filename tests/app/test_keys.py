"""Keys that the artist chooses: kept, never two for one, and given in the sheet."""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QKeySequence
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit, QPushButton, QTreeWidget
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand
from void_studio.app.action_specs.spec import ActionSpec
from void_studio.app.keymap import RESERVED, Keymap
from void_studio.app.keys_sheet import KeysSheet

SPECS = (
    ActionSpec("fit", "Fit", "View", ("F",)),
    ActionSpec("redo", "Redo", "Edit", ("Ctrl+Shift+Z", "Ctrl+Y")),
    ActionSpec("quiet", "Quiet", "Edit"),
)


@pytest.fixture
def fresh(qapp: QApplication, private_home: object) -> Iterator[None]:
    QSettings().remove("keys")
    yield
    QSettings().remove("keys")


def test_keys_are_those_of_the_table_until_changed(fresh: None) -> None:
    keymap = Keymap(SPECS)
    assert keymap.keys("redo") == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert keymap.keys("quiet") == ()
    assert not keymap.changed


def test_a_chosen_key_is_remembered(fresh: None) -> None:
    Keymap(SPECS).set_key("quiet", "ctrl+k")
    again = Keymap(SPECS)
    assert again.keys("quiet") == ("Ctrl+K",)
    assert again.is_own("quiet")
    assert again.changed


def test_a_key_is_taken_from_who_had_it_and_comes_back(fresh: None) -> None:
    keymap = Keymap(SPECS)
    keymap.set_key("quiet", "Ctrl+Y")
    assert keymap.keys("redo") == ("Ctrl+Shift+Z",)
    assert keymap.is_own("redo")
    assert keymap.reset("redo") == ["Ctrl+Y"]
    assert keymap.reset("quiet") == []
    assert keymap.keys("redo") == ("Ctrl+Shift+Z", "Ctrl+Y")
    assert not keymap.changed


def test_no_key_at_all(fresh: None) -> None:
    keymap = Keymap(SPECS)
    keymap.set_key("fit", "")
    assert Keymap(SPECS).keys("fit") == ()
    keymap.reset_all()
    assert Keymap(SPECS).keys("fit") == ("F",)


def test_what_another_version_left_is_ignored(fresh: None) -> None:
    QSettings().setValue("keys/gone", "Ctrl+G")
    QSettings().setValue("keys/fit", "F")
    assert not Keymap(SPECS).changed


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    st.lists(
        st.tuples(
            st.sampled_from([spec.name for spec in SPECS]),
            st.sampled_from(["F", "Ctrl+Y", "Ctrl+Shift+Z", "K", "", None]),
        ),
        max_size=8,
    )
)
def test_no_two_actions_share_a_key(fresh: None, given_keys: list[tuple[str, str | None]]) -> None:
    QSettings().remove("keys")
    keymap = Keymap(SPECS)
    for name, key in given_keys:
        if key is None:
            keymap.reset(name)
        else:
            keymap.set_key(name, key)
        held = [one for spec in SPECS for one in keymap.keys(spec.name)]
        assert len(held) == len(set(held))
    read = Keymap(SPECS)
    assert [read.keys(spec.name) for spec in SPECS] == [keymap.keys(s.name) for s in SPECS]


# The sheet, in the window


@pytest.fixture
def sheet(fresh: None, hand: Hand, qtbot: QtBot) -> KeysSheet:
    hand.key("F1")
    made = hand.window.findChild(KeysSheet)
    assert made is not None
    qtbot.waitUntil(made.isActiveWindow)
    return made


def _choose(sheet: KeysSheet, name: str) -> QTreeWidget:
    field = sheet.findChild(QLineEdit)
    rows = sheet.findChild(QTreeWidget)
    assert field is not None
    assert rows is not None
    field.setText(name)
    (shown,) = rows.findItems(name, Qt.MatchFlag.MatchRecursive, 0)
    rows.setCurrentItem(shown)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_Return)
    return rows


def _button(sheet: KeysSheet, text: str) -> QPushButton:
    (found,) = [one for one in sheet.findChildren(QPushButton) if one.text() == text]
    assert found.isVisible()
    return found


def test_every_action_is_listed_and_found(sheet: KeysSheet) -> None:
    everything = sheet.shown()
    assert "tool_brush" in everything
    field = sheet.findChild(QLineEdit)
    assert field is not None
    field.setText("brush b")
    assert "tool_brush" in sheet.shown()
    assert len(sheet.shown()) < len(everything)
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert sheet.shown() == everything
    assert sheet.isVisible()
    QTest.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()


def test_a_free_key_is_given_and_works(sheet: KeysSheet, hand: Hand) -> None:
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_F7)
    action = hand.window.actions_by_name["tool_eraser"]
    assert action.shortcut() == QKeySequence("F7")
    assert "F7" in action.toolTip()
    sheet.close()
    hand.window.activateWindow()
    hand.wait(hand.window.isActiveWindow)
    hand.key("F7")
    assert action.isChecked()


def test_a_key_that_is_taken_is_asked_about(sheet: KeysSheet, hand: Hand) -> None:
    actions = hand.window.actions_by_name
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_B)
    _button(sheet, "Leave It").click()
    assert actions["tool_eraser"].shortcut() == QKeySequence("E")
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_B)
    _button(sheet, "Take It").click()
    assert actions["tool_eraser"].shortcut() == QKeySequence("B")
    assert actions["tool_brush"].shortcut().isEmpty()
    _button(sheet, "All Defaults").click()
    assert actions["tool_brush"].shortcut() == QKeySequence("B")


def test_escape_leaves_backspace_takes_away_default_gives_back(
    sheet: KeysSheet, hand: Hand
) -> None:
    action = hand.window.actions_by_name["tool_eraser"]
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_Escape)
    assert action.shortcut() == QKeySequence("E")
    assert sheet.isVisible()
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_Backspace)
    assert action.shortcut().isEmpty()
    _button(sheet, "Use Default").click()
    assert action.shortcut() == QKeySequence("E")


def test_keys_of_tools_and_fields_are_not_given(sheet: KeysSheet, hand: Hand) -> None:
    rows = _choose(sheet, "Eraser")
    QTest.keyClick(rows, Qt.Key.Key_Return)
    assert "Return" in RESERVED
    assert hand.window.actions_by_name["tool_eraser"].shortcut() == QKeySequence("E")
