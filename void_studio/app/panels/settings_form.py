"""A form made from a remover's settings: one row for each, of the kind it is."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Literal

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QDoubleSpinBox, QGridLayout, QLabel, QSpinBox, QWidget

from void_studio.app.keyboard import press_with_space
from void_studio.app.parts import QuietCombo, QuietDoubleSpin, QuietSpin
from void_studio.app.theme import set_variant

Kind = Literal["int", "float", "bool", "choice"]


AUTO = "auto"


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
        choices: For ``choice``.
        tip: What it does, in one sentence.
        automatic: For ``int``: whether the word "auto" may stand in place of a number.
    """

    key: str
    label: str
    kind: Kind
    default: int | float | bool | str
    minimum: float = 0
    maximum: float = 1_000_000
    choices: tuple[str, ...] = ()
    tip: str = ""
    automatic: bool = False


class SettingsForm(QWidget):
    """The settings of one remover.

    Signals:
        changed: A value was changed by the artist.
    """

    changed = Signal()

    def __init__(self, rows: Sequence[SettingRow], values: dict[str, Any]) -> None:
        """Builds the form.

        Args:
            rows: The settings, in order.
            values: By key, where they differ from the default.
        """
        super().__init__()
        self._editors: dict[str, QWidget] = {}
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setVerticalSpacing(6)
        grid.setHorizontalSpacing(10)
        grid.setColumnStretch(1, 1)
        for at, row in enumerate(rows):
            editor = self._editor(row, values.get(row.key, row.default))
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

    def values(self) -> dict[str, Any]:
        """Every setting by its key."""
        return {key: _value(editor) for key, editor in self._editors.items()}

    def _editor(self, row: SettingRow, value: Any) -> QWidget:
        if row.kind == "bool":
            box = QCheckBox(row.label)
            box.setChecked(bool(value))
            press_with_space(box)
            box.toggled.connect(self.changed)
            return box
        if row.kind == "choice":
            combo = QuietCombo()
            combo.addItems(row.choices)
            combo.setCurrentText(str(value))
            combo.activated.connect(self.changed)
            return combo
        if row.kind == "int":
            spin = QuietSpin()
            lowest = int(row.minimum)
            if row.automatic:
                # The step below the smallest number stands for the word.
                lowest -= 1
                spin.setSpecialValueText(AUTO)
            spin.setRange(lowest, int(row.maximum))
            spin.setValue(lowest if value == AUTO else int(value))
            spin.valueChanged.connect(self.changed)
            return spin
        decimal = QuietDoubleSpin()
        decimal.setDecimals(2)
        decimal.setSingleStep(max(0.01, (row.maximum - row.minimum) / 100))
        decimal.setRange(row.minimum, row.maximum)
        decimal.setValue(float(value))
        decimal.valueChanged.connect(self.changed)
        return decimal


def _value(editor: QWidget) -> int | float | bool | str:
    if isinstance(editor, QCheckBox):
        return editor.isChecked()
    if isinstance(editor, QSpinBox | QDoubleSpinBox):
        automatic = editor.specialValueText() and editor.value() == editor.minimum()
        return AUTO if automatic else editor.value()
    assert isinstance(editor, QuietCombo)
    return editor.currentText()
