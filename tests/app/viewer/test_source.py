"""What a side shows, and whether tools draw on it."""

from __future__ import annotations

import pytest

from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.source import MASKED_PLATE, PLATE, Content, Source


@pytest.mark.parametrize("chosen", MaskView)
def test_the_mask_is_shown_as_chosen_with_the_plate_only(chosen: MaskView) -> None:
    assert MASKED_PLATE.mask_view(chosen) is chosen
    assert PLATE.mask_view(chosen) is MaskView.NONE
    assert Source(Content.LEVELS).mask_view(chosen) is MaskView.LEVELS
    assert Source(Content.MATTE).mask_view(chosen) is MaskView.MATTE
    assert Source.of_take(3).mask_view(chosen) is MaskView.NONE
    masked = Source.of_take(3, masked=True).mask_view(chosen)
    assert masked is (MaskView.NONE if chosen is MaskView.NONE else MaskView.OVERLAY)


def test_tools_draw_wherever_the_mask_can_be_seen() -> None:
    assert PLATE.drawable
    assert MASKED_PLATE.drawable
    assert Source(Content.LEVELS).drawable
    assert Source.of_take(1, masked=True).drawable
    assert not Source.of_take(1).drawable
    assert not Source(Content.MODEL).drawable


def test_labels() -> None:
    assert MASKED_PLATE.label == "plate + mask"
    assert Source.of_take(3).label == "take 003"
    assert Source.of_take(12, masked=True).label == "take 012 + mask"
