"""What is written is whole, exact in length, rate, size and tags, or not there at all."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.clips import Recipe, barcode, make_clip, read_barcode
from void_studio.errors import VoidError
from void_studio.media.info import ColorTags
from void_studio.media.plate import Timing, open_plate
from void_studio.media.writer import Codec, VideoWriter, write_sequence, write_video

RATE = Fraction(24000, 1001)


def frames(count: int, size: tuple[int, int], deep: bool = False) -> Iterator[NDArray[Any]]:
    for number in range(count):
        picture = barcode(number, size)
        yield picture.astype(np.uint16) * 257 if deep else picture


@contextmanager
def disk_of(size: int) -> Iterator[None]:
    """No file can grow beyond ``size`` bytes, as on a disk that is full."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


@pytest.mark.parametrize(
    ("name", "codec", "size", "depth", "pixel_format"),
    [
        ("a.mp4", "h264", (96, 64), 8, "yuv420p"),
        ("b.mp4", "h264", (97, 65), 8, "yuv444p"),
        ("c.mkv", "h264", (96, 65), 8, "yuv444p"),
        ("d.mp4", "h264", (96, 64), 10, "yuv420p10le"),
        ("e.mov", "prores", (96, 65), 10, "yuv422p10le"),
        ("f.mov", "prores", (97, 64), 16, "yuv444p12le"),
        ("g.mov", "prores4444", (96, 64), 16, "yuv444p12le"),
    ],
)
def test_size_length_rate_and_pixels_are_kept(
    name: str, codec: Codec, size: tuple[int, int], depth: int, pixel_format: str, tmp_path: Path
) -> None:
    path = tmp_path / name
    with VideoWriter(path, size, RATE, codec, depth=depth, sample_aspect=Fraction(4, 3)) as writer:
        for picture in frames(20, size, depth > 8):
            writer.write(picture)
    with open_plate(path) as plate:
        info = plate.info
        assert (info.size, info.count, info.rate) == (size, 20, RATE)
        assert (info.pixel_format, info.sample_aspect) == (pixel_format, Fraction(4, 3))
        back = list(plate.frames())
    assert [read_barcode(picture) for picture in back] == list(range(20))
    unit = 257 if depth > 8 else 1
    error = abs(back[10].astype(float) / unit - barcode(10, size))
    assert error.mean() < 3
    assert error[-2:].mean() < 8
    assert error[:, -2:].mean() < 12
    assert [file.name for file in tmp_path.iterdir()] == [name]


def test_times_of_a_varying_rate_are_kept(tmp_path: Path) -> None:
    timing = Timing(tuple(40 * n + 7 * n % 13 for n in range(30)), Fraction(1, 1000))
    for name in ("a.mp4", "b.mkv"):
        path = tmp_path / name
        with VideoWriter(path, (96, 64), Fraction(25), timing=timing) as writer:
            for picture in frames(30, (96, 64)):
                writer.write(picture)
        with open_plate(path) as plate:
            assert plate.timing is not None
            seconds = [time * plate.timing.time_base for time in plate.timing.times]
            assert seconds == [time * timing.time_base for time in timing.times]
            assert read_barcode(plate.read(17)) == 17


def test_a_plate_is_written_as_it_is(tmp_path: Path) -> None:
    source = make_clip(tmp_path / "plate.mp4", Recipe(rate=Fraction(25), full_range=True))
    with open_plate(source) as plate:
        assert write_video(tmp_path / "copy.mp4", plate.frames(5, 15), plate.info) == 10
        assert write_video(tmp_path / "copy.mov", plate.frames(5, 15), plate.info) == 10
        assert write_video(tmp_path / "copy", plate.frames(5, 15), plate.info) == 10
        before = plate.info
        sixth = plate.read(5)
    with open_plate(tmp_path / "copy.mp4") as copy:
        assert (copy.info.rate, copy.info.size) == (Fraction(25), (96, 64))
        assert copy.info.color.range == "full"
        assert copy.info.color == before.color.encoded(before.size)
        assert [read_barcode(p) for p in copy.frames()] == list(range(5, 15))
    with open_plate(tmp_path / "copy.mov") as copy:
        assert copy.info.codec == "prores"
    with open_plate(tmp_path / "copy") as copy:
        assert np.array_equal(copy.read(0), sixth)


def test_the_plate_itself_is_never_written(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "plate.mp4", Recipe(count=4))
    before = path.read_bytes()
    with open_plate(path) as plate, pytest.raises(VoidError, match="the plate itself"):
        write_video(path, plate.frames(), plate.info)
    assert path.read_bytes() == before


@pytest.mark.parametrize("depth", [8, 16, None])
@pytest.mark.parametrize("deep", [False, True])
def test_images_are_numbered_and_exact(depth: int | None, deep: bool, tmp_path: Path) -> None:
    folder = tmp_path / "out"
    assert write_sequence(folder, frames(3, (96, 64), deep), 1001, depth) == 3
    assert sorted(file.name for file in folder.iterdir()) == [
        f"frame.{number:06d}.png" for number in (1001, 1002, 1003)
    ]
    with open_plate(folder) as plate:
        assert plate.info.first_frame == 1001
        stored = depth or (16 if deep else 8)
        assert plate.info.depth == stored
        unit = 1 if stored == 8 else 257
        assert np.array_equal(plate.read(2), barcode(2).astype(np.uint16) * unit)


def test_a_folder_that_exists_is_left_alone(tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").touch()
    with pytest.raises(VoidError, match="already exists"):
        write_sequence(tmp_path / "out", frames(3, (96, 64)))
    assert [file.name for file in (tmp_path / "out").iterdir()] == ["mine.txt"]


@pytest.mark.parametrize("name", ["a.mp4", "a.mkv", "a.mov"])
@pytest.mark.parametrize("room", [0, 100, 5_000, 20_000])
def test_a_full_disk_leaves_nothing_behind(name: str, room: int, tmp_path: Path) -> None:
    codec: Codec = "prores" if name.endswith("mov") else "h264"
    noise = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)

    def write() -> None:
        with VideoWriter(tmp_path / name, (96, 64), RATE, codec) as writer:
            for shift in range(20):
                writer.write(np.roll(noise, shift))

    with disk_of(room), pytest.raises(VoidError) as caught:
        write()
    assert name in caught.value.what
    assert list(tmp_path.iterdir()) == []


def test_a_disk_that_is_full_by_the_last_byte_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "a.mov"

    def write() -> None:
        # Unlike x264's, this encoder's output always has the same size.
        with VideoWriter(path, (96, 64), RATE, "prores") as writer:
            for picture in frames(20, (96, 64)):
                writer.write(picture)

    write()
    size = path.stat().st_size
    path.unlink()
    for missing in (1, 10, 500):
        with disk_of(size - missing), pytest.raises(VoidError):
            write()
        assert list(tmp_path.iterdir()) == []


def test_a_full_disk_leaves_no_images_behind(tmp_path: Path) -> None:
    noise = np.random.default_rng(0).integers(0, 256, (64, 96, 3), np.uint8)
    small = np.zeros_like(noise)
    with disk_of(5_000), pytest.raises(VoidError):
        write_sequence(tmp_path / "out", [small, small, noise])
    assert list(tmp_path.iterdir()) == []


def test_what_was_there_before_survives_a_failure(tmp_path: Path) -> None:
    path = tmp_path / "a.mp4"
    path.write_bytes(b"precious")

    def broken() -> Iterator[NDArray[Any]]:
        yield barcode(0)
        raise ZeroDivisionError

    with open_plate(make_clip(tmp_path / "plate.mp4", Recipe(count=2))) as plate:
        info = plate.info
    with pytest.raises(ZeroDivisionError):
        write_video(path, broken(), info)
    assert path.read_bytes() == b"precious"
    assert sorted(file.name for file in tmp_path.iterdir()) == ["a.mp4", "plate.mp4"]


def test_mistakes_are_explained(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="does not go into"):
        VideoWriter(tmp_path / "a.mp4", (96, 64), RATE, "prores")
    with (
        pytest.raises(VoidError, match="It is 48×32"),
        VideoWriter(tmp_path / "a.mp4", (96, 64), RATE) as writer,
    ):
        writer.write(barcode(0, (48, 32)))
    with (
        pytest.raises(VoidError, match="no frames"),
        VideoWriter(tmp_path / "a.mp4", (96, 64), RATE),
    ):
        pass
    with (
        pytest.raises(VoidError, match="Could not write"),
        VideoWriter(tmp_path / "nowhere" / "a.mp4", (96, 64), RATE),
    ):
        pass
    assert list(tmp_path.iterdir()) == []


def test_deep_tags_are_kept(tmp_path: Path) -> None:
    tags = ColorTags("limited", 9, 9, 16)  # BT.2020 PQ
    with VideoWriter(tmp_path / "a.mov", (96, 64), RATE, "prores", tags, 10) as writer:
        writer.write(next(frames(1, (96, 64), deep=True)))
    with open_plate(tmp_path / "a.mov") as plate:
        assert plate.info.color == tags
        assert plate.read(0).dtype == np.uint16
