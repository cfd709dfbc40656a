"""What the timeline shows, and how its rows share the height."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

TAKE_ROWS = 3
"""The most rows of takes; older ones that do not fit are left out."""

_HEIGHTS = {
    "ruler": (1.25, 1.15),
    "markers": (0.95, 0.85),
    "cached": (0.34, 0.34),
    "plate": (1.6, 1.2),
    "lane": (0.8, 0.58),
    "confidence": (1.4, 0.9),
    "takes": (1.05, 0.9),
}
"""Lines of text that a row is high, with room and without; the plate's is its least."""

_PLATE_MOST = 9.0
_SCROLL = 0.6


@dataclass(frozen=True, eq=False)
class Lane:
    """One fact about every frame. A lane that no frame carries is folded away.

    Attributes:
        name: What stands at its left.
        colour_role: What ``theme.plane_colour`` knows, e.g. ``"remove"``.
        states: ``(count,)`` uint8; 0 nothing, else what ``say`` knows.
        say: What a state means, in words.
        style: ``"bar"``; ``"hatched"`` for what cannot be touched; ``"diamonds"`` for single marks.
    """

    name: str
    colour_role: str
    states: NDArray[np.uint8]
    say: Callable[[int], str]
    style: Literal["bar", "hatched", "diamonds"] = "bar"


@dataclass(frozen=True)
class TakeSpan:
    """The frames of one take, finished or being made.

    Attributes:
        label: E.g. ``"003 Pass 2"``.
        first: First plate index.
        last: Last plate index, inclusive.
        running: How far it is, 0 to 1, while it is still being made.
        shown: Whether it is on screen.
    """

    label: str
    first: int
    last: int
    running: float | None = None
    shown: bool = False


@dataclass(frozen=True)
class Band:
    """A row that has something to show.

    Attributes:
        kind: ``ruler``, ``markers``, ``cached``, ``plate``, ``lane``, ``confidence`` or ``takes``.
        name: The label at its left; may be empty.
        which: Which lane or row of takes this is.
    """

    kind: str
    name: str = ""
    which: int = 0


@dataclass(frozen=True)
class Row:
    """A band in its place.

    Attributes:
        top: Upper edge in pixels.
        height: In pixels.
    """

    band: Band
    top: int
    height: int

    @property
    def kind(self) -> str:
        return self.band.kind

    @property
    def name(self) -> str:
        return self.band.name

    @property
    def which(self) -> int:
        return self.band.which

    @property
    def bottom(self) -> int:
        return self.top + self.height


def lay_out(height: int, line: int, bands: Sequence[Band]) -> list[Row]:
    """The rows from top to bottom; thumbnails take what height is left over.

    Args:
        height: Of all rows together, in pixels. Where it is little they move closer together.
        line: Height of a line of text, in pixels: all else follows from it.
    """
    compact = _needed(bands, line, compact=False) > height
    left = height - _needed(bands, line, compact)
    rows, top = [], _gap(line, compact)
    for band in bands:
        tall = _height(band.kind, line, compact)
        if band.kind == "plate":
            tall = min(tall + max(0, left), round(line * _PLATE_MOST))
        rows.append(Row(band, top, tall))
        top = rows[-1].bottom + _gap(line, compact)
    return rows


def scroll_height(line: int) -> int:
    """Height of the strip below the rows that says which part of the shot is in sight."""
    return max(8, round(line * _SCROLL))


def least_height(line: int) -> int:
    """The height in which every row there can be has room: it never changes while one works."""
    kinds = ["ruler", "markers", "cached", "plate", *["lane"] * 6, "confidence"]
    bands = [Band(kind) for kind in (*kinds, *["takes"] * TAKE_ROWS)]
    return _needed(bands, line, compact=True) + scroll_height(line)


def _height(kind: str, line: int, compact: bool) -> int:
    return max(4, round(line * _HEIGHTS[kind][compact]))


def _gap(line: int, compact: bool) -> int:
    return 1 if compact else max(2, line // 5)


def _needed(bands: Sequence[Band], line: int, compact: bool) -> int:
    gap = _gap(line, compact)
    return sum(_height(band.kind, line, compact) + gap for band in bands) + gap
