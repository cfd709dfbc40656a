"""What every segmenter is asked and what it hands back: clicks in, masks out."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken
from void_studio.shot.document import Prompt

Mask = NDArray[np.bool_]


class Direction(StrEnum):
    """Where a track runs from the frames the artist has marked."""

    BOTH = "both"
    FORWARD = "forward"
    BACKWARD = "backward"


class FrameSource(Protocol):
    """The frames of a shot as a segmenter sees them; ``void_studio.media`` plates satisfy it.

    A source is used from one thread only.
    """

    @property
    def count(self) -> int:
        """Number of frames."""

    @property
    def size(self) -> tuple[int, int]:
        """(width, height) in pixels."""

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        """Frame ``index`` as (H, W, 3) uint8, scaled to ``size`` if given, never enlarged."""


@dataclass(frozen=True)
class TrackedFrame:
    """An object on one frame.

    Attributes:
        object_id: The object the track belongs to.
        index: The plate index.
        mask: (H, W) bool of the plate's size; all False where the object is not in the picture.
        confidence: 0 (lost) to 1 (certain; frames the artist marked are 1).
    """

    object_id: str
    index: int
    mask: Mask
    confidence: float


class SegmentSession(Protocol):
    """The objects of one shot while they are being clicked and tracked.

    What an artist marks on a frame, by clicks or by a painted mask, replaces everything marked for
    that object on that frame before. Used from one thread at a time.
    """

    def set_prompts(self, object_id: str, frame: int, prompts: Sequence[Prompt]) -> Mask:
        """Marks an object by clicks on plate index ``frame``: its mask there, at once.

        Args:
            prompts: All clicks of this object on this frame; at least one includes.

        Raises:
            VoidError: no clicks, none that includes, or one outside the picture.
        """

    def set_mask(self, object_id: str, frame: int, mask: Mask) -> None:
        """Marks an object by its exact mask, e.g. painted; an empty one says "not here".

        Args:
            mask: (H, W) bool of the plate's size.

        Raises:
            VoidError: the mask has another size, or there is no such frame.
        """

    def forget(self, object_id: str, frame: int | None = None) -> None:
        """Takes back what was marked for the object on one frame, or on all."""

    def track(
        self,
        object_id: str,
        frames: tuple[int, int],
        direction: Direction = Direction.BOTH,
        cancel: CancelToken | None = None,
    ) -> Iterator[TrackedFrame]:
        """Follows an object from its marked frames, yielding each frame once, as it is ready.

        The order of frames is the segmenter's. Between two marked frames a track in both
        directions joins the two. Marked frames outside ``frames`` still count.

        Args:
            frames: First and last plate index wanted, both included.
            direction: Forward gives only frames at or after a marked one, backward only frames at
                or before one.

        Raises:
            VoidError: nothing is marked for the object, or the frames are not in the plate.
            Cancelled: the token was set; checked before every frame.
        """

    def close(self) -> None:
        """Lets go of everything held; the frame source stays the caller's."""


class Segmenter(Protocol):
    """An engine that makes masks.

    Attributes:
        name: The name used in jobs and on the command line, e.g. ``classical``.
    """

    name: str

    def open(self, frames: FrameSource) -> SegmentSession:
        """A session on a shot; close it when done."""
