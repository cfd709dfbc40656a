"""What a spread of an edit is made of: the task, and its frames as threads make them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field

import cv2
import numpy as np
from numpy.typing import NDArray

from void_studio.app.panels.job_rows import JobRow
from void_studio.progress import CancelToken
from void_studio.quadmask.bits import NOTHING, Rect
from void_studio.shot.shot import Shot
from void_studio.shot.spread import Spread

Field = NDArray[np.uint8]
Edit = Callable[[int, Field], object]
"""Edits the bit field, uint8 (H, W), of a plate index in place, on any thread. The frames of one
spread are asked for one after the other; a frame may be asked for again."""


class Enough(Exception):
    """Raised by an edit that cannot go on: what was done is kept, and the text says why."""


@dataclass(eq=False)
class FrameTask:
    """One spread, waiting or running.

    Attributes:
        frames: Plate indices still to be made, in order.
        again: Those whose mask changed while they were made.
        left: Those that a later edit changed first.
    """

    id: str
    shot: Shot
    edit: Edit
    spread: Spread
    frames: list[int]
    total: int
    then: Callable[[], object] | None = None
    release: Callable[[], object] | None = None
    done: int = 0
    again: list[int] = field(default_factory=list)
    left: set[int] = field(default_factory=set)
    locked: set[int] = field(default_factory=set)
    token: CancelToken = field(default_factory=CancelToken)
    running: bool = False

    def row(self) -> JobRow:
        return JobRow(
            id=self.id,
            label=self.spread.name,
            state="running" if self.running else "queued",
            fraction=self.done / self.total,
            message=f"{self.done} of {self.total} frames",
        )


@dataclass(frozen=True)
class MadeFrame:
    """A frame as a thread made it: see ``Spread.put``."""

    task: FrameTask
    index: int
    old: bytes | None
    new: bytes | None
    rect: Rect


def make_frame(task: FrameTask, index: int) -> MadeFrame:
    """Makes one frame, on any thread."""
    masks = task.shot.masks
    if task.shot.is_locked(index):
        return MadeFrame(task, index, None, None, NOTHING)
    old, before = masks.take_copy(index)
    after = before.copy()
    task.edit(index, after)
    rect = Rect(*cv2.boundingRect(cv2.bitwise_xor(before, after)))
    new = old if rect.empty else masks.packed(after)
    return MadeFrame(task, index, old, new, rect)
