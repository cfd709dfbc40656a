"""One picture made of two."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from void_studio.app.viewer.compare import WipeLine
from void_studio.app.viewer.mixing import mix_blend, mix_difference, mix_wipe
from void_studio.app.viewer.transform import Box

Pixels = NDArray[np.uint8]
VIEW = Box(0, 0, 40, 30)


def picture(seed: int) -> Pixels:
    made = np.random.default_rng(seed).integers(0, 256, (30, 40, 4), np.uint8)
    made[..., 3] = 255
    return made


A, B = picture(1), picture(2)


@given(st.floats(-10, 50), st.floats(-10, 40), st.floats(-179, 180))
def test_a_wipe_is_a_on_one_side_and_b_on_the_other(x: float, y: float, angle: float) -> None:
    line = WipeLine(x, y, angle)
    out = np.zeros_like(A)
    mix_wipe(out, A, B, VIEW, line)
    expected = np.where(line.b_mask(VIEW)[..., None] == 255, B, A)
    assert np.array_equal(out, expected)


def test_only_the_box_is_written() -> None:
    box = Box(5, 4, 25, 20)
    outside = np.ones((30, 40), bool)
    outside[4:20, 5:25] = False
    for mix in (
        lambda out: mix_wipe(out, A, B, box, WipeLine(15, 15, 20)),
        lambda out: mix_difference(out, A, B, box, 4),
        lambda out: mix_blend(out, A, B, box, 0.3),
    ):
        out = np.full_like(A, 77)
        mix(out)
        assert (out[outside] == 77).all()
        assert (out[~outside] != 77).any()


@pytest.mark.parametrize("gain", [1.0, 2.5, 32.0])
def test_a_difference_is_exaggerated_and_opaque(gain: float) -> None:
    out = np.zeros_like(A)
    mix_difference(out, A, B, VIEW, gain)
    exact = np.abs(A[..., :3].astype(float) - B[..., :3]) * gain
    assert np.abs(out[..., :3] - np.minimum(255, exact)).max() <= 0.5
    assert (out[..., 3] == 255).all()
    mix_difference(out, A, A, VIEW, gain)
    assert not out[..., :3].any()


@given(st.floats(0, 1))
def test_a_blend_is_between_its_sides(share: float) -> None:
    out = np.zeros_like(A)
    mix_blend(out, A, B, VIEW, share)
    exact = A * (1 - share) + B * share
    assert np.abs(out - exact).max() <= 1
    mix_blend(out, A, B, VIEW, 0)
    assert np.array_equal(out, A)
    mix_blend(out, A, B, VIEW, 1)
    assert np.array_equal(out, B)
