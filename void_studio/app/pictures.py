"""The pictures on screen: plate, takes and what runs, decoded ahead on threads of their own."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, QTimer, Signal

from void_studio.app.leaving import Leaving
from void_studio.app.plate_on_screen import OpenSource, PlateOnScreen
from void_studio.app.running import PreviewSource, RunningPreview
from void_studio.app.viewer.source import Content, Source
from void_studio.app.viewer.transform import picture_size
from void_studio.errors import VoidError
from void_studio.media.cache import FrameServer
from void_studio.shot.shot import Shot
from void_studio.shot.takes import TakeSource
from void_studio.threads import Begin

RESTING_MS = 150
"""How long the zoom stands still before pictures are decoded for it."""

PLATE_BUDGET = 144 * 2**20
TAKES_BUDGET = 112 * 2**20


RUNNING = 0
"""What a preview is served as; takes are numbered from 1."""


@dataclass(frozen=True)
class _ServedTake:
    """A take, or a preview, with its server, and the plate as that reads it."""

    number: int
    server: FrameServer
    plate: PlateOnScreen


class Pictures(QObject):
    """Serves the current frame of the plate and of the takes that are shown, at the resolution
    the view needs.

    Signals:
        arrived: A picture of this frame index can be shown that could not before.
        cached_changed: Which frames are in memory changed; at most ten times a second.
        failed: A VoidError.
    """

    arrived = Signal(int)
    cached_changed = Signal()
    failed = Signal(object)

    def __init__(self, leaving: Leaving, begin: Begin, parent: QObject | None = None) -> None:
        """``leaving`` closes decoders that are done with; ``begin`` has their threads."""
        super().__init__(parent)
        self._begin = begin
        self._leaving = leaving
        self._plate: FrameServer | None = None
        self._takes: tuple[_ServedTake, ...] = ()
        self._unreadable: set[int] = set()
        self._size: tuple[int, int] = (1, 1)
        self._divisor = 2
        self._index = 0
        self._count = 0
        self._open_plate: OpenSource | None = None
        self._preview: RunningPreview | None = None
        self._resting = QTimer(self, interval=RESTING_MS, singleShot=True)
        self._resting.timeout.connect(self._resize)
        self._cached = QTimer(self, interval=100, singleShot=True)
        self._cached.timeout.connect(self.cached_changed)
        self.arrived.connect(self._note_arrival, Qt.ConnectionType.QueuedConnection)

    def open(self, shot: Shot, takes: Sequence[int]) -> None:
        """Begins serving a shot and its takes of these numbers."""
        self.close()
        self._size, self._count = shot.size, shot.count
        self._open_plate = shot.open_plate
        self._plate = self._serve(shot.open_plate, PLATE_BUDGET, self._plate_arrived)
        self.show_takes(shot, takes)

    def replace_plate(self, shot: Shot, open_source: OpenSource) -> None:
        """Serves the plate from another source of the same frames, e.g. through its proxy."""
        if self._plate is not None:
            numbers = [take.number for take in self._takes]
            self.show_takes(shot, ())
            self._leaving.close("Could not close the plate", self._plate.close)
            self._open_plate = open_source
            self._plate = self._serve(open_source, PLATE_BUDGET, self._plate_arrived)
            self.show_takes(shot, numbers)
            self.want(self._index)

    def set_preview(self, preview: RunningPreview | None) -> None:
        """Takes another preview; its pictures replace those of the one before as they are made."""
        self._preview = preview
        for take in self._takes:
            if take.number == RUNNING:
                take.server.renew()

    def show_takes(self, shot: Shot, numbers: Sequence[int]) -> None:
        """Serves the takes of these numbers, or what runs, and no others; those that go on keep
        their pictures."""
        if self._plate is None or self._open_plate is None:
            return
        kept = [take for take in self._takes if take.number in numbers]
        for take in self._takes:
            if take not in kept:
                self._leaving.close("Could not close the take", take.server.close)
        budget = TAKES_BUDGET // max(1, len(numbers))
        for take in kept:
            take.server.set_budget(budget)
        for number in numbers:
            if number not in [take.number for take in kept]:
                kept.append(self._served_take(shot, number, budget))
        self._takes = tuple(kept)

    def _served_take(self, shot: Shot, number: int, budget: int) -> _ServedTake:
        assert self._plate is not None
        assert self._open_plate is not None
        plate = PlateOnScreen(self._plate, self._count, self._size, self._open_plate)
        unreadable = self._unreadable
        unreadable.discard(number)

        def open_take() -> TakeSource | PreviewSource:
            """On the server's thread: the take is read from disk."""
            if number == RUNNING:
                return PreviewSource(plate, lambda: self._preview)
            try:
                return TakeSource(plate, shot.takes.get(number))
            except VoidError:
                unreadable.add(number)
                raise

        server = self._serve(open_take, budget, self.arrived.emit)
        return _ServedTake(number, server, plate)

    def _plate_arrived(self, index: int) -> None:
        """Runs on the plate's thread."""
        for take in self._takes:
            take.plate.notify()
        self.arrived.emit(index)

    def _serve(
        self, open_source: OpenSource, budget: int, on_ready: Callable[[int], None]
    ) -> FrameServer:
        server = FrameServer(open_source, budget, on_ready, self.failed.emit, self._begin)
        server.set_view_size(picture_size(self._size, self._divisor))
        return server

    def set_divisor(self, divisor: int) -> None:
        """The plate reduced this many times is what the view needs."""
        self._divisor = divisor
        if self.plate(self._index) is None:
            self._resize()
        else:
            # Decoding anew takes the machine's breath: not before the zoom has come to rest.
            self._resting.start()

    def _resize(self) -> None:
        for server in self._servers():
            server.set_view_size(picture_size(self._size, self._divisor))
        self.want(self._index)

    def want(self, index: int, direction: int = 0, loop: tuple[int, int] | None = None) -> None:
        """Asks for a frame and those around it; the last one asked for wins.

        Args:
            direction: Where the next ones are: 1 forward, -1 backward, 0 on both sides.
            loop: The first and last frame of what is played over and over.
        """
        self._index = index
        for server in self._servers():
            server.want(index, direction, loop)

    def plate(self, index: int) -> NDArray[np.uint8] | None:
        """The plate's picture if it is in memory: RGB, at any resolution."""
        return self._plate.picture(index) if self._plate else None

    def take(self, number: int, index: int) -> NDArray[np.uint8] | None:
        """The picture of a take that is shown, if it is in memory: RGB, at any resolution."""
        for take in self._takes:
            if take.number == number:
                return take.server.picture(index)
        return None

    def picture(self, source: Source | None, index: int) -> NDArray[np.uint8] | None:
        """What a side shows, without its mask: the take's picture, or else the plate's."""
        if source is None:
            return None
        number = served_as(source)
        return self.plate(index) if number is None else self.take(number, index)

    def nearest(self, source: Source | None, index: int) -> NDArray[np.uint8] | None:
        """What a side shows, or while that is not in memory what it shows nearest in time."""
        exact = self.picture(source, index)
        if exact is not None or source is None:
            return exact
        number = served_as(source)
        served = [take.server for take in self._takes if take.number == number]
        held = self.cached() if number is None else {i for s in served for i in s.cached()}
        near = min(held, key=lambda other: abs(other - index), default=index)
        return self.picture(source, near)

    def ready(self, index: int, sources: Sequence[Source]) -> bool:
        """Whether a frame of all these can be shown now. A take that cannot be read is no reason
        to wait."""
        served = [take.number for take in self._takes if take.number not in self._unreadable]
        return all(
            self.picture(source, index) is not None
            for source in sources
            if served_as(source) is None or served_as(source) in served
        )

    def cached(self) -> set[int]:
        return set(self._plate.cached()) if self._plate else set()

    def takes_cached(self) -> set[int]:
        """The frames of which every take that is shown is in memory; empty without one."""
        held = [set(take.server.cached()) for take in self._takes]
        return set.intersection(*held) if held else set()

    def forget(self) -> None:
        """Drops all pictures, as if nothing had been decoded yet."""
        for server in self._servers():
            server.invalidate()

    def close(self) -> None:
        """Ends serving; what is being decoded comes to its end elsewhere."""
        # The takes read what the plate has, so they go first.
        closers = [server.close for server in reversed(self._servers())]
        if closers:
            self._leaving.close("Could not close the plate", *closers)
        self._plate = None
        self._takes = ()

    def _servers(self) -> list[FrameServer]:
        plate = [self._plate] if self._plate is not None else []
        return [*plate, *(take.server for take in self._takes)]

    def _note_arrival(self, index: int) -> None:
        if not self._cached.isActive():
            self._cached.start()


def served_as(source: Source) -> int | None:
    """What a side's picture is served as; None for the plate's own."""
    return RUNNING if source.content is Content.RUNNING else source.take
