"""Mask shapes as the artist works with them: which one is in hand, its keys and its frames."""

from __future__ import annotations

from collections.abc import Mapping

from PySide6.QtCore import QObject, Signal

from void_studio.app.panels.shape_row import ShapeRow
from void_studio.app.session import Session
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.shapes import Polygon, shape_at
from void_studio.shot.document import MAX_SIDE, MaskShape
from void_studio.shot.shot import Shot


class Shapes(QObject):
    """Edits of the mask shapes of the open shot, each one named step of the history.

    Attributes:
        current_id: The id of the shape in hand; empty if there is none.

    Signals:
        changed: The shapes, which of them is in hand, or the frame they are looked at on.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.current_id = ""
        self._seen: tuple[MaskShape, ...] = ()
        session.shot_changed.connect(self._look)
        session.objects_changed.connect(self._look)
        session.frame_changed.connect(self._looked_elsewhere)

    # -- what there is ---------------------------------------------------------------------

    @property
    def all(self) -> tuple[MaskShape, ...]:
        return self._session.shot.document.shapes if self._session.shot else ()

    @property
    def current(self) -> MaskShape | None:
        """The shape in hand."""
        shot = self._session.shot
        return shot.document.shape(self.current_id) if shot else None

    def points(self, shape: MaskShape) -> Polygon | None:
        """A shape's polygon on the frame on screen; None where it does not count."""
        if not shape.frames[0] <= self._session.index <= shape.frames[1]:
            return None
        return shape_at(shape.keys, self._session.index, shape.interpolated)

    def choose(self, shape_id: str) -> None:
        """Takes a shape in hand, or none."""
        if shape_id != self.current_id:
            self.current_id = shape_id
            self.changed.emit()

    def rows(self) -> list[ShapeRow]:
        """The rows of the list of shapes."""
        return [
            ShapeRow(shape.id, shape.name, shape.plane, self._told(shape), shape.visible)
            for shape in self.all
        ]

    def _told(self, shape: MaskShape) -> str:
        keys = len(shape.keys)
        parts = [
            *([] if shape.adds else ["takes away"]),
            "interpolated" if shape.interpolated else "held",
            f"{keys} key{'s' if keys != 1 else ''}",
        ]
        if shape.frames != (0, self._session.count - 1):
            first, last = (self._session.number(frame) for frame in shape.frames)
            parts.append(f"{first}–{last}")
        return " · ".join(parts)

    # -- drawing and moving ----------------------------------------------------------------

    def draw(self, points: Polygon, erases: bool) -> None:
        """Adds a shape of the chosen level, keyed on this frame."""
        session = self._session
        shot = session.shot
        if shot is None or not self.may_edit():
            return
        level = session.brush.level
        adds = level is not PaintLevel.KEEP and not erases
        name = self._free_name()
        shape = MaskShape(
            id=shot.new_shape_id(name),
            name=name,
            plane=level.planes[0].value if len(level.planes) == 1 else "both",
            adds=adds,
            frames=(0, shot.count - 1),
            keys={session.index: kept(points)},
        )
        shot.put_shape(shape, f"Draw {name} ({self._here()})")
        self.choose(shape.id)

    def set_key(self, points: Polygon, verb: str, index: int, joins: bool = False) -> None:
        """Makes these points the key of the shape in hand on a frame.

        Args:
            joins: It goes on with the newest step, if that is the same edit.
        """
        shape = self.current
        if shape is not None:
            self.set_keys(shape.id, {**shape.keys, index: points}, verb, index, joins)

    def set_keys(
        self,
        shape_id: str,
        keys: Mapping[int, Polygon],
        verb: str,
        index: int,
        joins: bool = False,
    ) -> None:
        """Replaces all keys of a shape, as an edit made on frame ``index``."""
        shape = self._find(shape_id)
        if shape is not None:
            ordered = {frame: kept(keys[frame]) for frame in sorted(keys)}
            where = f"frame {self._session.number(index)}"
            self._put(shape, {"keys": ordered}, f"{verb} {shape.name} ({where})", joins)

    def may_edit(self) -> bool:
        """Whether this frame can be edited; says why if it is locked."""
        session = self._session
        return session.shot is not None and not session.refuses(session.index)

    # -- keys and frames -------------------------------------------------------------------

    @property
    def keyed(self) -> bool:
        """Whether the shape in hand has a key on this frame."""
        return self.current is not None and self._session.index in self.current.keys

    def toggle_key(self) -> None:
        """Keys the shape in hand as it is on this frame, or removes the key that is here."""
        shape, index = self._in_hand(), self._session.index
        if shape is None or not self.may_edit():
            return
        if index not in shape.keys:
            points = self.points(shape)
            if points is None:
                self._session.noticed.emit(f"{shape.name} does not count on this frame")
            else:
                self.set_key(points, "Key", index)
        elif len(shape.keys) == 1:
            self._session.noticed.emit(f"This is the only key of {shape.name}")
        else:
            rest = {frame: points for frame, points in shape.keys.items() if frame != index}
            self.set_keys(shape.id, rest, "Remove key of", index)

    def toggle_hold(self) -> None:
        """Lets the shape in hand go from key to key, or hold each until the next."""
        shape = self._in_hand()
        if shape is not None:
            verb = "Hold" if shape.interpolated else "Interpolate"
            self._put(shape, {"interpolated": not shape.interpolated}, f"{verb} {shape.name}")

    def count_from_here(self) -> None:
        """Lets the shape in hand count from this frame on."""
        shape = self._in_hand()
        if shape is not None:
            self._set_frames(shape, self._session.index, max(shape.frames[1], self._session.index))

    def count_up_to_here(self) -> None:
        """Lets the shape in hand count up to this frame."""
        shape = self._in_hand()
        if shape is not None:
            self._set_frames(shape, min(shape.frames[0], self._session.index), self._session.index)

    def count_everywhere(self) -> None:
        """Lets the shape in hand count on every frame."""
        shape = self._in_hand()
        if shape is not None:
            self._set_frames(shape, 0, self._session.count - 1)

    def next_key(self, step: int) -> int | None:
        """The frame of the next key of the shape in hand (``step`` 1) or the one before (-1)."""
        shape, index = self.current, self._session.index
        if shape is None:
            return None
        if step > 0:
            return min((frame for frame in shape.keys if frame > index), default=None)
        return max((frame for frame in shape.keys if frame < index), default=None)

    # -- the list --------------------------------------------------------------------------

    def rename(self, shape_id: str, name: str) -> None:
        shape = self._find(shape_id)
        if shape is not None and name.strip():
            new = name.strip()[:200]
            self._put(shape, {"name": new}, f"Rename {shape.name} to {new}")

    def set_visible(self, shape_id: str, visible: bool) -> None:
        """Says whether a shape counts in the quadmask."""
        shape = self._find(shape_id)
        if shape is not None:
            verb = "Show" if visible else "Hide"
            self._put(shape, {"visible": visible}, f"{verb} {shape.name}")

    def delete(self, shape_id: str) -> None:
        shot = self._session.shot
        if shot is not None and shot.document.shape(shape_id) is not None:
            shot.remove_shape(shape_id)

    # -- helpers ---------------------------------------------------------------------------

    def _in_hand(self) -> MaskShape | None:
        if self.current is None and self._session.shot is not None:
            self._session.noticed.emit("Draw a mask shape (H) or choose one in the list first")
        return self.current

    def _find(self, shape_id: str) -> MaskShape | None:
        return self._session.shot.document.shape(shape_id) if self._session.shot else None

    def _set_frames(self, shape: MaskShape, first: int, last: int) -> None:
        where = f"{self._session.number(first)}–{self._session.number(last)}"
        self._put(shape, {"frames": (first, last)}, f"{shape.name} counts on frames {where}")

    def _put(
        self, shape: MaskShape, fields: dict[str, object], step: str, joins: bool = False
    ) -> None:
        shot: Shot | None = self._session.shot
        if shot is not None:
            shot.put_shape(MaskShape.model_validate({**shape.__dict__, **fields}), step, joins)

    def _here(self) -> str:
        return f"frame {self._session.number(self._session.index)}"

    def _free_name(self) -> str:
        names = {shape.name for shape in self.all}
        return next(f"Shape {n}" for n in range(1, len(names) + 2) if f"Shape {n}" not in names)

    def _look(self) -> None:
        if self.current is None:
            self.current_id = ""
        if self.all != self._seen:
            self._seen = self.all
            self.changed.emit()

    def _looked_elsewhere(self) -> None:
        if self._seen:
            self.changed.emit()


def kept(points: Polygon) -> Polygon:
    """The points as a document holds them: not farther out than it allows."""
    low, high = -float(MAX_SIDE), 2.0 * MAX_SIDE
    return tuple((min(max(x, low), high), min(max(y, low), high)) for x, y in points)
