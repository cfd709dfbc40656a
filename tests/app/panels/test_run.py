"""The run panel: settings by remover, the reason it cannot run, and its progress."""

from __future__ import annotations

from typing import Any

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QDoubleSpinBox,
    QLabel,
    QProgressBar,
    QPushButton,
    QSpinBox,
    QWidget,
)
from pytestqt.qtbot import QtBot

from void_studio.app.panels.run import RemoverRow, RunPanel, SettingRow
from void_studio.app.theme import apply_theme

Left = Qt.MouseButton.LeftButton
CLEAN = RemoverRow(
    "clean-plate",
    "Clean plate",
    "Takes what was behind from other frames",
    (
        SettingRow("feather", "Feather", "int", 4, 0, 64, tip="Soft edge in pixels"),
        SettingRow("grain", "Grain", "float", 0.5, 0, 2),
        SettingRow("steady", "Steady in time", "bool", True),
        SettingRow("motion", "Camera", "choice", "auto", choices=("auto", "static")),
    ),
)
OTHER = RemoverRow("other", "Other", "", (SettingRow("steps", "Steps", "int", 30, 1, 50),))
DEFAULTS: dict[str, Any] = {"feather": 4, "grain": 0.5, "steady": True, "motion": "auto"}


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> RunPanel:
    apply_theme(qapp)
    panel = RunPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 560)
    panel.set_removers([CLEAN, OTHER])
    panel.set_enabled_reason(None)
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def _only(panel: RunPanel, kind: type[Any], name: str) -> Any:
    return next(w for w in panel.findChildren(kind) if w.accessibleName() == name)


def _choose(qtbot: QtBot, panel: RunPanel, steps: int) -> None:
    combo = _only(panel, QComboBox, "Remover")
    key = Qt.Key.Key_Down if steps > 0 else Qt.Key.Key_Up
    qtbot.keyClick(combo, key)


def test_run_is_asked_for_with_every_setting(qtbot: QtBot, panel: RunPanel) -> None:
    _only(panel, QSpinBox, "Feather").setValue(9)
    _only(panel, QCheckBox, "Steady in time").setChecked(False)
    _only(panel, QDoubleSpinBox, "Grain").setValue(1.25)
    _only(panel, QComboBox, "Camera").setCurrentText("static")
    with qtbot.waitSignal(panel.run_requested) as said:
        qtbot.mouseClick(_only(panel, QPushButton, "Remove"), Left)
    changed = {"feather": 9, "grain": 1.25, "steady": False, "motion": "static"}
    assert said.args == ["clean-plate", changed]


def test_settings_are_kept_for_each_remover(qtbot: QtBot, panel: RunPanel) -> None:
    _only(panel, QSpinBox, "Feather").setValue(9)
    with qtbot.waitSignal(panel.settings_changed):
        _choose(qtbot, panel, 1)
    assert (panel.remover, panel.settings) == ("other", {"steps": 30})
    _choose(qtbot, panel, -1)
    assert panel.settings == {**DEFAULTS, "feather": 9}
    panel.set_removers([OTHER, CLEAN])
    assert (panel.remover, panel.settings["feather"]) == ("clean-plate", 9)


def test_a_change_of_settings_is_said(qtbot: QtBot, panel: RunPanel) -> None:
    with qtbot.waitSignal(panel.settings_changed):
        qtbot.keyClick(_only(panel, QSpinBox, "Feather"), Qt.Key.Key_Up)
    assert panel.settings["feather"] == 5


def test_the_reason_is_said_below_the_button(panel: RunPanel) -> None:
    panel.set_enabled_reason("Nothing is marked for removal yet")
    assert not _only(panel, QPushButton, "Remove").isEnabled()
    texts = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert "Nothing is marked for removal yet" in texts
    panel.set_enabled_reason(None)
    assert _only(panel, QPushButton, "Remove").isEnabled()


def test_while_a_run_says_how_far_it_is_no_reason_is_said(panel: RunPanel) -> None:
    reason = "A removal of this shot is running"
    panel.set_progress(0.5, "Refilling")
    panel.set_enabled_reason(reason)
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert reason not in shown
    panel.set_progress(None, "")
    shown = [label.text() for label in panel.findChildren(QLabel) if label.isVisible()]
    assert reason in shown


def test_without_removers_nothing_can_run(panel: RunPanel) -> None:
    panel.set_removers([])
    assert panel.remover == ""
    assert not _only(panel, QPushButton, "Remove").isEnabled()


def test_progress_and_cancel(qtbot: QtBot, panel: RunPanel) -> None:
    bar = _only(panel, QProgressBar, "Progress of the run")
    assert not bar.isVisible()
    panel.set_progress(0.25, "Frame 12 of 46 · 0:24 left")
    assert bar.isVisible()
    assert bar.value() / bar.maximum() == pytest.approx(0.25)
    with qtbot.waitSignal(panel.cancel_requested):
        qtbot.mouseClick(_only(panel, QWidget, "Stop this run"), Left)
    panel.set_progress(None, "Starting")
    assert bar.maximum() == 0, "moving, because it cannot be told how far it is"
    panel.set_progress(None, "")
    assert not bar.isVisible()


def test_summary_lines_are_replaced(qtbot: QtBot, panel: RunPanel) -> None:
    panel.set_summary([("Frames", "46"), ("Matte", "812 × 1204")])
    panel.set_summary([("Frames", "12")])

    def texts() -> list[str]:
        return [label.text() for label in panel.findChildren(QLabel)]

    qtbot.waitUntil(lambda: "46" not in texts())
    assert "12" in texts()


@pytest.mark.parametrize("name", ["Feather", "Grain", "Camera"])
def test_the_wheel_scrolls_the_panel_and_changes_no_setting(panel: RunPanel, name: str) -> None:
    editor = _only(panel, QWidget, name)
    event = QWheelEvent(
        QPointF(5, 5),
        QPointF(editor.mapToGlobal(QPoint(5, 5))),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(editor, event)
    assert panel.settings == DEFAULTS


def test_tips_reach_the_eye_and_the_screen_reader(panel: RunPanel) -> None:
    feather = _only(panel, QSpinBox, "Feather")
    assert feather.toolTip() == feather.accessibleDescription() == "Soft edge in pixels"
