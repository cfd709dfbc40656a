"""The segmenters this installation has."""

from __future__ import annotations

from collections.abc import Callable

from void_studio.errors import VoidError
from void_studio.segment.protocol import Segmenter

DEFAULT_SEGMENTER = "classical"


def _classical() -> Segmenter:
    from void_studio.segment.classical.session import ClassicalSegmenter

    return ClassicalSegmenter()


def segmenters() -> dict[str, Callable[[], Segmenter]]:
    """Name to factory. Making one is cheap; models are loaded when a session opens."""
    return {DEFAULT_SEGMENTER: _classical}


def get_segmenter(name: str = DEFAULT_SEGMENTER) -> Segmenter:
    """The segmenter of that name.

    Raises:
        VoidError: there is none.
    """
    known = segmenters()
    if name not in known:
        raise VoidError(
            f'There is no segmenter named "{name}"', "", f"Use one of: {', '.join(sorted(known))}"
        )
    return known[name]()
