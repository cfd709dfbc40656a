"""The pictures on screen: the plate (A) and the take (B), decoded ahead on threads of their own."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from void_studio.app.viewer.transform import picture_size
from void_studio.errors import VoidError
from void_studio.media.cache import FrameServer
from void_studio.media.plate import Source, open_plate
from void_studio.shot.shot import Shot
from void_studio.shot.takes import TakeSource

PLATE_BUDGET = 144 * 2**20
TAKE_BUDGET = 112 * 2**20


class Pictures(QObject):
    """Serves the current frame of plate and take at the resolution the view needs.

    Signals:
        arrived: A picture of this frame index can be shown that could not before.
        cached_changed: Which frames are in memory changed; at most ten times a second.
        failed: A VoidError.
    """

    arrived = Signal(int)
    cached_changed = Signal()
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._plate: FrameServer | None = None
        self._take: FrameServer | None = None
        self._size: tuple[int, int] = (1, 1)
        self._divisor = 2
        self._index = 0
        self._open_plate: Callable[[], Source] = lambda: open_plate(Path())
        self._cached = QTimer(self, interval=100, singleShot=True)
        self._cached.timeout.connect(self.cached_changed)
        self.arrived.connect(self._note_arrival, Qt.ConnectionType.QueuedConnection)

    def open(self, shot: Shot, take: int | None) -> None:
        """Begins serving a shot."""
        self.close()
        self._size = shot.size
        self._open_plate = shot.open_plate
        self._plate = self._serve(self._open_plate, PLATE_BUDGET)
        self.set_take(shot, take)

    def replace_plate(self, open_source: Callable[[], Source]) -> None:
        """Serves the plate from another source of the same frames, e.g. through its proxy."""
        if self._plate is not None:
            old = self._plate
            self._open_plate = open_source
            self._plate = self._serve(open_source, PLATE_BUDGET)
            self._plate.want(self._index)
            old.close()

    def set_take(self, shot: Shot, number: int | None) -> None:
        """Serves another take as B, or none."""
        if self._take is not None:
            self._take.close()
            self._take = None
        if number is not None:
            try:
                take = shot.takes.get(number)
            except VoidError as error:
                self.failed.emit(error)
                return
            open_plate = self._open_plate
            self._take = self._serve(lambda: TakeSource(open_plate(), take), TAKE_BUDGET)

    def _serve(self, open_source: Callable[[], Source], budget: int) -> FrameServer:
        server = FrameServer(open_source, budget, self.arrived.emit, self.failed.emit)
        server.set_view_size(picture_size(self._size, self._divisor))
        return server

    def set_divisor(self, divisor: int) -> None:
        """The plate reduced this many times is what the view needs."""
        self._divisor = divisor
        for server in self._servers():
            server.set_view_size(picture_size(self._size, divisor))
        self.want(self._index)

    def want(self, index: int, direction: int = 0) -> None:
        """Asks for a frame and those around it; the last one asked for wins."""
        self._index = index
        for server in self._servers():
            server.want(index, direction)

    def plate(self, index: int) -> NDArray[np.uint8] | None:
        """The plate's picture if it is in memory: RGB, at any resolution."""
        return self._plate.picture(index) if self._plate else None

    def take(self, index: int) -> NDArray[np.uint8] | None:
        """The take's picture if it is in memory: RGB, at any resolution."""
        return self._take.picture(index) if self._take else None

    def ready(self, index: int, take: bool) -> bool:
        """Whether a frame can be shown now; with ``take``, its B side too."""
        if self.plate(index) is None:
            return False
        return not take or self._take is None or self.take(index) is not None

    def cached(self) -> set[int]:
        return set(self._plate.cached()) if self._plate else set()

    def close(self) -> None:
        for server in self._servers():
            server.close()
        self._plate = self._take = None

    def _servers(self) -> list[FrameServer]:
        return [server for server in (self._plate, self._take) if server is not None]

    def _note_arrival(self, index: int) -> None:
        if not self._cached.isActive():
            self._cached.start()
