"""A model's picture at the plate's resolution: in its place, and the same in parts as whole."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from void_studio.remove.conform import Plan, picture
from void_studio.remove.void.finish.enlarge import enlarged

SIDES = st.integers(64, 300)


def shaded(width: int, height: int) -> np.ndarray:
    """A plate that brightens smoothly to the right and downwards, uint16."""
    y, x = np.mgrid[0:height, 0:width]
    ramps = np.stack([x / width, y / height, (x + y) / (width + height)], 2)
    return np.rint(ramps * 65535).astype(np.uint16)


@given(SIDES, SIDES, st.sampled_from([(64, 64), (96, 64), (64, 160)]), st.data())
def test_what_the_model_was_given_comes_back_to_where_it_was(width, height, size, data) -> None:
    x, y = data.draw(st.integers(0, width - 64)), data.draw(st.integers(0, height - 64))
    crop = x, y, data.draw(st.integers(64, width - x)), data.draw(st.integers(64, height - y))
    plan = Plan((width, height), (0, 0), crop, size, 85, 85)
    plate = shaded(width, height)
    whole = enlarged(plan, picture(plan, plate), crop)
    shown = plate[y : y + crop[3], x : x + crop[2]] / 65535
    assert whole.dtype == np.float32
    # Away from the border, where averages have neighbours: a third of a pixel's step, and rounding.
    far = max(8, round(3 * max(crop[2] / size[0], crop[3] / size[1])))
    step = 1 / min(width, height)
    inner = np.s_[far:-far, far:-far]
    assert np.abs(whole - shown)[inner].max() < step / 3 + 1 / 255


def test_a_direction_that_grows_has_no_blocks_where_the_other_shrinks() -> None:
    plan = Plan((194, 86), (0, 0), (0, 0, 194, 64), (64, 160), 85, 85)
    plate = shaded(194, 86)
    whole = enlarged(plan, picture(plan, plate), plan.crop)
    apart = np.abs(whole - plate[:64] / 65535)[9:-9, 9:-9]
    assert apart.max() < 1.2 / 255


@given(SIDES, SIDES, st.sampled_from([(64, 64), (304, 304)]), st.data())
def test_a_part_is_that_part_of_the_whole(width, height, size, data) -> None:
    plan = Plan((width, height), (0, 0), (0, 0, width, height), size, 85, 85)
    made = np.random.default_rng(0).random((size[1], size[0], 3), np.float32)
    whole = enlarged(plan, made, plan.crop)
    x, y = data.draw(st.integers(0, width - 1)), data.draw(st.integers(0, height - 1))
    across, down = data.draw(st.integers(1, width - x)), data.draw(st.integers(1, height - y))
    part = enlarged(plan, made, (x, y, across, down))
    # Places are rounded to a 32nd of a model pixel.
    assert np.abs(part - whole[y : y + down, x : x + across]).max() < 0.08
    assert part.min() >= 0
    assert part.max() <= 1
