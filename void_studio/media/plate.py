"""A plate: the source footage, opened once and read by frame number."""

from __future__ import annotations

import stat
from abc import ABC, abstractmethod
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from types import TracebackType
from typing import Any, Protocol, Self

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.media.info import PlateInfo


class Source(Protocol):
    """Anything with numbered pictures: a plate, its proxy, a take.

    It may also have ``rest`` and ``interrupt`` as a Plate does; a FrameServer then uses them.
    """

    @property
    def count(self) -> int: ...

    @property
    def size(self) -> tuple[int, int]: ...

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]: ...

    def close(self) -> None: ...


@dataclass(frozen=True)
class Timing:
    """When each frame is shown: ``times[index] * time_base`` seconds, the first at 0."""

    times: tuple[int, ...]
    time_base: Fraction


class Plate(ABC):
    """An open plate. Use it from one thread; open it again for another. A context manager.

    Attributes:
        info: The facts about it.
        timing: When each frame is shown, where the rate varies; None where it does not.
    """

    info: PlateInfo
    timing: Timing | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    @property
    def count(self) -> int:
        """Number of frames."""
        return self.info.count

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) of its pictures."""
        return self.info.size

    def read(self, index: int) -> NDArray[Any]:
        """Frame ``index`` as RGB (H, W, 3): uint8, or uint16 full scale when deeper than 8 bits.

        Raises:
            VoidError: there is no such frame, it is damaged, or the file cannot be read.
        """
        self._check(index)
        return self._read(index)

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Frame ``index`` as RGB (height, width, 3) uint8, averaged over areas to ``size``.

        It is never enlarged: each side is at most the plate's own. None means the plate's size.

        Raises:
            VoidError: there is no such frame, it is damaged, or the file cannot be read.
        """
        self._check(index)
        width, height = size or self.size
        return self._read_rgb8(
            index, (max(1, min(width, self.size[0])), max(1, min(height, self.size[1])))
        )

    def frames(self, start: int = 0, stop: int | None = None) -> Iterator[NDArray[Any]]:
        """Frames ``start`` up to, not including, ``stop`` (the end), as ``read`` gives them."""
        for index in range(start, self.count if stop is None else min(stop, self.count)):
            yield self.read(index)

    @abstractmethod
    def reopen(self) -> Plate:
        """Another handle on the same plate, for another thread; costs next to nothing."""

    def rest(self) -> None:  # noqa: B027  (images hold nothing worth releasing)
        """Releases the decoder's memory; the next read takes it again."""

    def interrupt(self) -> None:  # noqa: B027  (images are read in no time)
        """Makes the read in progress on another thread, or the next one, raise Cancelled."""

    @abstractmethod
    def close(self) -> None:
        """Releases everything. The plate cannot be read afterwards."""

    @abstractmethod
    def _read(self, index: int) -> NDArray[Any]: ...

    @abstractmethod
    def _read_rgb8(self, index: int, size: tuple[int, int]) -> NDArray[np.uint8]: ...

    def _check(self, index: int) -> None:
        if not 0 <= index < self.count:
            last = self.info.number(self.count - 1)
            raise VoidError(
                f"{self.info.path} has no frame {self.info.number(index)}",
                f"Its frames are {self.info.first_frame} to {last}",
            )


def open_plate(path: Path, index_folder: Path | None = None) -> Plate:
    """Opens a video file, a folder of numbered images, or one image of a numbered run.

    Args:
        index_folder: Where the index of a video is kept, so that opening it again is quick.

    Raises:
        VoidError: there is nothing that can be read as a plate.
    """
    # Imported here because both kinds of plate build on this module.
    from void_studio.media.sequence import is_image, open_sequence
    from void_studio.media.video_plate import open_video

    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        raise VoidError(
            f"There is no file {path}", "", "Check the path; its disk may be offline"
        ) from None
    except OSError as error:
        raise explain(error, f"Could not open {path}") from error
    if not (stat.S_ISREG(mode) or stat.S_ISDIR(mode)):
        raise VoidError(f"{path} is not a file", "", "Choose a video file or a folder of images")
    if stat.S_ISDIR(mode) or is_image(path):
        return open_sequence(path)
    return open_video(path, index_folder)
