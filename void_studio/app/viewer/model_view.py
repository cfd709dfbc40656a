"""A frame as the model sees it: to look at, and in words."""

from __future__ import annotations

from dataclasses import dataclass, replace

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
class Framing:
    """What of the plate the model sees, and at which size.

    Attributes:
        crop: (x, y, width, height) on the plate, pixels; None for all of it.
        size: (width, height) the model works at.
    """

    crop: tuple[int, int, int, int] | None = None
    size: tuple[int, int] = MODEL_SIZE

    def cut(self, image: Pixels, plate: tuple[int, int]) -> Pixels:
        """The crop of an image of the plate, of any resolution, as a view.

        Args:
            plate: (width, height) of the plate, pixels.
        """
        if self.crop is None:
            return image
        x, y, width, height = self.crop
        across, down = image.shape[1] / plate[0], image.shape[0] / plate[1]
        left, top = int(x * across), int(y * down)
        right, bottom = round((x + width) * across), round((y + height) * down)
        return image[top : max(top + 1, bottom), left : max(left + 1, right)]


@dataclass(frozen=True)
class ModelChoice:
    """What of the model's sight is shown.

    Attributes:
        which: The pass that receives it.
        shrinking: How the mask comes down to the model's size.
        as_trained: Whether Pass 2 receives three levels, which VOID as released does not give it.
        framing: What of the plate it sees, and at which size.
    """

    which: Pass = Pass.ONE
    shrinking: Shrinking = Shrinking.AS_RELEASED
    as_trained: bool = False
    framing: Framing = Framing()

    @property
    def per_plane(self) -> bool:
        return self.shrinking is Shrinking.PER_PLANE

    def framed(self, framing: Framing) -> ModelChoice:
        """The same of another part of the plate."""
        return replace(self, framing=framing)

    @property
    def levels_of(self) -> Pass:
        """The pass whose levels are received: three by the first, two by the second."""
        return Pass.ONE if self.as_trained else self.which


@dataclass(frozen=True, eq=False)
class ModelSight:
    """What a pass receives of one frame.

    Attributes:
        choice: Which pass, and how the mask was shrunk.
        picture: RGB uint8 (height, width, 3) of the framing's size.
        taken_for: Mask field uint8 (height, width) of what each pixel counts as.
        strayed: Share of pixels, 0 to 1, that count as something else than they would if the mask
            were shrunk plane by plane.
    """

    choice: ModelChoice
    picture: Pixels
    taken_for: Pixels
    strayed: float

    @classmethod
    def of(cls, choice: ModelChoice, picture: Pixels, field: Pixels) -> ModelSight:
        """Makes it of a picture that ``small_picture`` made, and the plate's own field.

        Some 15 ms at 4K.
        """
        framing = choice.framing
        part = framing.cut(field, (field.shape[1], field.shape[0]))
        levels = seen_levels(part, choice.shrinking, framing.size)
        taken_for = received(levels, choice.levels_of)
        faithful = seen_levels(part, Shrinking.PER_PLANE, framing.size)
        strayed = np.count_nonzero(taken_for != received(faithful, choice.levels_of)) / levels.size
        return cls(choice, picture, taken_for, strayed)

    def words(self, plate: tuple[int, int]) -> str:
        """What the pass receives of a plate of (width, height), in the artist's words."""
        framing = self.choice.framing
        width, height = framing.size
        seen = plate if framing.crop is None else framing.crop[2:]
        if self.choice.levels_of is Pass.ONE:
            what = "remove, affected and keep; both counts as remove"
        else:
            what = "remove and keep; affected and both count as remove"
        size = f"{width}\N{MULTIPLICATION SIGN}{height}"
        of_crop = "" if framing.crop is None else " of the crop"
        parts = [f"Pass {self.choice.which.value} receives {size}{of_crop}: {what}"]
        share = width * seen[1] / (height * seen[0])
        if abs(share - 1) > _SQUEEZED:
            how = "squeezed" if share < 1 else "stretched"
            parts.append(f"{how} to {share:.0%} of its width")
        if self.strayed:
            parts.append(f"shrinking changes {self.strayed:.2%} of it at edges")
        return "   \N{MIDDLE DOT}   ".join(parts)

    def at(self, x: int, y: int) -> str:
        """What a pixel of the model's counts as."""
        return ("keep", "remove", "affected")[int(EFFECTIVE[self.taken_for[y, x]])]


def small_picture(picture: Pixels, framing: Framing, plate: tuple[int, int]) -> Pixels:
    """What of a picture of the plate the model sees, at the model's size; some 20 ms at 4K.

    Args:
        picture: RGB uint8 (h, w, 3), at any resolution.
        plate: (width, height) of the plate, pixels.
    """
    part = np.ascontiguousarray(framing.cut(picture, plate))
    small: Pixels = np.rint(seen_picture(part, framing.size) * np.float32(255)).astype(np.uint8)
    return small
