"""What an artist can set on the clean-plate remover."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from void_studio.remove.protocol import RemoverSettings

Pixels = Annotated[int, Field(ge=0, le=256)]


class CleanPlateSettings(RemoverSettings):
    """Settings of one clean-plate take."""

    grow: Pixels | Literal["auto"] = "auto"
    """Pixels around the marked region that are refilled too, where its object shows there; ``auto``
    is 6 for a plate of 720 lines, 18 for one of 2160, and none in a shot without a tracked object:
    an imported or painted mask says exactly what may change."""

    feather: Pixels | Literal["auto"] = "auto"
    """Pixels of soft edge, inside the grown ring, never over the marked region; ``auto`` is a
    quarter of the ring."""

    motion: Literal["auto", "static", "translation", "homography"] = "auto"
    """How the camera moves; ``auto`` measures it on what the mattes leave free."""

    window: int = Field(default=24, ge=0, le=240)
    """Frames before and after that are looked at first; the rest comes from the whole shot."""

    samples: int = Field(default=8, ge=1, le=32)
    """How many uncovered samples of a pixel, nearest in time, are combined."""

    exposure: bool = True
    """Whether changes of brightness between frames are measured and matched."""

    grain: float = Field(default=0.0, ge=0.0, le=2.0)
    """Strength of the plate's own measured noise put back on refilled pixels; 1 matches it."""

    seed: int = Field(default=0, ge=0, le=2**31 - 1)
    """Seed of the grain."""

    def ring(self, size: tuple[int, int]) -> int:
        """The pixels to grow by on a plate of ``size`` (width, height)."""
        return edge_width(size) if self.grow == "auto" else self.grow

    def softness(self, size: tuple[int, int]) -> int:
        """The pixels of soft edge on a plate of ``size``."""
        return -(-self.ring(size) // 4) if self.feather == "auto" else self.feather


def edge_width(size: tuple[int, int]) -> int:
    """How wide the soft edge of a thing may be on a plate of ``size``: 6 pixels at 720 lines."""
    return max(1, round(min(size) / 120))
