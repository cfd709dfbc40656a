"""What VOID sees of a frame, against what its released loader and pipeline made of the same."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays
from numpy.typing import NDArray

from tests.conftest import CLIPS
from void_studio.quadmask.bits import EFFECTIVE, LEVELS, apply_table
from void_studio.remove.void.sees import (
    MODEL_SIZE,
    Pass,
    Shrinking,
    Sight,
    area_average,
    as_released,
    condition,
    encoded,
    quantised,
    received,
    seen_levels,
    seen_picture,
)

GOLDEN = CLIPS.parent / "golden" / "preprocess"
REMOVE, AFFECTED, BOTH = 1, 2, 3  # tracked bits of a field


@pytest.fixture
def golden() -> Path:
    if not GOLDEN.is_dir():
        pytest.skip(f"what the released program made is not here ({GOLDEN})")
    return GOLDEN


def tensors(path: Path) -> dict[str, NDArray[np.float32]]:
    """The float32 tensors of a safetensors file."""
    data = path.read_bytes()
    start = 8 + int.from_bytes(data[:8], "little")
    heads = json.loads(data[8:start])
    return {
        name: np.frombuffer(data[start:][slice(*head["data_offsets"])], np.float32)
        for name, head in heads.items()
        if name != "__metadata__"
    }


@pytest.mark.parametrize(
    ("case", "raw"),
    [
        ("quad_down", "raw_quadmask"),
        ("quad_up", "raw_quadmask"),
        ("quad_ramp_identity", "raw_ramp"),
    ],
)
def test_levels_are_those_of_the_released_loader(golden: Path, case: str, raw: str) -> None:
    with np.load(golden / "mask_modes.npz") as stored:
        wanted = stored[f"{case}.mask"][0, 0]
        height, width = wanted.shape[1:]
        for index, greys in enumerate(stored[raw]):
            seen = condition(as_released(greys, (width, height)))
            np.testing.assert_array_equal(seen, wanted[index])


def test_the_picture_is_that_of_the_released_loader(golden: Path) -> None:
    with np.load(golden / "mask_modes.npz") as stored:
        wanted = stored["video_down"][0].transpose(1, 2, 3, 0)
        for index, frame in enumerate(stored["raw_video"]):
            seen = seen_picture(frame, (wanted.shape[2], wanted.shape[1]))
            np.testing.assert_allclose(seen, wanted[index], rtol=0, atol=2e-7)


def test_other_aspects_are_those_of_the_released_loader(golden: Path) -> None:
    with np.load(golden / "lengths.npz") as stored:
        frames, masks = stored["raw_video"], stored["raw_mask"]
        video, mask = stored["video_85"][0].transpose(1, 2, 3, 0), stored["mask_85"][0, 0]
        for index in range(85):
            picture = seen_picture(frames[index], (16, 8))
            np.testing.assert_allclose(picture, video[index], rtol=0, atol=2e-7)
            np.testing.assert_array_equal(
                condition(as_released(masks[index], (16, 8))), mask[index]
            )


@pytest.mark.parametrize(
    ("which", "name"), [(Pass.ONE, "use_trimask_true"), (Pass.TWO, "use_trimask_false")]
)
def test_a_pass_quantises_as_the_released_pipeline(golden: Path, which: Pass, name: str) -> None:
    stored = tensors(golden / "pipeline_quantise.safetensors")
    np.testing.assert_array_equal(quantised(stored["x"], which), stored[name])


def test_pass_one_receives_three_levels_and_pass_two_two() -> None:
    levels = np.array([[0, 63, 127, 255]], np.uint8)
    one, two = encoded(levels, Pass.ONE), encoded(levels, Pass.TWO)
    np.testing.assert_allclose(one, [[0, 0, 128 / 255, 1]], rtol=0, atol=1e-7)
    np.testing.assert_array_equal(two, [[0, 0, 0, 1]])
    assert received(levels, Pass.ONE).tolist() == [[REMOVE, REMOVE, AFFECTED, 0]]
    assert received(levels, Pass.TWO).tolist() == [[REMOVE, REMOVE, REMOVE, 0]]


def test_an_edge_grows_a_false_rim_as_released_and_none_per_plane() -> None:
    field = np.zeros((8, 32), np.uint8)
    field[:, :13] = REMOVE  # a quarter of the fourth pixel of 8
    released = seen_levels(field, Shrinking.AS_RELEASED, (8, 2))
    assert released[0].tolist() == [0, 0, 0, 255, 255, 255, 255, 255]
    field[:, 13:15] = REMOVE  # three quarters of it: an average of 64
    released = seen_levels(field, Shrinking.AS_RELEASED, (8, 2))
    assert released[0, 3] == 63
    assert set(seen_levels(field, Shrinking.PER_PLANE, (8, 2)).ravel()) == {0, 255}


@given(arrays.arrays(np.uint8, (12, 20), elements=st.integers(0, 3)))
def test_per_plane_a_pixel_is_set_where_half_of_it_is_covered(field: NDArray[np.uint8]) -> None:
    bits = seen_levels(field, Shrinking.PER_PLANE, (5, 3))
    blocks = field.reshape(3, 4, 5, 4)
    for bit in (REMOVE, AFFECTED):
        share = ((blocks & bit) > 0).mean(axis=(1, 3))
        seen = np.isin(bits, [int(level) for level in LEVELS[:4][EFFECTIVE[:4] & bit > 0]])
        np.testing.assert_array_equal(seen, share >= 0.5)


@given(arrays.arrays(np.uint8, (6, 8), elements=st.integers(0, 3)))
def test_at_its_own_size_nothing_changes(field: NDArray[np.uint8]) -> None:
    for shrinking in Shrinking:
        seen = seen_levels(field, shrinking, (8, 6))
        np.testing.assert_array_equal(seen, apply_table(field, LEVELS))


@given(
    arrays.arrays(np.uint8, arrays.array_shapes(min_dims=2, max_dims=2, max_side=13)),
    st.integers(1, 9),
    st.integers(1, 9),
)
def test_averages_are_those_of_the_pixels_underneath(
    image: NDArray[np.uint8], width: int, height: int
) -> None:
    seen = area_average(image, (width, height))
    rows, columns = image.shape
    for y in range(height):
        for x in range(width):
            part = image[
                y * rows // height : -(-(y + 1) * rows // height),
                x * columns // width : -(-(x + 1) * columns // width),
            ]
            assert seen[y, x] == pytest.approx(part.mean(), abs=1e-4)


def test_a_frame_is_seen_at_the_model_size_whatever_its_own() -> None:
    picture = np.full((90, 160, 3), (10, 100, 200), np.uint8)
    field = np.full((180, 320), BOTH, np.uint8)
    sight = Sight.of(picture, field)
    assert sight.picture.shape == (MODEL_SIZE[1], MODEL_SIZE[0], 3)
    np.testing.assert_allclose(sight.picture[0, 0] * 255, (10, 100, 200), atol=1e-4)
    assert sight.levels.shape == (MODEL_SIZE[1], MODEL_SIZE[0])
    assert set(sight.levels.ravel()) == {63}
