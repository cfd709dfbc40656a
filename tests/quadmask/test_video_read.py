"""Reading mask videos: any encoding, any damage."""

from __future__ import annotations

from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest

from tests.quadmask.encodings import COUNT, ENCODINGS, SIZE, Encoding, moving_mask
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask import video
from void_studio.quadmask.levels import NO_PIXELS
from void_studio.quadmask.limits import MAX_PIXELS
from void_studio.quadmask.video import probe_quadmask, read_quadmask, write_quadmask

GRAY_FULL = ENCODINGS[0]


@pytest.mark.parametrize("encoding", ENCODINGS, ids=lambda encoding: encoding.name)
def test_every_encoding_gives_back_the_levels(encoding: Encoding, tmp_path: Path) -> None:
    expected = moving_mask()
    path = encoding.write(tmp_path, expected)
    report = NO_PIXELS
    for levels, wanted in zip(expected, read_quadmask(path), strict=True):
        assert np.array_equal(wanted[0], levels)
        assert wanted[0].flags.owndata
        report = report + wanted[1]
    assert report.pixels == COUNT * SIZE[0] * SIZE[1]
    assert (report.snapped == 0) == encoding.exact
    assert (report.furthest == 0) == encoding.exact
    assert probe_quadmask(path) == (SIZE, COUNT, Fraction(24))


# Not 55, whose limited luma is 63: a frame of nothing but 63 reads as untagged full range.
@pytest.mark.parametrize("grey", range(0, 256, 6))
def test_limited_range_is_expanded_as_it_was_compressed(grey: int, tmp_path: Path) -> None:
    flat = np.full((SIZE[1], SIZE[0]), grey, np.uint8)
    limited = next(each for each in ENCODINGS if each.name == "yuv444p-limited.mp4")
    path = limited.write(tmp_path, [flat])
    _, report = next(read_quadmask(path))
    read = report.histogram.index(flat.size)
    assert abs(read - grey) <= 1


def text(path: Path) -> None:
    path.write_bytes(b"This is no video.\n" * 99)


def playlist(path: Path) -> None:
    real = GRAY_FULL.write(path.parent, moving_mask())
    # A list in ffmpeg's own format, which would open another file.
    path.write_text(f"ffconcat version 1.0\nfile {real.name}\n")


def stream_playlist(path: Path) -> None:
    real = GRAY_FULL.write(path.parent, moving_mask())
    path.write_text(f"#EXTM3U\n#EXT-X-TARGETDURATION:9\n#EXTINF:9,\n{real}\n#EXT-X-ENDLIST\n")


def cut_in_the_header(path: Path) -> None:
    whole = GRAY_FULL.write(path.parent, moving_mask()).read_bytes()
    path.write_bytes(whole[: len(whole) // 2])


def cut_in_the_pictures(path: Path) -> None:
    """A file whose header comes first and promises more than there is."""
    source = GRAY_FULL.write(path.parent, moving_mask())
    with (
        av.open(str(source)) as given,
        av.open(str(path), "w", options={"movflags": "faststart"}) as container,
    ):
        stream = container.add_stream_from_template(given.streams.video[0])
        for packet in given.demux(video=0):
            if packet.size:
                packet.stream = stream
                container.mux(packet)
    path.write_bytes(path.read_bytes()[:-100])


def overwritten_in_the_middle(path: Path) -> None:
    data = bytearray(
        Encoding("a.mov", "png", "gray").write(path.parent, moving_mask()).read_bytes()
    )
    at = data.find(b"IDAT", data.find(b"IDAT") + 4)
    data[at + 4 : at + 40] = b"\0" * 36
    path.write_bytes(data)


def sound_only(path: Path) -> None:
    with av.open(str(path), "w") as container:
        stream = container.add_stream("aac", rate=44100)
        silence = np.zeros((1, 4410), np.float32)
        frame = av.AudioFrame.from_ndarray(silence, format="fltp", layout="mono")
        frame.sample_rate = 44100
        container.mux(stream.encode(frame))
        container.mux(stream.encode(None))


def pngs_in_a_video(path: Path, pictures: list[bytes]) -> None:
    """A video whose packets are these PNGs whatever the header says: 64 x 48."""
    with av.open(str(path), "w", format="mov") as container:
        stream = container.add_stream("png", rate=24)
        stream.width, stream.height = SIZE
        stream.pix_fmt = "gray"
        for index, picture in enumerate(pictures):
            packet = av.Packet(picture)
            packet.stream, packet.time_base = stream, Fraction(1, 24)
            packet.pts = packet.dts = index
            packet.duration = 1
            packet.is_keyframe = True
            container.mux(packet)


def changing_size(path: Path) -> None:
    pngs_in_a_video(path, [encode_png(moving_mask()[0]), encode_png(moving_mask()[0][:32, :32])])


def growing(path: Path) -> None:
    pngs_in_a_video(
        path, [encode_png(moving_mask()[0]), encode_png(np.zeros((400, 400), np.uint8))]
    )


def h264_with_noise(path: Path) -> None:
    write_quadmask(path, moving_mask(), SIZE, Fraction(24))
    with av.open(str(path)) as container:
        packets = [(packet.pos, packet.size) for packet in container.demux(video=0)]
    place, length = packets[2]
    data = bytearray(path.read_bytes())
    data[place + length // 2 : place + length - 9] = bytes(range(length - 9 - length // 2))
    path.write_bytes(data)


BAD: list[tuple[Callable[[Path], object], str]] = [
    (lambda path: path.write_bytes(b""), "empty, damaged or not a video"),
    (text, "empty, damaged or not a video"),
    (playlist, "empty, damaged or not a video"),
    (stream_playlist, "empty, damaged or not a video"),
    (cut_in_the_header, "empty, damaged or not a video"),
    (cut_in_the_pictures, "cut short"),
    (sound_only, "no pictures"),
    (lambda path: None, "No such file"),
    (lambda path: path.mkdir(), "0 PNG images"),
]


@pytest.mark.parametrize(("make", "why"), BAD, ids=[str(number) for number in range(len(BAD))])
def test_bad_files_are_explained(make: Callable[[Path], object], why: str, tmp_path: Path) -> None:
    path = tmp_path / "quadmask_0.mp4"
    make(path)
    with pytest.raises(VoidError, match=why):
        probe_quadmask(path)
    with pytest.raises(VoidError, match=why):
        list(read_quadmask(path))


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (overwritten_in_the_middle, "damaged"),
        (h264_with_noise, "damaged or was cut short"),
        (changing_size, "differ in size"),
        # Refused by the decoder, before it allocates the picture.
        (growing, "empty, damaged or not a video"),
    ],
)
def test_bad_frames_are_explained(make: Callable[[Path], None], why: str, tmp_path: Path) -> None:
    path = tmp_path / "quadmask_0.mov"
    make(path)
    with pytest.raises(VoidError, match=why):
        list(read_quadmask(path))


def test_a_huge_picture_is_refused_before_it_is_decoded(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert MAX_PIXELS < 16384 * 16384
    path = GRAY_FULL.write(tmp_path, moving_mask())
    monkeypatch.setattr("void_studio.quadmask.limits.MAX_PIXELS", SIZE[0] * SIZE[1] - 1)
    with pytest.raises(VoidError, match="64x48 pixels"):
        probe_quadmask(path)
    with pytest.raises(VoidError, match="64x48 pixels"):
        next(read_quadmask(path))


def test_too_many_frames_are_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = GRAY_FULL.write(tmp_path, moving_mask())
    monkeypatch.setattr(video, "MAX_COUNT", COUNT - 1)
    with pytest.raises(VoidError, match="more than 4 frames"):
        probe_quadmask(path)
    with pytest.raises(VoidError, match="more than 4 frames"):
        list(read_quadmask(path))


@pytest.mark.parametrize("name", ["маска ünï 日本.mp4", "a:b%03d.mp4", "m" * 250 + ".mp4"])
def test_unusual_names_are_read(name: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    GRAY_FULL.write(tmp_path, moving_mask()).rename(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    assert probe_quadmask(Path(name)).count == COUNT
