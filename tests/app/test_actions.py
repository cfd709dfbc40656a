"""The table of actions and keys."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from void_studio.app.action_table import MENUS, SPECS, ActionSpec
from void_studio.app.actions import build_actions, conflicts
from void_studio.app.icons import icon_names


def test_no_key_is_taken_twice(qtbot: QtBot) -> None:
    assert conflicts() == {}


def test_a_conflict_is_found(qtbot: QtBot) -> None:
    twice = (ActionSpec("a", "A", "File", ("Ctrl+K",)), ActionSpec("b", "B", "Edit", ("ctrl+k",)))
    assert conflicts(twice) == {"Ctrl+K": ["a", "b"]}


def test_every_action_has_a_menu_a_tip_and_its_icon(qtbot: QtBot) -> None:
    names = [spec.name for spec in SPECS]
    assert len(set(names)) == len(names)
    known = set(icon_names())
    for spec in SPECS:
        assert spec.group in MENUS
        assert not spec.icon or spec.icon in known, spec.icon


def test_tool_tips_name_the_key(qtbot: QtBot) -> None:
    from PySide6.QtCore import QObject

    parent = QObject()
    actions = build_actions(parent)
    assert "Brush" in actions["tool_brush"].toolTip()
    assert "B" in actions["tool_brush"].toolTip()
