"""How a trajectory is stamped, and its choices in the options bar."""

from __future__ import annotations

from PySide6.QtCore import QObject, QSignalBlocker, Signal
from PySide6.QtWidgets import QHBoxLayout, QLabel, QWidget

from void_studio.app.parts import QuietCombo, QuietSpin
from void_studio.app.theme import set_variant
from void_studio.app.tools.base import ToolOptions
from void_studio.quadmask.trajectory import Timing

_LARGEST = 4000


class Way(QObject):
    """The choices.

    Attributes:
        sweeps: Whether every frame gets the whole path, else its own stamp.
        timing: How fast it goes along the path.
        size: The side of the stamp in plate pixels where no object gives it.

    Signals:
        changed: One of these.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.sweeps = False
        self.timing = Timing.FALLING
        self.size = 100

    def set_sweeps(self, sweeps: bool) -> None:
        self.sweeps = sweeps
        self.changed.emit()

    def set_timing(self, timing: Timing) -> None:
        self.timing = timing
        self.changed.emit()

    def set_size(self, size: int) -> None:
        self.size = size
        self.changed.emit()


class TrajectoryOptions(ToolOptions):
    """Combo boxes for the stamps and the timing, and the size of a stamp without an object."""

    def __init__(self, way: Way, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._way = way
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        self.stamps = QuietCombo(self)
        self.stamps.setAccessibleName("Stamps")
        self.stamps.setToolTip(
            "<b>Stamps</b><br>What becomes affected on a frame: where the object is then, or all "
            "of its path"
        )
        self.stamps.addItem("moving stamp", False)
        self.stamps.addItem("whole path", True)
        self.timing = QuietCombo(self)
        self.timing.setAccessibleName("Timing")
        self.timing.setToolTip(
            "<b>Timing</b><br>Whether the object falls, faster and faster, or goes evenly"
        )
        self.timing.addItem("falling", Timing.FALLING)
        self.timing.addItem("even", Timing.EVEN)
        self._label = QLabel("Size", self)
        set_variant(self._label, "dim")
        self.side = QuietSpin(self)
        self.side.setRange(1, _LARGEST)
        self.side.setSuffix(" px")
        self.side.setAccessibleName("Size of the stamp where no object gives it, plate pixels")
        self.side.setToolTip(
            "<b>Size</b><br>The side of the stamp on a frame where the object has no mask"
        )
        self.side.setKeyboardTracking(False)
        self._label.setBuddy(self.side)
        for widget in (self.stamps, self.timing, self._label, self.side):
            row.addWidget(widget)
        self.stamps.activated.connect(lambda _: way.set_sweeps(self.stamps.currentData()))
        self.timing.activated.connect(lambda _: way.set_timing(self.timing.currentData()))
        self.side.valueChanged.connect(way.set_size)
        way.changed.connect(self._show)
        self._show()

    def shorten(self, brevity: int) -> None:
        self._label.setVisible(brevity < 2)

    def _show(self) -> None:
        way = self._way
        self.stamps.setCurrentIndex(self.stamps.findData(way.sweeps))
        self.timing.setCurrentIndex(self.timing.findData(way.timing))
        self.timing.setEnabled(not way.sweeps)
        with QSignalBlocker(self.side):
            self.side.setValue(way.size)
