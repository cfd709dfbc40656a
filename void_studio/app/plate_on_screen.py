"""The plate's pictures that are on screen, for whoever lays something over them."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import Cancelled
from void_studio.media.cache import FrameServer
from void_studio.media.plate import Source as PictureSource

OpenSource = Callable[[], PictureSource]

WAIT_S = 0.5
"""How long a take waits for a picture of the plate before it asks whether that is to come."""


class PlateOnScreen:
    """The plate as the server of a take reads it: the pictures that the plate's own server has.

    A 4K decoder holds 100 MB, so one of its own is opened only where the plate's server failed.
    """

    def __init__(
        self, server: FrameServer, count: int, size: tuple[int, int], open_plate: OpenSource
    ) -> None:
        """``count`` and ``size`` (width, height) are the plate's."""
        self.count = count
        self.size = size
        self._server = server
        self._open_plate = open_plate
        self._own: PictureSource | None = None
        self._news = threading.Condition()
        self._interrupted = False

    def notify(self) -> None:
        """A picture of the plate arrived."""
        with self._news:
            self._news.notify_all()

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """As ``Plate.read_rgb8``."""
        wanted = size or self.size
        with self._news:
            while not self._news.wait_for(
                lambda: self._interrupted or self._shown(index, wanted) is not None, WAIT_S
            ):
                if not self._server.expects(index, wanted):
                    break
            interrupted, self._interrupted = self._interrupted, False
        if interrupted:
            raise Cancelled
        picture = self._shown(index, wanted)
        if picture is not None:
            return picture
        if not self._server.gave_up(index):
            raise Cancelled  # the artist went elsewhere meanwhile
        if self._own is None:
            self._own = self._open_plate()
        return self._own.read_rgb8(index, size)

    def rest(self) -> None:
        """Lets go of the decoder of its own."""
        if self._own is not None:
            self._own.close()
            self._own = None

    def interrupt(self) -> None:
        """Makes the read in progress, or the next, raise Cancelled."""
        with self._news:
            self._interrupted = True
            self._news.notify_all()

    def close(self) -> None:
        self.rest()

    def _shown(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8] | None:
        picture = self._server.picture(index)
        if picture is None or (picture.shape[1], picture.shape[0]) != size:
            return None
        return picture
