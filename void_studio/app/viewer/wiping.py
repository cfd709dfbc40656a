"""The hand on the wipe: takes its handles or its line, and moves or turns it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QSinglePointEvent

from void_studio.app.viewer.compare import Compare, Grab
from void_studio.app.viewer.marks import WIPE_ARM
from void_studio.app.viewer.transform import ViewTransform

if TYPE_CHECKING:
    from void_studio.app.viewer.viewer import Viewer

REACH = 10.0
"""How near the pointer must be to the line or its handles to take them, logical pixels."""


class Wiping:
    """Drags the wipe of a viewer.

    Attributes:
        taken: What of the wipe is in the hand.
    """

    def __init__(self, viewer: Viewer) -> None:
        self._viewer = viewer
        self._at = QPointF()
        self.taken: Grab | None = None

    def over(self, position: QPointF) -> Grab | None:
        """What of the wipe is near enough to a place of the view, logical pixels, to take it."""
        transform, canvas = self._viewer.transform, self._viewer.canvas
        if transform is None or canvas.shown is not Compare.WIPE:
            return None
        ratio = self._viewer.devicePixelRatioF()
        at = position.x() * ratio, position.y() * ratio
        return canvas.wipe_line(transform).grabbed(*at, REACH * ratio, WIPE_ARM * ratio)

    def take(self, position: QPointF) -> bool:
        """Takes what is at a place of the view; returns whether there is something."""
        self.taken, self._at = self.over(position), position
        return self.taken is not None

    def move(self, event: QSinglePointEvent) -> None:
        """Moves or turns the wipe with the pointer; with Shift it turns by 15 degrees."""
        transform = self._viewer.transform
        if transform is None:
            return
        if self.taken is Grab.TURN:
            self._turn(event, transform)
        else:
            self._drag(event.position() - self._at, transform)
        self._at = event.position()

    def let_go(self) -> None:
        self.taken = None

    def _turn(self, event: QSinglePointEvent, transform: ViewTransform) -> None:
        ratio = self._viewer.devicePixelRatioF()
        x, y = event.position().x() * ratio, event.position().y() * ratio
        angle = self._viewer.canvas.wipe_line(transform).angle_to(x, y)
        snap = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        self._viewer.set_wipe(self._viewer.wipe.turned(angle, snap))

    def _drag(self, distance: QPointF, transform: ViewTransform) -> None:
        """By its line the wipe moves at a right angle to it only."""
        ratio = self._viewer.devicePixelRatioF()
        dx, dy = distance.x() * ratio, distance.y() * ratio
        line = self._viewer.canvas.wipe_line(transform)
        if self.taken is Grab.LINE:
            across, down = line.normal
            far = dx * across + dy * down
            dx, dy = far * across, far * down
        x, y = transform.to_plate(line.x + dx, line.y + dy)
        width, height = transform.plate
        self._viewer.set_wipe(self._viewer.wipe.moved(x / width, y / height))
