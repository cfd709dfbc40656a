"""Writing mask videos: exact for every reader, whole or absent."""

from __future__ import annotations

import resource
from collections.abc import Iterator
from contextlib import contextmanager
from fractions import Fraction
from pathlib import Path

import av
import cv2
import numpy as np
import pytest

from tests.quadmask.readers import pixels_that_differ
from void_studio.errors import Cancelled, VoidError
from void_studio.quadmask.bits import ALL_LEVELS, Bytes
from void_studio.quadmask.video import probe_quadmask, read_quadmask, write_quadmask

RATE = Fraction(24000, 1001)


def random_levels(size: tuple[int, int], count: int) -> list[Bytes]:
    rng = np.random.default_rng(0)
    levels = np.array(ALL_LEVELS, np.uint8)
    return [rng.choice(levels, (size[1], size[0])) for _ in range(count)]


@pytest.mark.parametrize(
    "size", [(1, 1), (2, 2), (1, 7), (16, 1), (3, 5), (17, 19), (64, 48), (641, 359)]
)
@pytest.mark.parametrize("count", [1, 4])
def test_every_reader_gets_exactly_what_was_written(
    size: tuple[int, int], count: int, tmp_path: Path
) -> None:
    path = tmp_path / "quadmask_0.mp4"
    frames = random_levels(size, count)
    assert write_quadmask(path, frames, size, RATE) == count
    assert probe_quadmask(path) == (size, count, RATE)
    assert pixels_that_differ(path, frames) == {"gray": 0, "rgb": 0, "opencv": 0}
    for levels, (read, report) in zip(frames, read_quadmask(path), strict=True):
        assert np.array_equal(read, levels)
        assert report.snapped == 0


def test_every_grey_survives(tmp_path: Path) -> None:
    ramp = np.arange(256, dtype=np.uint8).reshape(16, 16)
    path = tmp_path / "mask.mp4"
    write_quadmask(path, [ramp, ramp[::-1]], (16, 16), Fraction(25))
    assert pixels_that_differ(path, [ramp, ramp[::-1]]) == {"gray": 0, "rgb": 0, "opencv": 0}


def test_every_frame_can_be_sought(tmp_path: Path) -> None:
    path = tmp_path / "mask.mp4"
    write_quadmask(path, random_levels((32, 32), 6), (32, 32), RATE)
    with av.open(str(path)) as container:
        packets = [packet for packet in container.demux(video=0) if packet.size]
        assert all(packet.is_keyframe for packet in packets)
        assert len(packets) == 6


@pytest.mark.parametrize("name", ["mask.mov", "mask.mkv", "МАСКА ünï.MP4", "m" * 250 + ".mp4"])
def test_containers_and_names(name: str, tmp_path: Path) -> None:
    path = tmp_path / name
    frames = random_levels((20, 10), 3)
    write_quadmask(path, iter(frames), (20, 10), Fraction(30))
    assert [path] == list(tmp_path.iterdir())
    assert all(
        np.array_equal(read, levels)
        for levels, (read, _) in zip(frames, read_quadmask(path), strict=True)
    )


def interrupted(error: Exception) -> Iterator[Bytes]:
    yield from random_levels((64, 48), 3)
    raise error


@pytest.mark.parametrize("error", [Cancelled(), VoidError("The plate is gone"), OSError(5, "I/O")])
def test_an_interrupted_export_leaves_the_old_file(error: Exception, tmp_path: Path) -> None:
    path = tmp_path / "quadmask_0.mp4"
    path.write_bytes(b"old")
    expected = VoidError if isinstance(error, OSError) else type(error)
    with pytest.raises(expected):
        write_quadmask(path, interrupted(error), (64, 48), RATE)
    assert path.read_bytes() == b"old"
    assert [path] == list(tmp_path.iterdir())


@contextmanager
def small_disk() -> Iterator[None]:
    """No file may grow beyond 4 KiB: writing fails as on a full disk, in the middle.

    Not a fixture, for the limit must not hold when pytest writes its own report to a file.
    """
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (4096, limits[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)


@pytest.mark.parametrize("count", [1, 30])
def test_a_full_disk_is_explained_and_leaves_nothing(count: int, tmp_path: Path) -> None:
    path = tmp_path / "quadmask_0.mp4"
    with small_disk(), pytest.raises(VoidError, match=r"Could not write .*quadmask_0"):
        write_quadmask(path, random_levels((320, 240), count), (320, 240), RATE)
    assert list(tmp_path.iterdir()) == []


def test_a_missing_folder_is_explained(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="Check the path"):
        write_quadmask(tmp_path / "nowhere" / "a.mp4", random_levels((8, 8), 1), (8, 8), RATE)


def test_what_cannot_be_written_is_refused(tmp_path: Path) -> None:
    frames = random_levels((8, 8), 2)
    with pytest.raises(VoidError, match="no frames"):
        write_quadmask(tmp_path / "a.mp4", [], (8, 8), RATE)
    with pytest.raises(VoidError, match=r"one of \.mp4"):
        write_quadmask(tmp_path / "a.gif", frames, (8, 8), RATE)
    with pytest.raises(VoidError, match="20000x8 pixels"):
        write_quadmask(tmp_path / "a.mp4", frames, (20000, 8), RATE)
    with pytest.raises(ValueError, match="frame for a"):
        write_quadmask(tmp_path / "a.mp4", frames, (8, 9), RATE)
    assert list(tmp_path.iterdir()) == []


def test_opencv_counts_the_frames_as_written(tmp_path: Path) -> None:
    path = tmp_path / "mask.mp4"
    write_quadmask(path, random_levels((40, 30), 7), (40, 30), RATE)
    capture = cv2.VideoCapture(str(path))
    assert capture.get(cv2.CAP_PROP_FRAME_COUNT) == 7
    assert capture.get(cv2.CAP_PROP_FPS) == pytest.approx(float(RATE))
    capture.release()
