"""The run: which remover, with which settings, on what, and how far it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QSignalBlocker, Qt, Signal
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QProgressBar,
    QPushButton,
    QScrollArea,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.keyboard import press_with_space
from void_studio.app.panels.settings_form import SettingRow, SettingsForm
from void_studio.app.parts import QuietCombo, icon_button
from void_studio.app.theme import set_variant, ui_font

__all__ = ["RemoverRow", "RunPanel", "SettingRow"]

_STEPS = 1000


@dataclass(frozen=True)
class RemoverRow:
    """A remover that can be chosen.

    Attributes:
        name: What the run calls it.
        title: What the artist reads.
        description: What it does and when to choose it, in a sentence or two.
        settings: What can be set.
    """

    name: str
    title: str
    description: str = ""
    settings: tuple[SettingRow, ...] = ()


class RunPanel(QWidget):
    """Chooses and starts a removal. The button stays in sight; what is above it scrolls.

    Signals:
        run_requested: The remover's name and its settings (dict).
        cancel_requested: Stop the run that is shown.
        settings_changed: The remover or one of its settings was changed.
    """

    run_requested = Signal(str, dict)
    cancel_requested = Signal()
    settings_changed = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._removers: tuple[RemoverRow, ...] = ()
        self._values: dict[str, dict[str, Any]] = {}
        self._form = SettingsForm((), {})
        self._reason: str | None = None
        self._shown = ""  # whose settings the form has

        self._choice = QuietCombo()
        self._choice.setAccessibleName("Remover")
        self._choice.activated.connect(self._choose)
        self._description = QLabel()
        self._description.setWordWrap(True)
        set_variant(self._description, "small")
        self._place = QVBoxLayout()
        self._place.addWidget(self._form)
        self._summary = QGridLayout()
        self._summary.setContentsMargins(9, 7, 9, 7)
        self._summary.setColumnStretch(1, 1)
        self._box = QFrame()
        set_variant(self._box, "box")
        self._box.setLayout(self._summary)
        self._box.hide()

        page = QWidget()
        above = QVBoxLayout(page)
        above.setContentsMargins(8, 8, 8, 4)
        above.setSpacing(8)
        above.addWidget(_caption("Remover"))
        above.addWidget(self._choice)
        above.addWidget(self._description)
        above.addLayout(self._place)
        above.addWidget(self._box)
        above.addStretch(1)
        scroll = QScrollArea()
        scroll.setWidgetResizable(True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(page)

        self._run = QPushButton("Remove")
        set_variant(self._run, "primary")
        self._run.setFont(ui_font(1.1, bold=True))
        self._run.setAccessibleName("Remove")
        self._run.clicked.connect(self._ask)
        press_with_space(self._run)
        self._why = QLabel()
        self._why.setWordWrap(True)
        set_variant(self._why, "small")
        self._text = ElidedLabel()
        self._cancel = icon_button("cancel", "Stop this run", self.cancel_requested.emit)
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the run")
        line = QHBoxLayout()
        line.addWidget(self._text, 1)
        line.addWidget(self._cancel)
        self._progress = QWidget()
        inside = QVBoxLayout(self._progress)
        inside.setContentsMargins(0, 0, 0, 0)
        inside.setSpacing(3)
        inside.addLayout(line)
        inside.addWidget(self._bar)
        below = QVBoxLayout()
        below.setContentsMargins(8, 4, 8, 8)
        below.setSpacing(6)
        for widget in (self._run, self._why, self._progress):
            below.addWidget(widget)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.addWidget(scroll, 1)
        layout.addLayout(below)
        self._progress.hide()
        self.set_enabled_reason("Open a shot first")

    @property
    def remover(self) -> str:
        """The name of the chosen remover, empty if there is none."""
        at = self._choice.currentIndex()
        return self._removers[at].name if 0 <= at < len(self._removers) else ""

    @property
    def settings(self) -> dict[str, Any]:
        """The settings of the chosen remover, by key."""
        return self._form.values()

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

    def set_summary(self, lines: Sequence[tuple[str, str]]) -> None:
        """What the run will work on, as (label, value); empty for nothing."""
        for at, (label, value) in enumerate(lines):
            self._summary_label(at, 0).setText(label)
            self._summary_label(at, 1).setText(value)
        for at in range(self._summary.rowCount()):
            for column in (0, 1):
                item = self._summary.itemAtPosition(at, column)
                if item is not None and (widget := item.widget()):
                    widget.setVisible(at < len(lines))
        self._box.setVisible(bool(lines))

    def _summary_label(self, row: int, column: int) -> QLabel:
        """The label at a place of the summary, made the first time."""
        item = self._summary.itemAtPosition(row, column)
        found = item.widget() if item is not None else None
        if isinstance(found, QLabel):
            return found
        label = _caption("") if column == 0 else QLabel()
        label.setTextFormat(Qt.TextFormat.PlainText)
        label.setWordWrap(column == 1)
        self._summary.addWidget(label, row, column, Qt.AlignmentFlag.AlignTop)
        return label

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
        self._progress.setVisible(bool(text))
        self._text.setText(text)
        self._show_why()
        if fraction is None:
            self._bar.setRange(0, 0 if text else 1)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(min(max(fraction, 0.0), 1.0) * _STEPS))

    def _show_why(self) -> None:
        """What runs says itself why nothing else can."""
        self._why.setVisible(bool(self._reason) and self._progress.isHidden())

    def _remember(self) -> None:
        if self._shown:
            self._values[self._shown] = self._form.values()

    def _choose(self) -> None:
        self._remember()
        self._show_form()
        self.settings_changed.emit()

    def _show_form(self) -> None:
        """Replaces the form by that of the chosen remover."""
        self._place.removeWidget(self._form)
        self._form.deleteLater()
        at = self._choice.currentIndex()
        row = self._removers[at] if 0 <= at < len(self._removers) else RemoverRow("", "")
        self._shown = row.name
        self._form = SettingsForm(row.settings, self._values.get(row.name, {}))
        self._form.changed.connect(self.settings_changed)
        self._place.addWidget(self._form)
        self._description.setText(row.description)
        self._description.setVisible(bool(row.description))

    def _ask(self) -> None:
        if self.remover:
            self.run_requested.emit(self.remover, self.settings)


def _caption(text: str) -> QLabel:
    label = QLabel(text)
    set_variant(label, "caption")
    return label
