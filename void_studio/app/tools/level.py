"""What a stroke sets. A tool sets or clears *remove* and *affected*; the level follows."""

from __future__ import annotations

from enum import Enum

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import Plane, paint_table, unpaint_table


class PaintLevel(Enum):
    """The four choices of the options bar, by the key that picks them."""

    REMOVE = "Remove"
    AFFECTED = "Affected"
    BOTH = "Both"
    KEEP = "Keep"

    @property
    def planes(self) -> tuple[Plane, ...]:
        if self is PaintLevel.REMOVE:
            return (Plane.REMOVE,)
        if self is PaintLevel.AFFECTED:
            return (Plane.AFFECTED,)
        return (Plane.REMOVE, Plane.AFFECTED)

    def table(self, erase: bool) -> NDArray[np.uint8]:
        """The 256-entry table that one pass of the tool applies to the field.

        Erasing clears what the level sets; erasing *keep* goes back to what was tracked.
        """
        if self is PaintLevel.KEEP and erase:
            tables = [unpaint_table(plane) for plane in self.planes]
        else:
            value = self is not PaintLevel.KEEP and not erase
            tables = [paint_table(plane, value) for plane in self.planes]
        result = np.arange(256, dtype=np.uint8)
        for table in tables:
            result = table[result]
        return result

    def verb(self, erase: bool) -> str:
        """What a stroke is called in Edit > Undo."""
        if self is PaintLevel.KEEP:
            return "Back to tracked" if erase else "Paint keep"
        return f"{'Erase' if erase else 'Paint'} {self.value.lower()}"
