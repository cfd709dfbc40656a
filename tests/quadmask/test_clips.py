"""The quadmasks of the real shots, in and out again."""

from __future__ import annotations

from fractions import Fraction
from itertools import islice
from pathlib import Path

import numpy as np
import pytest

from tests.quadmask.readers import pixels_that_differ
from void_studio.quadmask.levels import NO_PIXELS, field_from_levels, levels_from_field
from void_studio.quadmask.video import (
    find_quadmask,
    probe_quadmask,
    read_quadmask,
    write_quadmask,
)

SHOTS = [
    ("lime", "quadmask_0.mp4", (3840, 2160), 46),
    ("moving_ball", "quadmask_0.mp4", (3840, 2160), 62),
    ("ducky-float", "trimask_quadmask.mp4", (1296, 720), 62),
    ("BigBen", "trimask_quadmask.mp4", (544, 360), 50),
]
# All frames of all four were checked once; here the 4K ones are sampled to keep the tests short.
MAX_FRAMES_PIXELS = 60 * 1296 * 720


@pytest.mark.clips
@pytest.mark.parametrize(("name", "mask", "size", "count"), SHOTS)
def test_every_pixel_keeps_its_level(
    name: str, mask: str, size: tuple[int, int], count: int, clips: Path, tmp_path: Path
) -> None:
    source = find_quadmask(clips / name)
    assert source.name == mask
    assert probe_quadmask(source) == (size, count, Fraction(12))

    step = max(1, round(count * size[0] * size[1] / MAX_FRAMES_PIXELS))
    report = NO_PIXELS
    frames = []
    for levels, snapped in islice(read_quadmask(source), 0, None, step):
        report = report + snapped
        frames.append(levels)
    assert report.snapped == 0

    exported = tmp_path / "quadmask_0.mp4"
    fields = (levels_from_field(field_from_levels(levels)) for levels in frames)
    write_quadmask(exported, fields, size, Fraction(12))
    assert pixels_that_differ(exported, frames) == {"gray": 0, "rgb": 0, "opencv": 0}
    for levels, (again, snapped) in zip(frames, read_quadmask(exported), strict=True):
        assert np.array_equal(again, levels)
        assert snapped.snapped == 0
