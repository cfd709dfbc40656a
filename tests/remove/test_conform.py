"""The conform plan: what of any plate, mask and range a model sees."""

from __future__ import annotations

import json
from dataclasses import replace
from fractions import Fraction

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from void_studio.errors import VoidError
from void_studio.quadmask.bits import ALL_LEVELS
from void_studio.remove.conform import (
    Box,
    Plan,
    frame_box,
    levels,
    marked_box,
    picture,
    plan,
    union_box,
)
from void_studio.remove.framing import MOST, TRAINED_SIZES
from void_studio.remove.void.sees import Shrinking, seen_levels, seen_picture
from void_studio.remove.void.settings import VoidSettings

SIDES = st.integers(16, 5000)
PLATES = st.tuples(SIDES, SIDES)
SETTINGS = st.builds(
    VoidSettings,
    crop=st.sampled_from(["auto", "frame"]),
    context=st.floats(0, 4),
    size=st.sampled_from(["auto", "672x384", "384x672", "64x2048", "512x512", "208x176"]),
    window=st.sampled_from([21, 29, 53, 85, 197]),
    grow=st.sampled_from(["auto", 0, 256]),
)


@st.composite
def shots(draw: st.DrawFn) -> tuple[tuple[int, int], tuple[int, int], Box]:
    """A plate's size, a range, and what is marked."""
    width, height = draw(PLATES)
    x, y = draw(st.integers(0, width - 1)), draw(st.integers(0, height - 1))
    box = x, y, draw(st.integers(1, width - x)), draw(st.integers(1, height - y))
    first = draw(st.integers(0, 2000))
    return (width, height), (first, first + draw(st.integers(0, 399))), box


def holds(outer: Box, inner: Box) -> bool:
    return all(
        outer[i] <= inner[i] and inner[i] + inner[i + 2] <= outer[i] + outer[i + 2] for i in (0, 1)
    )


@given(shots(), SETTINGS)
def test_the_crop_is_in_the_plate_and_holds_what_is_marked(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    assert holds((0, 0, *plate), made.crop)
    assert holds(made.crop, box)
    assert made.size[0] % 16 == made.size[1] % 16 == 0
    assert settings.model_size in (None, made.size)
    assert settings.model_size or made.size in TRAINED_SIZES
    assert settings.crop == "auto" or made.whole_frame


@given(shots(), SETTINGS)
def test_every_frame_is_seen_and_every_latent_is_in_a_window(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    first, last = frames
    assert len(made.sources) == made.padded >= max(made.window, made.count)
    assert made.padded < made.count + 8 or made.padded == made.window
    assert made.sources[: made.count] == tuple(range(first, last + 1))
    assert set(made.sources) == set(range(first, last + 1))
    assert all(made.sources[made.position(index)] == index for index in (first, last))
    assert made.covers(first)
    assert made.covers(last)
    assert not made.covers(first - 1)
    assert not made.covers(last + 1)
    assert made.latents % 2 == 0
    assert {i for begin, end in made.windows for i in range(begin, end)} == set(range(made.latents))
    assert all((end - begin) % 2 == 0 for begin, end in made.windows)


@given(shots(), SETTINGS)
def test_the_crop_has_the_shape_of_the_model_size(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    if made.whole_frame:
        return
    shape = Fraction(*made.size)
    _, _, width, height = made.crop
    if Fraction(width, height) != shape:
        # The whole numbers beside it, or the plate ends.
        near_width = width in (plate[0], -(-height * shape.numerator // shape.denominator))
        near_height = height in (plate[1], -(-width * shape.denominator // shape.numerator))
        assert near_width or near_height


@given(shots(), SETTINGS)
def test_nothing_is_enlarged_that_the_plate_holds_whole(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    if plate[0] >= made.size[0] and plate[1] >= made.size[1]:
        assert made.crop[2] >= made.size[0]
        assert made.crop[3] >= made.size[1]


@given(shots(), SETTINGS)
def test_a_crop_of_most_of_the_plate_is_the_whole_frame(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    if not made.whole_frame:
        assert made.crop[2] * made.crop[3] <= MOST * plate[0] * plate[1]


@given(shots(), SETTINGS)
def test_facts_are_json_and_lines_are_text(shot, settings) -> None:
    plate, frames, box = shot
    made = plan(plate, frames, box, settings)
    assert json.loads(json.dumps(made.as_facts())) == made.as_facts()
    labels = [label for label, _ in made.lines(1001)]
    assert labels == ["Crop", "Model size", "Frames", "Windows"]


def test_the_lines_say_it_in_an_artists_words() -> None:
    made = Plan((3840, 2160), (0, 45), (210, 340, 1547, 884), (672, 384), 85, 85)
    assert made.lines(1001) == [
        ("Crop", "1547×884 at 210, 340"),
        ("Model size", "672×384 (2.3× smaller)"),
        ("Frames", "1001–1046, padded by 39 to 85"),
        ("Windows", "1 of 85"),
    ]
    longer = replace(made, frames=(0, 236), padded=237, crop=(0, 0, 3840, 2160))
    assert dict(longer.lines()) == {
        "Crop": "The whole frame, 3840×2160",
        "Model size": "672×384 (5.7× smaller)",
        "Frames": "0–236",
        "Windows": "4 of up to 85, overlapping by 16",
    }
    assert ("Model size", "672×384 (2.0× larger)") in replace(made, crop=(0, 0, 336, 192)).lines()
    assert ("Model size", "672×384 (the same size)") in replace(made, crop=(9, 9, 672, 384)).lines()


@pytest.mark.parametrize(
    ("plate", "box", "size"),
    [
        ((1920, 1080), (900, 500, 1, 1), (512, 512)),
        ((1920, 1080), (800, 500, 210, 120), (672, 384)),
        ((1080, 1920), (400, 800, 120, 210), (384, 672)),
        ((4096, 2160), (100, 900, 3000, 300), (1024, 256)),
        ((640, 360), (300, 100, 40, 40), (672, 384)),
    ],
)
def test_the_trained_size_nearest_in_shape_is_taken(plate, box, size) -> None:
    assert plan(plate, (0, 9), box, VoidSettings()).size == size


def test_the_context_is_a_share_of_what_is_marked() -> None:
    made = plan((3840, 2160), (0, 0), (1500, 900, 700, 400), VoidSettings(context=0.5))
    x, y, width, height = made.crop
    assert made.size == (672, 384)
    assert (width, height) == (1400, 800)
    assert (x, y) == (1150, 700)


@pytest.mark.parametrize("crop", ["auto", "frame"])
@pytest.mark.parametrize("box", [None, (0, 0, 0, 0)])
def test_nothing_marked_is_said(crop, box) -> None:
    with pytest.raises(VoidError, match="nothing to remove"):
        plan((640, 360), (0, 9), box, VoidSettings(crop=crop))


def test_no_frames_are_said() -> None:
    with pytest.raises(VoidError, match="no frames"):
        plan((640, 360), (4, 3), (0, 0, 9, 9), VoidSettings())


def test_a_frame_outside_has_no_position() -> None:
    with pytest.raises(ValueError, match="frame 3"):
        plan((640, 360), (4, 9), (0, 0, 9, 9), VoidSettings()).position(3)


@given(st.lists(st.none() | st.tuples(*[st.integers(0, 40)] * 2, *[st.integers(1, 20)] * 2)))
def test_the_marked_box_surrounds_every_frames(boxes) -> None:
    frames = []
    for box in boxes:
        if box is not None:
            x, y, width, height = box
            frames.append(np.full((60, 60), 255, np.uint8))
            frames[-1][y, x] = 0
            frames[-1][y + height - 1, x + width - 1] = 127
        else:
            frames.append(None)
    found = marked_box(frames)
    assert found == union_box(boxes)
    assert all(box is None or holds(found, box) for box in boxes)


def test_a_frame_that_keeps_everything_has_no_box() -> None:
    assert frame_box(np.full((4, 4), 255, np.uint8)) is None


@given(st.integers(0, 2**16 - 1), st.sampled_from([np.uint8, np.uint16]))
@example(0, np.uint16)
def test_a_shrunk_picture_is_what_the_released_loader_makes_of_the_crop(seed, dtype) -> None:
    random = np.random.default_rng(seed)
    plate = random.integers(0, 256, (90, 130, 3)).astype(dtype)
    made = replace(plan((130, 90), (0, 0), (0, 0, 9, 9), VoidSettings()), crop=(20, 7, 112, 64))
    made = replace(made, size=(64, 48))
    cut = plate[7:71, 20:132]
    deep = plate * 257 if dtype == np.uint16 else plate
    assert np.array_equal(picture(made, deep), seen_picture(cut.astype(np.uint8), made.size))
    grey = random.choice(np.array(ALL_LEVELS, np.uint8), (90, 130))
    field = np.select([grey == 0, grey == 63, grey == 127], [1, 3, 2], 0).astype(np.uint8)
    for edges, how in (
        ("per-plane", Shrinking.PER_PLANE),
        ("as-released", Shrinking.AS_RELEASED),
    ):
        seen = levels(made, grey, edges)
        assert np.array_equal(seen, seen_levels(field[7:71, 20:132], how, made.size))
        assert set(np.unique(seen)) <= set(ALL_LEVELS)


@given(st.tuples(st.integers(16, 90), st.integers(16, 90)))
def test_a_grown_picture_stays_where_it_is(plate) -> None:
    made = plan(plate, (0, 0), (0, 0, *plate), VoidSettings(size="96x96"))
    columns = np.linspace(0, 255, plate[0])
    grey = np.broadcast_to(columns[None, :, None], (plate[1], plate[0], 3)).astype(np.uint8)
    seen = picture(made, grey)
    assert seen.shape == (96, 96, 3)
    assert seen.dtype == np.float32
    assert seen.min() >= 0
    assert seen.max() <= 1
    inside = ((np.arange(96) + 0.5) / 96 * plate[0] - 0.5) / (plate[0] - 1)
    away = np.abs(seen[48, :, 1] - inside)
    assert away[8:-8].max() < 0.03
