"""The jobs panel: steady rows, and what can be asked of each state."""

from __future__ import annotations

from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QImage
from PySide6.QtWidgets import QApplication, QLabel, QListView, QToolButton
from pytestqt.qtbot import QtBot

from void_studio.app.panels.job_rows import FINISHED, UNFINISHED
from void_studio.app.panels.jobs import JobRow, JobsPanel
from void_studio.app.theme import PALETTE, apply_theme

Left = Qt.MouseButton.LeftButton
RUNNING = JobRow("r", "Remove · Clean plate", "running", 0.5, "Frame 12 of 46", "0:24 left")
FAILED = JobRow("f", "Track · glass", "failed", 0.2, error="The disk is full. Free some space")
DONE = JobRow("d", "Track · lime", "done", 1.0, "46 frames")


@pytest.fixture
def panel(qtbot: QtBot, qapp: QApplication) -> JobsPanel:
    apply_theme(qapp)
    panel = JobsPanel()
    qtbot.addWidget(panel)
    panel.resize(320, 420)
    panel.set_jobs([RUNNING, FAILED, DONE])
    with qtbot.waitExposed(panel):
        panel.show()
    return panel


def _view(panel: JobsPanel) -> QListView:
    view = panel.findChild(QListView)
    assert view is not None
    return view


def _button(panel: JobsPanel, start: str) -> QToolButton:
    buttons = panel.findChildren(QToolButton)
    return next(b for b in buttons if b.accessibleName().startswith(start))


def test_progress_changes_one_row_and_keeps_the_choice(qtbot: QtBot, panel: JobsPanel) -> None:
    panel.set_current("f")
    model = _view(panel).model()
    changed: list[int] = []
    model.dataChanged.connect(lambda first, last: changed.append(first.row()))
    with qtbot.assertNotEmitted(model.modelReset):
        panel.set_jobs([replace(RUNNING, fraction=0.6), FAILED, DONE])
    assert changed == [0]
    assert panel.current == "f"


def test_a_new_job_keeps_the_choice(panel: JobsPanel) -> None:
    panel.set_current("f")
    panel.set_jobs([JobRow("n", "Track", "queued"), RUNNING, FAILED, DONE])
    assert panel.current == "f"
    panel.set_jobs([RUNNING])
    assert panel.current == ""


@pytest.mark.parametrize("state", [*UNFINISHED, *FINISHED])
def test_only_what_makes_sense_can_be_asked(panel: JobsPanel, state: str) -> None:
    panel.set_jobs([JobRow("x", "Track", state)])
    panel.set_current("x")
    assert _button(panel, "Stop").isEnabled() == (state in UNFINISHED)
    can_rerun = state in ("failed", "cancelled", "interrupted")
    assert _button(panel, "Run again").isEnabled() == can_rerun
    assert _button(panel, "Take finished").isEnabled() == (state in FINISHED)
    assert _button(panel, "Show").isEnabled()


def test_a_click_chooses_and_buttons_ask(qtbot: QtBot, panel: JobsPanel) -> None:
    view = _view(panel)
    place = view.visualRect(view.model().index(1, 0)).center()
    qtbot.mouseClick(view.viewport(), Left, pos=place)
    assert panel.current == "f"
    with qtbot.waitSignal(panel.rerun_requested) as said:
        qtbot.mouseClick(_button(panel, "Run again"), Left)
    assert said.args == ["f"]
    with qtbot.waitSignal(panel.reveal_requested) as said:
        qtbot.mouseClick(_button(panel, "Show"), Left)
    assert said.args == ["f"]
    with qtbot.waitSignal(panel.clear_requested):
        qtbot.mouseClick(_button(panel, "Take finished"), Left)
    panel.set_current("r")
    with qtbot.waitSignal(panel.cancel_requested) as said:
        qtbot.mouseClick(_button(panel, "Stop"), Left)
    assert said.args == ["r"]


def test_why_a_job_failed_is_said_in_full(panel: JobsPanel) -> None:
    panel.set_current("f")
    error = next(x for x in panel.findChildren(QLabel) if x.text() == FAILED.error)
    assert error.isVisible()
    panel.set_current("d")
    assert not error.isVisible()


def test_the_bar_is_as_long_as_the_work_done(panel: JobsPanel) -> None:
    def filled(fraction: float) -> int:
        panel.set_jobs([replace(RUNNING, fraction=fraction)])
        image = QImage(_view(panel).viewport().size(), QImage.Format.Format_RGB32)
        _view(panel).viewport().render(image)
        rect = _view(panel).visualRect(_view(panel).model().index(0, 0))
        accent = QColor(PALETTE.accent).rgb()
        rows = range(rect.center().y(), rect.bottom())
        return max(sum(image.pixel(x, y) == accent for x in range(image.width())) for y in rows)

    half, most = filled(0.5), filled(0.9)
    assert most / half == pytest.approx(1.8, rel=0.05)


@pytest.mark.parametrize("direction", list(Qt.LayoutDirection)[:2])
def test_any_state_can_be_drawn_in_any_direction(
    panel: JobsPanel, direction: Qt.LayoutDirection
) -> None:
    panel.setLayoutDirection(direction)
    panel.set_jobs([JobRow(s, "س" * 80, s, None, "m" * 200) for s in (*UNFINISHED, *FINISHED, "?")])
    image = QImage(panel.size(), QImage.Format.Format_RGB32)
    panel.render(image)


def test_rows_are_said_to_screen_readers(panel: JobsPanel) -> None:
    said = _view(panel).model().index(0, 0).data(Qt.ItemDataRole.AccessibleTextRole)
    assert said == "Remove · Clean plate, running, Frame 12 of 46, 0:24 left"
