"""The read-out: what is at a pixel of the current frame, in words."""

from __future__ import annotations

from functools import partial

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, Qt, Signal

from void_studio.app.model_sights import ModelSights
from void_studio.app.pictures import served_as
from void_studio.app.session import Session
from void_studio.app.viewer.source import Content, Probed, Source
from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED, LEVELS
from void_studio.quadmask.packing import unpack_into
from void_studio.quadmask.shapes import shape_at

_LEVELS = ("keep", "remove", "affected", "both")  # by what EFFECTIVE says

_Blobs = dict[str, bytes]
_Bits = dict[str, NDArray[np.uint8]]


class Probe(QObject):
    """Says what is under the pointer.

    The tracks of the frame are unpacked off the window's thread when they are first asked for;
    until then no object is named.

    Signals:
        changed: ``text`` may say more of the same pixel, or the frame is another.

    Attributes:
        at: The plate pixel asked for, or None.
    """

    changed = Signal()

    def __init__(
        self, session: Session, sights: ModelSights, parent: QObject | None = None
    ) -> None:
        super().__init__(parent)
        self._session = session
        self._sights = sights
        self.at: Probed | None = None
        self._blobs: _Blobs = {}
        self._bits: _Bits = {}
        self._busy = False
        session.frame_changed.connect(self._say_again)
        session.mask_changed.connect(self._say_again)
        session.pictures.arrived.connect(self._say_again, Qt.ConnectionType.QueuedConnection)
        session.showing.changed.connect(self._forget_source)

    def _say_again(self, _: object = None) -> None:
        if self.at is not None:
            self.changed.emit()

    def _forget_source(self) -> None:
        """The sides show something else: until the pointer moves the plate is read."""
        if self.at is not None:
            self.at = self.at._replace(source=None)
            self.changed.emit()

    # -- words -----------------------------------------------------------------------------

    def text(self) -> str:
        """Position and colour (0 to 1) in a line, level and what covers the pixel in another."""
        if self.at is None or self._session.shot is None:
            return ""
        x, y, source = self.at
        width, height = self._session.shot.size
        if x >= width or y >= height:
            return ""  # a place on the shot that was open before
        if source is not None and source.content is Content.MODEL:
            return self._model_text(x, y)
        first, second = [f"x {x}  y {y}"], []
        colour = self._colour(self.at)
        if colour is not None:
            first.append(" ".join(f"{value / 255:.3f}" for value in colour))
        field = self._session.field()
        if field is not None:
            value = int(field[y, x])
            second.append(f"{_LEVELS[int(EFFECTIVE[value])]} {LEVELS[value]}{_origin(value)}")
        covering = [*self._objects(x, y), *self._shapes(x, y)]
        if covering:
            second.append(", ".join(covering))
        return "   ".join(first) + "\n" + "   ".join(second)

    def tip(self) -> str:
        """All of the text, however narrow the bar, and the colour as 8-bit numbers."""
        text = self.text()
        colour = self._colour(self.at) if self.at is not None and text else None
        if colour is None:
            return text
        return f"{text}\n8 bit: " + " ".join(str(int(value)) for value in colour)

    def _model_text(self, x: int, y: int) -> str:
        sight, shot = self._sights.sight, self._session.shot
        if sight is None or shot is None:
            return f"x {x}  y {y}"
        height, width = sight.taken_for.shape
        left, top, across, down = sight.choice.framing.crop or (0, 0, *shot.size)
        if not (left <= x < left + across and top <= y < top + down):
            return f"x {x}  y {y}\noutside of what the model sees"
        column, row = (x - left) * width // across, (y - top) * height // down
        colour = " ".join(f"{value / 255:.3f}" for value in sight.picture[row, column])
        what = f"pass {sight.choice.which.value} takes it for {sight.at(column, row)}"
        return f"model x {column}  y {row}   {colour}\n{what}"

    def _colour(self, at: Probed) -> NDArray[np.uint8] | None:
        """RGB of the picture that is seen there, or of the plate; None while it is decoded."""
        session = self._session
        takes = at.source is not None and served_as(at.source) is not None
        picture = session.pictures.picture(at.source if takes else Source(), session.index)
        if picture is None or session.shot is None:
            return None
        height, width = picture.shape[:2]
        row, column = at.y * height // session.shot.size[1], at.x * width // session.shot.size[0]
        colour: NDArray[np.uint8] = picture[row, column]
        return colour

    # -- what covers a pixel ---------------------------------------------------------------

    def _objects(self, x: int, y: int) -> list[str]:
        """The names of the objects whose tracks cover a pixel."""
        shot = self._session.shot
        assert shot is not None
        bits = self._tracked()
        place = y * shot.size[0] + x
        return [
            item.name
            for item in shot.document.objects
            if item.id in bits and bits[item.id][place >> 3] >> (7 - (place & 7)) & 1
        ]

    def _tracked(self) -> _Bits:
        """The tracks of the frame as packed bits, as far as they are unpacked."""
        shot, index = self._session.shot, self._session.index
        assert shot is not None
        tracks = shot.tracks
        found = {item.id: tracks.blob(item.id, index) for item in shot.document.objects}
        blobs = {name: blob for name, blob in found.items() if blob is not None}
        same = blobs.keys() == self._blobs.keys()
        if same and all(blobs[name] is self._blobs[name] for name in blobs):
            return self._bits
        if not self._busy:
            self._busy = True
            self._session.background.run(
                "Could not unpack the tracks of a frame",
                partial(_unpacked, shot.size, blobs),
                partial(self._done, blobs),
                self._give_up,
            )
        return {}

    def _done(self, blobs: _Blobs, bits: _Bits) -> None:
        self._busy = False
        self._blobs, self._bits = blobs, bits
        self._say_again()

    def _give_up(self, error: object) -> None:
        self._busy = False
        self._session.failed.emit(error)

    def _shapes(self, x: int, y: int) -> list[str]:
        """The names of the mask shapes that count at a pixel."""
        shot, index = self._session.shot, self._session.index
        assert shot is not None
        names = []
        for shape in shot.document.shapes:
            if shape.visible and shape.frames[0] <= index <= shape.frames[1]:
                points = shape_at(shape.keys, index, shape.interpolated)
                if points is not None and _inside(points, x + 0.5, y + 0.5):
                    names.append(f"shape {shape.name}")
        return names


def _origin(value: int) -> str:
    """Where a level comes from; nothing is said of keep that nobody touched."""
    if HAND_PAINTED[value]:
        return " \N{MIDDLE DOT} painted"
    return " \N{MIDDLE DOT} tracked" if EFFECTIVE[value] else ""


def _inside(points: tuple[tuple[float, float], ...], x: float, y: float) -> bool:
    return cv2.pointPolygonTest(np.array(points, np.float32), (x, y), False) >= 0


def _unpacked(size: tuple[int, int], blobs: _Blobs) -> _Bits:
    """Tracks of plates of ``size`` (width, height) as one bit a pixel; on any thread."""
    made: _Bits = {}
    for name, blob in blobs.items():
        made[name] = np.empty(-(-size[0] * size[1] // 8), np.uint8)
        unpack_into(blob, made[name])
    return made
