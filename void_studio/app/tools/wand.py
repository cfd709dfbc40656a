"""Wand: click a colour of the plate, and what has it gets the chosen level."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QImage, QKeyEvent, QPainter

from void_studio.app.tools.base import Area, Pointer
from void_studio.app.tools.flood import Flood, FullFrame, found_in
from void_studio.app.tools.painting import PaintTool, level_colour, paint_note
from void_studio.app.tools.wand_options import WandOptions, WandSettings
from void_studio.app.tools.wand_preview import Preview, drawn

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical
    from void_studio.errors import VoidError

_PIXELS_A_STEP = 3.0  # logical pixels of a drag that change the tolerance by one


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
        inside = 0 <= pointer.x < width and 0 <= pointer.y < height
        if not inside or not self.may_paint():
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
        settings = self.settings
        at = pressed.x, pressed.y
        flood = Flood(frame, at, settings.tolerance, settings.contiguous, self._table)
        self._session.frames.edit(self._name, flood)

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

    def _failed(self, error: VoidError) -> None:
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
