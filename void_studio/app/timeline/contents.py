"""Everything that the rows of the timeline show, and what of it a frame carries, in words."""

from __future__ import annotations

from dataclasses import dataclass, field
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

from void_studio.app.timeline import geometry
from void_studio.app.timeline.rows import TAKE_ROWS, Band, Lane, Row, TakeSpan
from void_studio.app.timeline.timecode import timecode

UNSURE = 0.5
"""A tracker's confidence below which a frame is marked."""


@dataclass
class Contents:
    """Everything the rows show; arrays are ``(count,)``.

    Attributes:
        in_out: First and last plate index of the shot, both included.
        cached, result_cached: 1 where the picture of A, of B, can be shown at once.
        confidence: How sure the tracker was, 0 to 1; NaN where it has not been.
        markers: Plate index to name, in order.
    """

    count: int
    first_number: int
    rate: Fraction
    in_out: tuple[int, int]
    cached: NDArray[np.uint8]
    result_cached: NDArray[np.uint8]
    confidence: NDArray[np.float64]
    lanes: list[Lane] = field(default_factory=list)
    takes: list[TakeSpan] = field(default_factory=list)
    markers: dict[int, str] = field(default_factory=dict)

    @classmethod
    def empty(
        cls, count: int = 0, first_number: int = 0, rate: Fraction = Fraction(24)
    ) -> Contents:
        """A shot of which nothing is known yet."""
        nothing = np.zeros(count, np.uint8)
        unknown = np.full(count, np.nan)
        whole = (0, max(0, count - 1))
        return cls(count, first_number, rate, whole, nothing, nothing, unknown)

    def number(self, index: int) -> int:
        """The number artists give a frame."""
        return self.first_number + index

    def bands(self) -> list[Band]:
        """The rows that have something to show, from top to bottom."""
        bands = [Band("ruler")]
        if self.markers:
            bands.append(Band("markers", "markers"))
        bands += [Band("cached"), Band("plate", "plate")]
        bands += [
            Band("lane", lane.name, which)
            for which, lane in enumerate(self.lanes)
            if lane.states.any()
        ]
        if not np.isnan(self.confidence).all():
            bands.append(Band("confidence", "confidence"))
        rows = max(self.take_rows(), default=-1) + 1
        bands += [Band("takes", "" if which else "takes", which) for which in range(rows)]
        return bands

    def take_rows(self) -> list[int]:
        """The row of each take, -1 for those without; the newest is always in the first."""
        return geometry.pack([(take.first, take.last) for take in self.takes], TAKE_ROWS)

    def snaps(self) -> NDArray[np.intp]:
        """The frames that a drag with Shift clings to, ascending: what an artist did there."""
        marks = [np.flatnonzero(lane.states) for lane in self.lanes if lane.style == "diamonds"]
        places = np.array([*self.in_out, *self.markers], np.intp)
        return np.unique(np.concatenate([places, *marks]))

    def describe(self, index: int, row: Row | None) -> str:
        """What frame ``index`` carries, in words; only that of ``row`` if it is a lane."""
        words = [f"{self.number(index)}  ·  {timecode(index, self.rate)}"]
        if self.markers.get(index):
            words.append(self.markers[index])
        if row is None or row.kind not in _SAY:
            words += [
                lane.say(int(lane.states[index])) for lane in self.lanes if lane.states[index]
            ]
            words += _confidence(self, index, row)
        else:
            words += _SAY[row.kind](self, index, row)
        return "\n".join(words)


def _lane(contents: Contents, index: int, row: Row) -> list[str]:
    lane = contents.lanes[row.which]
    return [lane.say(int(lane.states[index]))]


def _cached(contents: Contents, index: int, row: Row) -> list[str]:
    said = ["A can be shown at once" if contents.cached[index] else "A has to be decoded"]
    if contents.result_cached.any():
        ready = contents.result_cached[index]
        said.append("B can be shown at once" if ready else "B has to be decoded")
    return said


def _confidence(contents: Contents, index: int, row: Row | None) -> list[str]:
    value = contents.confidence[index]
    if np.isnan(value):
        return ["not tracked"] if row is not None and row.kind == "confidence" else []
    unsure = ": the tracker is unsure" if value < UNSURE else ""
    return [f"confidence {value:.2f}{unsure}"]


def _takes(contents: Contents, index: int, row: Row) -> list[str]:
    return [
        words_of(take)
        for take, place in zip(contents.takes, contents.take_rows(), strict=True)
        if place == row.which and take.first <= index <= take.last
    ]


def words_of(take: TakeSpan) -> str:
    """A take and, while it is being made, how far it is."""
    return take.label if take.running is None else f"{take.label}   {take.running:.0%}"


_SAY = {"lane": _lane, "cached": _cached, "confidence": _confidence, "takes": _takes}
