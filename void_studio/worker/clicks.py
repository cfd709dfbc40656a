"""Clicks become masks at once: a session per plate is kept warm between clicks."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.media.plate import Plate, open_plate
from void_studio.segment.protocol import SegmentSession
from void_studio.segment.registry import get_segmenter
from void_studio.worker.spec import ClickRequest

# Two: the shot at work and the one beside it. An open plate holds decoder threads and a frame.
_WARM_PLATES = 2
_OBJECT = "click"


@dataclass
class _Warm:
    plate: Plate
    session: SegmentSession
    changed: tuple[int, int]

    def close(self) -> None:
        self.session.close()
        self.plate.close()


class Clicks:
    """Answers click requests, with the latest plates open. Used from one thread."""

    def __init__(self) -> None:
        self._warm: OrderedDict[tuple[str, str], _Warm] = OrderedDict()

    def answer(self, request: ClickRequest) -> bytes:
        """The mask as a one-channel PNG of the plate's size, 0 or 255; b"" when only warming up.

        Raises:
            VoidError: the plate cannot be opened, the frame is not in it, or the segmenter failed.
        """
        warm = self._session(request)
        if not request.prompts:
            return b""
        if request.frame >= warm.plate.info.count:
            raise VoidError(
                f"There is no frame {warm.plate.info.number(request.frame)}",
                f"The plate ends at frame {warm.plate.info.number(warm.plate.info.count - 1)}",
            )
        # Clicks of other frames may be of another object by now.
        warm.session.forget(_OBJECT)
        mask = warm.session.set_prompts(_OBJECT, request.frame, request.prompts)
        return encode_png(mask.view(np.uint8) * np.uint8(255))

    def close(self) -> None:
        """Closes all sessions; the next request opens its own again."""
        while self._warm:
            self._warm.popitem()[1].close()

    def _session(self, request: ClickRequest) -> _Warm:
        key = (request.plate, request.segmenter)
        path = Path(request.plate)
        changed = _changed(path)
        warm = self._warm.pop(key, None)
        if warm is not None and warm.changed != changed:
            warm.close()
            warm = None
        if warm is None:
            while len(self._warm) >= _WARM_PLATES:
                self._warm.popitem(last=False)[1].close()
            warm = self._opened(path, request.segmenter, changed)
        for other in self._warm.values():
            other.plate.rest()
        self._warm[key] = warm
        return warm

    def _opened(self, path: Path, segmenter: str, changed: tuple[int, int]) -> _Warm:
        chosen = get_segmenter(segmenter)
        plate = open_plate(path)
        try:
            return _Warm(plate, chosen.open(plate), changed)
        except BaseException:
            plate.close()
            raise


def _changed(path: Path) -> tuple[int, int]:
    """Differs when the file or folder was written to since."""
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)
