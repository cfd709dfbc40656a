"""Frames of a video file by number: the same picture in sequence and at random."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import suppress
from itertools import chain
from pathlib import Path

import numpy as np
from av.container import InputContainer
from av.error import FFmpegError
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from void_studio.errors import Cancelled, VoidError
from void_studio.media.demux import (
    VideoPacket,
    decode,
    open_container,
    packets_of,
    set_threads,
)
from void_studio.media.index import NO_TIME, FrameIndex
from void_studio.media.indexing import REORDER_LIMIT

# A start further ahead than this many packets is worth a seek.
_SEEK_GAIN = 8
# More frames held for later than this are decoded again instead of kept (12 MB each at 4K).
_PENDING_LIMIT = 24


class Decoder:
    """Hands out decoded frames by number. Not for use from two threads.

    The position in the file: packet ``_next`` is fed next, decoding began at packet ``_origin``,
    and the last frame that came out is ``_last_out``.
    """

    def __init__(
        self,
        path: Path,
        index: FrameIndex,
        container: InputContainer,
        stream: VideoStream,
        interrupted: threading.Event,
    ) -> None:
        """Takes over ``container``, wherever it stands.

        When another thread sets ``interrupted``, the read in progress, or the next, clears it
        and raises Cancelled; nothing else is lost.
        """
        self._path = path
        self._index = index
        self._container = container
        self._stream = stream
        self._keys = index.packets.keys
        self._number = np.full(len(index.packets.pts), -1, np.int64)
        self._number[index.order] = np.arange(index.count)
        self._interrupted = interrupted
        self._kept: tuple[int, VideoFrame] | None = None  # the frame handed out last
        self._damaged: set[int] = set()
        set_threads(stream)
        self._stand_at(iter(()), 0)
        self._ended = True  # nothing can be read before the first seek

    def close(self) -> None:
        self._stand_at(iter(()), 0)
        self._kept = None
        self._container.close()

    def frame(self, number: int) -> VideoFrame:
        """Frame ``number``; ``frame.pts`` is not its time.

        Raises:
            VoidError: the frame is damaged or the file cannot be read.
            Cancelled: the read was interrupted.
        """
        if self._kept is not None and self._kept[0] == number:
            return self._kept[1]
        self._kept = None
        found = None if number in self._damaged else self._found(number)
        if found is None:
            self._damaged.add(number)
            raise VoidError(
                f"Frame {number} of {self._path} is damaged",
                "It could not be decoded",
                "Copy the file again, or leave this frame out of the range",
            )
        self._kept = (number, found)
        return found

    def first_frame(self) -> VideoFrame:
        """Frame 0, sooner than ``frame(0)``: from its packet alone, if it is a keyframe.

        Raises:
            VoidError: it is damaged or the file cannot be read.
        """
        start = int(self._index.start[0])
        if not self._index.counted and start == int(self._index.order[0]):
            self._go_to(start)
            packet = next(self._packets, None)
            frames = decode(self._stream, packet, start) + decode(self._stream, None, 0)
            self._ended = True
            found = [frame for frame in frames if frame.pts == start and not frame.is_corrupt]
            if found:
                self._kept = (0, found[0])
        return self.frame(0)

    def any_frame(self) -> VideoFrame:
        """The first frame, or if it is damaged the first after one of the next few keyframes.

        Raises:
            VoidError: none of them can be decoded.
        """
        try:
            return self.first_frame()
        except VoidError as error:
            starts = np.unique(self._index.start, return_index=True)[1]
            for number in starts[starts > 0][:4].tolist():
                with suppress(VoidError):
                    return self.frame(number)
            raise error

    def _found(self, number: int) -> VideoFrame | None:
        """The frame from here or from its keyframe; None if it is damaged."""
        start = int(self._index.start[number])
        if not self._can_go_on(number, start):
            self._go_to(start)
        found = self._read_until(number)
        if found is None and not self._index.counted:
            found = self._try_from_earlier(number, start)
        return found

    def _stand_at(self, packets: Iterator[VideoPacket], position: int) -> None:
        """Forgets what was decoded; ``packets`` begin with packet ``position``."""
        self._pending: dict[int, VideoFrame] = {}
        self._packets = packets
        self._next = position
        self._origin = position
        self._last_out: int = -1
        self._counted_out = 0
        self._ended = False

    def _can_go_on(self, number: int, start: int) -> bool:
        """Whether decoding on from here reaches the frame, and without a needless detour."""
        if number in self._pending:
            return True
        if self._ended or number <= self._last_out or start < self._origin:
            return False
        return self._index.counted or start - self._next <= _SEEK_GAIN

    def _read_until(self, number: int) -> VideoFrame | None:
        """Decodes on until the frame comes out; None when it was due and did not come."""
        for passed in [n for n in self._pending if n < number]:
            del self._pending[passed]
        while number not in self._pending:
            if self._ended or self._last_out > number + REORDER_LIMIT:
                return None
            self._feed(number)
        frame = self._pending.pop(number)
        return None if frame.is_corrupt else frame

    def _try_from_earlier(self, number: int, start: int) -> VideoFrame | None:
        """Some streams mark as keyframes what needs earlier pictures (gradual refresh)."""
        keyframes = np.flatnonzero(self._index.packets.keyframe)
        earlier = keyframes[keyframes < start]
        for origin in earlier[:-3:-1].tolist():
            self._go_to(origin)
            found = self._read_until(number)
            if found is not None:
                return found
        return None

    def _feed(self, wanted: int) -> None:
        """Gives the decoder one packet; of what comes out keeps ``wanted`` and later."""
        if self._interrupted.is_set():
            self._interrupted.clear()
            raise Cancelled
        packet = next(self._packets, None)
        if packet is None:
            self._ended = True
        self._skip_unless_needed(wanted)
        for frame in decode(self._stream, packet, self._next):
            number = self._number_of(frame)
            self._last_out = max(self._last_out, number)
            if number >= wanted and len(self._pending) < _PENDING_LIMIT:
                self._pending[number] = frame
        self._next += 1

    def _skip_unless_needed(self, wanted: int) -> None:
        """Lets the decoder pass over a picture before ``wanted`` if no other leans on it."""
        passed = False
        if not self._index.counted and self._next < len(self._number):
            passed = 0 <= self._number[self._next] < wanted
        self._stream.codec_context.skip_frame = "NONREF" if passed else "DEFAULT"

    def _number_of(self, frame: VideoFrame) -> int:
        """The number of a decoded frame; -1 when it is none of the plate's."""
        if self._index.counted:
            self._counted_out += 1
            return self._counted_out - 1
        return -1 if frame.pts is None else int(self._number[frame.pts])

    def _go_to(self, origin: int) -> None:
        """Makes packet ``origin`` the next one to decode."""
        if self._seek(origin):
            return
        # Opening the file anew finds its start whatever the container; the rest is skipped.
        self._container.close()
        self._container, self._stream = open_container(self._path)
        set_threads(self._stream)
        packets = packets_of(self._container, self._stream, self._path)
        for _ in zip(range(origin), packets, strict=False):
            pass
        self._stand_at(packets, origin)

    def _seek(self, origin: int) -> bool:
        """Seeks so that packet ``origin`` comes next; False when the container cannot."""
        if self._keys is None or self._index.counted:
            return False
        self._stand_at(iter(()), origin)
        table = self._index.packets
        earlier = np.flatnonzero(table.keyframe[:origin])[:-3:-1]
        # Some containers seek by pts and some by dts, and some overshoot.
        for time in (table.pts[origin], *table.dts[[origin, *earlier]]):
            if time == NO_TIME:
                continue
            try:
                self._container.seek(int(time), stream=self._stream, backward=True)
            except FFmpegError:
                continue
            packets = packets_of(self._container, self._stream, self._path)
            found = self._skip_to(packets, origin)
            if found is not None:
                self._stand_at(chain([found], packets), origin)
                return True
        return False

    def _skip_to(self, packets: Iterator[VideoPacket], origin: int) -> VideoPacket | None:
        """Reads on to packet ``origin``; None if what comes first is already past it."""
        table = self._index.packets
        by_pts = self._keys is table.pts
        for packet in packets:
            key = packet.pts if by_pts else packet.dts
            found = np.flatnonzero((self._keys == key) & (table.size == packet.size))
            if len(found) and found[0] >= origin:
                return packet if found[0] == origin else None
        return None
