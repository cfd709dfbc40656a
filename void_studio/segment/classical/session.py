"""The built-in segmenter's session: the marks of every object, and tracks made from them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import numpy as np

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.segment.classical.candidate import Clicks
from void_studio.segment.classical.click import keep_promises, mask_from_clicks
from void_studio.segment.classical.lift import lifted
from void_studio.segment.classical.marks import Marks
from void_studio.segment.classical.spans import spans
from void_studio.segment.classical.track import Tracker
from void_studio.segment.classical.view import REFINED_SIDE, WORKING_SIDE, scaled_size, shrink
from void_studio.segment.protocol import Direction, FrameSource, Mask, TrackedFrame
from void_studio.shot.document import Prompt


class ClassicalSegmenter:
    """Makes masks with colours, dense flow and minimum cuts."""

    name = "classical"

    def open(self, frames: FrameSource) -> ClassicalSession:
        return ClassicalSession(frames)


class ClassicalSession:
    """A SegmentSession; see the protocol."""

    def __init__(self, frames: FrameSource) -> None:
        self._frames = frames
        self._marks: dict[str, Marks] = {}

    def set_prompts(self, object_id: str, frame: int, prompts: Sequence[Prompt]) -> Mask:
        self._check_frame(frame)
        clicks = self._clicks(frame, prompts)
        refined = scaled_size(self._frames.size, REFINED_SIDE)
        working = scaled_size(self._frames.size, WORKING_SIDE)
        rgb = self._frames.read_rgb8(frame, refined)
        scale = np.array(working) / np.array(self._frames.size)
        small = Clicks(clicks.include * scale, clicks.exclude * scale)
        mask = lifted(mask_from_clicks(shrink(rgb, working), small), rgb, self._frames.size)
        keep_promises(mask, clicks)
        self._marks_of(object_id).set(frame, mask)
        return mask

    def set_mask(self, object_id: str, frame: int, mask: Mask) -> None:
        self._check_frame(frame)
        width, height = self._frames.size
        if mask.shape != (height, width):
            raise VoidError(
                "Could not take over a mask",
                f"It has {mask.shape[1]}x{mask.shape[0]} pixels, the plate {width}x{height}",
            )
        self._marks_of(object_id).set(frame, mask.astype(bool))

    def forget(self, object_id: str, frame: int | None = None) -> None:
        if frame is None:
            self._marks.pop(object_id, None)
        elif object_id in self._marks:
            self._marks[object_id].discard(frame)

    def track(
        self,
        object_id: str,
        frames: tuple[int, int],
        direction: Direction = Direction.BOTH,
        cancel: CancelToken | None = None,
    ) -> Iterator[TrackedFrame]:
        first, last = frames
        self._check_frame(first)
        self._check_frame(last)
        if last < first:
            raise VoidError("Could not track", f"Frame {last} comes before frame {first}")
        marks = self._marks.get(object_id)
        if not marks:
            raise VoidError(
                "Could not track the object",
                "Nothing on it has been clicked",
                "Click the object on any frame first",
            )
        return self._track(
            object_id, marks.copy(), frames, Direction(direction), cancel or CancelToken()
        )

    def _track(
        self,
        object_id: str,
        marks: Marks,
        frames: tuple[int, int],
        direction: Direction,
        cancel: CancelToken,
    ) -> Iterator[TrackedFrame]:
        for index in sorted(marks):
            if frames[0] <= index <= frames[1]:
                cancel.check()
                yield TrackedFrame(object_id, index, marks[index], 1.0)
        tracker = Tracker(self._frames, marks, cancel)
        for span in spans(sorted(marks), frames, direction):
            for index, mask, confidence in tracker.run(span):
                yield TrackedFrame(object_id, index, mask, confidence)

    def close(self) -> None:
        self._marks.clear()

    def _marks_of(self, object_id: str) -> Marks:
        return self._marks.setdefault(object_id, Marks())

    def _check_frame(self, frame: int) -> None:
        if not 0 <= frame < self._frames.count:
            raise VoidError(
                f"There is no frame {frame}", f"The plate has frames 0 to {self._frames.count - 1}"
            )

    def _clicks(self, frame: int, prompts: Sequence[Prompt]) -> Clicks:
        width, height = self._frames.size
        for prompt in prompts:
            if prompt.frame != frame:
                raise VoidError(
                    "Could not use a click", f"It is on frame {prompt.frame}, not on {frame}"
                )
            if not (0 <= prompt.x < width and 0 <= prompt.y < height):
                raise VoidError(
                    f"Could not use the click at {prompt.x:g}, {prompt.y:g}",
                    f"It is outside the picture of {width}x{height} pixels",
                )
        include = [(prompt.x, prompt.y) for prompt in prompts if prompt.include]
        exclude = [(prompt.x, prompt.y) for prompt in prompts if not prompt.include]
        if not include:
            raise VoidError(
                "Could not find the object",
                "No click says where it is" if exclude else "There are no clicks",
                "Click the object",
            )
        return Clicks(
            np.array(include, np.float64).reshape(-1, 2),
            np.array(exclude, np.float64).reshape(-1, 2),
        )
