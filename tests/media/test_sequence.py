"""Numbered images: folders and runs, gaps, numbers, depths and sizes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.clips import barcode, read_barcode
from void_studio.errors import VoidError
from void_studio.media.plate import open_plate


def write_image(path: Path, picture: NDArray[Any]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    code = {3: cv2.COLOR_RGB2BGR, 4: cv2.COLOR_RGBA2BGRA}
    stored = picture if picture.ndim == 2 else cv2.cvtColor(picture, code[picture.shape[2]])
    done, data = cv2.imencode(path.suffix, stored)
    assert done
    path.write_bytes(data.tobytes())


def write_run(folder: Path, numbers: range, suffix: str = ".png", deep: bool = False) -> None:
    for number in numbers:
        picture: NDArray[Any] = barcode(number)
        if deep:
            picture = picture.astype(np.uint16) * 257
        write_image(folder / f"plate.{number:04d}{suffix}", picture)


@pytest.mark.parametrize("suffix", [".png", ".tif", ".jpg"])
def test_a_folder_of_images_is_a_plate(suffix: str, tmp_path: Path) -> None:
    write_run(tmp_path, range(101, 107), suffix)
    with open_plate(tmp_path) as plate:
        assert (plate.count, plate.size, plate.info.first_frame) == (6, (96, 64), 101)
        assert plate.info.kind == "sequence"
        assert plate.info.number(5) == 106
        assert [read_barcode(plate.read(index)) for index in (5, 0, 3)] == [106, 101, 104]
        if suffix != ".jpg":
            assert np.array_equal(plate.read(2), barcode(103))


@pytest.mark.parametrize("suffix", [".png", ".tif"])
def test_sixteen_bits_are_kept(suffix: str, tmp_path: Path) -> None:
    write_run(tmp_path, range(3), suffix, deep=True)
    with open_plate(tmp_path) as plate:
        assert plate.info.depth == 16
        assert np.array_equal(plate.read(1), barcode(1).astype(np.uint16) * 257)
        assert np.array_equal(plate.read_rgb8(1), barcode(1))
        assert plate.read_rgb8(1, (48, 32)).shape == (32, 48, 3)


def test_one_image_stands_for_its_run(tmp_path: Path) -> None:
    write_run(tmp_path / "shot", range(7, 12))
    write_run(tmp_path / "shot", range(7, 9), ".jpg")
    with open_plate(tmp_path / "shot" / "plate.0009.png") as plate:
        assert (plate.count, plate.info.first_frame) == (5, 7)
    with pytest.raises(VoidError, match="more than one image sequence"):
        open_plate(tmp_path / "shot")


def test_an_unnumbered_image_is_a_plate_of_one(tmp_path: Path) -> None:
    write_image(tmp_path / "still.png", barcode(3))
    with open_plate(tmp_path / "still.png") as plate:
        assert plate.count == 1


def test_missing_numbers_are_named(tmp_path: Path) -> None:
    write_run(tmp_path, range(1, 12))
    for number in (4, 7, 8):
        (tmp_path / f"plate.{number:04d}.png").unlink()
    with pytest.raises(VoidError, match="Missing: 4, 7 to 8"):
        open_plate(tmp_path)


def test_one_number_twice_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, range(1, 3))
    write_image(tmp_path / "plate.2.png", barcode(2))
    with pytest.raises(VoidError, match="Two images have the number 2"):
        open_plate(tmp_path)


def test_grey_and_alpha_become_rgb(tmp_path: Path) -> None:
    grey = barcode(5)[:, :, 0]
    write_image(tmp_path / "grey" / "g1.png", grey)
    with open_plate(tmp_path / "grey") as plate:
        assert np.array_equal(plate.read(0), np.dstack([grey] * 3))
    rgba = np.dstack([barcode(5), grey])
    write_image(tmp_path / "alpha" / "a1.png", rgba)
    with open_plate(tmp_path / "alpha") as plate:
        assert np.array_equal(plate.read(0), barcode(5))


def test_an_image_of_another_size_or_depth_is_named(tmp_path: Path) -> None:
    write_run(tmp_path, range(1, 5))
    write_image(tmp_path / "plate.0002.png", barcode(2, (48, 32)))
    write_image(tmp_path / "plate.0003.png", barcode(3).astype(np.uint16))
    with open_plate(tmp_path) as plate:
        with pytest.raises(VoidError, match=r"plate\.0002\.png has another size"):
            plate.read(1)
        with pytest.raises(VoidError, match=r"plate\.0003\.png has another bit depth"):
            plate.read(2)
        assert read_barcode(plate.read(3)) == 4


def test_float_images_are_refused(tmp_path: Path) -> None:
    write_image(tmp_path / "f1.tif", barcode(1).astype(np.float32))
    with pytest.raises(VoidError, match="float32"):
        open_plate(tmp_path)


def test_a_moved_sequence_is_the_same_content(tmp_path: Path) -> None:
    write_run(tmp_path / "a", range(1, 5))
    with open_plate(tmp_path / "a") as plate:
        before = plate.info.content_id
    (tmp_path / "a").rename(tmp_path / "b")
    with open_plate(tmp_path / "b") as plate:
        assert plate.info.content_id == before
    write_image(tmp_path / "b" / "plate.0004.png", barcode(9))
    with open_plate(tmp_path / "b") as plate:
        assert plate.info.content_id != before
