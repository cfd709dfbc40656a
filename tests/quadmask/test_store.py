"""The compressed store of mask frames."""

from __future__ import annotations

import gc
import threading

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule

from tests.quadmask.strategies import fields
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask import store as store_module
from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED, Bytes, Plane, paint_table
from void_studio.quadmask.paint import stamp_line
from void_studio.quadmask.store import HOT_FRAMES, FrameSummary, MaskStore

COUNT = 7
SHAPE = (5, 6)
INDICES = st.integers(0, COUNT - 1)


def new_store() -> MaskStore:
    return MaskStore((SHAPE[1], SHAPE[0]), COUNT)


def filled(value: int) -> Bytes:
    return np.full(SHAPE, value, np.uint8)


class StoreMachine(RuleBasedStateMachine):
    """Any sequence of calls leaves the store equal to a list of plain arrays."""

    def __init__(self) -> None:
        super().__init__()
        self.store = new_store()
        self.frames = [filled(0) for _ in range(COUNT)]
        self.dirty: set[int] = set()
        self.held: dict[int, Bytes] = {}

    @rule(index=INDICES, field=fields(SHAPE))
    def edit_in_place(self, index: int, field: Bytes) -> None:
        self.store.field(index)[...] = field
        self.store.mark_dirty(index)
        self.frames[index] = field.copy()
        self.dirty.add(index)

    @rule(index=INDICES)
    def hold(self, index: int) -> None:
        self.held[index] = self.store.field(index)

    @rule(index=INDICES, value=st.integers(0, 3))
    def edit_what_is_held(self, index: int, value: int) -> None:
        if index in self.held:
            self.held[index][1, 2] = value
            self.store.mark_dirty(index)
            self.frames[index][1, 2] = value
            self.dirty.add(index)

    @rule()
    def let_go(self) -> None:
        self.held.clear()

    @rule(index=INDICES, field=fields(SHAPE))
    def replace(self, index: int, field: Bytes) -> None:
        self.store.set_field(index, field)
        self.frames[index] = field.copy()
        self.dirty.add(index)

    @rule(index=INDICES, source=INDICES)
    def move_a_blob(self, index: int, source: int) -> None:
        self.store.set_blob(index, self.store.blob(source))
        self.frames[index] = self.frames[source].copy()
        self.dirty.add(index)

    @rule(index=INDICES, source=INDICES)
    def move_a_png(self, index: int, source: int) -> None:
        data = self.store.png(source)
        assert (data is None) == (not self.frames[source].any())
        if data is not None:
            self.store.load_png(index, data)
            self.frames[index] = self.frames[source].copy()

    @rule(index=INDICES)
    def look(self, index: int) -> None:
        assert np.array_equal(self.store.field(index), self.frames[index])

    @rule()
    def save(self) -> None:
        assert self.store.take_dirty() == self.dirty
        self.dirty = set()

    @invariant()
    def summaries_are_true(self) -> None:
        expected = [
            np.bitwise_or.reduce(EFFECTIVE[frame] | HAND_PAINTED[frame] << 2, axis=None)
            for frame in self.frames
        ]
        assert self.store.summaries().tolist() == expected
        assert self.store.edited() == [i for i, frame in enumerate(self.frames) if frame.any()]

    @invariant()
    def what_is_held_is_the_frame(self) -> None:
        for index, array in self.held.items():
            assert np.array_equal(array, self.frames[index])
            assert self.store.field(index) is array


TestStoreMachine = StoreMachine.TestCase


def test_a_new_store_holds_nothing() -> None:
    store = new_store()
    assert store.edited() == []
    assert store.take_dirty() == set()
    assert store.blob(3) is None
    assert store.png(3) is None
    assert store.summary(3) == FrameSummary(False, False, False)
    assert not store.field(3).any()


def test_a_summary_names_the_planes() -> None:
    store = new_store()
    store.set_field(0, filled(1))
    store.set_field(1, filled(2))
    store.set_field(2, paint_table(Plane.REMOVE, False)[filled(1)])
    assert store.summary(0) == FrameSummary(True, False, False)
    assert store.summary(1) == FrameSummary(False, True, False)
    assert store.summary(2) == FrameSummary(False, False, True)


def test_only_edited_frames_are_summarised_again(monkeypatch: pytest.MonkeyPatch) -> None:
    store = new_store()
    for index in range(COUNT):
        store.set_field(index, filled(1))
    store.field(2)[0, 0] = 2
    store.mark_dirty(2)
    looked: list[int] = []
    count = store_module._flags_of

    def counted(field: Bytes) -> int:
        looked.append(1)
        return count(field)

    monkeypatch.setattr(store_module, "_flags_of", counted)
    assert store.summaries().tolist() == [1, 1, 3, 1, 1, 1, 1]
    store.summaries()
    assert len(looked) == 1


def test_few_frames_stay_unpacked() -> None:
    store = new_store()
    for index in range(COUNT):
        store.field(index)[...] = 1
        store.mark_dirty(index)
    gc.collect()
    packed = sum(len(store.blob(index) or b"") for index in range(COUNT))
    assert store.memory_bytes <= packed + HOT_FRAMES * SHAPE[0] * SHAPE[1]
    assert store.edited() == list(range(COUNT))


def test_a_stroke_on_a_frame_that_cooled_down_is_not_lost() -> None:
    store = new_store()
    painted = store.field(0)
    for index in range(1, COUNT):
        store.field(index)
    stamp_line(painted, paint_table(Plane.REMOVE, True), (0, 2), (5, 2), 1)
    store.mark_dirty(0)
    expected = painted.copy()
    del painted
    for index in range(1, COUNT):
        store.field(index)
    assert np.array_equal(store.field(0), expected)


def test_a_frame_is_replaced_only_by_one_of_its_shape() -> None:
    with pytest.raises(ValueError, match="field for"):
        new_store().set_field(0, np.zeros((6, 5), np.uint8))


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"", "empty"),
        (b"not a picture at all, and long enough for a header", "not a PNG"),
        (encode_png(np.zeros((6, 5), np.uint8)), "the plate is 6x5"),
        (encode_png(np.zeros((5, 6, 3), np.uint8)), "8-bit grey"),
        (encode_png(np.zeros((5, 6), np.uint16)), "8-bit grey"),
        (encode_png(np.ones((5, 6), np.uint8))[:40], "damaged"),
    ],
)
def test_a_bad_png_is_explained_and_changes_nothing(data: bytes, why: str) -> None:
    store = new_store()
    store.set_field(2, filled(1))
    with pytest.raises(VoidError, match=why):
        store.load_png(2, data)
    assert np.array_equal(store.field(2), filled(1))


def test_a_png_that_claims_to_be_huge_is_refused_unread() -> None:
    data = bytearray(encode_png(np.zeros(SHAPE, np.uint8)))
    data[16:24] = (2**31 - 1).to_bytes(4, "big") * 2
    with pytest.raises(VoidError, match="2147483647x2147483647"):
        new_store().load_png(0, bytes(data))


def test_bytes_from_outside_become_valid_fields() -> None:
    store = new_store()
    store.load_png(0, encode_png(filled(0b11001001)))
    assert np.array_equal(store.field(0), filled(1))
    assert store.take_dirty() == set()


@given(fields(SHAPE))
def test_equal_frames_pack_to_equal_blobs(field: Bytes) -> None:
    one, two = new_store(), new_store()
    one.set_field(0, field)
    two.field(4)[...] = field
    two.mark_dirty(4)
    assert one.blob(0) == two.blob(4)


def test_an_autosaver_gets_the_last_state_of_every_frame() -> None:
    store = MaskStore((64, 48), 12)
    saved: dict[int, bytes | None] = {}
    painting = threading.Event()
    painting.set()

    def autosave() -> None:
        while painting.is_set():
            saved.update((index, store.png(index)) for index in store.take_dirty())
            store.memory_bytes  # noqa: B018
            for index in range(12):
                store.blob(index)

    thread = threading.Thread(target=autosave)
    thread.start()
    table = paint_table(Plane.REMOVE, True)
    rng = np.random.default_rng(0)
    for _ in range(600):
        index = int(rng.integers(12))
        x, y = rng.integers(0, 64), rng.integers(0, 48)
        stamp_line(store.field(index), table, (x, y), (x, y), 3)
        store.mark_dirty(index)
    painting.clear()
    thread.join()
    saved.update((index, store.png(index)) for index in store.take_dirty())

    again = MaskStore((64, 48), 12)
    for index, data in saved.items():
        if data is not None:
            again.load_png(index, data)
    for index in range(12):
        assert np.array_equal(again.field(index), store.field(index))
        blob = store.blob(index)
        again.set_blob(index, blob)
        assert np.array_equal(again.field(index), store.field(index))
