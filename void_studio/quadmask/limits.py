"""The largest mask that is believed to be real; checked before anything is allocated for it."""

from __future__ import annotations

from void_studio.errors import VoidError

MAX_SIDE = 16384
MAX_PIXELS = 16384 * 8640
MAX_COUNT = 1_000_000


def check_size(size: tuple[int, int], name: str) -> None:
    """Accepts a (width, height) in pixels.

    Raises:
        VoidError: a side is not positive or the picture is larger than 16384 x 8640.
    """
    width, height = size
    if min(size) < 1 or max(size) > MAX_SIDE or width * height > MAX_PIXELS:
        raise VoidError(
            f"Could not use {name}",
            f"A picture of {width}x{height} pixels is outside of what can be handled",
            f"Masks go up to {MAX_SIDE} pixels a side and {MAX_PIXELS // 10**6} megapixels",
        )
