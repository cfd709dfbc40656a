"""A frame as the model sees it: to look at, and in words."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from void_studio.quadmask.bits import EFFECTIVE
from void_studio.remove.void.sees import (
    MODEL_SIZE,
    Pass,
    Shrinking,
    received,
    seen_levels,
    seen_picture,
)

Pixels = NDArray[np.uint8]

_SQUEEZED = 0.005
"""The share by which a plate's aspect must differ from the model's to be worth a word."""


@dataclass(frozen=True)
class ModelChoice:
    """What of the model's sight is shown.

    Attributes:
        which: The pass that receives it.
        shrinking: How the mask comes down to the model's size.
    """

    which: Pass = Pass.ONE
    shrinking: Shrinking = Shrinking.AS_RELEASED

    @property
    def per_plane(self) -> bool:
        return self.shrinking is Shrinking.PER_PLANE


@dataclass(frozen=True, eq=False)
class ModelSight:
    """What a pass receives of one frame.

    Attributes:
        choice: Which pass, and how the mask was shrunk.
        picture: RGB uint8 (384, 672, 3).
        taken_for: Mask field uint8 (384, 672) of what each pixel counts as.
        strayed: Share of pixels, 0 to 1, that count as something else than they would if the mask
            were shrunk plane by plane.
    """

    choice: ModelChoice
    picture: Pixels
    taken_for: Pixels
    strayed: float

    @classmethod
    def of(cls, choice: ModelChoice, picture: Pixels, field: Pixels) -> ModelSight:
        """Makes it of a picture that ``small_picture`` made, and a field of any size.

        Some 15 ms at 4K.
        """
        levels = seen_levels(field, choice.shrinking)
        taken_for = received(levels, choice.which)
        faithful = seen_levels(field, Shrinking.PER_PLANE)
        strayed = np.count_nonzero(taken_for != received(faithful, choice.which)) / levels.size
        return cls(choice, picture, taken_for, strayed)

    def words(self, plate: tuple[int, int]) -> str:
        """What the pass receives of a plate of (width, height), in the artist's words."""
        width, height = MODEL_SIZE
        if self.choice.which is Pass.ONE:
            what = "remove, affected and keep; both counts as remove"
        else:
            what = "remove and keep; affected and both count as remove"
        size = f"{width}\N{MULTIPLICATION SIGN}{height}"
        parts = [f"Pass {self.choice.which.value} receives {size}: {what}"]
        share = width * plate[1] / (height * plate[0])
        if abs(share - 1) > _SQUEEZED:
            how = "squeezed" if share < 1 else "stretched"
            parts.append(f"{how} to {share:.0%} of its width")
        if self.strayed:
            parts.append(f"shrinking changes {self.strayed:.2%} of it at edges")
        return "   \N{MIDDLE DOT}   ".join(parts)

    def at(self, x: int, y: int) -> str:
        """What a pixel of the model's counts as."""
        return ("keep", "remove", "affected")[int(EFFECTIVE[self.taken_for[y, x]])]


def small_picture(picture: Pixels) -> Pixels:
    """A picture of the plate, RGB uint8 (h, w, 3), at the model's size; some 20 ms at 4K."""
    small: Pixels = np.rint(seen_picture(picture) * np.float32(255)).astype(np.uint8)
    return small
