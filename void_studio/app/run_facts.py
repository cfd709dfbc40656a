"""What the run panel says of a run: what it would work on and do, and why it cannot."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from void_studio.app.remover_rows import PASS_1, PASS_2
from void_studio.quadmask.store import HAS_AFFECTED, HAS_REMOVE
from void_studio.shot.shot import Shot

Flags = NDArray[np.uint8]


def summary(shot: Shot | None, flags: Flags) -> list[tuple[str, str]]:
    """What a run would work on, as (label, value); ``flags`` as ``MaskStore.summaries``."""
    if shot is None:
        return []
    first, last = shot.document.range
    width, height = shot.size
    number = shot.document.first_number
    return [
        ("Frames", f"{first + number}–{last + number}"),
        ("With a mask", f"{marked(shot, flags)} of {last - first + 1}"),
        ("Plate", f"{width}×{height}"),
        ("On", "this machine"),
    ]


def reason_not_to_run(
    shot: Shot | None, flags: Flags, running: bool, remover: str = "", lacking: str | None = None
) -> str | None:
    """Why the removal cannot run now, or None if it can.

    Args:
        running: Whether one of this shot runs.
        remover: The name of the one that is chosen.
        lacking: What that lacks on this machine, in words.
    """
    if shot is None:
        return "Open a clip first"
    if running:
        return "A removal of this shot is running"
    if lacking:
        return lacking
    if not marked(shot, flags):
        return "Click an object or paint what is to go first"
    if remover == PASS_2 and not any(take.remover == PASS_1 for take in shot.document.takes):
        return "Run Pass 1 first"
    return None


def marked(shot: Shot, flags: Flags) -> int:
    """On how many frames of the range there is something to remove or affected."""
    first, last = shot.document.range
    return int(np.count_nonzero(flags[first : last + 1] & (HAS_REMOVE | HAS_AFFECTED)))
