"""Quadmasks kept as numbered PNGs."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.quadmask.encodings import COUNT, SIZE, moving_mask
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask.video import probe_quadmask, read_quadmask


def test_frames_come_in_the_order_of_their_numbers(tmp_path: Path) -> None:
    for index, levels in enumerate(moving_mask()):
        (tmp_path / f"mask.{index + 7}.png").write_bytes(encode_png(levels))
    (tmp_path / "notes.txt").touch()
    assert probe_quadmask(tmp_path) == (SIZE, COUNT, Fraction(24))
    for levels, (read, report) in zip(moving_mask(), read_quadmask(tmp_path), strict=True):
        assert np.array_equal(read, levels)
        assert report.snapped == 0


def test_colour_and_deep_pngs_are_read_and_snapped(tmp_path: Path) -> None:
    levels = moving_mask()[0]
    (tmp_path / "1.png").write_bytes(encode_png(np.dstack([levels, levels, levels])))
    alpha = np.full_like(levels, 9)
    (tmp_path / "2.png").write_bytes(encode_png(np.dstack([levels, levels, levels, alpha])))
    (tmp_path / "3.png").write_bytes(encode_png(levels.astype(np.uint16) * 257))
    (tmp_path / "4.png").write_bytes(encode_png(levels ^ 1))
    frames = list(read_quadmask(tmp_path))
    assert all(np.array_equal(read, levels) for read, _ in frames)
    assert [report.snapped for _, report in frames] == [0, 0, 0, levels.size]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (encode_png(np.zeros((9, 9), np.uint8)), "the first frame is 64x48"),
        (b"", "empty"),
        (b"x" * 99, "not a PNG"),
        (encode_png(moving_mask()[0])[:60], "damaged"),
    ],
)
def test_a_bad_frame_is_explained(data: bytes, why: str, tmp_path: Path) -> None:
    (tmp_path / "1.png").write_bytes(encode_png(moving_mask()[0]))
    (tmp_path / "2.png").write_bytes(data)
    with pytest.raises(VoidError, match=why):
        list(read_quadmask(tmp_path))
