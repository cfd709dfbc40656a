"""Wand: click a colour of the plate, and what has it gets the chosen level."""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QRectF, Qt, Signal
from PySide6.QtGui import QImage, QKeyEvent, QPainter

from void_studio.app.tools.base import Area, Pointer
from void_studio.app.tools.painting import (
    Field,
    PaintTool,
    level_colour,
    paint_note,
)
from void_studio.app.tools.wand_options import WandOptions
from void_studio.quadmask.bits import Mask, Rect
from void_studio.quadmask.paint import fill_mask
from void_studio.quadmask.wand import alike

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.shot.shot import Shot

Pixels = NDArray[np.uint8]

MOST = 100
"""The largest tolerance: every colour is alike."""

_PIXELS_A_STEP = 3.0  # logical pixels of a drag that change the tolerance by one
_PREVIEW_SIDE = 1600  # a preview is for the eye: it needs no more pixels across


class WandSettings(QObject):
    """What the options bar shows for the wand.

    Attributes:
        tolerance: 0 to 100 per cent of the range of a channel.
        contiguous: Whether only what hangs together with the click is filled.

    Signals:
        changed: One of these.
    """

    changed = Signal()

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.tolerance = 12
        self.contiguous = True

    def set_tolerance(self, tolerance: float) -> None:
        tolerance = min(MOST, max(0, round(tolerance)))
        if tolerance != self.tolerance:
            self.tolerance = tolerance
            self.changed.emit()

    def set_contiguous(self, contiguous: bool) -> None:
        if contiguous != self.contiguous:
            self.contiguous = contiguous
            self.changed.emit()


class FullFrame:
    """A frame of the plate at full resolution, read when it is first asked for; on any thread."""

    def __init__(self, shot: Shot, index: int) -> None:
        self.shot = shot
        self.index = index
        self._lock = threading.Lock()
        self._picture: Pixels | None = None

    @property
    def ready(self) -> Pixels | None:
        """RGB uint8 (H, W, 3) if it was read."""
        return self._picture

    def read(self) -> Pixels:
        """The same, waiting for it.

        Raises:
            VoidError: the plate cannot be read.
        """
        with self._lock:
            if self._picture is None:
                with self.shot.open_plate() as plate:
                    self._picture = plate.read_rgb8(self.index)
            return self._picture


class Flood:
    """A fill as it is worked out, off the window's thread, from the plate at full resolution."""

    def __init__(
        self, frame: FullFrame, at: tuple[float, float], tolerance: int, contiguous: bool
    ) -> None:
        """``at`` is in plate pixels; ``tolerance`` as in WandSettings."""
        self._frame = frame
        self._at = at
        self._tolerance = tolerance
        self._contiguous = contiguous
        self.table: Field = np.arange(256, dtype=np.uint8)

    def __call__(self, index: int, field: Field) -> Rect:
        """Fills the field of any frame of the shot in place."""
        mask, place = self._cut
        return fill_mask(field, self.table, mask, (place.x, place.y))

    @cached_property
    def _cut(self) -> tuple[Mask, Rect]:
        mask = found_in(
            self._frame.read(), self._frame, self._at, self._tolerance, self._contiguous
        )
        box = Rect(*cv2.boundingRect(mask.view(np.uint8)))
        return mask[box.slices].copy(), box


def found_in(
    picture: Pixels, frame: FullFrame, at: tuple[float, float], tolerance: int, contiguous: bool
) -> Mask:
    """What is alike in a picture of the plate of any resolution: bool of its size."""
    height, width = picture.shape[:2]
    plate_width, plate_height = frame.shot.size
    x = min(width - 1, int(at[0] * width / plate_width))
    y = min(height - 1, int(at[1] * height / plate_height))
    return alike(picture, (x, y), round(tolerance * 255 / MOST), contiguous)


@dataclass(frozen=True)
class Preview:
    """What would be filled, drawn.

    Attributes:
        pixels: Premultiplied BGRA of ``box``.
        box: Left, top, right, bottom in plate pixels.
    """

    pixels: Pixels
    box: tuple[float, float, float, float]


class WandTool(PaintTool):
    """Press on a colour, drag to change the tolerance, let go to fill."""

    name = "wand"
    hint = (
        "Click a colour to fill it, drag left and right for the tolerance · Alt clears · "
        "Esc cancels"
    )

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self.settings = WandSettings(self)
        self._frame: FullFrame | None = None
        self._pressed: Pointer | None = None
        self._tolerance_then = 0
        self._name = ""
        self._preview: Preview | None = None
        self._looking = False
        self._look_again = False
        session.shot_changed.connect(self._forget)

    def options_widget(self) -> WandOptions:
        return WandOptions(self.settings)

    # -- the fill --------------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        self._at = pointer
        session = self._session
        shot = session.shot
        if shot is None:
            return
        width, height = shot.size
        if not (0 <= pointer.x < width and 0 <= pointer.y < height):
            return
        self._name = self.decide(pointer) + " by colour"
        self._pressed = pointer
        self._tolerance_then = self.settings.tolerance
        if self._frame is None or (self._frame.shot, self._frame.index) != (shot, session.index):
            self._frame = FullFrame(shot, session.index)
            session.background.run("Could not read the plate", self._frame.read)
        self._look()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._pressed is not None:
            dragged = (pointer.x - self._pressed.x) * pointer.zoom
            before = self.settings.tolerance
            self.settings.set_tolerance(self._tolerance_then + int(dragged / _PIXELS_A_STEP))
            if self.settings.tolerance != before:
                self._look()
        self.moved()

    def release(self, pointer: Pointer) -> None:
        pressed, frame = self._pressed, self._frame
        self._drop()
        if pressed is None or frame is None or frame.shot is not self._session.shot:
            return
        settings, frames = self.settings, self._session.frames
        flood = Flood(frame, (pressed.x, pressed.y), settings.tolerance, settings.contiguous)
        flood.table = self._table
        frames.spread(self._name, frames.chosen(), flood)

    def finish(self) -> None:
        """A press belongs to the frame it was begun on: it is dropped."""
        if self._pressed is not None:
            self._drop()
        if self._frame is not None and self._frame.index != self._session.index:
            self._frame = None

    def leave(self) -> None:
        super().leave()
        self._frame = None

    def key(self, event: QKeyEvent) -> bool:
        if self._pressed is not None and event.key() == Qt.Key.Key_Escape:
            self._drop()
            return True
        return False

    def _drop(self) -> None:
        self._pressed = None
        self._preview = None
        self.moved()

    def _forget(self) -> None:
        self._frame = None
        self._drop()

    # -- the preview -----------------------------------------------------------------------

    def _look(self) -> None:
        """Works out what would be filled; of those asked for meanwhile only the last is made."""
        pressed, frame = self._pressed, self._frame
        if pressed is None or frame is None:
            return
        if self._looking:
            self._look_again = True
            return
        picture = frame.ready
        if picture is None:
            picture = self._session.pictures.plate(frame.index)
        if picture is None:
            return
        source, colour = picture, level_colour(self._session.brush.level)
        red, green, blue = colour.red(), colour.green(), colour.blue()
        at, tolerance = (pressed.x, pressed.y), self.settings.tolerance
        contiguous, size = self.settings.contiguous, frame.shot.size
        self._looking = True

        def work() -> Preview | None:
            mask = found_in(source, frame, at, tolerance, contiguous)
            return drawn(mask, size, (red, green, blue))

        def done(preview: Preview | None) -> None:
            self._looking = False
            if self._pressed is pressed:
                self._preview = preview
                self.moved()
            if self._look_again:
                self._look_again = False
                self._look()

        self._session.background.run("Could not find the colour", work, done, self._failed)

    def _failed(self, error: Exception) -> None:
        self._looking = False
        self._session.failed.emit(error)

    # -- marks -----------------------------------------------------------------------------

    def note(self) -> str:
        if self._pressed is None:
            return super().note()
        return f"Tolerance {self.settings.tolerance}  {super().note()}".rstrip()

    def marks(self) -> list[Area]:
        if self._at is None:
            return []
        areas = self.noted(self._at)
        if self._preview is not None:
            areas.append(Area(*self._preview.box, 2.0))
        return areas

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._at is None or self._session.shot is None:
            return
        if self._preview is not None:
            left, top, right, bottom = self._preview.box
            pixels = self._preview.pixels
            height, width = pixels.shape[:2]
            shape = QImage.Format.Format_ARGB32_Premultiplied
            image = QImage(pixels.data, width, height, width * 4, shape)
            painter.drawImage(QRectF(to_logical(left, top), to_logical(right, bottom)), image)
        note = self.note()
        if note:
            place = to_logical(self._at.x, self._at.y)
            paint_note(painter, place, note, "accent" if super().note() else "text")


def drawn(mask: Mask, size: tuple[int, int], colour: tuple[int, int, int]) -> Preview | None:
    """A mask of the plate, at any resolution, as a tint with an edge; None if it is empty.

    Args:
        size: The plate's (width, height).
        colour: Red, green, blue.
    """
    grey: Pixels = mask.view(np.uint8)
    reduced = _PREVIEW_SIDE / max(grey.shape)
    if reduced < 1:
        width, height = (max(1, round(side * reduced)) for side in grey.shape[::-1])
        grey = cv2.resize(grey, (width, height), interpolation=cv2.INTER_NEAREST).astype(np.uint8)
    box = Rect(*cv2.boundingRect(grey))
    if box.empty:
        return None
    inside = np.pad(grey[box.slices], 1)
    edge = (inside - cv2.erode(inside, np.ones((3, 3), np.uint8)))[1:-1, 1:-1]
    alpha = np.where(edge > 0, 255, np.where(inside[1:-1, 1:-1] > 0, 96, 0)).astype(np.uint16)
    tint = np.array([*colour[::-1], 255], np.uint16)
    pixels = (alpha[..., None] * tint // 255).astype(np.uint8)
    across, down = size[0] / grey.shape[1], size[1] / grey.shape[0]
    place = box.x * across, box.y * down, (box.x + box.width) * across, (box.y + box.height) * down
    return Preview(np.ascontiguousarray(pixels), place)
