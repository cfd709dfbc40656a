"""Which packet holds which frame, and where decoding must start to get it.

A frame is identified by the ordinal of its packet in the order the file is read, never by time:
the decoder is told the ordinal in place of the timestamp and hands it back with the picture. So
timestamps may be missing, repeated or negative, and the picture still has one number.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from dataclasses import dataclass
from fractions import Fraction

import numpy as np
from numpy.typing import NDArray

NO_TIME = -(2**63)

# Steps of at least this many ticks between frames are exact; shorter ones may be rounded, as in
# Matroska, where 24 fps is 41 or 42 milliseconds.
_FINE_STEP = 100


@dataclass(frozen=True)
class PacketTable:
    """What demuxing told about every packet of the video stream, in file order.

    Attributes:
        pts, dts: int64 in units of the stream's time base; NO_TIME where absent.
        size: int64 bytes.
        keyframe: bool; decoding may start here.
        discard: bool; decoded for the sake of others but not shown (outside the edit list).
    """

    pts: NDArray[np.int64]
    dts: NDArray[np.int64]
    size: NDArray[np.int64]
    keyframe: NDArray[np.bool_]
    discard: NDArray[np.bool_]

    @staticmethod
    def of(rows: Iterable[tuple[int | None, int | None, int, bool, bool]]) -> PacketTable:
        """From (pts, dts, size, keyframe, discard) of each packet; times may be None."""
        # Flat and unboxed: a million packets are 40 MB, not 200.
        flat = array("q")
        for pts, dts, *rest in rows:
            flat.extend((NO_TIME if pts is None else pts, NO_TIME if dts is None else dts, *rest))
        table = np.frombuffer(flat, np.int64).reshape(-1, 5)
        times = [column.copy() for column in table.T[:3]]
        flags = [column.astype(np.bool_) for column in table.T[3:]]
        return PacketTable(times[0], times[1], times[2], flags[0], flags[1])

    @property
    def keys(self) -> NDArray[np.int64] | None:
        """What a packet is recognised by after a seek: its pts, else its dts, else nothing."""
        for times in (self.pts, self.dts):
            if (times != NO_TIME).all() and len(np.unique(times)) == len(times):
                return times
        return None

    def first_keyframe(self) -> int:
        """Nothing before it can be decoded. 0 where no packet says it is a keyframe."""
        return int(np.argmax(self.keyframe)) if self.keyframe.any() else 0

    def shown_in_time_order(self) -> NDArray[np.int64] | None:
        """Packet ordinals in the order they are shown, or None where timestamps do not tell."""
        ordinals = np.flatnonzero(~self.discard)
        ordinals = ordinals[ordinals >= self.first_keyframe()]
        times = self.pts[ordinals]
        if (times == NO_TIME).any() or len(np.unique(times)) != len(times):
            return None
        return ordinals[np.argsort(times, kind="stable")]

    def leading(self) -> NDArray[np.int64]:
        """Packets after the first keyframe that are shown before it.

        They lean on pictures the file does not have, or on nothing (RADL); only decoding tells.
        """
        first = self.first_keyframe()
        if not len(self.pts) or self.pts[first] == NO_TIME:
            return np.empty(0, np.int64)
        early = (self.pts < self.pts[first]) & (self.pts != NO_TIME) & ~self.discard
        return np.flatnonzero(early & (np.arange(len(self.pts)) > first))


@dataclass(frozen=True)
class FrameIndex:
    """Frame number to packet.

    Attributes:
        packets: The packets of the stream.
        order: (count,) packet ordinal of each frame. Where ``counted``, the frame number itself.
        start: (count,) ordinal of the packet where decoding for this frame starts.
        counted: The file gives no way to recognise a packet: frames are counted from the start
            of the file, and going back means starting over.
    """

    packets: PacketTable
    order: NDArray[np.int64]
    start: NDArray[np.int64]
    counted: bool = False

    @staticmethod
    def ordered(packets: PacketTable, order: NDArray[np.int64]) -> FrameIndex:
        """The index of a stream whose packets can be recognised after a seek."""
        return FrameIndex(packets, order, _starts(packets, order))

    @staticmethod
    def counting(packets: PacketTable, count: int) -> FrameIndex:
        """The index of a stream in which frames can only be counted."""
        first = np.full(count, packets.first_keyframe(), np.int64)
        return FrameIndex(packets, np.arange(count, dtype=np.int64), first, counted=True)

    @property
    def count(self) -> int:
        return len(self.order)

    def times(self) -> NDArray[np.int64] | None:
        """(count,) pts of each frame in the stream's time base; None where any is unknown."""
        if self.counted:
            return None
        times = self.packets.pts[self.order]
        if (times == NO_TIME).any() or (np.diff(times) <= 0).any():
            return None
        return times

    def longest_gop(self) -> int:
        """Most frames that share one decoding start."""
        return int(np.unique(self.start, return_counts=True)[1].max()) if self.count else 0


def _starts(packets: PacketTable, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """For each frame the last keyframe that is neither read nor shown after it.

    A frame read after a keyframe but shown before it (a leading picture of an open GOP) leans on
    the GOP before.
    """
    first = packets.first_keyframe()
    keys = np.flatnonzero(packets.keyframe)
    if not len(keys):
        return np.full(len(order), first, np.int64)
    rank = _ranks(packets, order)
    frame_rank = rank[order]
    chosen = np.searchsorted(keys, order, "right") - 1
    while True:
        late = (rank[keys[chosen]] > frame_rank) & (chosen > 0)
        if not late.any():
            return keys[chosen]
        chosen[late] -= 1


def _ranks(packets: PacketTable, order: NDArray[np.int64]) -> NDArray[np.int64]:
    """(packets,) values that sort packets as they are shown; packets never shown sort first."""
    if (packets.pts != NO_TIME).all():
        return packets.pts
    rank = np.full(len(packets.pts), -1, np.int64)
    rank[order] = np.arange(len(order))
    return rank


def frame_rate(
    times: NDArray[np.int64] | None, time_base: Fraction, candidates: Iterable[Fraction | None]
) -> tuple[Fraction, bool]:
    """The rate of a stream, and whether it varies.

    Args:
        times: pts of each frame in units of ``time_base``, rising; None where unknown.
        candidates: Rates to believe if the times agree with them to a tick, the likeliest first.

    Returns:
        (rate, vfr): The average rate where it varies.
    """
    likely = [rate for rate in candidates if rate is not None and 0 < rate <= 1000]
    fallback = likely[0] if likely else Fraction(24)
    if times is None or len(times) < 2:
        return fallback, False
    elapsed = times - times[0]
    steps = np.diff(times)
    even = (steps == steps[0]).all()
    exact = 1 / (int(steps[0]) * time_base)
    if even and steps[0] >= _FINE_STEP:
        return exact, False
    for rate in likely:
        ideal = np.arange(len(times)) * float(1 / (rate * time_base))
        if (np.abs(elapsed - ideal) <= 1.0).all():
            return rate, False
    if even:
        return (exact if exact <= 1000 else fallback), False
    average = Fraction(len(times) - 1) / (int(elapsed[-1]) * time_base)
    return average.limit_denominator(1001), True
