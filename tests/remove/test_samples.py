from __future__ import annotations

import numpy as np

from void_studio.remove.clean_plate.samples import Samples, combined, disagreement


def gathered(rows: list[tuple[float, float]]) -> Samples:
    """Samples of one pixel: (value, distance)."""
    samples = Samples.empty(len(rows) + 1, 1)
    for value, distance in rows:
        samples.add(np.array([0]), np.full((1, 3), value, np.float32), distance)
    return samples


def test_what_passed_by_does_not_count() -> None:
    value = combined(gathered([(100, 1), (240, 1), (101, 2), (99, 2), (100, 3)]), 1)[0]
    assert abs(value[0, 0] - 100) < 1


def test_at_rest_noise_is_averaged() -> None:
    random = np.random.default_rng(0)
    samples = Samples.empty(8, 4000)
    everywhere = np.arange(4000)
    for distance in range(1, 9):
        noisy = random.normal(100, 5, (4000, 3)).astype(np.float32)
        samples.add(everywhere, noisy, float(4 + distance // 2))
    assert np.std(combined(samples, 1)[0]) < 5 * 0.6


def test_the_nearest_decides_where_the_scene_changes() -> None:
    assert abs(combined(gathered([(50, 1), (90, 6)]), 1)[0][0, 0] - 51) < 1


def test_no_samples_no_colour() -> None:
    samples = Samples.empty(4, 3)
    assert not combined(samples, 1)[0].any()
    assert not samples.count.any()


def test_disagreement_is_zero_for_one_and_grows() -> None:
    assert disagreement(gathered([(80, 1)]))[0] == 0
    assert disagreement(gathered([(80, 1), (100, 2)]))[0] == 10
