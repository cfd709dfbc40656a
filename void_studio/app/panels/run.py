"""The run: which remover, with which settings, on what, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtGui import QHideEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QLabel,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.keyboard import press_with_space
from void_studio.app.panels.facts_box import FactsBox
from void_studio.app.panels.needs_box import Needs, NeedsBox
from void_studio.app.panels.run_progress import RunProgress
from void_studio.app.panels.scene_prompt import ScenePrompt
from void_studio.app.panels.settings_form import Choice, SettingRow, SettingsForm
from void_studio.app.parts import QuietCombo
from void_studio.app.theme import set_variant, ui_font

__all__ = ["Needs", "RemoverRow", "RunPanel", "SettingRow"]


@dataclass(frozen=True)
class RemoverRow:
    """A remover that can be chosen.

    Attributes:
        name: What the run calls it.
        title: What the artist reads.
        description: What it does and when to choose it, in a sentence or two.
        settings: What can be set.
        described: Whether it follows a description of the scene.
    """

    name: str
    title: str
    description: str = ""
    settings: tuple[SettingRow, ...] = ()
    described: bool = False


class RunPanel(QWidget):
    """Chooses and starts a removal. The button stays in sight; what is above it scrolls.

    Attributes:
        prompt: The description of the scene, for removers that follow one.
        needs: What the chosen remover lacks.
        progress: How far a run is.

    Signals:
        run_requested: The remover's name and its settings (dict).
        cancel_requested: Stop the run that is shown.
        settings_changed: The remover or one of its settings was changed.
        remover_changed: Another remover was chosen: its name.
        sight_changed: The panel came into sight, or went.
    """

    run_requested = Signal(str, dict)
    cancel_requested = Signal()
    settings_changed = Signal()
    remover_changed = Signal(str)
    sight_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._removers: tuple[RemoverRow, ...] = ()
        self._values: dict[str, dict[str, Any]] = {}
        self._choices: dict[str, tuple[Choice, ...]] = {}
        self._form = SettingsForm((), {})
        self._reason: str | None = None
        self._shown = ""  # whose settings the form has

        self._choice = QuietCombo()
        self._choice.setAccessibleName("Remover")
        self._choice.activated.connect(self._choose)
        self._description = QLabel()
        self._description.setWordWrap(True)
        set_variant(self._description, "small")
        self.prompt = ScenePrompt()
        self.needs = NeedsBox()
        self._place = QVBoxLayout()
        self._place.addWidget(self._form)
        self._summary = FactsBox()
        self._run = QPushButton("Remove")
        set_variant(self._run, "primary")
        self._run.setFont(ui_font(1.1, bold=True))
        self._run.setAccessibleName("Remove")
        self._run.clicked.connect(self._ask)
        press_with_space(self._run)
        self._why = QLabel()
        self._why.setWordWrap(True)
        set_variant(self._why, "small")
        self.progress = RunProgress()
        self.progress.cancel_requested.connect(self.cancel_requested)

        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(self._above(), 1)
        layout.addLayout(self._below())
        self.set_enabled_reason("Open a shot first")

    def _above(self) -> QScrollArea:
        page = QWidget()
        column = QVBoxLayout(page)
        column.setContentsMargins(8, 8, 8, 4)
        column.setSpacing(8)
        caption = QLabel("Remover")
        set_variant(caption, "caption")
        for widget in (caption, self._choice, self._description, self.needs, self.prompt):
            column.addWidget(widget)
        column.addLayout(self._place)
        column.addWidget(self._summary)
        column.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)
        return scroll

    def _below(self) -> QVBoxLayout:
        column = QVBoxLayout()
        column.setContentsMargins(8, 4, 8, 8)
        column.setSpacing(6)
        for widget in (self._run, self._why, self.progress):
            column.addWidget(widget)
        return column

    @property
    def remover(self) -> str:
        """The name of the chosen remover, empty if there is none."""
        return self._row.name

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the chosen remover, by key."""
        return self._form.values()

    @property
    def _row(self) -> RemoverRow:
        at = self._choice.currentIndex()
        return self._removers[at] if 0 <= at < len(self._removers) else RemoverRow("", "")

    def set_removers(self, rows: Sequence[RemoverRow]) -> None:
        """Offers these; the choice and what was set so far are kept."""
        if tuple(rows) == self._removers:
            return
        self._remember()
        chosen = self.remover
        self._removers = tuple(rows)
        with QSignalBlocker(self._choice):
            self._choice.clear()
            for row in rows:
                self._choice.addItem(row.title)
                tip = self._choice.count() - 1
                self._choice.setItemData(tip, row.description, Qt.ItemDataRole.ToolTipRole)
            names = [row.name for row in rows]
            self._choice.setCurrentIndex(names.index(chosen) if chosen in names else 0)
        self._show_form()
        self.set_enabled_reason(self._reason)

    def choose(self, name: str) -> None:
        """Chooses the remover called ``name``, if it is offered."""
        names = [row.name for row in self._removers]
        if name in names:
            self._choice.setCurrentIndex(names.index(name))
            self._choose()

    def set_choices(self, key: str, choices: Sequence[Choice]) -> None:
        """Offers other choices for a setting, whichever remover has it."""
        self._choices[key] = tuple(choices)
        self._form.set_choices(key, choices)

    def set_summary(self, lines: Sequence[tuple[str, str]]) -> None:
        """What the run would do, as (label, value); empty for nothing."""
        self._summary.set_lines(lines)

    def set_enabled_reason(self, reason: str | None) -> None:
        """Why nothing can be run now, said below the button; None when it can."""
        self._reason = reason
        self._run.setEnabled(reason is None and bool(self._removers))
        self._why.setText(reason or "")
        self._show_why()
        self._run.setToolTip(reason or "Run the removal over the in and out range")

    def set_progress(self, fraction: float | None, text: str) -> None:
        """How far the run is.

        Args:
            fraction: 0 to 1; None when it cannot be told.
            text: E.g. ``"Frame 31 of 46 · 0:24 left"``; empty when nothing runs.
        """
        self.progress.show_progress(fraction, text)
        self._show_why()

    def _show_why(self) -> None:
        """What runs says itself why nothing else can."""
        self._why.setVisible(bool(self._reason) and self.progress.isHidden())

    def _remember(self) -> None:
        if self._shown:
            self._values[self._shown] = self._form.values()

    def _choose(self) -> None:
        if self.remover == self._shown:
            return
        self._remember()
        self._show_form()
        self.remover_changed.emit(self.remover)
        self.settings_changed.emit()

    def _show_form(self) -> None:
        """Replaces the form by that of the chosen remover."""
        self._place.removeWidget(self._form)
        self._form.hide()
        self._form.deleteLater()
        row = self._row
        self._shown = row.name
        self._form = SettingsForm(row.settings, self._values.get(row.name, {}), self._choices)
        self._form.changed.connect(self.settings_changed)
        self._place.addWidget(self._form)
        self._description.setText(row.description)
        self._description.setVisible(bool(row.description))
        self.prompt.setVisible(row.described)

    def _ask(self) -> None:
        if self.remover:
            self.prompt.settle()
            self.run_requested.emit(self.remover, self.settings)

    # -- Qt overrides ----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.sight_changed.emit()

    def hideEvent(self, event: QHideEvent) -> None:
        super().hideEvent(event)
        self.sight_changed.emit()
