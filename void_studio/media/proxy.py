"""A small all-intra copy of a plate, for scrubbing where the plate itself is slow to jump in."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.info import PlateInfo
from void_studio.media.plate import Plate, open_plate
from void_studio.media.writer import VideoWriter
from void_studio.progress import CancelToken, Reporter, Silent

# Two cores decode about 500 million pixels of H.264 a second: jumping takes up to 1/8 s.
_SLOW_JUMP = 60_000_000
# A plate fitted into a window of ordinary size needs no more.
_SIDE = 1280


def needs_proxy(info: PlateInfo) -> bool:
    """Whether jumping to a frame can take longer than scrubbing allows."""
    width, height = info.size
    return info.longest_gop > 1 and info.longest_gop * width * height > _SLOW_JUMP


def proxy_size(info: PlateInfo) -> tuple[int, int]:
    """The size to make a proxy at: even sides, the longer one at most 1280 pixels."""
    scale = min(1.0, _SIDE / max(info.size))
    width, height = (max(8, 2 * round(side * scale / 2)) for side in info.size)
    return width, height


def proxy_path(folder: Path, info: PlateInfo) -> Path:
    """Where the proxy of this very content belongs in a cache folder."""
    width, height = proxy_size(info)
    return folder / f"{info.content_id}-{width}x{height}.mov"


def build_proxy(
    plate: Plate,
    path: Path,
    size: tuple[int, int],
    cancel: CancelToken | None = None,
    reporter: Reporter | None = None,
) -> None:
    """Writes a Motion JPEG copy of ``plate`` at ``size`` to ``path`` (.mov), frame for frame.

    In place of a frame that is damaged it holds the one before, and says so in a warning.

    Raises:
        VoidError: no frame can be read, or the disk refuses it.
        Cancelled: ``cancel`` was set. Either way nothing is left behind.
    """
    reporter = reporter or Silent()
    picture: NDArray[np.uint8] = np.zeros((size[1], size[0], 3), np.uint8)
    good = 0
    with VideoWriter(path, size, plate.info.rate, "mjpeg") as writer:
        for index in range(plate.count):
            if cancel is not None:
                cancel.check()
            try:
                picture = plate.read_rgb8(index, size)
                good += 1
            except VoidError as error:
                reporter.warning(str(error))
            writer.write(picture)
            reporter.progress(index + 1, plate.count, "Proxy")
        if not good:
            raise VoidError(f"No frame of {plate.info.path} could be read")


class ProxiedPlate:
    """A Source that takes small pictures from the proxy and larger ones from the plate."""

    def __init__(self, plate: Plate, proxy: Plate) -> None:
        """Takes over both.

        Raises:
            VoidError: the proxy has another number of frames.
        """
        if plate.count != proxy.count:
            raise VoidError(
                f"{proxy.info.path} is not a proxy of {plate.info.path}",
                f"It has {proxy.count} frames, the plate {plate.count}",
                "Delete it; it is made again",
            )
        self._plate = plate
        self._proxy = proxy

    @property
    def count(self) -> int:
        return self._plate.count

    @property
    def size(self) -> tuple[int, int]:
        return self._plate.size

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """As ``Plate.read_rgb8``."""
        width, height = size or self.size
        proxy_width, proxy_height = self._proxy.size
        if width > proxy_width or height > proxy_height:
            return self._plate.read_rgb8(index, size)
        return self._proxy.read_rgb8(index, (width, height))

    def rest(self) -> None:
        """Releases the decoders' memory; the next read takes it again."""
        self._plate.rest()
        self._proxy.rest()

    def interrupt(self) -> None:
        """As ``Plate.interrupt``."""
        self._plate.interrupt()
        self._proxy.interrupt()

    def close(self) -> None:
        self._plate.close()
        self._proxy.close()


def open_proxied(plate: Plate, path: Path) -> ProxiedPlate:
    """``plate`` with its proxy at ``path``.

    Raises:
        VoidError: there is no proxy that can be read, or it is another plate's.
    """
    proxy = open_plate(path)
    try:
        return ProxiedPlate(plate, proxy)
    except VoidError:
        proxy.close()
        raise
