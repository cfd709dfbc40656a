"""An object tracked over the spans between its marked frames."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import numpy as np
from numpy.typing import NDArray

from void_studio.progress import CancelToken
from void_studio.segment.classical.fuse import PackedFound, fused
from void_studio.segment.classical.lift import lifted
from void_studio.segment.classical.palette import Palette, features
from void_studio.segment.classical.reader import frames_in_order
from void_studio.segment.classical.spans import Span
from void_studio.segment.classical.view import (
    REFINED_SIDE,
    WORKING_SIDE,
    View,
    scaled_size,
    shrink,
)
from void_studio.segment.classical.walk import Found, Walk
from void_studio.segment.protocol import FrameSource, Mask

Frame = tuple[int, NDArray[np.uint8], View]


class Tracker:
    """Tracks one object of a shot whose marked frames are known."""

    def __init__(self, source: FrameSource, marks: Mapping[int, Mask], cancel: CancelToken) -> None:
        """marks: plate index -> mask of the plate's size."""
        self._source = source
        self._cancel = cancel
        self._working = scaled_size(source.size, WORKING_SIDE)
        self._refined = scaled_size(source.size, REFINED_SIDE)
        self._marks = marks
        self._palette = self._shared_palette()

    def _shared_palette(self) -> Palette:
        """Made of all marked frames, so that an object that changes keeps its colours apart."""
        pixels = []
        for index in sorted(self._marks)[:8]:
            self._cancel.check()
            pixels.append(features(self._source.read_rgb8(index, self._working)).reshape(-1, 4))
        return Palette(np.concatenate(pixels))

    def run(self, span: Span) -> Iterator[tuple[int, Mask, float]]:
        """Plate index, mask of the plate's size, confidence, each frame of the span once."""
        if span.before is None:
            assert span.after is not None
            yield from self._lift(self._walk(span.after, span.first, self._refined), span)
        elif span.after is None:
            yield from self._lift(self._walk(span.before, span.last, self._refined), span)
        else:
            yield from self._lift(self._between(span, span.before, span.after), span)

    def _lift(
        self, walk: Iterator[tuple[Frame, Found]], span: Span
    ) -> Iterator[tuple[int, Mask, float]]:
        for (index, rgb, _), found in walk:
            if span.first <= index <= span.last:
                yield index, lifted(found.mask, rgb, self._source.size), found.confidence

    def _between(self, span: Span, before: int, after: int) -> Iterator[tuple[Frame, Found]]:
        from_after = {
            frame[0]: PackedFound.pack(found)
            for frame, found in self._walk(after, span.first, self._working)
        }
        for frame, found in self._walk(before, span.last, self._refined):
            index, _, view = frame
            other = from_after.pop(index, None)
            if other is None:
                yield frame, found
            else:
                position = (index - before) / (after - before)
                yield frame, fused(view, found, other.unpack(), position)

    def _walk(self, marked: int, last: int, size: tuple[int, int]) -> Iterator[tuple[Frame, Found]]:
        """From a marked frame, which is not yielded, to ``last``."""
        frames = self._frames(marked, last, size)
        start = next(frames)
        walk = Walk(start[2], self._small_mask(marked))
        current = next(frames, None)
        while current is not None:
            following = next(frames, None)
            yield current, walk.step(current[2], following[2] if following else None)
            current = following

    def _frames(self, first: int, last: int, size: tuple[int, int]) -> Iterator[Frame]:
        for index, rgb in frames_in_order(self._source, first, last, size, self._cancel):
            yield index, rgb, View(shrink(rgb, self._working), self._palette)

    def _small_mask(self, index: int) -> Mask:
        share = shrink(self._marks[index].astype(np.uint8) * 255, self._working)
        small = share > 127
        if not small.any() and self._marks[index].any():
            small = share > 0  # thinner than a working pixel
        return small
