"""What moved behind the matte: the near filling again, for things that were not at rest."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from void_studio.remove.clean_plate.frames import Box, Mask
from void_studio.remove.clean_plate.geometry import Matrix
from void_studio.remove.clean_plate.labels import (
    FROM_AFAR,
    NEVER_SEEN,
    Explanation,
    chosen,
    explanations,
)
from void_studio.remove.clean_plate.layers import layers_near
from void_studio.remove.clean_plate.near import Near, NearFilling, Values
from void_studio.remove.clean_plate.tracks import Tracks

SIDE_SAMPLES = 3
"""Samples looked at before, and after."""

MOST_PIXELS = 800_000
"""Rectangles larger than this keep the near filling: choosing takes 200 bytes a pixel."""

DOUBT = 6.0
"""8-bit levels by which samples must differ for something to have moved."""

DOUBTFUL_SHARE = 0.01
"""Share of the hidden pixels that must be in doubt for it to be worth a choice."""


def with_what_moved(
    near: Near,
    tracks: Tracks,
    index: int,
    plate: Values,
    hole: Mask,
    box: Box,
    first: NearFilling,
    afar: Values | None,
) -> NearFilling:
    """``first``, and where things moved behind the matte what they look like on this frame.

    What is better taken from the clean plate is not known in the result.

    Args:
        plate: float32 (h, w, 3), frame ``index`` at ``box``.
        hole: bool (h, w), what is hidden.
        first: What the neighbours show if nothing but the camera moves.
        afar: The clean plate as this frame sees it; None if there is none.
    """
    unit = np.float32(near.full / 255.0)
    doubtful = hole & ((first.apart > DOUBT * unit) | ~first.known)
    if hole.size > MOST_PIXELS or doubtful.sum() < DOUBTFUL_SHARE * hole.sum():
        return first
    layers = layers_near(tracks, near.scene, index, box)
    if not layers:
        return first

    def at_rest(other: int) -> Matrix:
        return near.scene.to_target(index, other)

    motions: list[Callable[[int], Matrix | None]] = [at_rest, *[x.to_frame for x in layers]]
    options = []
    for to_frame in motions:
        sides = [near.one_side(index, to_frame, sign, box, SIDE_SAMPLES) for sign in (-1, 1)]
        for side in sides:
            side.values /= unit
        options += explanations(sides[0], sides[1], (hole.shape[0], hole.shape[1]))
    if afar is not None:
        options.append(Explanation(afar / unit, np.full(hole.shape, FROM_AFAR, np.float32)))
    picked = chosen(options, plate / unit, ~hole)
    colours, known, lost = first.colours.copy(), first.known.copy(), first.lost.copy()
    # What is at rest (the first option) keeps the mean of more samples.
    for number, option in enumerate(options[1:], start=1):
        here = (picked == number) & (option.cost < NEVER_SEEN)
        if afar is not None and number == len(options) - 1:
            known[here & hole] = False
            continue
        colours[here] = option.colours[here] * unit
        known |= here
        lost[here] = 0.0
    return NearFilling(colours, known, first.apart, lost)
