"""What a side of the viewer shows."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import NamedTuple

from void_studio.app.viewer.render import MaskView


class Content(Enum):
    """The picture of a side."""

    PLATE = "plate"
    LEVELS = "mask as levels"
    MATTE = "mask as matte"
    MODEL = "as the model sees it"
    TAKE = "take"
    RUNNING = "running"


@dataclass(frozen=True)
class Source:
    """A picture, maybe with the mask over it.

    Attributes:
        content: The picture.
        take: The number of the take if it is one.
        masked: Whether the mask is shown with a plate, a take or what runs.
    """

    content: Content = Content.PLATE
    take: int | None = None
    masked: bool = False

    @classmethod
    def of_take(cls, number: int, masked: bool = False) -> Source:
        return cls(Content.TAKE, number, masked)

    @property
    def drawable(self) -> bool:
        """Whether tools draw on it: on the plate, on the mask, and where the mask is shown."""
        if self.content in (Content.TAKE, Content.RUNNING):
            return self.masked
        return self.content is not Content.MODEL

    def mask_view(self, chosen: MaskView) -> MaskView:
        """How the mask is shown on it, where ``chosen`` is how it is shown with the plate."""
        if self.content is Content.LEVELS:
            return MaskView.LEVELS
        if self.content is Content.MATTE:
            return MaskView.MATTE
        if self.content is Content.MODEL:
            return chosen
        if not self.masked or chosen is MaskView.NONE:
            return MaskView.NONE
        return chosen if self.content is Content.PLATE else MaskView.OVERLAY

    @property
    def label(self) -> str:
        """What it is in a few words: "plate + mask", "take 003"."""
        text = f"take {self.take:03d}" if self.take is not None else self.content.value
        return f"{text} + mask" if self.masked else text


class Probed(NamedTuple):
    """A plate pixel, and what is seen of it."""

    x: int
    y: int
    source: Source | None


PLATE = Source()
RUNNING = Source(Content.RUNNING)
MASKED_PLATE = Source(masked=True)
