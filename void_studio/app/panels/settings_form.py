"""A form made from a remover's settings: one row for each, of the kind it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import (
    QCheckBox,
    QDoubleSpinBox,
    QGridLayout,
    QLabel,
    QSpinBox,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.keyboard import press_with_space
from void_studio.app.panels.fold import Fold
from void_studio.app.parts import QuietCombo, QuietDoubleSpin, QuietSpin
from void_studio.app.theme import set_variant

Kind = Literal["int", "float", "bool", "choice"]
Value = int | float | bool | str
Choice = tuple[Value, str]
"""What a setting can be, and how the artist reads it."""

AUTO = "auto"
_FOLD_KEY = "run/advanced"


@dataclass(frozen=True)
class SettingRow:
    """One setting.

    Attributes:
        key: What the remover calls it.
        label: What the form calls it.
        kind: ``int``, ``float``, ``bool`` or ``choice``.
        default: Its value until the artist changes it.
        minimum: For numbers.
        maximum: For numbers.
        choices: For ``choice``; each is read as it is called, unless ``set_choices`` says more.
        tip: What it does, in one sentence.
        automatic: For ``int``: whether the word "auto" may stand in place of a number.
        step: For ``int``: from one allowed number to the next, beginning with the smallest.
        advanced: Whether it is folded away.
    """

    key: str
    label: str
    kind: Kind
    default: Value
    minimum: float = 0
    maximum: float = 1_000_000
    choices: tuple[str, ...] = ()
    tip: str = ""
    automatic: bool = False
    step: int = 1
    advanced: bool = False


class SettingsForm(QWidget):
    """The settings of one remover. What is folded away is built when it is first looked at.

    Signals:
        changed: A value was changed by the artist.
    """

    changed = Signal()

    def __init__(
        self,
        rows: Sequence[SettingRow],
        values: Mapping[str, Any],
        choices: Mapping[str, Sequence[Choice]] | None = None,
    ) -> None:
        """Builds the form.

        Args:
            rows: The settings, in order.
            values: By key, where they differ from the default.
            choices: By key, where they are others than the row's.
        """
        super().__init__()
        self._given = {row.key: values.get(row.key, row.default) for row in rows}
        self._choices = dict(choices or {})
        self._editors: dict[str, QWidget] = {}
        words = (row.label for row in rows if row.kind != "bool")
        self._across = max(map(self.fontMetrics().horizontalAdvance, words), default=0)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(6)
        layout.addWidget(self._grid([row for row in rows if not row.advanced]))
        hidden = [row for row in rows if row.advanced]
        if hidden:
            layout.addWidget(Fold("Advanced", _FOLD_KEY, lambda: self._grid(hidden)))

    def values(self) -> dict[str, Any]:
        """Every setting by its key."""
        return {**self._given, **{key: _value(editor) for key, editor in self._editors.items()}}

    def set_choices(self, key: str, choices: Sequence[Choice]) -> None:
        """Offers other choices; one that is gone gives way to the first."""
        self._choices[key] = choices
        editor = self._editors.get(key)
        if isinstance(editor, QuietCombo):
            chosen = editor.currentData()
            with QSignalBlocker(editor):
                _fill(editor, choices, chosen)
            if editor.currentData() != chosen:
                self.changed.emit()

    def _grid(self, rows: Sequence[SettingRow]) -> QWidget:
        box = QWidget()
        grid = QGridLayout(box)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        grid.setColumnMinimumWidth(0, self._across)
        for at, row in enumerate(rows):
            editor = self._editor(row, self._given[row.key])
            editor.setToolTip(row.tip)
            editor.setAccessibleName(row.label)
            editor.setAccessibleDescription(row.tip)
            self._editors[row.key] = editor
            if row.kind == "bool":
                grid.addWidget(editor, at, 0, 1, 2)
                continue
            label = QLabel(row.label)
            label.setToolTip(row.tip)
            label.setBuddy(editor)
            set_variant(label, "dim")
            grid.addWidget(label, at, 0)
            grid.addWidget(editor, at, 1)
        return box

    def _editor(self, row: SettingRow, value: Any) -> QWidget:
        if row.kind == "bool":
            box = QCheckBox(row.label)
            box.setChecked(bool(value))
            press_with_space(box)
            box.toggled.connect(self.changed)
            return box
        if row.kind == "choice":
            combo = QuietCombo()
            as_called = tuple((choice, choice) for choice in row.choices)
            _fill(combo, self._choices.get(row.key, as_called), value)
            combo.activated.connect(self.changed)
            return combo
        if row.kind == "int":
            return self._whole_number(row, value)
        decimal = QuietDoubleSpin()
        decimal.setDecimals(2)
        decimal.setSingleStep(max(0.01, (row.maximum - row.minimum) / 100))
        decimal.setRange(row.minimum, row.maximum)
        decimal.setValue(float(value))
        decimal.valueChanged.connect(self.changed)
        return decimal

    def _whole_number(self, row: SettingRow, value: Any) -> QWidget:
        spin = QuietSpin()
        lowest = int(row.minimum)
        if row.automatic:
            # The step below the smallest number stands for the word.
            lowest -= row.step
            spin.setSpecialValueText(AUTO)
        spin.setRange(lowest, int(row.maximum))
        spin.setSingleStep(row.step)
        spin.setValue(lowest if value == AUTO else int(value))
        spin.editingFinished.connect(lambda: spin.setValue(_allowed(spin)))
        spin.valueChanged.connect(self.changed)
        return spin


def _fill(combo: QuietCombo, choices: Sequence[Choice], chosen: Any) -> None:
    """Fills a combo box, and chooses what is wanted or else the first."""
    combo.clear()
    for value, text in choices:
        combo.addItem(text, value)
    combo.setCurrentIndex(next((at for at, (value, _) in enumerate(choices) if value == chosen), 0))


def _allowed(spin: QSpinBox) -> int:
    """The allowed number nearest to what a spin box says."""
    lowest, step = spin.minimum(), spin.singleStep()
    return min(lowest + round((spin.value() - lowest) / step) * step, spin.maximum())


def _value(editor: QWidget) -> Value:
    if isinstance(editor, QCheckBox):
        return editor.isChecked()
    if isinstance(editor, QSpinBox | QDoubleSpinBox):
        if editor.specialValueText() and editor.value() == editor.minimum():
            return AUTO
        return _allowed(editor) if isinstance(editor, QSpinBox) else editor.value()
    assert isinstance(editor, QuietCombo)
    chosen: Value = editor.currentData()
    return chosen
