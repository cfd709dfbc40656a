"""Trajectory: draw the way an object would go if nothing held it; it becomes affected."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

import cv2
import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPen, QPolygonF

from void_studio.app.theme import PALETTE, plane_colour
from void_studio.app.tools.base import NO_KEYS, Area, Pointer, Tool
from void_studio.app.tools.painting import area_of
from void_studio.app.tools.trajectory_options import TrajectoryOptions, Way
from void_studio.quadmask.bits import Rect
from void_studio.quadmask.brush import Point
from void_studio.quadmask.trajectory import Path, paint_stamp, paint_sweep, positions, smoothed
from void_studio.shot.document import ShotObject
from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.tools.base import ToLogical

_STEP = 2.0  # logical pixels between the points of the path
_SHORTEST = 8.0  # logical pixels of a path that is meant
_STAMPS_SHOWN = 12


class TrajectoryTool(Tool):
    """Paints *affected* along a path, on the frames from here to the out point, as one step.

    A press on an object takes its size, else the current object's; without a mask on this frame the
    size of the options bar counts.
    """

    name = "trajectory"
    hint = (
        "Trajectory: press on the object and drag the way it would go if nothing held it; its "
        "stamps become affected up to the out point.  Esc cancels"
    )
    options = frozenset()

    def __init__(self, session: Session) -> None:
        super().__init__(session)
        self._session = session
        self.way = Way(self)
        self._path: list[Point] = []
        self._box = (0, 0)
        self._grabbed = (0.0, 0.0)
        self._object: ShotObject | None = None
        self._at: Pointer | None = None
        self._drawn: Area | None = None
        self._known: tuple[bytes | None, Rect] = (None, Rect(0, 0, 0, 0))
        self.way.changed.connect(self._moved)
        session.objects_changed.connect(self._moved)

    def options_widget(self) -> TrajectoryOptions:
        return TrajectoryOptions(self.way)

    # -- the pointer -----------------------------------------------------------------------

    def press(self, pointer: Pointer) -> None:
        shot = self._session.shot
        if shot is None:
            return
        self._at = pointer
        self._object = self._under(shot, pointer) or self._session.current_object()
        extent = self._extent(shot, self._object)
        self._box = self._box_of(extent)
        inside = not extent.empty and _holds(extent, pointer)
        # Taken anywhere, the object goes along the path by its middle.
        self._path = [_middle(extent) if inside else (pointer.x, pointer.y)]
        self._grabbed = self._path[0][0] - pointer.x, self._path[0][1] - pointer.y
        self._moved()

    def move(self, pointer: Pointer) -> None:
        self._at = pointer
        if self._path:
            at = pointer.x + self._grabbed[0], pointer.y + self._grabbed[1]
            if math.dist(self._path[-1], at) * pointer.zoom >= _STEP:
                self._path.append(at)
        self._moved()

    def release(self, pointer: Pointer) -> None:
        path, self._path = self._path, []
        if path:
            far = max(math.dist(path[0], place) for place in path)
            if far * pointer.zoom >= _SHORTEST:
                self._paint_along(smoothed(path))
            else:
                self._session.noticed.emit("Drag the way the object would go")
        self._moved()

    def hover(self, pointer: Pointer | None) -> None:
        self._at = pointer
        self._moved()

    def claims(self, event: QKeyEvent) -> bool:
        escape = event.key() == Qt.Key.Key_Escape and event.modifiers() == NO_KEYS
        return bool(self._path) and escape

    def key(self, event: QKeyEvent) -> bool:
        if not self.claims(event):
            return False
        self._path.clear()
        self._moved()
        return True

    def finish(self) -> None:
        if self._path:
            self._path.clear()
            self._moved()

    def leave(self) -> None:
        self.finish()
        self._at = None
        self._moved()

    # -- what is stamped -------------------------------------------------------------------

    def _under(self, shot: Shot, pointer: Pointer) -> ShotObject | None:
        """The object whose mask is under the pointer."""
        x, y = int(pointer.x), int(pointer.y)
        if not (0 <= x < shot.size[0] and 0 <= y < shot.size[1]):
            return None
        for item in reversed(shot.document.objects):
            mask = shot.tracks.get(item.id, self._session.index)
            if mask is not None and mask[y, x]:
                return item
        return None

    def _extent(self, shot: Shot, item: ShotObject | None) -> Rect:
        """The bounding box of an object's mask on this frame; empty where it has none."""
        blob = shot.tracks.blob(item.id, self._session.index) if item is not None else None
        if item is None or blob is None:
            return Rect(0, 0, 0, 0)
        if blob is not self._known[0]:
            mask = shot.tracks.get(item.id, self._session.index)
            assert mask is not None
            self._known = blob, Rect(*cv2.boundingRect(mask.view(np.uint8)))
        return self._known[1]

    def _box_of(self, extent: Rect) -> tuple[int, int]:
        if extent.empty:
            return self.way.size, self.way.size
        return extent.width, extent.height

    def _frames(self) -> range:
        """From this frame to the out point; beyond it, to the end of the plate."""
        session = self._session
        assert session.shot is not None
        last = session.shot.document.range[1]
        return range(session.index, (last if session.index <= last else session.count - 1) + 1)

    def _paint_along(self, path: Path) -> None:
        session, frames = self._session, self._frames()
        box, sweeps = self._box, self.way.sweeps
        places = positions(path, len(frames), self.way.timing)
        first = frames[0]

        def edit(index: int, field: NDArray[np.uint8]) -> None:
            if sweeps:
                paint_sweep(field, path, box)
            else:
                paint_stamp(field, places[index - first], box)

        what = f" of {self._object.name}" if self._object is not None else ""
        session.frames.spread(f"Trajectory{what} ({session.frames.where(frames)})", frames, edit)

    # -- marks -----------------------------------------------------------------------------

    def _moved(self) -> None:
        was, self._drawn = self._drawn, self._marks()
        for area in (was, self._drawn):
            if area is not None:
                self.redraw(area)

    def _marks(self) -> Area | None:
        path = self._path or ([(self._at.x, self._at.y)] if self._at is not None else [])
        if not path or self._session.shot is None:
            return None
        width, height = self._stamp_shown()
        area = area_of(path)
        return Area(
            area.left - width, area.top - height, area.right + width, area.bottom + height, 6.0
        )

    def _stamp_shown(self) -> tuple[int, int]:
        shot = self._session.shot
        if self._path or shot is None:
            return self._box
        return self._box_of(self._extent(shot, self._session.current_object()))

    def paint(self, painter: QPainter, to_logical: ToLogical, scale: float) -> None:
        if self._session.shot is None:
            return
        box = self._stamp_shown()
        if not self._path:
            if self._at is not None:
                _paint_stamps(painter, to_logical, [(self._at.x, self._at.y)], box, scale)
            return
        path = smoothed(self._path) if len(self._path) > 1 else tuple(self._path)
        count = min(_STAMPS_SHOWN, len(self._frames()))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        _paint_stamps(painter, to_logical, positions(path, count, self.way.timing), box, scale)
        line = QPolygonF([to_logical(*place) for place in path])
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in ((QColor(0, 0, 0, 170), 3.4), (PALETTE.colour("accent"), 1.8)):
            painter.setPen(QPen(colour, width))
            painter.drawPolyline(line)


def _paint_stamps(
    painter: QPainter,
    to_logical: ToLogical,
    places: list[Point],
    box: tuple[int, int],
    scale: float,
) -> None:
    """Draws where stamps come to be; the last is filled, so that the others can be seen through."""
    colour = plane_colour("affected")
    painter.setPen(QPen(colour, 1))
    width, height = box[0] * scale, box[1] * scale
    for at, place in enumerate(places):
        if at == len(places) - 1:
            colour.setAlpha(60)
            painter.setBrush(colour)
        middle: QPointF = to_logical(*place)
        painter.drawRect(QRectF(middle.x() - width / 2, middle.y() - height / 2, width, height))


def _middle(rect: Rect) -> Point:
    return rect.x + rect.width / 2, rect.y + rect.height / 2


def _holds(rect: Rect, pointer: Pointer) -> bool:
    across = rect.x <= pointer.x < rect.x + rect.width
    return across and rect.y <= pointer.y < rect.y + rect.height
