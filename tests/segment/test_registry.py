"""Segmenters by name."""

from __future__ import annotations

import pytest

from void_studio.errors import VoidError
from void_studio.segment.registry import get_segmenter, segmenters


def test_the_registry_knows_the_built_in_segmenter() -> None:
    assert "classical" in segmenters()
    assert get_segmenter().name == "classical"
    with pytest.raises(VoidError, match='no segmenter named "magic"'):
        get_segmenter("magic")
