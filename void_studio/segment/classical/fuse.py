"""Joins a track forward from one marked frame with a track backward from the next."""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.segment.classical.cut import minimum_cut
from void_studio.segment.classical.regions import signed_distance, without_specks
from void_studio.segment.classical.view import View
from void_studio.segment.classical.walk import Found

_REACH = 6.0  # pixels from an edge at which a side is as sure as it gets
_STRENGTH = 5.0  # log odds of a side that is sure and alone
_SMOOTHNESS = 3.0
_SPECK = 0.02


@dataclass(frozen=True)
class PackedFound:
    """A Found held in little memory until the other direction arrives."""

    data: bytes
    shape: tuple[int, int]
    confidence: float

    @staticmethod
    def pack(found: Found) -> PackedFound:
        data = zlib.compress(np.packbits(found.mask).tobytes(), 1)
        return PackedFound(data, found.mask.shape, found.confidence)

    def unpack(self) -> Found:
        bits = np.frombuffer(zlib.decompress(self.data), np.uint8)
        count = self.shape[0] * self.shape[1]
        mask = np.unpackbits(bits, count=count).reshape(self.shape).astype(bool)
        return Found(mask, self.confidence)


def fused(view: View, forward: Found, backward: Found, position: float) -> Found:
    """One mask from two.

    Args:
        view: The frame.
        position: How far the frame is from the earlier marked frame (0) to the later one (1).
    """
    weight_forward = forward.confidence * (1 - position) + 1e-6
    weight_backward = backward.confidence * position + 1e-6
    share = weight_forward / (weight_forward + weight_backward)
    confidence = share * forward.confidence + (1 - share) * backward.confidence
    apart = forward.mask ^ backward.mask
    if not apart.any():
        return Found(forward.mask, confidence)
    evidence: NDArray[np.float32] = share * signed_distance(forward.mask, _REACH)
    evidence = evidence + (1 - share) * signed_distance(backward.mask, _REACH)
    evidence = (evidence * (_STRENGTH / _REACH)).astype(np.float32)
    mask = without_specks(minimum_cut(evidence, view.guide, _SMOOTHNESS), _SPECK)
    # Two sides of equal weight that disagree are worth half; a lost side takes nothing away.
    apart_share = float(apart.sum()) / float((forward.mask | backward.mask).sum())
    return Found(mask, confidence * (1 - apart_share * min(share, 1 - share)))
