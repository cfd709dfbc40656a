"""What an artist can set on a VOID pass."""

from __future__ import annotations

import re
from typing import Annotated, Literal

from pydantic import AfterValidator, Field

from void_studio.remove.protocol import RemoverSettings
from void_studio.remove.void.lengths import LEAST_WINDOW, RELEASED_WINDOW, is_window

Pixels = Annotated[int, Field(ge=0, le=256)]


def _is_size(text: str) -> str:
    if text != "auto":
        found = re.fullmatch(r"(\d{2,4})x(\d{2,4})", text)
        if found is None:
            raise ValueError("write WIDTHxHEIGHT, e.g. 672x384, or auto")
        if any(side % 16 or not 64 <= side <= 2048 for side in map(int, found.groups())):
            raise ValueError("both sides must be multiples of 16 from 64 to 2048")
    return text


def _is_window(frames: int) -> int:
    if not is_window(frames):
        raise ValueError("a window has 5, 13, 21, ... 77, 85, 93, ... frames (8n + 5)")
    return frames


class VoidSettings(RemoverSettings):
    """Settings that both passes have."""

    prompt: str = Field(default="", max_length=10_000)
    """What the scene looks like without what goes, e.g. "A lime falls on the table."; empty is the
    shot's own description."""

    quality: Literal["reference", "draft"] = "reference"
    """Reference computes every step exactly; draft takes fewer steps and computes parts of them
    once for several, which is quicker and approximate."""

    steps: Annotated[int, Field(ge=1, le=1000)] | Literal["auto"] = "auto"
    """Denoising steps; ``auto`` is what VOID was released with (30 in Pass 1, 50 in Pass 2), and
    fewer as a draft."""

    seed: int = Field(default=42, ge=0, le=2**31 - 1)
    """Seed of everything random: the first noise, and the grain."""

    crop: Literal["auto", "frame"] = "auto"
    """What the model sees: ``auto`` is a crop around all that is marked, with context; ``frame`` is
    the whole picture."""

    context: float = Field(default=0.6, ge=0.0, le=4.0)
    """How much of the picture around the marked region the crop takes in, as a share of that
    region's size on every side."""

    size: Annotated[str, AfterValidator(_is_size)] = "auto"
    """WIDTHxHEIGHT at which the model works; ``auto`` is the one it was trained at that is nearest
    to the crop's shape."""

    window: Annotated[int, Field(ge=LEAST_WINDOW, le=197), AfterValidator(_is_window)] = (
        RELEASED_WINDOW
    )
    """Frames that are worked out together. Shorter clips are padded to it, longer ones run in
    overlapping windows that are blended in every step."""

    mask_edges: Literal["per-plane", "as-released"] = "per-plane"
    """How the mask comes down to the model's size: each fact on its own, or as VOID was released,
    with a false rim between levels."""

    memory: Literal["auto", "resident", "offload", "streamed", "fp8", "int8"] = "auto"
    """Where the weights are while it runs; ``auto`` takes the quickest that fits."""

    grow: Pixels | Literal["auto"] = "auto"
    """Pixels around the marked region over which the result fades into the plate."""

    feather: Pixels | Literal["auto"] = "auto"
    """Pixels of soft edge, inside the grown ring, never over the marked region."""

    match_colour: bool = True
    """Whether the result's colour is matched to the plate along the seam."""

    grain: float = Field(default=1.0, ge=0.0, le=2.0)
    """Strength of the plate's own measured grain, put back on the result; 1 matches it."""

    @property
    def model_size(self) -> tuple[int, int] | None:
        """(width, height) the artist chose; None for auto."""
        if self.size == "auto":
            return None
        width, _, height = self.size.partition("x")
        return int(width), int(height)


class Pass1Settings(VoidSettings):
    """Settings of VOID Pass 1."""

    guidance: float = Field(default=1.0, ge=1.0, le=20.0)
    """How strongly the description is followed; above 1 every step takes twice as long."""


class Pass2Settings(VoidSettings):
    """Settings of VOID Pass 2."""

    take: Annotated[int, Field(ge=1)] | Literal["auto"] = "auto"
    """The take whose motion the noise follows; ``auto`` is the latest of Pass 1."""

    guidance: float = Field(default=6.0, ge=1.0, le=20.0)
    """How strongly the description is followed; above 1 every step takes twice as long."""

    mask_levels: Literal["as-released", "as-trained"] = "as-released"
    """Two levels as VOID was released, where *affected* is treated as *remove*, or the three levels
    that Pass 2 was trained with."""

    noise: Literal["unit", "as-released"] = "unit"
    """Warped noise that keeps its variance and its place, or as VOID was released: weaker, and
    stretched."""
