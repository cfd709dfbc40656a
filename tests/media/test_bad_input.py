"""Files that are not plates: one explained error, quickly, and nothing allocated for them."""

from __future__ import annotations

import os
import struct
import tracemalloc
import zlib
from contextlib import suppress
from pathlib import Path

import av
import numpy as np
import pytest

from tests.media.clips import Recipe, barcode, make_clip, read_barcode
from tests.media.test_sequence import write_image
from void_studio.errors import VoidError
from void_studio.media.info import check_size
from void_studio.media.plate import open_plate


def refused(path: Path) -> VoidError:
    with pytest.raises(VoidError) as caught:
        open_plate(path)
    assert caught.value.what
    return caught.value


def damage(path: Path, number: int) -> None:
    """Overwrites the packet of a frame with zeros, all but its first bytes."""
    with av.open(str(path)) as container:
        packets = [p for p in container.demux(container.streams.video[0]) if p.size]
        place, size = packets[number].pos, packets[number].size
    assert place is not None
    data = bytearray(path.read_bytes())
    data[place + 5 : place + size] = bytes(size - 5)
    path.write_bytes(data)


def png_header(width: int, height: int) -> bytes:
    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    chunks = [(b"IHDR", header), (b"IDAT", zlib.compress(bytes(1000))), (b"IEND", b"")]
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(body)) + name + body + struct.pack(">I", zlib.crc32(name + body))
        for name, body in chunks
    )


def test_a_missing_file(tmp_path: Path) -> None:
    assert "no file" in refused(tmp_path / "nothing.mp4").what


@pytest.mark.parametrize("name", ["empty.mp4", "empty.0001.png"])
def test_an_empty_file(name: str, tmp_path: Path) -> None:
    (tmp_path / name).touch()
    assert "empty" in str(refused(tmp_path / name))


def test_an_empty_folder(tmp_path: Path) -> None:
    assert "no numbered images" in refused(tmp_path).what


def test_a_text_file_with_a_video_suffix(tmp_path: Path) -> None:
    path = tmp_path / "notes.mp4"
    path.write_text("call the lab on Monday\n" * 100)
    assert refused(path).remedy


def test_a_playlist_is_not_followed(tmp_path: Path) -> None:
    make_clip(tmp_path / "real.ts", Recipe(count=4))
    playlist = tmp_path / "list.mp4"
    playlist.write_text("#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nreal.ts\n#EXT-X-ENDLIST\n")
    refused(playlist)
    script = tmp_path / "script.mp4"
    script.write_text(f"ffconcat version 1.0\nfile '{tmp_path / 'real.ts'}'\n")
    refused(script)


def test_sound_only(tmp_path: Path) -> None:
    path = tmp_path / "sound.mp4"
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=48000)
        samples = av.AudioFrame.from_ndarray(
            np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
        )
        samples.sample_rate = 48000
        container.mux(stream.encode(samples))
        container.mux(stream.encode(None))
    assert "no picture" in refused(path).what


@pytest.mark.parametrize("suffix", ["mp4", "mov"])
def test_a_file_cut_off_before_its_index(suffix: str, tmp_path: Path) -> None:
    path = make_clip(tmp_path / f"clip.{suffix}", Recipe())
    path.write_bytes(path.read_bytes()[:-4000])
    refused(path)


def test_a_file_cut_off_after_its_index(tmp_path: Path) -> None:
    front = {"movflags": "+faststart"}
    path = make_clip(tmp_path / "clip.mp4", Recipe(mux_options=front))
    path.write_bytes(path.read_bytes()[:-3000])
    assert "incomplete" in refused(path).what
    intra = Recipe(codec="prores_ks", pixel_format="yuv422p10le", b_frames=0, mux_options=front)
    path = make_clip(tmp_path / "clip.mov", intra)
    path.write_bytes(path.read_bytes()[:-3000])
    assert "incomplete" in refused(path).what


def test_a_matroska_file_cut_off_gives_what_it_has(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mkv", Recipe())
    data = path.read_bytes()
    path.write_bytes(data[: len(data) // 2])
    with open_plate(path) as plate:
        assert 5 < plate.count < 40
        assert [read_barcode(plate.read(n)) for n in range(plate.count - 3)] == list(
            range(plate.count - 3)
        )


@pytest.mark.parametrize("size", [(1, 1), (4, 64)])
def test_a_picture_too_small_to_work_on(size: tuple[int, int], tmp_path: Path) -> None:
    write_image(tmp_path / "tiny.png", np.zeros((size[1], size[0], 3), np.uint8))
    assert "too small" in refused(tmp_path / "tiny.png").what
    video = Recipe(codec="ffv1", pixel_format="yuv444p", b_frames=0, size=size, count=1)
    picture = np.zeros((size[1], size[0], 3), np.uint8)
    path = make_clip(tmp_path / "tiny.mkv", video, [picture])
    assert "too small" in refused(path).what


def test_a_huge_image_header_is_refused_before_anything_is_allocated(tmp_path: Path) -> None:
    (tmp_path / "huge.png").write_bytes(png_header(16384, 16384))
    tracemalloc.start()
    error = refused(tmp_path / "huge.png")
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert "too large" in error.what
    assert "16384×16384" in error.why
    assert peak < 2**20


def test_a_huge_video_header_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "huge.mov"
    make_clip(path, Recipe(codec="png", pixel_format="rgb24", b_frames=0, count=2))
    data = path.read_bytes()
    for form, unit in ((">II", 65536), (">HH", 1), (">II", 1)):
        small, huge = (struct.pack(form, w * unit, h * unit) for w, h in ((96, 64), (16384,) * 2))
        assert small in data
        data = data.replace(small, huge)
    path.write_bytes(data)
    assert "larger than 16384×8640" in refused(path).why
    with pytest.raises(VoidError, match="too large"):
        check_size((16384, 16384), path)
    with pytest.raises(VoidError, match="too large"):
        check_size((20000, 100), path)


def test_noise_of_every_kind_is_refused_or_read(tmp_path: Path) -> None:
    """Bytes flipped anywhere in a file end in pictures or a VoidError, never anything else."""
    good = make_clip(tmp_path / "good.mp4", Recipe(count=10)).read_bytes()
    path = tmp_path / "bad.mp4"
    random = np.random.default_rng(5)
    for _ in range(60):
        data = np.frombuffer(good, np.uint8).copy()
        places = random.integers(0, len(data), 12)
        data[places] = random.integers(0, 256, 12)
        path.write_bytes(data.tobytes())
        with suppress(VoidError), open_plate(path) as plate:
            for index in range(min(plate.count, 12)):
                with suppress(VoidError):
                    assert plate.read_rgb8(index).shape[2] == 3


def test_a_damaged_frame_is_named_and_the_rest_can_be_read(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe(gop=8, b_frames=0))
    damage(path, 18)
    with open_plate(path) as plate:
        assert plate.count == 40
        with pytest.raises(VoidError, match=r"Frame 18 .* damaged"):
            plate.read(18)
        for index in (17, 16, 24, 39, 0):
            assert read_barcode(plate.read(index)) == index


def test_a_damaged_first_frame_does_not_keep_a_plate_shut(tmp_path: Path) -> None:
    prores = Recipe(codec="prores_ks", pixel_format="yuv422p10le", b_frames=0)
    path = make_clip(tmp_path / "clip.mov", prores)
    damage(path, 0)
    with open_plate(path) as plate:
        assert (plate.count, plate.size) == (40, (96, 64))
        for _ in range(2):
            with pytest.raises(VoidError, match=r"Frame 0 .* damaged"):
                plate.read(0)
        assert read_barcode(plate.read(8)) == 8


def test_a_plate_of_nothing_but_damage_is_refused(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe(gop=8, b_frames=0))
    for number in range(40):
        damage(path, number)
    assert "damaged" in refused(path).what


def test_a_pipe_is_not_waited_for(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.mp4")
    assert "not a file" in refused(tmp_path / "pipe.mp4").what


def test_a_frame_that_is_not_there(tmp_path: Path) -> None:
    with open_plate(make_clip(tmp_path / "clip.mp4", Recipe(count=5))) as plate:
        for index in (-1, 5):
            with pytest.raises(VoidError, match="no frame"):
                plate.read(index)


def test_any_name_will_do(tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 1500:
        folder = folder / ("длинное-имя-" * 8)
    folder.mkdir(parents=True)
    for name in ("фильм 映画 🎬.mp4", "concat:a|b.mp4", "100%03d.mp4", "-y.mp4"):
        path = make_clip(tmp_path / "clip.mp4", Recipe(count=3)).rename(folder / name)
        with open_plate(path) as plate:
            assert read_barcode(plate.read(2)) == 2
    write_image(folder / "кадр.0001.png", barcode(1))
    with open_plate(folder / "кадр.0001.png") as plate:
        assert read_barcode(plate.read(0)) == 1


def test_a_name_too_long_for_the_system(tmp_path: Path) -> None:
    assert refused(tmp_path / ("x" * 300 + ".mp4")).remedy
    assert refused(Path("/" + "y/" * 3000 + "z.mp4")).remedy
