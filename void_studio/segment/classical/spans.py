"""Which frames are tracked from which marked frames."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise

from void_studio.segment.protocol import Direction


@dataclass(frozen=True)
class Span:
    """Frames between marked ones.

    Attributes:
        first, last: The wanted plate indices, both included, none of them marked.
        before, after: The marked frames the track comes from; at least one of them.
    """

    first: int
    last: int
    before: int | None
    after: int | None


def spans(
    marked: Sequence[int], frames: tuple[int, int], direction: Direction = Direction.BOTH
) -> list[Span]:
    """The spans of ``frames`` (first, last) in order of time; frames no track reaches are left out.

    Args:
        marked: Plate indices, ascending.
    """
    first, last = frames
    edges: list[int | None] = [None, *marked, None]
    result = []
    for before, after in pairwise(edges):
        start = first if before is None else max(first, before + 1)
        end = last if after is None else min(last, after - 1)
        source_before = before if direction is not Direction.BACKWARD else None
        source_after = after if direction is not Direction.FORWARD else None
        if start <= end and (source_before is not None or source_after is not None):
            result.append(Span(start, end, source_before, source_after))
    return result
