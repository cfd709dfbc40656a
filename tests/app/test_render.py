"""What one side of the viewer looks like."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from void_studio.app.viewer.look import Channels, Look
from void_studio.app.viewer.overlay import OverlayStyle
from void_studio.app.viewer.render import BACKGROUND, MaskView, SideRenderer, softened
from void_studio.app.viewer.sampling import Placement, sample_field, sample_picture
from void_studio.app.viewer.transform import Box, ViewTransform
from void_studio.quadmask.bits import LEVELS, Plane, paint_table

PLATE = (64, 48)
VIEW = (200, 150)


def field() -> NDArray[np.uint8]:
    values = np.zeros((PLATE[1], PLATE[0]), np.uint8)
    values[10:30, 10:40] |= 1
    values[20:40, 30:60] |= 2
    values[5:12, 5:12] = paint_table(Plane.REMOVE, True)[values[5:12, 5:12]]
    return values


def picture() -> NDArray[np.uint8]:
    rng = np.random.default_rng(3)
    return rng.integers(0, 256, (PLATE[1], PLATE[0], 3), np.uint8)


def draw(
    view: MaskView, transform: ViewTransform, mask: NDArray[np.uint8] | None
) -> NDArray[np.uint8]:
    out = np.zeros((VIEW[1], VIEW[0], 4), np.uint8)
    whole = Box(0, 0, *VIEW)
    renderer().draw(out, whole, transform, picture(), mask, view)
    return out


def renderer(softness: float = 3.0) -> SideRenderer:
    made = SideRenderer(OverlayStyle())
    made.softness = softness
    return made


@given(
    st.floats(0.4, 20),
    st.integers(-60, 120),
    st.integers(-60, 120),
    st.integers(0, 190),
    st.integers(0, 140),
    st.integers(1, 90),
    st.integers(1, 90),
    st.sampled_from(MaskView),
)
@settings(max_examples=150)
def test_a_box_is_drawn_as_the_whole_would_be(
    zoom: float, x: int, y: int, left: int, top: int, width: int, height: int, view: MaskView
) -> None:
    """A dab repaints only its box; no seam may show."""
    transform = ViewTransform(PLATE, VIEW, zoom, x, y)
    whole = draw(view, transform, field())
    part = whole.copy()
    box = Box(left, top, left + width, top + height).intersect(Box(0, 0, *VIEW))
    part[box.top : box.bottom, box.left : box.right] = 77
    renderer().draw(part, box, transform, picture(), field(), view)
    difference = np.abs(part.astype(int) - whole.astype(int)).max()
    assert difference <= 1


def test_large_zoom_shows_exact_pixels() -> None:
    transform = ViewTransform(PLATE, VIEW, 3.0, 0, 0)
    out = draw(MaskView.NONE, transform, None)
    expected = np.repeat(np.repeat(picture(), 3, axis=0), 3, axis=1)[: VIEW[1], : VIEW[0], ::-1]
    assert np.array_equal(out[: expected.shape[0], : expected.shape[1], :3], expected)


def test_one_to_one_is_the_picture_itself() -> None:
    transform = ViewTransform(PLATE, VIEW, 1.0, 20, 30)
    out = draw(MaskView.NONE, transform, None)
    assert np.array_equal(out[30 : 30 + PLATE[1], 20 : 20 + PLATE[0], 2::-1], picture())
    assert (out[0, 0] == (BACKGROUND, BACKGROUND, BACKGROUND, 255)).all()


def test_levels_view_shows_the_grey_levels() -> None:
    transform = ViewTransform(PLATE, VIEW, 2.0, 0, 0)
    out = draw(MaskView.LEVELS, transform, field())
    expected = np.repeat(np.repeat(LEVELS[field()], 2, axis=0), 2, axis=1)
    shown = out[: PLATE[1] * 2, : PLATE[0] * 2]
    assert np.array_equal(shown[..., 0], expected)
    assert np.array_equal(shown[..., 1], expected)


def test_overlay_tints_marked_pixels_only() -> None:
    transform = ViewTransform(PLATE, VIEW, 1.0, 0, 0)
    plain = draw(MaskView.NONE, transform, field())
    tinted = draw(MaskView.OVERLAY, transform, field())
    changed = (plain != tinted).any(axis=2)[: PLATE[1], : PLATE[0]]
    marked = LEVELS[field()] != 255
    assert not changed[~marked].any()
    assert changed[marked].mean() > 0.95


def test_samples_are_at_pixel_centres() -> None:
    transform = ViewTransform((4, 1), (8, 2), 2.0, 0, 0)
    values = np.array([[1, 2, 3, 4]], np.uint8)
    sampled = sample_field(values, Box(0, 0, 8, 2), Placement.of(transform, (4, 1)))
    assert sampled[0].tolist() == [1, 1, 2, 2, 3, 3, 4, 4]


@pytest.mark.parametrize("reduced", [1, 2, 4])
def test_a_smaller_picture_lies_where_the_plate_lies(reduced: int) -> None:
    """A gradient shows the same values at the same place whatever the picture's resolution."""
    width, height = 64, 32
    ramp = np.tile(np.linspace(0, 252, width // reduced), (height // reduced, 1))
    small = np.repeat(ramp[..., None], 3, axis=2).astype(np.uint8)
    transform = ViewTransform((width, height), (64, 32), 1.0, 0, 0)
    place = Placement.of(transform, (width // reduced, height // reduced))
    shown = sample_picture(small, Box(8, 8, 56, 24), place)[4, :, 0].astype(float)
    expected = (np.arange(8, 56) + 0.5) / width * 252
    assert np.abs(shown - expected).max() < 8


@given(st.integers(20, 90), st.floats(0.3, 1.0))
def test_a_whole_picture_is_where_its_parts_are(width: int, zoom: float) -> None:
    """The quick way for a whole picture puts pixels where the general one does."""
    height = width * 3 // 4
    y, x = np.mgrid[:height, :width]
    smooth = np.stack([x * 2, y * 3, x + y], axis=2).astype(np.uint8)
    place = Placement.of(ViewTransform((width, height), (200, 200), zoom, 5, 7), (width, height))
    whole = place.box((200, 200))
    quick = sample_picture(smooth, whole, place)
    part = whole._replace(left=whole.left + 1)
    general = sample_picture(smooth, part, place)
    # The last row and column, of which the plate covers only a part, may repeat those before.
    difference = np.abs(quick[:-1, 1:-1].astype(int) - general[:-1, :-1].astype(int))
    assert difference.max(initial=0) <= 1


def test_a_dab_beside_it_does_not_change_a_picture_that_stayed() -> None:
    """What is kept of the picture is thrown away when the picture, the place or the look change."""
    made = renderer()
    transform = ViewTransform(PLATE, VIEW, 2.0, 0, 0)
    out = np.zeros((VIEW[1], VIEW[0], 4), np.uint8)
    whole = Box(0, 0, *VIEW)
    changes = [
        (picture(), transform, Look()),
        (255 - picture(), transform, Look()),
        (255 - picture(), transform.panned(3, 4), Look()),
        (255 - picture(), transform.panned(3, 4), Look(exposure=1.0)),
    ]
    for shown, place, look in changes:
        made.look = look
        made.draw(out, whole, place, shown, field(), MaskView.OVERLAY)
        fresh = renderer()
        fresh.look = look
        expected = np.zeros_like(out)
        fresh.draw(expected, whole, place, shown, field(), MaskView.OVERLAY)
        assert np.array_equal(out, expected)


def test_the_alpha_channel_is_the_matte() -> None:
    made = renderer(softness=0.0)
    made.look = Look(Channels.ALPHA)
    out = np.zeros((VIEW[1], VIEW[0], 4), np.uint8)
    transform = ViewTransform(PLATE, VIEW, 1.0, 0, 0)
    made.draw(out, Box(0, 0, *VIEW), transform, picture(), field(), MaskView.OVERLAY)
    expected = np.where(LEVELS[field()] != 255, 255, 0)
    assert np.array_equal(out[: PLATE[1], : PLATE[0], 1], expected)


def test_a_soft_matte_is_full_where_it_was_and_falls_off_outside() -> None:
    matte = np.zeros((21, 41), np.uint8)
    matte[8:13, 10:20] = 255
    soft = softened(matte, 8.0)
    assert (soft[matte > 0] == 255).all()
    right = soft[10, 19:30].astype(int)
    assert (np.diff(right[:9]) < 0).all()
    assert right[9:].tolist() == [0, 0]


def test_its_own_aspect_has_square_pixels_about_the_middle_of_the_plate() -> None:
    transform = ViewTransform((400, 400), (800, 800), 2.0, 0, 0)
    place = Placement.of(transform, (40, 20), own_aspect=True)
    assert place.scale_x == place.scale_y == 20
    assert place.box((800, 800)) == Box(0, 200, 800, 600)
    assert place.exact
