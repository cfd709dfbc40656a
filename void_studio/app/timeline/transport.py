"""The row above the timeline: where you are, what plays, and how fast it really is."""

from __future__ import annotations

from collections.abc import Mapping
from fractions import Fraction
from functools import partial

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import (
    QAction,
    QActionGroup,
    QFontMetrics,
    QKeyEvent,
    QRegularExpressionValidator,
)
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QMenu,
    QSizePolicy,
    QToolButton,
    QWidget,
)

from void_studio.app.icons import icon
from void_studio.app.keyboard import press_with_space
from void_studio.app.theme import set_variant, ui_font
from void_studio.app.timeline.timecode import parse_frame, timecode

_BUTTONS = {
    "first": "to-start",
    "previous": "step-back",
    "play_backward": "play-backward",
    "play": "play",
    "next": "step-forward",
    "last": "to-end",
}
_PACES = {
    "A &Quarter of the Speed": Fraction(1, 4),
    "&Half the Speed": Fraction(1, 2),
    "The &Plate's Own Speed": Fraction(1),
    "&Double the Speed": Fraction(2),
}


class FrameField(QLineEdit):
    """The frame's number, which can be typed over.

    Signals:
        entered: What was typed: a number, a step such as +5, or timecode.
    """

    entered = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        set_variant(self, "number")
        self.setFont(ui_font(1.25, bold=True))
        self.setValidator(QRegularExpressionValidator(r"[-+\d:;.]{1,20}", self))
        self.setFocusPolicy(Qt.FocusPolicy.ClickFocus)
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)
        self.setAccessibleName("Frame number")
        self.setToolTip("The frame you are on. Type another, +5, -10 or timecode to go there")
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
        text = self.text()
        self._restore()
        self.clearFocus()
        self.entered.emit(text)

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
        frame_entered: A frame was typed: its number, as the artist counts (1001, ...).
        pace_chosen: How fast to play beside the plate's own rate, a Fraction.
        forgiven: The number of dropped frames was clicked: count from zero.
    """

    frame_entered = Signal(int)
    pace_chosen = Signal(object)
    forgiven = Signal()

    def __init__(self, actions: Mapping[str, QAction], parent: QWidget | None = None) -> None:
        """Builds the row.

        Args:
            actions: ``first``, ``previous``, ``play_backward``, ``play``, ``next``, ``last``,
                ``loop`` and ``every_frame``.
        """
        super().__init__(parent)
        self._first_number = 0
        self._index = 0
        self._rate = Fraction(24)
        self._pace = Fraction(1)
        self._field = FrameField()
        self._field.entered.connect(self._enter)
        self._timecode = QLabel()
        self._timecode.setAccessibleName("Timecode")
        self._timecode.setToolTip("Timecode from the first frame of the plate")
        set_variant(self._timecode, "dim")
        self._speed = _figure("Frame rate", "Frames shown each second. Click to play slower")
        self._speed.setMenu(self._pace_menu())
        self._speed.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self._dropped = _figure(
            "Dropped frames", "Frames that were left out to keep time. Click to count from zero"
        )
        self._dropped.clicked.connect(self._forgive)
        self._play = actions["play"]
        self._loop, self._every_frame = actions["loop"], actions["every_frame"]
        self._every_frame.toggled.connect(self._name_timing)
        self._name_timing(self._every_frame.isChecked())

        left = _row(self._field, self._timecode)
        left.addStretch(1)
        middle = _row(*(self._button(actions[name], name) for name in _BUTTONS))
        right = QHBoxLayout()
        right.setSpacing(6)
        right.addStretch(1)
        for widget in (self._speed, self._dropped, *map(_switch, (self._loop, self._every_frame))):
            right.addWidget(widget)
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
        self._index = index
        self._field.set_number(self._first_number + index)
        self._timecode.setText(timecode(index, self._rate))

    def set_playing(self, playing: bool) -> None:
        """Shows pause instead of play; the count of dropped frames stays until the next time."""
        self._play.setIcon(icon("pause" if playing else "play"))
        if playing:
            self.set_dropped(0)
        else:
            self.set_speed(None)

    def set_speed(self, shown: float | None) -> None:
        """Frames really shown each second; None when standing still: what is meant to be."""
        meant = float(self._rate * self._pace)
        if shown is None:
            rate = f"{meant:.3f}".rstrip("0").rstrip(".")
            self._speed.setText(f"{rate} fps")
        else:
            self._speed.setText(f"{shown:.1f} fps")
        slow = shown is not None and shown < meant * 0.97
        set_variant(self._speed, "link-warning" if slow else "link")

    def set_dropped(self, count: int) -> None:
        """Frames left out since play began."""
        self._dropped.setText(f"{count} dropped")
        set_variant(self._dropped, "link-warning" if count else "link")

    def edit_frame(self) -> None:
        """Lets a frame number be typed, as Go to Frame does."""
        self._field.begin()

    def _enter(self, text: str) -> None:
        index = parse_frame(text, self._index, self._first_number, self._rate)
        if index is not None:
            self.frame_entered.emit(self._first_number + index)

    def _forgive(self) -> None:
        self.set_dropped(0)
        self.forgiven.emit()

    def _pace_menu(self) -> QMenu:
        menu = QMenu(self)
        group = QActionGroup(menu)
        for text, pace in _PACES.items():
            action = menu.addAction(text, partial(self._choose_pace, pace))
            action.setCheckable(True)
            action.setChecked(pace == 1)
            group.addAction(action)
        return menu

    def _choose_pace(self, pace: Fraction) -> None:
        self._pace = pace
        self.set_speed(None)
        self.pace_chosen.emit(pace)

    def _name_timing(self, every_frame: bool) -> None:
        self._every_frame.setIconText("every frame" if every_frame else "real time")

    def _button(self, action: QAction, name: str) -> QToolButton:
        if action.icon().isNull():
            action.setIcon(icon(_BUTTONS[name]))
        button = QToolButton()
        press_with_space(button)
        button.setDefaultAction(action)
        button.setAutoRepeat(name in ("previous", "next"))
        button.setAccessibleName(action.text().replace("&", ""))
        return button


def _figure(name: str, tip: str) -> QToolButton:
    """A figure that says more when it is clicked."""
    button = QToolButton()
    press_with_space(button)
    button.setAccessibleName(name)
    button.setToolTip(tip)
    set_variant(button, "link")
    return button


def _switch(action: QAction) -> QToolButton:
    """An action as its word beside its icon."""
    button = _figure(action.text().replace("&", ""), action.toolTip())
    button.setDefaultAction(action)
    button.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
    button.setIconSize(QSize(16, 16))
    return button


def _row(*widgets: QWidget) -> QHBoxLayout:
    layout = QHBoxLayout()
    layout.setSpacing(4)
    for widget in widgets:
        layout.addWidget(widget)
    return layout
