"""What a remover lacks on this machine, and the way to get it."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QLineEdit, QPushButton, QVBoxLayout

from void_studio.app.keyboard import press_with_space
from void_studio.app.parts import icon_button
from void_studio.app.theme import set_variant


@dataclass(frozen=True)
class Needs:
    """What is missing.

    Attributes:
        weights: What weights are missing, how large they are and what licence they have, a line
            each; empty if they are all there.
        command: What installs the packages that are missing; empty if they are there.
    """

    weights: tuple[str, ...] = ()
    command: str = ""

    @property
    def reason(self) -> str | None:
        """Why the remover cannot run, in a few words; None if it can."""
        if self.command:
            return "Install PyTorch first"
        return "Get the weights first" if self.weights else None


class NeedsBox(QFrame):
    """Not there while nothing is missing.

    Signals:
        weights_requested: The artist wants to see, or get, the weights.
    """

    weights_requested = Signal()

    def __init__(self) -> None:
        super().__init__()
        set_variant(self, "box")
        self._heading = QLabel("Weights are missing")
        set_variant(self._heading, "warning")
        self._weights = QLabel()
        self._weights.setWordWrap(True)
        set_variant(self._weights, "small")
        self._weights.setTextFormat(Qt.TextFormat.PlainText)
        self._get = QPushButton("Get weights…")
        self._get.clicked.connect(self.weights_requested)
        press_with_space(self._get)
        self._packages = QLabel("PyTorch is not installed. In a terminal:")
        self._packages.setWordWrap(True)
        set_variant(self._packages, "warning")
        self._command = QLineEdit()
        self._command.setReadOnly(True)
        self._command.setAccessibleName("Command that installs what is missing")
        self._copy = icon_button("copy", "Copy the command", self._copy_command)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self._command, 1)
        line.addWidget(self._copy)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(9, 8, 9, 9)
        layout.setSpacing(6)
        layout.addWidget(self._packages)
        layout.addLayout(line)
        layout.addWidget(self._heading)
        layout.addWidget(self._weights)
        layout.addWidget(self._get, 0, Qt.AlignmentFlag.AlignLeft)
        self.hide()

    def set_needs(self, needs: Needs) -> None:
        """Shows what is missing."""
        self._weights.setText("\n".join(needs.weights))
        for widget in (self._heading, self._weights, self._get):
            widget.setVisible(bool(needs.weights))
        self._command.setText(needs.command)
        self._command.setCursorPosition(0)
        self._command.setToolTip(needs.command)
        for part in (self._packages, self._command, self._copy):
            part.setVisible(bool(needs.command))
        self.setVisible(bool(needs.reason))

    def _copy_command(self) -> None:
        QGuiApplication.clipboard().setText(self._command.text())
