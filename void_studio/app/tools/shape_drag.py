"""A mask shape whose points follow the pointer: the mask shows it, the document not yet."""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import TYPE_CHECKING

from void_studio.app.tools.base import Pointer
from void_studio.app.tools.outline import Grip
from void_studio.quadmask.bits import NOTHING
from void_studio.quadmask.shapes import Polygon
from void_studio.shot.document import MaskShape
from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session
    from void_studio.app.shapes import Shapes

STILL = 3.0
"""Logical view pixels that a click may move without being a drag."""


class ShapeDrag:
    """From press to release.

    Attributes:
        now: The polygon under the hand, plate pixels.
        changed: Around what the last move changed.
    """

    def __init__(
        self,
        session: Session,
        shot: Shot,
        shape: MaskShape,
        keys: Mapping[int, Polygon],
        grip: Grip,
        pointer: Pointer,
        verb: str,
        changed: bool = False,
    ) -> None:
        """
        Args:
            keys: The shape's keys, one for this frame among them.
            grip: What of it follows the pointer, and how.
            verb: For the Edit menu.
            changed: Whether it is an edit even if the pointer stands still: the keys are others.
        """
        self._session = session
        self._frame = session.index
        self._shape_id = shape.id
        self._keys = dict(keys)
        self._points = self.now = self._keys[self._frame]
        self._grip = grip
        self.changed = NOTHING
        self._start = (pointer.x, pointer.y)
        self._verb = verb
        self._preview = shot.preview_shape(shape.id, self._frame)
        self._moved = changed

    def to(self, pointer: Pointer) -> None:
        """Follows the pointer."""
        at = (pointer.x, pointer.y)
        self._moved = self._moved or math.dist(self._start, at) * pointer.zoom > STILL
        if self._moved:
            self.now = self._grip.dragged(self._points, self._start, at, pointer.shift)
            self.changed = self._preview.show(self.now)
            self._session.mask_edited(self.changed)

    def end(self, shapes: Shapes) -> None:
        """Makes what is under the hand the key of its frame."""
        self._preview.end()
        if self._moved:
            keys = {**self._keys, self._frame: self.now}
            shapes.set_keys(self._shape_id, keys, self._verb, self._frame)

    def drop(self) -> None:
        """Puts the shape back."""
        self._session.mask_edited(self._preview.show(self._points))
        self._preview.end()
