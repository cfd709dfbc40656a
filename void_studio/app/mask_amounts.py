"""How far the edits of a mask go: chosen once, remembered, said by the menu."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSettings, Qt, Signal
from PySide6.QtGui import QIcon
from PySide6.QtWidgets import QDialog, QDialogButtonBox, QFormLayout, QVBoxLayout, QWidget

from void_studio.app.parts import QuietSpin

DEFAULTS = {"grow": 2, "smooth": 8, "specks": 6}
LARGEST = 500

_LABELS = {
    "grow": ("Grow and shrink by", "How far the edge of the mask moves"),
    "smooth": ("Smooth over", "Bumps and notches narrower than this go"),
    "specks": ("Clear specks under", "Islands with less area than a square of this side go"),
}


class MaskAmounts(QObject):
    """Whole plate pixels, 1 to ``LARGEST``, by name: ``grow``, ``smooth``, ``specks``.

    Signals:
        changed: One of them.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._values = {name: _remembered(name) for name in DEFAULTS}

    def __getitem__(self, name: str) -> int:
        return self._values[name]

    def set(self, name: str, pixels: int) -> None:
        """Chooses one and remembers it."""
        self._values[name] = min(max(pixels, 1), LARGEST)
        QSettings().setValue(f"mask/{name}", self._values[name])
        self.changed.emit()


class AmountsDialog(QDialog):
    """Asks for all of them; what is entered counts at once, and painting goes on behind it."""

    def __init__(self, amounts: MaskAmounts, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle("Mask Amounts")
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        form = QFormLayout()
        for name, (label, tip) in _LABELS.items():
            spin = QuietSpin(self)
            spin.setRange(1, LARGEST)
            spin.setSuffix(" px")
            spin.setValue(amounts[name])
            spin.setToolTip(tip)
            spin.setObjectName(name)
            spin.setAccessibleName(label)
            spin.valueChanged.connect(lambda value, name=name: amounts.set(name, value))
            form.addRow(label, spin)
        buttons = QDialogButtonBox(QDialogButtonBox.StandardButton.Close)
        buttons.button(QDialogButtonBox.StandardButton.Close).setIcon(QIcon())
        buttons.rejected.connect(self.reject)
        layout = QVBoxLayout(self)
        layout.addLayout(form)
        layout.addWidget(buttons)


def _remembered(name: str) -> int:
    value = QSettings().value(f"mask/{name}")
    try:
        return min(max(int(str(value)), 1), LARGEST)
    except ValueError:
        return DEFAULTS[name]
