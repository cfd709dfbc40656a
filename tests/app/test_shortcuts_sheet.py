"""The sheet of keys shows what it is given, and can be searched."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication, QLabel, QLineEdit
from pytestqt.qtbot import QtBot

from void_studio.app.shortcuts_sheet import ShortcutsSheet
from void_studio.app.theme import apply_theme

ROWS = [
    ("Playback", "Play", "Space"),
    ("Playback", "Next Frame", "Right"),
    ("Tools", "Brush", "B"),
    ("View", "Fit", "F"),
]


@pytest.fixture
def sheet(qtbot: QtBot, qapp: QApplication) -> ShortcutsSheet:
    apply_theme(qapp)
    sheet = ShortcutsSheet()
    qtbot.addWidget(sheet)
    sheet.set_shortcuts(ROWS)
    with qtbot.waitExposed(sheet):
        sheet.show()
    return sheet


def _texts(sheet: ShortcutsSheet) -> set[str]:
    return {label.text() for label in sheet.findChildren(QLabel) if label.isVisible()}


def _find(sheet: ShortcutsSheet) -> QLineEdit:
    field = sheet.findChild(QLineEdit)
    assert field is not None
    return field


def test_every_action_and_key_is_shown(sheet: ShortcutsSheet) -> None:
    assert {part for row in ROWS for part in row} <= _texts(sheet)
    assert not sheet.isModal()


def test_searching_by_action_key_or_group(qtbot: QtBot, sheet: ShortcutsSheet) -> None:
    qtbot.keyClicks(_find(sheet), "playback right")
    assert sheet.shown() == [ROWS[1]]
    assert "Brush" not in _texts(sheet)
    _find(sheet).setText("nothing like it")
    assert "No action or key matches" in _texts(sheet)


def test_escape_clears_the_search_then_closes(qtbot: QtBot, sheet: ShortcutsSheet) -> None:
    _find(sheet).setText("brush")
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert _find(sheet).text() == ""
    assert sheet.isVisible()
    qtbot.keyClick(sheet, Qt.Key.Key_Escape)
    assert not sheet.isVisible()
