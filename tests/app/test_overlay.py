"""The mask as colours over a picture."""

from __future__ import annotations

import numpy as np
import pytest

from void_studio.app.theme import PALETTE
from void_studio.app.viewer.overlay import ON_EDGE, ON_STRIPE, Overlay, OverlayStyle, Tint
from void_studio.quadmask.bits import EFFECTIVE, IS_PAINTED, TRACKED, Plane, paint_table

GREY = 90


def blended(values: np.ndarray, style: OverlayStyle | None = None) -> np.ndarray:
    region = np.full((*values.shape, 4), GREY, np.uint8)
    region[..., 3] = 255
    Overlay(style or OverlayStyle()).blend(region, values, 0)
    return region


def test_colours_are_the_palette_s_until_chosen() -> None:
    style = OverlayStyle()
    for name in ("remove", "affected", "both"):
        tint: Tint = getattr(style, name)
        assert "#{:02x}{:02x}{:02x}".format(*tint.colour) == getattr(PALETTE, name)


def test_nothing_is_shown_where_nothing_is_marked_on_an_edge_or_a_stripe_neither() -> None:
    _, weights = OverlayStyle().tables()
    assert (weights[[0, ON_STRIPE, ON_EDGE, ON_STRIPE | ON_EDGE]] == 255).all()


def test_every_value_that_marks_or_clears_is_seen() -> None:
    _, weights = OverlayStyle().tables()
    values = np.arange(64)
    cleared = ((values & IS_PAINTED) > 0) & ((values & TRACKED) > 0) & (EFFECTIVE[:64] == 0)
    assert (weights[:64][(EFFECTIVE[:64] > 0) | cleared] < 255).all()


def test_a_table_cannot_overflow_a_byte() -> None:
    """What is left of the picture and the colour over it are at most 255 together."""
    bright = Tint((255, 255, 255), 1.0)
    for style in (OverlayStyle(), OverlayStyle(bright, bright, bright, bright, strength=2.0)):
        colours, weights = style.tables()
        assert (colours.max(axis=1).astype(int) + weights).max() <= 256


def test_hand_painted_is_hatched_and_tracked_is_not() -> None:
    tracked = np.full((40, 40), 1, np.uint8)
    painted = paint_table(Plane.REMOVE, True)[tracked]
    inside = np.s_[4:-4, 4:-4]
    assert len(np.unique(blended(tracked)[inside].reshape(-1, 4), axis=0)) == 1
    shades = np.unique(blended(painted)[inside].reshape(-1, 4), axis=0)
    assert len(shades) == 2
    # Lighter, not only of another hue: it is seen without telling colours apart.
    assert abs(int(shades[0][:3].sum()) - int(shades[1][:3].sum())) > 60


def test_an_area_has_an_edge_of_its_own_inside_of_it_only() -> None:
    values = np.zeros((20, 20), np.uint8)
    values[5:15, 5:15] = 2
    out = blended(values)
    outside = np.ones((20, 20), bool)
    outside[5:15, 5:15] = False
    assert (out[outside][:, :3] == GREY).all()
    assert not np.array_equal(out[5, 10], out[10, 10])
    assert np.array_equal(out[6, 10], out[10, 10])
    assert (out[..., 3] == 255).all()


def test_strength_goes_from_nothing_to_all() -> None:
    values = np.full((9, 9), 3, np.uint8)
    assert (blended(values, OverlayStyle(strength=0.0))[..., :3] == GREY).all()
    assert blended(values, OverlayStyle(strength=2.0))[4, 4, :3].tolist() == [65, 179, 227]


@pytest.mark.parametrize(("by", "strength"), [(0.1, 1.1), (5.0, 2.0), (-5.0, 0.0)])
def test_strength_stays_within_bounds(by: float, strength: float) -> None:
    assert OverlayStyle().stronger(by).strength == strength


def test_outlines_leave_what_is_inside_as_it_is() -> None:
    values = np.zeros((40, 40), np.uint8)
    values[10:30, 10:30] = 1
    region = np.full((40, 40, 4), 90, np.uint8)
    region[..., 3] = 255
    before = region.copy()
    Overlay(OverlayStyle(), filled=False).blend(region, values, 0)
    changed = (region != before).any(axis=2)
    assert changed[10, 10:30].all()
    assert changed[10:30, 29].all()
    assert not changed[11:29, 11:29].any()
    assert not changed[:10].any()
