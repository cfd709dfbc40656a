"""Colour is decoded and encoded with the right matrix and range, at 8 bits and deeper."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path
from typing import Literal

import av
import numpy as np
import pytest
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.media.color import FromRgb, ToRgb, plane_array, sws_matrix
from void_studio.media.info import RGB_TAGS, UNSPECIFIED, ColorTags
from void_studio.media.plate import open_plate
from void_studio.media.writer import VideoWriter

SIZE = (128, 96)
Range = Literal["limited", "full"]

# Published 8-bit limited (Y, Cb, Cr) of the 100 % primaries, one for each matrix.
RED = {1: (63, 102, 240), 6: (81, 90, 240), 9: (74, 97, 240)}
GREEN = {1: (173, 42, 26), 6: (145, 54, 34), 9: (164, 47, 25)}


def blocks(depth: int = 8, seed: int = 0) -> NDArray[np.uint8] | NDArray[np.uint16]:
    """Random colours in 16x16 blocks, so that chroma is even inside them."""
    small = np.random.default_rng(seed).integers(0, 256, (SIZE[1] // 16, SIZE[0] // 16, 3))
    picture = np.kron(small, np.ones((16, 16, 1), int))
    return picture.astype(np.uint8) if depth == 8 else (picture * 257).astype(np.uint16)


def inside() -> NDArray[np.bool_]:
    mask = np.zeros((16, 16), bool)
    mask[6:10, 6:10] = True
    return np.tile(mask, (SIZE[1] // 16, SIZE[0] // 16))


def flat(pixel_format: str, samples: tuple[int, ...]) -> av.VideoFrame:
    frame = av.VideoFrame(*SIZE, pixel_format)
    for index, sample in enumerate(samples):
        plane_array(frame, index)[:] = sample
    return frame


@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_primaries_decode_to_themselves(matrix: int) -> None:
    to_rgb = ToRgb(ColorTags("limited", matrix), SIZE)
    for samples, color in ((RED[matrix], (255, 0, 0)), (GREEN[matrix], (0, 255, 0))):
        picture = to_rgb.native(flat("yuv420p", samples))
        assert abs(picture[10, 10].astype(int) - color).max() <= 2


@pytest.mark.parametrize("matrix", [1, 6, 9])
def test_primaries_encode_to_the_published_levels(matrix: int) -> None:
    from_rgb = FromRgb(ColorTags("limited", matrix), SIZE, "yuv420p")
    for samples, color in ((RED[matrix], (255, 0, 0)), (GREEN[matrix], (0, 255, 0))):
        frame = from_rgb.frame(np.full((SIZE[1], SIZE[0], 3), color, np.uint8))
        assert tuple(int(plane_array(frame, i)[5, 5]) for i in range(3)) == samples


@pytest.mark.parametrize("depth", [8, 10, 12])
@pytest.mark.parametrize("tags_range", ["limited", "full"])
def test_black_and_white_fill_the_range(depth: int, tags_range: Range) -> None:
    unit = 2 ** (depth - 8)
    black, white = (0, 2**depth - 1) if tags_range == "full" else (16 * unit, 235 * unit)
    name = "yuv420p" if depth == 8 else f"yuv420p{depth}le"
    to_rgb = ToRgb(ColorTags(tags_range, 1), SIZE)
    top = 255 if depth == 8 else 65535
    assert (to_rgb.native(flat(name, (black, 128 * unit, 128 * unit))) == 0).all()
    assert (to_rgb.native(flat(name, (white, 128 * unit, 128 * unit))) == top).all()
    assert (to_rgb.rgb8(flat(name, (white, 128 * unit, 128 * unit)), (64, 48)) == 255).all()


@pytest.mark.parametrize("pixel_format", ["gray", "gray10le", "gray16be", "gray12le"])
@pytest.mark.parametrize("size", [SIZE, (64, 48)])
def test_grey_is_grey(pixel_format: str, size: tuple[int, int]) -> None:
    frame = av.VideoFrame(*SIZE, pixel_format)
    depth = frame.format.components[0].bits
    raw = np.uint16(235 * 2 ** (depth - 8))
    samples = np.full(
        (SIZE[1], frame.planes[0].line_size // (1 if depth == 8 else 2)),
        raw.byteswap() if pixel_format.endswith("be") else raw,
        np.uint8 if depth == 8 else np.uint16,
    )
    frame.planes[0].update(samples.tobytes())
    picture = ToRgb(ColorTags("limited", 1), SIZE).rgb8(frame, size)
    assert picture.shape == (size[1], size[0], 3)
    assert (abs(picture.astype(int) - 255) <= 1).all()


@pytest.mark.parametrize("pixel_format", ["gbrp10le", "gbrp12le", "rgb48le"])
def test_deep_rgb_keeps_its_levels(pixel_format: str) -> None:
    frame = av.VideoFrame(*SIZE, pixel_format)
    top = 2 ** frame.format.components[0].bits - 1
    for plane in frame.planes:
        plane.update(np.full(plane.buffer_size // 2, top, np.uint16).tobytes())
    to_rgb = ToRgb(ColorTags("full", 0), SIZE)
    assert (to_rgb.native(frame) == 65535).all()
    assert (to_rgb.rgb8(frame, (64, 48)) >= 254).all()


@pytest.mark.parametrize("matrix", [1, 6, 9])
@pytest.mark.parametrize("tags_range", ["limited", "full"])
@pytest.mark.parametrize(
    "pixel_format", ["yuv420p", "yuv444p", "yuv420p10le", "yuv422p10le", "yuv444p10le"]
)
def test_rgb_survives_the_way_there_and_back(
    matrix: int, tags_range: Range, pixel_format: str
) -> None:
    depth = 8 if pixel_format.endswith("p") else 10
    picture = blocks(depth)
    tags = ColorTags(tags_range, matrix)
    back = ToRgb(tags, SIZE).native(FromRgb(tags, SIZE, pixel_format).frame(picture))
    assert back.dtype == picture.dtype
    error = (back.astype(int) - picture)[inside()] / (1 if depth == 8 else 64)
    # Half a code of luma and chroma each is up to 2 levels of RGB; and no bias.
    assert abs(error).max() <= 2.0
    assert abs(error.mean()) < 0.15


def test_untagged_video_is_709_from_720_lines_up() -> None:
    tags = ColorTags()
    assert tags.matrix_for((1280, 720)) == 1
    assert tags.matrix_for((720, 576)) == 6
    assert ColorTags("limited", 9).matrix_for((720, 576)) == 9
    assert RGB_TAGS.encoded((1920, 1080)) == ColorTags("limited", 1, 1, 13)
    assert tags.encoded((640, 360)).matrix == 6


def test_an_unknown_matrix_is_refused_rather_than_guessed() -> None:
    with pytest.raises(VoidError, match="code 8"):
        sws_matrix(8)


@pytest.mark.parametrize("tags_range", ["limited", "full"])
@pytest.mark.parametrize("matrix", [1, 5, 9])
def test_a_written_file_carries_its_tags_and_colours(
    matrix: int, tags_range: Range, tmp_path: Path
) -> None:
    tags = ColorTags(tags_range, matrix, 9 if matrix == 9 else 1, 1)
    picture = blocks()
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, SIZE, Fraction(24), color=tags) as writer:
        for _ in range(3):
            writer.write(picture)
    with open_plate(path) as plate:
        assert plate.info.color == tags
        error = (plate.read(1).astype(int) - picture)[inside()]
    assert abs(error).mean() < 2.5
    assert abs(error.mean()) < 0.5


def test_an_untagged_file_is_written_tagged(tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    with VideoWriter(path, SIZE, Fraction(24)) as writer:
        writer.write(blocks())
    with open_plate(path) as plate:
        assert plate.info.color == ColorTags("limited", 6, UNSPECIFIED, UNSPECIFIED)
