"""Frames of a video file by number: the same picture in sequence and at random."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import numpy as np
from av.error import FFmpegError
from av.packet import Packet
from av.video.frame import VideoFrame
from av.video.stream import VideoStream

from void_studio.errors import VoidError
from void_studio.media.demux import REORDER_LIMIT, decode, open_container, packets_of
from void_studio.media.index import FrameIndex

# A keyframe further ahead than this many packets is worth a seek.
_SEEK_GAIN = 8
# More frames held back for later than this are decoded again instead of kept (12 MB each at 4K).
_PENDING_LIMIT = 24
_LARGE = 2560 * 1440


class VideoDecoder:
    """Hands out decoded frames by number. Not for use from two threads."""

    def __init__(self, path: Path, index: FrameIndex) -> None:
        self._path = path
        self._index = index
        self._keys = index.packets.keys
        self._rank = {int(label): number for number, label in enumerate(index.order)}
        self._container, self._stream = open_container(path)
        self._set_threads()
        self._rewind()

    def close(self) -> None:
        self._pending.clear()
        self._packets = iter(())
        self._container.close()

    def frame(self, number: int) -> VideoFrame:
        """Frame ``number``; ``frame.pts`` is not its time.

        Raises:
            VoidError: the frame is damaged or the file cannot be read.
        """
        start = int(self._index.start[number])
        if not self._can_go_on(number, start):
            self._go_to(start)
        found = self._read_until(number)
        if found is None and not self._index.counted:
            found = self._try_from_earlier(number, start)
        if found is None:
            raise VoidError(
                f"Frame {number} of {self._path} is damaged",
                "It could not be decoded",
                "Copy the file again, or leave this frame out of the range",
            )
        return found

    def _set_threads(self) -> None:
        # Every thread holds a picture and its references, and two cores are all there may be.
        context = self._stream.codec_context
        limit = 2 if context.width * context.height >= _LARGE else 4
        context.thread_count = min(limit, os.cpu_count() or 1)
        context.thread_type = "AUTO"

    def _can_go_on(self, number: int, start: int) -> bool:
        """Whether decoding from here reaches the frame, and without a needless detour."""
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
        for origin in dict.fromkeys([*earlier[-1:], *earlier[:1]]):
            self._go_to(int(origin))
            found = self._read_until(number)
            if found is not None:
                return found
        return None

    def _feed(self, wanted: int) -> None:
        """Gives the decoder one packet and keeps of what comes out ``wanted`` and later."""
        packet = next(self._packets, None)
        if packet is None:
            self._ended = True
            frames = decode(self._stream, None, 0)
        else:
            frames = decode(self._stream, packet, self._next)
            self._next += 1
        for frame in frames:
            number = self._number_of(frame)
            if number is not None:
                self._last_out = max(self._last_out, number)
                if number >= wanted and len(self._pending) < _PENDING_LIMIT:
                    self._pending[number] = frame

    def _number_of(self, frame: VideoFrame) -> int | None:
        if self._index.counted:
            self._counted_out += 1
            return self._counted_out - 1
        return None if frame.pts is None else self._rank.get(frame.pts)

    def _go_to(self, origin: int) -> None:
        """Makes packet ``origin`` the next one to decode."""
        if origin > self._index.packets.first_keyframe() and self._seek(origin):
            return
        self._rewind()
        while self._next < origin and next(self._packets, None) is not None:
            self._next += 1
        self._origin = origin

    def _rewind(self) -> None:
        """Opens the file anew, which unlike seeking to its start works for every container."""
        if hasattr(self, "_packets"):
            self._container.close()
            self._container, self._stream = open_container(self._path)
            self._set_threads()
        self._reset(packets_of(self._container, self._stream, self._path), 0)
        first = self._index.packets.first_keyframe()
        while self._next < first and next(self._packets, None) is not None:
            self._next += 1
        self._origin = first

    def _reset(self, packets: Iterator[Packet[VideoStream]], position: int) -> None:
        self._pending: dict[int, VideoFrame] = {}
        self._packets = packets
        self._next = position
        self._origin = position
        self._last_out = -1
        self._counted_out = 0
        self._ended = False

    def _seek(self, origin: int) -> bool:
        """Seeks so that packet ``origin`` comes next; False when the container cannot."""
        keys = self._keys
        if keys is None:
            return False
        by_pts = keys is self._index.packets.pts
        self._pending.clear()
        target = origin
        for _ in range(3):
            try:
                self._container.seek(int(keys[target]), stream=self._stream, backward=True)
            except FFmpegError:
                return False
            packets = packets_of(self._container, self._stream, self._path)
            for packet in packets:
                key = packet.pts if by_pts else packet.dts
                found = np.flatnonzero(keys == key) if key is not None else ()
                if not len(found):
                    continue
                if found[0] > origin:
                    break
                if found[0] == origin:
                    self._reset(_chain(packet, packets), origin)
                    return True
            earlier = np.flatnonzero(self._index.packets.keyframe[:target])
            if not len(earlier):
                return False
            target = int(earlier[-1])
        return False


def _chain(
    first: Packet[VideoStream], rest: Iterator[Packet[VideoStream]]
) -> Iterator[Packet[VideoStream]]:
    yield first
    yield from rest
