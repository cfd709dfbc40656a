"""What a tool in the viewer is: it receives the pointer in plate pixels and edits the shot."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter
from PySide6.QtWidgets import QWidget

if TYPE_CHECKING:
    from collections.abc import Callable

    ToLogical = Callable[[float, float], QPointF]

NO_KEYS = Qt.KeyboardModifier.NoModifier


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer event.

    Attributes:
        x, y: Position in plate pixels (a pixel's centre is at +0.5); may lie outside the plate.
        modifiers: Keys held.
        zoom: Logical view pixels per plate pixel, for sizes that belong to the screen.
        eraser: Whether it is the other end of a pen.
        pressure: How hard a pen is pressed, 0 to 1; 1 for a mouse.
        sizes: Whether the press begins a drag that changes the tool's size.
    """

    x: float
    y: float
    modifiers: Qt.KeyboardModifier
    zoom: float
    eraser: bool = False
    pressure: float = 1.0
    sizes: bool = False

    @property
    def alt(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)

    def erases(self, by_itself: bool) -> bool:
        """Whether it takes away: Alt turns round what the tool does; a pen's eraser always does."""
        return self.eraser or by_itself != self.alt

    @property
    def shift(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)


class Option(Enum):
    """What a tool takes from the options bar."""

    LEVEL = "level"
    FRAMES = "frames"
    SIZE = "size"
    GRID = "grid"


class Area(NamedTuple):
    """Where marks are drawn: around a box of plate positions, and how far they reach over it.

    Attributes:
        left, top, right, bottom: Plate pixels.
        reach: Logical view pixels.
        hollow: Plate pixels from the middle to the sides of a square that holds no marks.
    """

    left: float
    top: float
    right: float
    bottom: float
    reach: float
    hollow: float = 0.0


class ToolOptions(QWidget):
    """What one tool alone has in the options bar."""

    def shorten(self, brevity: int) -> None:
        """Makes do with less room: 0 shows all, 1 no sliders, 2 no labels, 3 the least."""


class Tool(QObject):
    """One tool. The viewer calls; the tool edits the session and asks for its marks to be redrawn.

    Attributes:
        name: What it is called in code.
        hint: What it does, for the status line; see ``hint_for``.
        cursor: The pointer's shape over the picture.
        options: What it takes from the options bar.
        sizes: Whether its size is dragged: Ctrl with the left button, or Alt with the right.

    Signals:
        marks_changed: What ``paint`` draws has changed in this Area, or anywhere (None).
        hint_changed: What ``hint_for`` says is something else now.
    """

    marks_changed = Signal(object)
    hint_changed = Signal()

    name = ""
    hint = ""
    cursor = Qt.CursorShape.CrossCursor
    options = frozenset({Option.LEVEL, Option.FRAMES})
    sizes = False

    def hint_for(self, modifiers: Qt.KeyboardModifier) -> str:
        """What it does while these keys are held, for the status line."""
        return self.hint

    def options_widget(self) -> ToolOptions | None:
        """New options that no other tool has, for the options bar; or None."""
        return None

    def redraw(self, area: Area | None = None) -> None:
        """Has the marks in ``area`` drawn again, or all of them."""
        self.marks_changed.emit(area)

    def press(self, pointer: Pointer) -> None:
        """The left button (or pen tip) went down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved with the button down."""

    def release(self, pointer: Pointer) -> None:
        """The button went up."""

    def hover(self, pointer: Pointer | None) -> None:
        """The pointer moved with no button down; None when it left the view."""

    def double_click(self, pointer: Pointer) -> None:
        """The second press of a double click: of itself a press like any other."""
        self.press(pointer)

    def key(self, event: QKeyEvent) -> bool:
        """Handles a key; returns whether it was used."""
        return False

    def claims(self, event: QKeyEvent) -> bool:
        """Whether the tool needs a key now that is also a shortcut of the window."""
        return False

    def hold(self, modifiers: Qt.KeyboardModifier) -> None:
        """Shift, Alt or Ctrl went down or up while the pointer stood still."""

    def finish(self) -> None:
        """The frame is about to change: finish a stroke that is being drawn."""

    def leave(self) -> None:
        """The tool is put away: finish a stroke, drop what is only begun."""
        self.finish()

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        """Draws the tool's marks over the view.

        Args:
            painter: In logical view coordinates.
            to_logical: Maps plate pixels to logical view coordinates.
            scale: Logical view pixels per plate pixel.
        """
