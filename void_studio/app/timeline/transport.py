"""The row above the timeline: where you are, what plays, and how fast it really is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QAction, QFontMetrics, QIntValidator, QKeyEvent
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from void_studio.app.icons import icon
from void_studio.app.keyboard import press_with_space
from void_studio.app.theme import set_variant, ui_font
from void_studio.app.timeline.geometry import timecode

_BUTTONS = {
    "first": "to-start",
    "previous": "step-back",
    "play_backward": "play-backward",
    "play": "play",
    "next": "step-forward",
    "last": "to-end",
}
_SWITCHES = ("loop",)


class FrameField(QLineEdit):
    """The frame's number, which can be typed over.

    Signals:
        entered: The number that was typed, as the artist counts.
    """

    entered = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_variant(self, "number")
        self.setFont(ui_font(1.25, bold=True))
        self.setValidator(QIntValidator(self))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frame number")
        self.setToolTip("The frame you are on. Type another to go there")
        self._number = 0
        self.returnPressed.connect(self._enter)
        self.editingFinished.connect(self._restore)

    def set_number(self, number: int) -> None:
        """Shows a number, unless one is being typed."""
        self._number = number
        if not self.hasFocus():
            self.setText(str(number))

    def begin(self) -> None:
        """Takes the keyboard with the whole number selected."""
        self.setFocus(Qt.FocusReason.ShortcutFocusReason)
        self.selectAll()

    def _enter(self) -> None:
        self._number = int(self.text())
        self.clearFocus()
        self.entered.emit(self._number)

    def _restore(self) -> None:
        self.setText(str(self._number))

    def sizeHint(self) -> QSize:
        metrics = QFontMetrics(self.font())
        digits = max(5, len(str(self._number)) + 1)
        return QSize(metrics.horizontalAdvance("0") * digits + 14, metrics.height() + 6)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self._restore()
            self.clearFocus()
        else:
            super().keyPressEvent(event)


class TransportBar(QWidget):
    """Frame number and timecode, the play buttons, and the true rate.

    Its buttons are the window's own actions, so keys and tool tips come from one place.

    Signals:
        frame_entered: A frame number was typed, as the artist counts (1001, ...).
    """

    frame_entered = Signal(int)

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        """Builds the row.

        Args:
            actions: ``first``, ``previous``, ``play``, ``next``, ``last``, ``loop``; where
                given, also ``play_backward``.
        """
        super().__init__(parent)
        self._first_number = 0
        self._rate = Fraction(24)
        self._field = FrameField()
        self._field.entered.connect(self.frame_entered)
        self._timecode = self._label("Timecode", "Timecode from the first frame of the plate")
        self._status = self._label("Playback status")
        self._speed = self._label("Frame rate", "Frames shown each second while playing")
        self._dropped = self._label("Dropped frames", "Frames that were skipped to keep time")
        self._play = actions["play"]

        left = _row(self._field, self._timecode)
        left.addStretch(1)
        middle = _row(*(self._button(actions[name], name) for name in _BUTTONS if name in actions))
        right = QHBoxLayout()
        right.setSpacing(10)
        right.addStretch(1)
        for label in (self._status, self._speed, self._dropped):
            right.addWidget(label)
        switches = _row(*(self._switch(actions[name]) for name in _SWITCHES if name in actions))
        right.addLayout(switches)
        layout = QGridLayout(self)
        layout.setContentsMargins(8, 2, 8, 0)
        layout.addLayout(left, 0, 0)
        layout.addLayout(middle, 0, 1)
        layout.addLayout(right, 0, 2)
        layout.setColumnStretch(0, 1)
        layout.setColumnStretch(2, 1)
        # Time runs from left to right in every language.
        self.setLayoutDirection(Qt.LayoutDirection.LeftToRight)
        self.set_frames(0, Fraction(24))
        self.set_current(0)

    def set_frames(self, first_number: int, rate: Fraction) -> None:
        """The number of the first frame, and the plate's own rate."""
        self._first_number, self._rate = first_number, rate
        self.set_speed(None)
        self.set_dropped(0)

    def set_current(self, index: int) -> None:
        """Shows the number and the timecode of frame ``index``."""
        self._field.set_number(self._first_number + index)
        self._timecode.setText(timecode(index, self._rate))

    def set_playing(self, playing: bool) -> None:
        """Shows pause instead of play."""
        self._play.setIcon(icon("pause" if playing else "play"))
        if not playing:
            self.set_speed(None)

    def set_speed(self, shown: float | None) -> None:
        """Frames really shown in the last second; None when standing still: the plate's rate."""
        rate = f"{float(self._rate):.3f}".rstrip("0").rstrip(".")
        self._speed.setText(f"{rate} fps" if shown is None else f"{shown:.1f} of {rate} fps")
        slow = shown is not None and shown < float(self._rate) * 0.97
        set_variant(self._speed, "warning" if slow else "dim")

    def set_dropped(self, count: int) -> None:
        """Frames left out since play began."""
        self._dropped.setText(f"{count} dropped")
        set_variant(self._dropped, "warning" if count else "dim")

    def set_status(self, text: str) -> None:
        """A word beside the rate, e.g. ``"caching"``; empty for nothing."""
        self._status.setText(text)
        self._status.setVisible(bool(text))

    def edit_frame(self) -> None:
        """Lets a frame number be typed, as Go to Frame does."""
        self._field.begin()

    def _label(self, name: str, tip: str = "") -> QLabel:
        label = QLabel()
        label.setAccessibleName(name)
        label.setToolTip(tip)
        set_variant(label, "dim")
        return label

    def _button(self, action: QAction, name: str) -> QToolButton:
        if action.icon().isNull():
            action.setIcon(icon(_BUTTONS[name]))
        button = QToolButton()
        press_with_space(button)
        button.setDefaultAction(action)
        button.setAutoRepeat(name in ("previous", "next"))
        button.setAccessibleName(action.text().replace("&", ""))
        return button

    def _switch(self, action: QAction) -> QToolButton:
        button = QToolButton()
        press_with_space(button)
        button.setDefaultAction(action)
        button.setAccessibleName(action.text().replace("&", ""))
        set_variant(button, "link")
        if action.icon().isNull():
            button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextOnly)
        return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return layout
