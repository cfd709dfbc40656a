"""The index: where decoding starts, what the rate is, and what is kept on disk."""

from __future__ import annotations

from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest

from tests.media.clips import Recipe, make_clip, read_barcode
from void_studio.media import video_plate
from void_studio.media.index import FrameIndex, PacketTable, frame_rate
from void_studio.media.index_file import load_index, save_index
from void_studio.media.plate import open_plate

Row = tuple[int | None, int | None, int, bool, bool]


def table(
    pts: list[int | None], keys: set[int], hidden: frozenset[int] = frozenset()
) -> PacketTable:
    rows: list[Row] = [
        (time, ordinal, 100 + ordinal, ordinal in keys, ordinal in hidden)
        for ordinal, time in enumerate(pts)
    ]
    return PacketTable.of(rows)


def index_of(packets: PacketTable) -> FrameIndex:
    order = packets.shown_in_time_order()
    assert order is not None
    return FrameIndex.ordered(packets, order)


def test_leading_pictures_start_at_the_keyframe_before() -> None:
    # File order I0 P3 B1 B2 | I6 B4 B5 P7: 4 and 5 are read after keyframe 6 but shown before it.
    index = index_of(table([0, 3, 1, 2, 6, 4, 5, 7], {0, 4}))
    assert index.order.tolist() == [0, 2, 3, 1, 5, 6, 4, 7]
    assert index.start.tolist() == [0, 0, 0, 0, 0, 0, 4, 4]
    assert index.longest_gop() == 6


def test_hidden_packets_are_decoded_but_not_counted() -> None:
    index = index_of(table([-2, -1, 0, 1, 2], {0, 3}, frozenset({0, 1})))
    assert index.order.tolist() == [2, 3, 4]
    assert index.start.tolist() == [0, 3, 3]


def test_packets_before_the_first_keyframe_are_left_out() -> None:
    index = index_of(table([0, 1, 2, 3], {2}))
    assert index.order.tolist() == [2, 3]
    assert index.start.tolist() == [2, 2]


def test_without_any_keyframe_decoding_starts_at_the_beginning() -> None:
    assert index_of(table([0, 1, 2], set())).start.tolist() == [0, 0, 0]


@pytest.mark.parametrize("pts", [[0, None, 2], [0, 1, 1]])
def test_times_that_do_not_tell_the_order_are_not_used(pts: list[int | None]) -> None:
    packets = table(pts, {0})
    assert packets.shown_in_time_order() is None
    assert packets.keys is packets.dts


def times(*values: int) -> np.ndarray:
    return np.array(values, np.int64)


def test_the_rate_comes_from_the_steps() -> None:
    even = np.arange(10) * 1001
    assert frame_rate(even, Fraction(1, 30000), []) == (Fraction(30000, 1001), False)
    # Milliseconds cannot say 24000/1001; the stream's own word is taken if it fits to a tick.
    ntsc = Fraction(24000, 1001)
    rounded = np.array([round(n / ntsc * 1000) for n in range(100)])
    assert frame_rate(rounded, Fraction(1, 1000), [None, ntsc]) == (ntsc, False)
    assert frame_rate(times(0, 42), Fraction(1, 1000), [ntsc]) == (ntsc, False)
    rate, varies = frame_rate(times(0, 40, 81, 200), Fraction(1, 1000), [Fraction(25)])
    assert (rate, varies) == (Fraction(15), True)


def test_the_rate_without_times_is_the_streams_word() -> None:
    assert frame_rate(None, Fraction(1, 1000), [None, Fraction(30)]) == (Fraction(30), False)
    assert frame_rate(times(5), Fraction(1, 1000), []) == (Fraction(24), False)
    # Steps that make no sense.
    assert frame_rate(times(0, 9), Fraction(1, 90000), [Fraction(25)]) == (Fraction(25), False)


def test_an_index_is_kept_and_used_again(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe())
    cache = tmp_path / "cache"
    with open_plate(path, cache) as plate:
        info = plate.info
    assert [file.name for file in cache.iterdir()] == [f"{info.content_id}.index"]

    def never(*_: object) -> FrameIndex:
        raise AssertionError("the index was made again")

    monkeypatch.setattr(video_plate, "build_index", never)
    with open_plate(path, cache) as plate:
        assert plate.info == info
        assert [read_barcode(plate.read(n)) for n in (30, 3)] == [30, 3]


def test_a_damaged_index_is_made_again(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe())
    with open_plate(path, tmp_path / "cache") as plate:
        kept = tmp_path / "cache" / f"{plate.info.content_id}.index"
    good = kept.read_bytes()
    wrong_order = good[:-16] + (2**40).to_bytes(8, "little") + good[-8:]
    for data in (b"", b"nonsense" * 20, good[:-1], good + b"\0", b"X" + good[1:], wrong_order):
        kept.write_bytes(data)
        assert load_index(kept) is None
        with open_plate(path, tmp_path / "cache") as plate:
            assert read_barcode(plate.read(20)) == 20
        assert kept.read_bytes() == good


def test_an_index_that_cannot_be_kept_is_no_failure(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    save_index(index_of(table([0, 1], {0})), tmp_path / "file" / "x.index")
    assert load_index(tmp_path / "file" / "x.index") is None
