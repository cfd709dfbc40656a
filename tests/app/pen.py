"""A pen over the window's picture."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import QInputDevice, QPointingDevice, QTabletEvent
from PySide6.QtWidgets import QApplication

from tests.app.conftest import Hand

Kind = QPointingDevice.PointerType
NO_KEYS = Qt.KeyboardModifier.NoModifier


class Pen:
    """Sends the events of a tablet to the viewer.

    Attributes:
        pressure: How hard it is pressed, 0 to 1.
    """

    def __init__(self, hand: Hand, kind: Kind = Kind.Pen, knows_pressure: bool = True) -> None:
        self._hand = hand
        self.pressure = 0.5
        can = QInputDevice.Capability.Position
        if knows_pressure:
            can |= QInputDevice.Capability.Pressure
        stylus = QInputDevice.DeviceType.Stylus
        self._device = QPointingDevice("pen", 7, stylus, kind, can, 1, 3)

    def event(
        self, kind: QEvent.Type, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS
    ) -> QTabletEvent:
        """An event at a plate pixel, or between pixels of the view."""
        viewer = self._hand.window.viewer
        assert viewer.transform is not None
        ratio = viewer.devicePixelRatioF()
        vx, vy = viewer.transform.to_view(x, y)
        at = QPointF(vx / ratio, vy / ratio)
        tip, none = Qt.MouseButton.LeftButton, Qt.MouseButton.NoButton
        return QTabletEvent(
            kind,
            self._device,
            at,
            QPointF(viewer.mapToGlobal(at)),
            self.pressure,
            0,
            0,
            0.0,
            0.0,
            0.0,
            keys,
            none if kind == QEvent.Type.TabletMove else tip,
            none if kind == QEvent.Type.TabletRelease else tip,
        )

    def send(
        self, kind: QEvent.Type, x: float, y: float, keys: Qt.KeyboardModifier = NO_KEYS
    ) -> QTabletEvent:
        event = self.event(kind, x, y, keys)
        QApplication.sendEvent(self._hand.window.viewer, event)
        return event

    def stroke(self, *places: tuple[float, float], keys: Qt.KeyboardModifier = NO_KEYS) -> None:
        self.send(QEvent.Type.TabletPress, *places[0], keys)
        for place in places[1:]:
            self.send(QEvent.Type.TabletMove, *place, keys)
        self.send(QEvent.Type.TabletRelease, *places[-1], keys)
