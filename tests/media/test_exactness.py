"""Frame N is the same picture in sequence and at random, whatever the file does with time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.clips import Recipe, barcode, make_clip, read_barcode
from void_studio.media.plate import open_plate

MS = Fraction(1, 1000)


def uneven(number: int) -> int:
    return 40 * number + 7 * number % 13


def x264(params: str) -> Recipe:
    return Recipe(options={"x264-params": params})


def x265(params: str) -> Recipe:
    return Recipe(codec="libx265", options={"x265-params": f"log-level=none:{params}"})


OPEN_GOP = "open-gop=1:keyint=10:min-keyint=10:bframes=3:scenecut=0:b-adapt=0"
ALT_REF = {"auto-alt-ref": "1", "lag-in-frames": "16", "deadline": "good", "cpu-used": "5"}
PRORES = Recipe(codec="prores_ks", pixel_format="yuv422p10le", b_frames=0)
UNTRIMMED = {"avoid_negative_ts": "disabled"}

# name: (file suffix, recipe, number of the first frame shown)
FILES: dict[str, tuple[str, Recipe, int]] = {
    "b-frames": ("mp4", Recipe(), 0),
    "one keyframe": ("mp4", Recipe(gop=250), 0),
    "open gop": ("mp4", x264(OPEN_GOP), 0),
    "open gop, transport stream": ("ts", x264(OPEN_GOP), 0),
    "gradual refresh": ("ts", x264("intra-refresh=1:keyint=10"), 0),
    "hevc, open gop": ("mp4", x265("open-gop=1:keyint=10:min-keyint=10:bframes=3"), 0),
    "hevc, leading pictures": ("mp4", x265("open-gop=0:radl=2:keyint=10:bframes=3"), 0),
    "mpeg-2 transport stream": ("ts", Recipe(codec="mpeg2video", rate=Fraction(25)), 0),
    "mpeg-2 program stream": ("mpg", Recipe(codec="mpeg2video", rate=Fraction(25)), 0),
    "avi without pts": ("avi", Recipe(), 0),
    "mpeg-4 avi": ("avi", Recipe(codec="mpeg4"), 0),
    "bare h264, no time at all": ("h264", Recipe(container_format="h264"), 0),
    "varying rate": ("mp4", Recipe(pts=uneven, time_base=MS), 0),
    "varying rate, matroska": ("mkv", Recipe(pts=uneven, time_base=MS), 0),
    "ntsc, matroska": ("mkv", Recipe(rate=Fraction(24000, 1001)), 0),
    "late start": ("mp4", Recipe(pts=lambda n: n + 100), 0),
    "late start, transport stream": ("ts", Recipe(pts=lambda n: n + 100), 0),
    "edit list": ("mp4", Recipe(shift=-7, mux_options=UNTRIMMED), 7),
    "edit list, intra only": ("mov", replace(PRORES, shift=-5, mux_options=UNTRIMMED), 5),
    "prores": ("mov", PRORES, 0),
    "10 bit": ("mp4", Recipe(pixel_format="yuv420p10le"), 0),
    "full range": ("mp4", Recipe(full_range=True), 0),
    "odd size": ("mp4", Recipe(pixel_format="yuv444p", size=(97, 65)), 0),
    "odd size, halved chroma": ("mkv", Recipe(codec="ffv1", b_frames=0, size=(97, 65)), 0),
    "hidden pictures": ("webm", Recipe(codec="libvpx", b_frames=0, options=ALT_REF), 0),
    "super frames": ("webm", Recipe(codec="libvpx-vp9", b_frames=0, options=ALT_REF), 0),
    "interlaced": ("mp4", x264("tff=1:keyint=10:bframes=3"), 0),
    "motion jpeg": ("avi", Recipe(codec="mjpeg", pixel_format="yuvj420p", b_frames=0), 0),
}


@pytest.mark.parametrize("name", FILES)
def test_any_order_gives_the_pictures_of_sequential_reading(name: str, tmp_path: Path) -> None:
    suffix, recipe, first = FILES[name]
    path = make_clip(tmp_path / f"clip.{suffix}", recipe)
    count = recipe.count - first
    with open_plate(path) as plate:
        pictures = list(plate.frames())
        assert [read_barcode(picture) for picture in pictures] == list(range(first, recipe.count))
        assert plate.count == count
        at_random = np.random.default_rng(1).permutation(count).tolist()
        for index in [*at_random, *reversed(range(count)), *range(0, count, 3)]:
            assert np.array_equal(plate.read(index), pictures[index]), index
    # And by a fresh decoder that jumps first.
    with open_plate(path) as plate:
        for index in at_random[:5]:
            assert np.array_equal(plate.read(index), pictures[index]), index


def test_reading_in_order_seeks_only_at_the_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from void_studio.media import decoder

    jumps: list[int] = []
    go_to: Callable[[decoder.Decoder, int], None] = decoder.Decoder._go_to

    def counted(self: decoder.Decoder, origin: int) -> None:
        jumps.append(origin)
        go_to(self, origin)

    monkeypatch.setattr(decoder.Decoder, "_go_to", counted)
    with open_plate(make_clip(tmp_path / "clip.mp4", Recipe())) as plate:
        jumps.clear()
        for index in range(plate.count):
            plate.read_rgb8(index)
    assert len(jumps) <= 1


def test_a_stream_cut_in_mid_gop_begins_at_its_first_keyframe(tmp_path: Path) -> None:
    whole = make_clip(tmp_path / "whole.ts", x264(OPEN_GOP))
    data = whole.read_bytes()
    cut = tmp_path / "cut.ts"
    # The first tables, then packets from a third of the file on.
    cut.write_bytes(data[: 188 * 3] + data[len(data) // 3 // 188 * 188 :])
    with open_plate(cut) as plate:
        numbers = [read_barcode(picture) for picture in plate.frames()]
        assert numbers == list(range(numbers[0], 40))
        assert 10 <= numbers[0] <= 30
        assert read_barcode(plate.read(plate.count - 1)) == 39
        assert read_barcode(plate.read(0)) == numbers[0]


def test_sound_beside_the_picture_changes_nothing(tmp_path: Path) -> None:
    import av

    path = tmp_path / "sound.mp4"
    silent = make_clip(tmp_path / "silent.mp4", Recipe())
    with av.open(str(silent)) as source, av.open(str(path), "w") as target:
        picture = source.streams.video[0]
        copied = target.add_stream_from_template(picture)
        sound = target.add_stream("aac", rate=48000)
        for start in range(0, 48000, 1024):
            samples = av.AudioFrame.from_ndarray(
                np.zeros((1, 1024), np.float32), format="fltp", layout="mono"
            )
            samples.sample_rate = 48000
            samples.pts = start
            target.mux(sound.encode(samples))
        for packet in source.demux(picture):
            if packet.dts is not None:
                packet.stream = copied
                target.mux(packet)
        target.mux(sound.encode(None))
    with open_plate(path) as plate:
        assert [read_barcode(plate.read(index)) for index in (39, 0, 20)] == [39, 0, 20]


def test_sizes_are_scaled_by_area_and_never_enlarged(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe(size=(192, 128)))
    with open_plate(path) as plate:
        assert plate.read_rgb8(5, (96, 64)).shape == (64, 96, 3)
        assert plate.read_rgb8(5, (1000, 64)).shape == (64, 192, 3)
        assert plate.read_rgb8(5).shape == (128, 192, 3)
        assert plate.read_rgb8(5, (97, 63)).flags.c_contiguous
        blocks = plate.read(5).reshape(64, 2, 96, 2, 3).astype(float).mean(axis=(1, 3))
        small = plate.read_rgb8(5, (96, 64)).astype(float)
        assert abs(small - blocks).mean() < 1.0
        assert abs((small - blocks).mean()) < 0.3


def test_the_rate_is_exact(tmp_path: Path) -> None:
    for suffix in ("mp4", "mkv"):
        for rate in (Fraction(24000, 1001), Fraction(30000, 1001), Fraction(25), Fraction(12)):
            path = make_clip(tmp_path / f"clip.{suffix}", Recipe(rate=rate))
            with open_plate(path) as plate:
                assert plate.info.rate == rate
                assert not plate.info.vfr
                assert plate.timing is None


def test_a_varying_rate_comes_with_its_times(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe(pts=uneven, time_base=MS))
    with open_plate(path) as plate:
        assert plate.info.vfr
        assert plate.timing is not None
        seconds = [time * plate.timing.time_base for time in plate.timing.times]
        assert seconds == [Fraction(uneven(n), 1000) for n in range(40)]


def test_the_facts_of_a_clip(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe())
    with open_plate(path) as plate:
        info = plate.info
    assert (info.kind, info.codec, info.pixel_format, info.depth) == (
        "video",
        "h264",
        "yuv420p",
        8,
    )
    assert (info.size, info.count, info.first_frame) == ((96, 64), 40, 0)
    assert (info.keyframes, info.longest_gop) == (4, 12)
    assert info.number(7) == 7
    moved = tmp_path / "elsewhere.mp4"
    path.rename(moved)
    with open_plate(moved) as plate:
        assert plate.info.content_id == info.content_id


def test_a_second_handle_reads_on_its_own(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe())
    with open_plate(path) as plate, plate.reopen() as other:
        assert read_barcode(other.read(30)) == 30
        assert read_barcode(plate.read(3)) == 3
        plate.rest()
        assert read_barcode(plate.read(4)) == 4


def test_barcodes_can_be_told_apart() -> None:
    assert [read_barcode(barcode(n)) for n in range(256)] == list(range(256))
