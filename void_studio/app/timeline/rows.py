"""What the timeline shows, and how its rows share the height."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

TAKE_ROWS = 3
"""The most rows of takes; older ones that do not fit are left out."""


@dataclass(frozen=True, eq=False)
class Lane:
    """One fact about every frame.

    Attributes:
        name: What stands at its left.
        colour_role: A colour of the palette, e.g. ``"remove"``.
        states: ``(count,)``; 0 nothing, 1 present, 2 strong.
    """

    name: str
    colour_role: str
    states: NDArray[np.uint8]

    def same_place(self, other: Lane) -> bool:
        """Whether ``other`` would stand in the same row under the same name."""
        return self.name == other.name and self.colour_role == other.colour_role


@dataclass(frozen=True)
class TakeSpan:
    """The frames of one take, finished or being made.

    Attributes:
        label: E.g. ``"003 Pass 2"``.
        first: First plate index.
        last: Last plate index, inclusive.
        running: Whether it is still being made.
    """

    label: str
    first: int
    last: int
    running: bool = False


@dataclass(frozen=True)
class Row:
    """A band across the timeline.

    Attributes:
        kind: ``ruler``, ``cached``, ``plate``, ``lane``, ``clicks``, ``confidence`` or ``takes``.
        name: The label at its left; may be empty.
        top: Upper edge in pixels.
        height: In pixels.
        lane: Which lane or row of takes this is.
    """

    kind: str
    name: str
    top: int
    height: int
    lane: int = 0

    @property
    def bottom(self) -> int:
        return self.top + self.height


def lay_out(height: int, line: int, lanes: Sequence[str], take_rows: int) -> list[Row]:
    """The rows from top to bottom; thumbnails take what height is left over.

    Args:
        height: Of the whole widget, in pixels; below ``least_height`` the last rows are cut off.
        line: Height of a line of text, in pixels: all else follows from it.
        lanes: Names of the per-frame lanes.
        take_rows: Rows of takes, at least one.
    """
    gap = max(2, line // 5)
    lane_height = max(7, round(line * 0.8))
    fixed: list[tuple[str, str, int, int]] = [
        ("ruler", "", round(line * 1.25), 0),
        ("cached", "", max(4, line // 3), 0),
        ("plate", "plate", 0, 0),
    ]
    fixed += [("lane", name, lane_height, which) for which, name in enumerate(lanes)]
    fixed += [
        ("clicks", "clicks", lane_height, 0),
        ("confidence", "confidence", round(line * 1.4), 0),
    ]
    fixed += [
        ("takes", "" if which else "takes", round(line * 1.05), which)
        for which in range(max(1, take_rows))
    ]
    used = sum(row_height + gap for _, _, row_height, _ in fixed) + gap
    plate = min(max(height - used, least_plate(line)), round(line * 9))
    rows = []
    top = gap
    for kind, name, row_height, which in fixed:
        row = Row(kind, name, top, plate if kind == "plate" else row_height, which)
        rows.append(row)
        top = row.bottom + gap
    return rows


def least_plate(line: int) -> int:
    """The least height of the thumbnails, in pixels."""
    return round(line * 1.6)


def least_height(line: int, lanes: Sequence[str], take_rows: int) -> int:
    """The height below which rows would be cut off."""
    return lay_out(0, line, lanes, take_rows)[-1].bottom + max(2, line // 5)
