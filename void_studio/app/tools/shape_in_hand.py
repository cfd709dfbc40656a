"""The mask shape in hand: which of its points are chosen, and the edits that are made of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from void_studio.app.tools.base import Pointer
from void_studio.app.tools.grips import Hit, Part, hit
from void_studio.app.tools.outline import Box, Grip, Shift, holds, shifted
from void_studio.app.tools.shape_drag import ShapeDrag
from void_studio.quadmask.shapes import Polygon, insert_point, remove_points
from void_studio.shot.document import MAX_POINTS, MaskShape

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.shapes import Shapes

_VERBS = {Part.CORNER: "Scale", Part.TURN: "Turn", Part.EDGE: "Move edge of", Part.INSIDE: "Move"}


class ShapeInHand:
    """Edits the shape in hand on the frame on screen, which they key; a locked one is left alone.

    Attributes:
        drag: What the pointer drags of it, if it does.
    """

    def __init__(self, session: Session, shapes: Shapes) -> None:
        self._session = session
        self._shapes = shapes
        self._chosen: frozenset[int] = frozenset()
        self._chosen_of = ("", 0)
        self._nudged = False
        self.drag: ShapeDrag | None = None

    # -- what it is ------------------------------------------------------------------------

    @property
    def shape(self) -> MaskShape | None:
        """None while there is none, or it is hidden."""
        shape = self._shapes.current
        return shape if shape is not None and shape.visible else None

    @property
    def points(self) -> Polygon | None:
        """Its polygon on this frame, under the hand while it is dragged; None if it is not here."""
        if self.drag is not None:
            return self.drag.now
        return self._shapes.points(self.shape) if self.shape is not None else None

    @property
    def chosen(self) -> frozenset[int]:
        """Which of its points are chosen."""
        points = self.points
        same = points is not None and self._chosen_of == (self._shapes.current_id, len(points))
        return self._chosen if same else frozenset()

    def choose(self, chosen: frozenset[int]) -> None:
        """Chooses points."""
        self._nudged = False
        self._chosen = chosen
        self._chosen_of = (self._shapes.current_id, len(self.points or ()))

    def choose_inside(self, box: Box, more: bool) -> None:
        """Chooses the points inside a box; ``more`` keeps those chosen before."""
        inside = {n for n, point in enumerate(self.points or ()) if box.holds(point)}
        self.choose(self.chosen | inside if more else frozenset(inside))

    def choose_all(self) -> None:
        self.choose(frozenset(range(len(self.points or ()))))

    def let_go(self) -> None:
        """Lets go of the chosen points; without any, of the shape."""
        if self.chosen:
            self.choose(frozenset())
        else:
            self._shapes.choose("")

    def hit(self, pointer: Pointer) -> Hit | None:
        """What of it is under the pointer."""
        points = self.points
        if points is None:
            return None
        return hit(points, self.chosen, (pointer.x, pointer.y), pointer.zoom)

    def take_other(self, pointer: Pointer) -> Hit | None:
        """Takes the shape under the pointer instead, the one on top first."""
        for shape in reversed(self._shapes.all):
            points = self._shapes.points(shape) if shape.visible else None
            if points is not None and holds(points, (pointer.x, pointer.y)):
                self._shapes.choose(shape.id)
                return self.hit(pointer)
        return None

    # -- dragging --------------------------------------------------------------------------

    def grab(self, found: Hit, pointer: Pointer) -> None:
        """Begins to drag the part that was hit; with Shift, a point joins those chosen."""
        if not self._shapes.may_edit():
            return
        if found.part is not Part.POINT:
            self._begin(found.grip, pointer, _VERBS[found.part])
            return
        chosen = self.chosen
        if pointer.shift:
            chosen ^= {found.at}
        elif found.at not in chosen:
            chosen = frozenset({found.at})
        self.choose(chosen)
        self._begin(Shift(chosen), pointer, "Move points of")

    def add_point(self, found: Hit, pointer: Pointer) -> None:
        """Puts a point on the edge that was hit, in every key, and begins to drag it."""
        shape, points, index = self.shape, self.points, self._session.index
        if shape is None or points is None or not self._shapes.may_edit():
            return
        keys = {**shape.keys, index: points}
        if max(map(len, keys.values())) >= MAX_POINTS:
            self._session.noticed.emit(f"A shape has at most {MAX_POINTS} points")
            return
        new = frozenset({found.at + 1})
        more = insert_point(keys, index, found.at, found.share)
        self._begin(Shift(new), pointer, "Add point to", more)
        self.choose(new)

    def end_drag(self) -> None:
        """Makes what was dragged an edit."""
        drag, self.drag = self.drag, None
        if drag is not None:
            drag.end(self._shapes)

    def drop_drag(self) -> None:
        """Puts back what is dragged."""
        drag, self.drag = self.drag, None
        if drag is not None:
            drag.drop()

    def _begin(
        self, grip: Grip, pointer: Pointer, verb: str, keys: dict[int, Polygon] | None = None
    ) -> None:
        session, shape, points = self._session, self.shape, self.points
        if session.shot is not None and shape is not None and points is not None:
            whole = keys or {**shape.keys, session.index: points}
            self.drag = ShapeDrag(
                session, session.shot, shape, whole, grip, pointer, verb, keys is not None
            )

    # -- at once ---------------------------------------------------------------------------

    def nudge(self, dx: float, dy: float) -> None:
        """Moves the chosen points by plate pixels; nudges of the same points are one step."""
        points = self.points
        if points is not None and self._shapes.may_edit():
            moved = shifted(points, self.chosen, dx, dy)
            self._shapes.set_key(moved, "Nudge", self._session.index, joins=self._nudged)
            self._nudged = True

    def delete(self) -> None:
        """Removes the chosen points from every key; without any, or with all, the shape."""
        shape, points, index = self.shape, self.points, self._session.index
        if shape is None or points is None:
            return
        if not self.chosen or len(self.chosen) == len(points):
            self._shapes.delete(shape.id)
        elif len(points) - len(self.chosen) < 3:
            self._session.noticed.emit("A shape needs three points")
        elif self._shapes.may_edit():
            keys = remove_points({**shape.keys, index: points}, index, self.chosen)
            self._shapes.set_keys(shape.id, keys, "Remove points of", index)
            self.choose(frozenset())
