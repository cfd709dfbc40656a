"""What an artist can set on the clean-plate remover."""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from void_studio.remove.protocol import RemoverSettings


class CleanPlateSettings(RemoverSettings):
    """Settings of one clean-plate take."""

    grow: int = Field(default=2, ge=0, le=256)
    """Pixels by which the marked region is grown before it is refilled."""

    feather: int = Field(default=2, ge=0, le=256)
    """Pixels of soft edge, inside the grown ring; never over the marked region itself."""

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
