"""The compressed store of tracks."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from void_studio.errors import VoidError
from void_studio.files import decode_image, encode_png
from void_studio.quadmask.bits import Mask
from void_studio.quadmask.tracks import TrackStore

SHAPES = st.tuples(st.integers(1, 30), st.integers(1, 30))


def disc() -> Mask:
    rows, columns = np.mgrid[:7, :9]
    return np.asarray((rows - 3) ** 2 + (columns - 4) ** 2 <= 6)


def store() -> TrackStore:
    return TrackStore((9, 7), 10)


@given(SHAPES.flatmap(lambda shape: arrays(np.bool_, shape)))
def test_a_mask_comes_back_as_it_was(mask: Mask) -> None:
    tracks = TrackStore((mask.shape[1], mask.shape[0]), 3)
    tracks.set("cup", 2, mask)
    stored = tracks.get("cup", 2)
    assert stored is not None
    assert stored.dtype == np.bool_
    assert np.array_equal(stored, mask)
    again = TrackStore(tracks.size, 3)
    again.set_blob("cup", 0, tracks.blob("cup", 2))
    data = tracks.png("cup", 2)
    assert data is not None
    again.load_png("cup", 1, data)
    for index in (0, 1):
        assert np.array_equal(again.get("cup", index), mask)


def test_objects_and_frames_are_listed() -> None:
    tracks = store()
    for object_id, index in (("cup", 5), ("cup", 2), ("shadow", 0)):
        tracks.set(object_id, index, disc())
    assert tracks.objects() == ["cup", "shadow"]
    assert tracks.frames("cup") == [2, 5]
    assert tracks.frames("nobody") == []
    assert tracks.get("nobody", 0) is None
    assert tracks.png("cup", 0) is None


def test_an_empty_mask_is_still_a_tracked_frame() -> None:
    tracks = store()
    tracks.set("cup", 1, np.zeros((7, 9), np.bool_))
    assert tracks.frames("cup") == [1]
    assert tracks.get("cup", 1) is not None


def test_changes_are_told_once_removals_included() -> None:
    tracks = store()
    tracks.set("cup", 1, disc())
    tracks.set("cup", 2, disc())
    assert tracks.take_dirty() == {("cup", 1), ("cup", 2)}
    assert tracks.take_dirty() == set()
    tracks.set_blob("cup", 1, None)
    assert tracks.frames("cup") == [2]
    tracks.remove_object("cup")
    assert tracks.take_dirty() == {("cup", 1), ("cup", 2)}
    assert tracks.objects() == []
    tracks.remove_object("cup")
    assert tracks.take_dirty() == set()


def test_removing_and_restoring_an_object_by_its_blobs() -> None:
    tracks = store()
    tracks.set("cup", 3, disc())
    blobs = {index: tracks.blob("cup", index) for index in tracks.frames("cup")}
    tracks.remove_object("cup")
    assert tracks.memory_bytes == 0
    for index, blob in blobs.items():
        tracks.set_blob("cup", index, blob)
    assert np.array_equal(tracks.get("cup", 3), disc())


def test_a_png_is_black_and_white() -> None:
    tracks = store()
    tracks.set("cup", 0, disc())
    data = tracks.png("cup", 0)
    assert data is not None
    assert np.array_equal(decode_image(data), disc() * np.uint8(255))


def test_what_does_not_fit_is_refused() -> None:
    tracks = store()
    with pytest.raises(ValueError, match="mask for"):
        tracks.set("cup", 0, disc().T)
    for index in (-1, 10):
        with pytest.raises(IndexError):
            tracks.set("cup", index, disc())
    with pytest.raises(VoidError, match="the plate is 9x7"):
        tracks.load_png("cup", 0, encode_png(np.zeros((9, 7), np.uint8)))
    assert tracks.objects() == []
