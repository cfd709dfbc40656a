"""What a removal looks like while it runs: its preview, and that over the plate."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.plate_on_screen import PlateOnScreen
from void_studio.errors import VoidError
from void_studio.files import decode_image
from void_studio.remove.protocol import Preview
from void_studio.shot.png import png_header, read_bounded
from void_studio.worker.events import Event
from void_studio.worker.spec import RemoveSpec

Pixels = NDArray[np.uint8]

_MOST_PIXELS = 2**26
"""Of all pictures of a preview together; the coarse ones of 400 frames have a fiftieth."""

_COUNT = re.compile(r"(\d+)\s*(?:/|of)\s*(\d+)\s*$")


@dataclass(frozen=True, eq=False)
class RunningPreview:
    """A preview of a job, as it arrived.

    Attributes:
        job_id: The job.
        words: How far the job was, e.g. ``"preview, step 12 of 30"``.
        frames: First and last plate index of the run; the plate is shown outside of them.
        preview: Its pictures.
    """

    job_id: str
    words: str
    frames: tuple[int, int]
    preview: Preview

    @classmethod
    def of(
        cls, spec: RemoveSpec, folder: Path, event: Event, progress: Event | None
    ) -> RunningPreview:
        """What a ``preview`` event of a job announces; on any thread.

        Args:
            spec, folder: The job's.
            progress: The latest ``progress`` event before it.

        Raises:
            VoidError: the file is missing, or not what the event says.
            KeyError, TypeError, ValueError: the event is damaged.
        """
        count, height, width = (int(side) for side in event["shape"])
        starts = tuple(int(start) for start in event["starts"])
        x, y, across, down = (int(side) for side in event["box"])
        path = (folder / str(event["file"])).resolve()
        if not path.is_relative_to(folder.resolve()):
            raise ValueError("the preview is not in the job's folder")
        if min(count, height, width, across, down) < 1 or count * height * width > _MOST_PIXELS:
            raise ValueError("the preview is of no size that one can be")
        if len(starts) != count or list(starts) != sorted(set(starts)):
            raise ValueError("the preview's frames are not in order")
        data = read_bounded(path, count * height * width * 4 + 2**16)
        header = png_header(data)
        if header is None or (header.width, header.height) != (width, count * height):
            raise VoidError(f"Could not read {path}", "It is not the preview that was announced")
        pictures = decode_image(data).reshape(count, height, width, 3)
        preview = Preview(pictures.astype(np.uint8, copy=False), starts, (x, y, across, down))
        return cls(spec.id, _words(progress or event), spec.frames, preview)

    def over(self, plate: Pixels, index: int, size: tuple[int, int]) -> Pixels:
        """The preview of a frame over a picture of the plate, smoothly enlarged; a new array.

        Args:
            plate: RGB (h, w, 3), at any resolution.
            index: The plate index.
            size: (width, height) of the plate in pixels.
        """
        at = bisect_right(self.preview.starts, index) - 1
        if at < 0 or not self.frames[0] <= index <= self.frames[1]:
            return plate
        height, width = plate.shape[:2]
        x, y, across, down = self.preview.box
        left, right = (round(side * width / size[0]) for side in (x, x + across))
        top, bottom = (round(side * height / size[1]) for side in (y, y + down))
        box = max(1, right - left), max(1, bottom - top)
        small = self.preview.pictures[at]
        large = np.asarray(cv2.resize(small, box, interpolation=cv2.INTER_CUBIC), np.uint8)
        shown = plate.copy()
        inside = shown[max(0, top) : top + box[1], max(0, left) : left + box[0]]
        above, before = max(0, -top), max(0, -left)
        inside[:] = large[above : above + inside.shape[0], before : before + inside.shape[1]]
        return shown


class PreviewSource:
    """The latest preview over its plate, read like a plate: what a FrameServer needs to show it.

    Attributes:
        count: Frames of the plate.
        size: (width, height) of the plate.
    """

    def __init__(self, plate: PlateOnScreen, latest: Callable[[], RunningPreview | None]) -> None:
        """Owns ``plate`` from now on and closes it."""
        self._plate = plate
        self._latest = latest
        self.count = plate.count
        self.size = plate.size

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> Pixels:
        """RGB uint8 (h, w, 3), scaled to ``size`` (width, height) where given."""
        plate = self._plate.read_rgb8(index, size)
        running = self._latest()
        return plate if running is None else running.over(plate, index, self.size)

    def close(self) -> None:
        self._plate.close()

    def rest(self) -> None:
        """Releases what the plate can do without until the next read."""
        self._plate.rest()

    def interrupt(self) -> None:
        """Makes the read in progress, or the next, raise Cancelled."""
        self._plate.interrupt()


def _words(event: Event) -> str:
    """How far a job is by an event: by the count that its message ends with, or by its steps."""
    counted = _COUNT.search(str(event.get("message", "")))
    step, total = counted.groups() if counted else (event.get("step"), event.get("total"))
    if not step:
        return "preview"
    return f"preview, step {step} of {total}" if total else f"preview, step {step}"
