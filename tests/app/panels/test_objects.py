"""The objects panel in a real window."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QLabel,
    QLineEdit,
    QListWidget,
    QMainWindow,
    QMenu,
    QToolButton,
    QWidget,
)
from pytestqt.qtbot import QtBot

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.panels.object_row import ObjectItem
from void_studio.app.panels.objects import ObjectRow, ObjectsPanel
from void_studio.app.theme import apply_theme

Left = Qt.MouseButton.LeftButton
GLASS = ObjectRow("g", "glass", "remove", "25 points · tracked both ways", 0.97, True, 25)
LIME = ObjectRow("l", "lime slice", "affected", "would fall", 0.5, True, 3)
NEW = ObjectRow("n", "object 3", "remove", "no clicks yet")


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> ObjectsPanel:
    apply_theme(qapp)
    window = QMainWindow()
    qtbot.addWidget(window)
    panel = ObjectsPanel()
    window.setCentralWidget(panel)
    window.resize(320, 400)
    panel.set_objects([GLASS, LIME, NEW])
    with qtbot.waitActive(window):
        window.show()
        window.activateWindow()
    panel.window_kept = window  # type: ignore[attr-defined]
    return panel


def _list(panel: ObjectsPanel) -> QListWidget:
    found = panel.findChild(QListWidget)
    assert found is not None
    return found


def _item(panel: ObjectsPanel, at: int) -> ObjectItem:
    widget = _list(panel).itemWidget(_list(panel).item(at))
    assert isinstance(widget, ObjectItem)
    return widget


def _name(panel: ObjectsPanel, at: int) -> QWidget:
    return next(x for x in _item(panel, at).findChildren(ElidedLabel) if x.isVisible())


def _button(panel: QWidget, start: str) -> QWidget:
    widgets = [w for w in panel.findChildren(QWidget) if w.accessibleName().startswith(start)]
    return widgets[0]


def test_an_empty_panel_says_what_to_do(panel: ObjectsPanel) -> None:
    panel.set_objects([])
    texts = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "Pick the click tool (C) and click the thing to remove" in texts
    assert panel.current == ""


def test_a_click_anywhere_on_a_row_chooses_it(qtbot: QtBot, panel: ObjectsPanel) -> None:
    with qtbot.waitSignal(panel.current_changed) as said:
        qtbot.mouseClick(_name(panel, 1), Left)
    assert said.args == ["l"]
    with qtbot.waitSignal(panel.current_changed) as said:
        item = _item(panel, 0)
        qtbot.mouseClick(item, Left, pos=QPoint(item.width() // 2, item.height() - 2))
    assert said.args == ["g"]


def test_being_told_is_not_said_again(qtbot: QtBot, panel: ObjectsPanel) -> None:
    with qtbot.assertNotEmitted(panel.current_changed):
        panel.set_current("l")
        panel.set_objects([GLASS, LIME])
    assert panel.current == "l"


def test_the_choice_survives_other_objects_coming_and_going(panel: ObjectsPanel) -> None:
    panel.set_current("l")
    panel.set_objects([NEW, LIME, GLASS])
    assert panel.current == "l"
    panel.set_objects([GLASS])
    assert panel.current == ""


def test_rows_that_stay_keep_their_widgets_when_others_come_and_go(panel: ObjectsPanel) -> None:
    glass, new = _item(panel, 0), _item(panel, 2)
    panel.set_objects([GLASS, NEW])
    assert [_item(panel, at) for at in range(2)] == [glass, new]
    first = ObjectRow("f", "first", "remove", "")
    panel.set_objects([first, GLASS, LIME, NEW])
    assert (_item(panel, 1), _item(panel, 3)) == (glass, new)
    assert [_item(panel, at).row for at in range(4)] == [first, GLASS, LIME, NEW]


def test_rows_keep_their_widgets(panel: ObjectsPanel) -> None:
    before = _item(panel, 0)
    panel.set_objects([replace(GLASS, detail="tracking", confidence=0.4), LIME, NEW])
    assert _item(panel, 0) is before
    assert before.row.detail == "tracking"


@pytest.mark.parametrize("how", ["double-click", "F2"])
def test_a_name_is_typed_in_place(qtbot: QtBot, panel: ObjectsPanel, how: str) -> None:
    panel.set_current("l")
    if how == "F2":
        qtbot.keyClick(_list(panel), Qt.Key.Key_F2)
    else:
        qtbot.mouseDClick(_name(panel, 1), Left)
    edit = _item(panel, 1).findChild(QLineEdit)
    assert edit is not None
    qtbot.waitUntil(edit.hasFocus)
    assert edit.selectedText() == "lime slice"
    edit.insert("Zitrone 🍋")
    panel.set_objects([GLASS, replace(LIME, detail="tracking"), NEW])  # does not disturb typing
    with qtbot.waitSignal(panel.renamed) as said:
        qtbot.keyClick(edit, Qt.Key.Key_Return)
    assert said.args == ["l", "Zitrone 🍋"]
    assert not edit.isVisible()
    assert _list(panel).hasFocus()


def test_escape_and_an_empty_name_change_nothing(qtbot: QtBot, panel: ObjectsPanel) -> None:
    for keys, end in (("other", Qt.Key.Key_Escape), (" ", Qt.Key.Key_Return)):
        panel.set_current("g")
        panel.rename_current()
        edit = _item(panel, 0).findChild(QLineEdit)
        assert edit is not None
        qtbot.keyClicks(edit, keys)
        with qtbot.assertNotEmitted(panel.renamed):
            qtbot.keyClick(edit, end)


def test_leaving_the_field_keeps_the_name(qtbot: QtBot, panel: ObjectsPanel) -> None:
    panel.set_current("g")
    panel.rename_current()
    edit = _item(panel, 0).findChild(QLineEdit)
    assert edit is not None
    qtbot.waitUntil(edit.hasFocus)
    qtbot.keyClicks(edit, "tumbler")
    with qtbot.waitSignal(panel.renamed) as said:
        _list(panel).setFocus()
    assert said.args == ["g", "tumbler"]


def test_role_and_visibility(qtbot: QtBot, panel: ObjectsPanel) -> None:
    combo = _item(panel, 1).findChild(QComboBox)
    assert combo is not None
    assert combo.currentText() == "affected"
    with qtbot.waitSignal(panel.role_changed) as said:
        combo.setFocus()
        qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert said.args == ["l", "artifact"]
    with qtbot.waitSignal(panel.visibility_changed) as said:
        qtbot.mouseClick(_button(_item(panel, 1), "Hide"), Left)
    assert said.args == ["l", False]
    panel.set_objects([GLASS, replace(LIME, visible=False), NEW])
    with qtbot.waitSignal(panel.visibility_changed) as said:
        qtbot.mouseClick(_button(_item(panel, 1), "Show"), Left)
    assert said.args == ["l", True]


def test_the_delete_key_and_button_ask(qtbot: QtBot, panel: ObjectsPanel) -> None:
    panel.set_current("l")
    with qtbot.waitSignal(panel.delete_requested) as said:
        qtbot.keyClick(_list(panel), Qt.Key.Key_Delete)
    assert said.args == ["l"]
    with qtbot.waitSignal(panel.delete_requested):
        qtbot.mouseClick(_button(panel, "Delete"), Left)
    with qtbot.waitSignal(panel.add_requested):
        qtbot.mouseClick(_button(panel, "Begin"), Left)


def test_a_right_click_offers_what_can_be_done_with_an_object(
    qtbot: QtBot, panel: ObjectsPanel
) -> None:
    panel.set_current("l")
    place = _item(panel, 0).geometry().center()
    _list(panel).customContextMenuRequested.emit(place)
    menu = panel.findChild(QMenu)
    assert menu is not None
    offered = {action.text().split("\t")[0]: action for action in menu.actions()}
    with qtbot.waitSignal(panel.track_requested) as said:
        offered["Track Both Ways"].trigger()
    assert said.args == ["both"]
    assert panel.current == "g"
    with qtbot.waitSignal(panel.delete_requested) as said:
        offered["Delete"].trigger()
    assert said.args == ["g"]
    menu.close()


@pytest.mark.parametrize(
    ("start", "direction"),
    [
        ("Track both", "both"),
        ("Track forward", "forward"),
        ("Track backward", "backward"),
    ],
)
def test_tracking_is_asked_for(
    qtbot: QtBot, panel: ObjectsPanel, start: str, direction: str
) -> None:
    panel.set_current("g")
    with qtbot.waitSignal(panel.track_requested) as said:
        qtbot.mouseClick(_button(panel, start), Left)
    assert said.args == [direction]


def test_an_object_without_clicks_cannot_be_tracked(panel: ObjectsPanel) -> None:
    panel.set_current("n")
    assert not _button(panel, "Track both").isEnabled()
    panel.set_objects([GLASS, LIME, replace(NEW, prompts=1)])
    assert _button(panel, "Track both").isEnabled()


def test_the_tip_of_tracking_names_its_key(qtbot: QtBot, qapp: QApplication) -> None:
    panel = ObjectsPanel(
        {"track_both": "T", "track_forward": "", "track_backward": "B"}.__getitem__
    )
    qtbot.addWidget(panel)
    panel.set_objects([ObjectRow("a", "ball", "remove", prompts=1)])
    panel.set_current("a")
    assert _button(panel, "Track both").toolTip().endswith("(T)")
    assert not _button(panel, "Track forward").toolTip().endswith(")")


def test_every_control_has_a_name(panel: ObjectsPanel) -> None:
    for control in (*panel.findChildren(QToolButton), *panel.findChildren(QComboBox)):
        assert control.accessibleName(), control
        assert control.toolTip(), control
