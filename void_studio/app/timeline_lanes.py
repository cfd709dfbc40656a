"""What the frames of a shot carry, as the timeline's lanes: pure functions of its document."""

from __future__ import annotations

from collections.abc import Callable, Iterable

import numpy as np
from numpy.typing import NDArray

from void_studio.app.timeline.contents import UNSURE
from void_studio.app.timeline.geometry import dips
from void_studio.app.timeline.rows import Lane
from void_studio.quadmask.store import HAS_AFFECTED, HAS_PAINTED, HAS_REMOVE
from void_studio.shot.document import ShotDocument, ShotObject

Flags = NDArray[np.uint8]


def lanes(document: ShotDocument, flags: Flags, item: ShotObject | None) -> list[Lane]:
    """The lanes from top to bottom.

    Args:
        flags: What every frame holds, as ``MaskStore.summaries``: uint8 (count,).
        item: The current object, whose clicks are shown.
    """
    clicked = [prompt.frame for prompt in item.prompts] if item is not None else []
    named = item.name if item is not None else ""
    return [
        Lane("remove", "remove", _with(flags, HAS_REMOVE), _either("remove", "nothing to remove")),
        Lane(
            "affected",
            "affected",
            _with(flags, HAS_AFFECTED),
            _either("affected", "nothing affected"),
        ),
        Lane(
            "painted",
            "keep",
            _with(flags, HAS_PAINTED),
            _either("painted by hand", "not painted by hand"),
        ),
        Lane(
            "keys",
            "both",
            counted(_keys(document), flags.size),
            lambda count: _many(count, "mask key", "no mask key"),
            style="diamonds",
        ),
        Lane(
            "clicks",
            "accent",
            counted(clicked, flags.size),
            lambda count: f"{_many(count, 'click', 'no click')} on {named}",
            style="diamonds",
        ),
        Lane(
            "locked",
            "dim",
            counted(document.locked, flags.size),
            _either("locked: its mask does not change", "not locked"),
            style="hatched",
        ),
    ]


def counted(frames: Iterable[int], count: int) -> Flags:
    """How often each of ``count`` frames is named, at most 255: uint8 (count,)."""
    given = np.fromiter(frames, np.intp)
    inside = given[given < count]
    return np.minimum(np.bincount(inside, minlength=count), 255).astype(np.uint8)


def confidence(item: ShotObject | None, count: int) -> NDArray[np.float64]:
    """How sure the tracker was of an object: (count,), NaN where it has not been."""
    values = np.full(count, np.nan)
    if item is not None and item.confidence:
        frames = np.fromiter(item.confidence, np.intp)
        given = np.fromiter(item.confidence.values(), np.float64)
        values[frames[frames < count]] = given[frames < count]
    return values


def unsure_frames(item: ShotObject | None, count: int) -> NDArray[np.intp]:
    """Where the tracker was least sure of an object, where it was unsure at all: ascending."""
    return dips(confidence(item, count), UNSURE)


def edited_frames(document: ShotDocument, flags: Flags) -> NDArray[np.intp]:
    """The frames that were painted by hand or hold a mask key, ascending."""
    painted = np.flatnonzero(flags & HAS_PAINTED)
    return np.union1d(painted, np.fromiter(_keys(document), np.intp))


def _keys(document: ShotDocument) -> Iterable[int]:
    return (index for shape in document.shapes for index in shape.keys)


def _with(flags: Flags, bit: int) -> Flags:
    return (flags & bit > 0).astype(np.uint8)


def _either(there: str, nothing: str) -> Callable[[int], str]:
    return lambda state: there if state else nothing


def _many(count: int, what: str, nothing: str) -> str:
    if count == 0:
        return nothing
    return f"{count} {what}" if count == 1 else f"{count} {what}s"
