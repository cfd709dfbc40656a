"""What a tool in the viewer is: it receives the pointer in plate pixels and edits the shot."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QPointF, Qt, Signal
from PySide6.QtGui import QKeyEvent, QPainter

if TYPE_CHECKING:
    from collections.abc import Callable

    ToLogical = Callable[[float, float], QPointF]


@dataclass(frozen=True, slots=True)
class Pointer:
    """A pointer event.

    Attributes:
        x, y: Position in plate pixels (a pixel's centre is at +0.5); may lie outside the plate.
        modifiers: Keys held.
        zoom: Logical view pixels per plate pixel, for sizes that belong to the screen.
        eraser: Whether it is the other end of a pen.
    """

    x: float
    y: float
    modifiers: Qt.KeyboardModifier
    zoom: float
    eraser: bool = False

    @property
    def alt(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.AltModifier)

    def erases(self, by_itself: bool) -> bool:
        """Whether it takes away: Alt turns round what the tool does; a pen's eraser always does."""
        return self.eraser or by_itself != self.alt

    @property
    def shift(self) -> bool:
        return bool(self.modifiers & Qt.KeyboardModifier.ShiftModifier)


class Tool(QObject):
    """One tool. The viewer calls; the tool edits the session and asks for its marks to be redrawn.

    Signals:
        marks_changed: What ``paint`` draws has changed.
    """

    marks_changed = Signal()

    name = ""
    hint = ""
    cursor = Qt.CursorShape.CrossCursor

    def press(self, pointer: Pointer) -> None:
        """The left button (or pen tip) went down."""

    def move(self, pointer: Pointer) -> None:
        """The pointer moved with the button down."""

    def release(self, pointer: Pointer) -> None:
        """The button went up."""

    def hover(self, pointer: Pointer | None) -> None:
        """The pointer moved with no button down; None when it left the view."""

    def double_click(self, pointer: Pointer) -> None:
        """The second press of a double click; ``press`` was called for the first only."""

    def key(self, event: QKeyEvent) -> bool:
        """Handles a key; returns whether it was used."""
        return False

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
