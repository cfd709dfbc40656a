from __future__ import annotations

import numpy as np
import pytest

from void_studio.remove.clean_plate.exposure import Exposure, fit

COLOURS = np.random.default_rng(0).uniform(20, 200, (2000, 3)).astype(np.float32)


def test_gain_and_offset_are_found() -> None:
    gain, offset = np.float32([1.1, 0.9, 1.0]), np.float32([3, -4, 0])
    found = fit(COLOURS, COLOURS * gain + offset)
    assert np.allclose(found.gain, gain, atol=1e-3)
    assert np.allclose(np.array(found.offset) * 255, offset, atol=0.1)


def test_noise_alone_is_no_change_of_light() -> None:
    noise = np.random.default_rng(1).normal(0, 2, COLOURS.shape).astype(np.float32)
    assert fit(COLOURS, COLOURS + noise) == Exposure()


def test_something_that_moved_is_no_change_of_light() -> None:
    after = COLOURS * np.float32(1.2)
    after[:600] = 10
    assert np.allclose(fit(COLOURS, after).gain, 1.2, atol=0.01)
    other = np.random.default_rng(2).uniform(20, 200, COLOURS.shape).astype(np.float32)
    assert fit(COLOURS, other) == Exposure()


def test_flat_colours_tell_an_offset_only() -> None:
    flat = np.full((100, 3), 80, np.float32)
    found = fit(flat, flat + 6)
    assert found.gain == (1.0, 1.0, 1.0)
    assert np.allclose(np.array(found.offset) * 255, 6, atol=0.1)


@pytest.mark.parametrize("full", [255.0, 65535.0])
def test_undone_takes_it_back(full: float) -> None:
    exposure = Exposure((1.1, 0.8, 1.3), (0.02, -0.01, 0.0))
    values = COLOURS * np.float32(full / 255)
    back = exposure.undone().applied(exposure.applied(values, full), full)
    assert np.allclose(back, values, rtol=1e-4)
    assert np.allclose(exposure.undone().after(exposure).gain, 1)
