"""Channels, exposure and gamma."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from void_studio.app.viewer.look import Channels, Look, tone_table


def picture() -> np.ndarray:
    return np.random.default_rng(5).integers(0, 256, (7, 9, 3), np.uint8)


def test_a_neutral_look_changes_no_value() -> None:
    assert Look().neutral
    assert np.array_equal(Look().apply(picture())[..., 2::-1], picture())
    assert np.array_equal(tone_table(0.0, 1.0), np.arange(256))


def test_a_stop_doubles_the_light() -> None:
    table = tone_table(1.0, 1.0)
    coded = np.array([30, 60, 90, 120, 150])

    def light(values: np.ndarray) -> np.ndarray:
        return ((values / 255 + 0.055) / 1.055) ** 2.4

    ratio = light(table[coded].astype(float)) / light(coded)
    assert np.abs(ratio - 2).max() < 0.06


def test_gamma_keeps_black_and_white() -> None:
    for gamma in (0.2, 0.5, 2.2, 4.0):
        table = tone_table(0.0, gamma)
        assert (table[0], table[255]) == (0, 255)
        assert table[128] == round((128 / 255) ** (1 / gamma) * 255)


@given(st.floats(-6, 6), st.floats(0.2, 4))
def test_lighter_stays_lighter(exposure: float, gamma: float) -> None:
    table = tone_table(round(exposure, 2), round(gamma, 2)).astype(int)
    assert (np.diff(table) >= 0).all()


@pytest.mark.parametrize(
    ("channels", "place"), [(Channels.RED, 0), (Channels.GREEN, 1), (Channels.BLUE, 2)]
)
def test_a_channel_is_shown_as_grey(channels: Channels, place: int) -> None:
    shown = Look(channels).apply(picture())
    for part in range(3):
        assert np.array_equal(shown[..., part], picture()[..., place])


def test_luma_weighs_as_bt709() -> None:
    shown = Look(Channels.LUMA).apply(picture())[..., 0].astype(float)
    expected = picture() @ np.array([0.2126, 0.7152, 0.0722])
    assert np.abs(shown - expected).max() <= 0.5 + 1e-3


def test_tone_goes_before_the_channel() -> None:
    look = Look(Channels.GREEN, 1.0, 0.8)
    expected = tone_table(1.0, 0.8)[picture()[..., 1]]
    assert np.array_equal(look.apply(picture())[..., 0], expected)


def test_a_look_stays_within_bounds() -> None:
    assert Look().exposed(9).exposure == 6
    assert Look().exposed(-9).exposure == -6
    assert Look().with_gamma(9).gamma == 4
    assert Look().with_gamma(0).gamma == 0.2
    assert not Look().exposed(0.5).neutral
