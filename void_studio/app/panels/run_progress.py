"""How far a run is: a line of text with a way to stop it, and a bar."""

from __future__ import annotations

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.parts import icon_button

_STEPS = 1000


class RunProgress(QWidget):
    """Not there while nothing runs.

    Signals:
        cancel_requested: Stop the run that is shown.
    """

    cancel_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = ElidedLabel()
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of the run")
        line = QHBoxLayout()
        line.addWidget(self._text, 1)
        line.addWidget(icon_button("cancel", "Stop this run", self.cancel_requested.emit))
        layout = QVBoxLayout(self)
        layout.setContentsMargins(0, 0, 0, 0)
        layout.setSpacing(3)
        layout.addLayout(line)
        layout.addWidget(self._bar)
        self.hide()

    def show_progress(self, fraction: float | None, text: str) -> None:
        """Shows ``text``, hidden while it is empty, and 0 to 1, or None if that is not known."""
        self.setVisible(bool(text))
        self._text.setText(text)
        if fraction is None:
            self._bar.setRange(0, 0 if text else 1)
        else:
            self._bar.setRange(0, _STEPS)
            self._bar.setValue(round(min(max(fraction, 0.0), 1.0) * _STEPS))
