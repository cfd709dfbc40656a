"""The frame server: bounded, never blocking, latest wish first, robust against failures."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.media.clips import Recipe, make_clip, read_barcode
from void_studio.errors import Cancelled, VoidError
from void_studio.media import cache
from void_studio.media.cache import FrameServer
from void_studio.media.lookahead import Wish, window
from void_studio.media.plate import open_plate

SIZE = (32, 16)
BYTES = 32 * 16 * 3
PATIENCE = 60.0


class Watch:
    """Collects what a server says, and waits for it."""

    def __init__(self) -> None:
        self._changed = threading.Condition()
        self.ready: list[int] = []
        self.errors: list[VoidError] = []

    def on_ready(self, index: int) -> None:
        with self._changed:
            self.ready.append(index)
            self._changed.notify_all()

    def on_error(self, error: VoidError) -> None:
        with self._changed:
            self.errors.append(error)
            self._changed.notify_all()

    def until(self, done: Callable[[], bool]) -> None:
        with self._changed:
            assert self._changed.wait_for(done, PATIENCE), (self.ready, self.errors)


class FakeSource:
    """Pictures whose every sample is the frame number. Reads can be held up and can fail."""

    def __init__(self, count: int = 100) -> None:
        self.count = count
        self.size = SIZE
        self.reads: list[int] = []
        self.gate = threading.Event()
        self.gate.set()
        self.reading = threading.Event()
        self.interrupted = threading.Event()
        self.bad: set[int] = set()
        self.rested = threading.Event()
        self.closed = threading.Event()
        self.content = 0

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        self.reads.append(index)
        self.reading.set()
        while not self.gate.wait(0.005):
            if self.interrupted.is_set():
                self.interrupted.clear()
                raise Cancelled
        if index in self.bad:
            raise VoidError(f"Frame {index} is damaged")
        width, height = size or self.size
        return np.full((height, width, 3), index + self.content, np.uint8)

    def interrupt(self) -> None:
        self.interrupted.set()

    def rest(self) -> None:
        self.rested.set()

    def close(self) -> None:
        self.closed.set()


@contextmanager
def serving(source: FakeSource, budget: int = 10 * BYTES) -> Iterator[tuple[FrameServer, Watch]]:
    watch = Watch()
    server = FrameServer(lambda: source, budget, watch.on_ready, watch.on_error)
    try:
        yield server, watch
    finally:
        source.gate.set()
        server.close()


def test_the_wanted_picture_comes_first_then_those_ahead() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        assert server.picture(20) is None
        server.want(20, 1)
        watch.until(lambda: len(watch.ready) == 10)
        assert watch.ready[:4] == [20, 21, 22, 23]
        picture = server.picture(20)
        assert picture is not None
        assert (picture == 20).all()
        assert not picture.flags.writeable
    assert source.closed.is_set()


def test_memory_stays_within_the_budget_and_follows_the_wish() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        for index in (0, 50, 99, 30):
            expected = set(range(*around(index)))
            server.want(index)
            watch.until(partial(lambda held: server.cached() == held, expected))
            assert server._bytes == 10 * BYTES
            assert sum(server.picture(i) is not None for i in range(100)) == 10


def test_the_budget_may_change() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        server.want(30)
        watch.until(lambda: len(server.cached()) == 10)
        server.set_budget(4 * BYTES)
        assert server._bytes <= 4 * BYTES
        assert 30 in server.cached()
        server.set_budget(10 * BYTES)
        watch.until(lambda: server.cached() == set(range(*around(30))))


def test_what_is_going_to_be_there_is_known() -> None:
    source = FakeSource()
    source.bad.add(33)
    with serving(source) as (server, watch):
        assert not server.expects(30, SIZE), "nobody asked for it"
        server.want(30)
        first, last = around(30)
        watch.until(lambda: set(range(first, last)) - {33} <= server.cached())
        assert server.expects(30, SIZE)
        assert server.expects(last - 1, SIZE)
        assert not server.expects(last, SIZE)
        assert not server.expects(30, (1, 1))
        assert not server.expects(33, SIZE)
        assert server.gave_up(33)
        assert not server.gave_up(30)
    assert not server.expects(30, SIZE)


def around(index: int) -> tuple[int, int]:
    first, last = window(Wish(index), 100, 10)
    return first, last + 1


def test_a_loop_looks_ahead_over_its_end() -> None:
    with serving(FakeSource()) as (server, watch):
        server.want(48, 1, (30, 50))
        watch.until(lambda: {48, 49, 50, 30, 31, 32} <= server.cached())
        assert not {51, 52} & server.cached(), "what is not played is not decoded"


def test_a_new_wish_overtakes_looking_ahead() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        server.want(0, 1)
        watch.until(lambda: len(watch.ready) == 10)
        source.gate.clear()
        source.reading.clear()
        server.want(5, 1)  # held already: the server looks ahead, and is held up
        assert source.reading.wait(PATIENCE)
        server.want(60)
        deadline = time.monotonic() + PATIENCE
        while source.reads[-1] != 60 and time.monotonic() < deadline:
            threading.Event().wait(0.005)
        assert source.reads[-1] == 60
        source.gate.set()
        watch.until(lambda: 60 in watch.ready)
        assert watch.ready[10] == 60


def test_only_the_latest_of_many_wishes_is_served_first() -> None:
    source = FakeSource()
    source.gate.clear()
    with serving(source) as (server, watch):
        server.want(0)
        assert source.reading.wait(PATIENCE)
        for index in range(1, 80):
            server.want(index)
        source.gate.set()
        watch.until(lambda: len(watch.ready) >= 2)
        assert watch.ready[:2] == [0, 79]


def test_no_call_blocks_while_a_picture_is_decoded() -> None:
    source = FakeSource()
    with serving(source) as (server, _):
        source.gate.clear()
        server.want(0)
        assert source.reading.wait(PATIENCE)
        finished = threading.Event()

        def call_them_all() -> None:
            for index in range(200):
                server.want(index % 100, 1)
                server.picture(index % 100)
                server.cached()
                server.set_view_size((16 + index % 2, 8))
                server.want_full(3, lambda *_: None)
            finished.set()

        # A call that waited for the picture would wait until the gate opens: for ever.
        caller = threading.Thread(target=call_them_all)
        caller.start()
        try:
            assert finished.wait(PATIENCE)
            assert not source.gate.is_set()
        finally:
            source.gate.set()
            caller.join()


def test_pictures_of_the_old_size_stay_until_replaced() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        server.want(3)
        watch.until(lambda: len(server.cached()) == 10)
        source.gate.clear()
        server.set_view_size((16, 8))
        assert server.cached() == set()
        old = server.picture(3)
        assert old is not None
        assert old.shape == (16, 32, 3)
        watch.ready.clear()
        source.gate.set()
        watch.until(lambda: 3 in watch.ready)
        new = server.picture(3)
        assert new is not None
        assert new.shape == (8, 16, 3)
        # Smaller pictures: more of them fit.
        watch.until(lambda: len(server.cached()) == 40)


def test_a_full_picture_is_handed_over_and_not_kept() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        server.set_view_size((16, 8))
        server.want(3)
        watch.until(lambda: 3 in watch.ready)
        got: list[tuple[int, tuple[int, ...]]] = []
        arrived = threading.Event()

        def take(index: int, picture: NDArray[np.uint8]) -> None:
            got.append((index, picture.shape))
            arrived.set()

        server.want_full(77, take)
        assert arrived.wait(PATIENCE)
        assert got == [(77, (16, 32, 3))]
        assert server.picture(77) is None


def test_a_full_picture_survives_an_interruption() -> None:
    source = FakeSource()
    source.gate.clear()
    with serving(source) as (server, _):
        arrived = threading.Event()
        server.want_full(5, lambda *_: arrived.set())
        assert source.reading.wait(PATIENCE)
        source.interrupt()
        source.gate.set()
        assert arrived.wait(PATIENCE)


def test_a_failure_is_told_once_and_the_server_goes_on() -> None:
    source = FakeSource()
    source.bad = {4, 5}
    with serving(source) as (server, watch):
        server.want(2, 1)
        watch.until(lambda: len(watch.ready) == 8)
        assert watch.errors == []  # it failed while looking ahead: nobody has asked
        server.want(4)
        watch.until(lambda: len(watch.errors) == 1)
        server.want(4)
        server.want(6)
        watch.until(lambda: server.picture(6) is not None)
        assert [error.what for error in watch.errors] == ["Frame 4 is damaged"]
        source.bad = set()
        server.invalidate([4])
        server.want(4)
        watch.until(lambda: server.picture(4) is not None)
        assert len(watch.errors) == 1


def test_a_source_that_cannot_be_opened_is_told_and_tried_again() -> None:
    source = FakeSource()
    watch = Watch()
    there = threading.Event()

    def open_source() -> FakeSource:
        if not there.is_set():
            raise VoidError("The disk is offline")
        return source

    server = FrameServer(open_source, 10 * BYTES, watch.on_ready, watch.on_error)
    try:
        server.want(0)
        watch.until(lambda: len(watch.errors) == 1)
        there.set()
        server.want(0)
        watch.until(lambda: 0 in watch.ready)
        assert len(watch.errors) == 1
    finally:
        server.close()


def test_an_unexpected_error_is_told_as_one_that_is_explained() -> None:
    watch = Watch()

    def broken() -> FakeSource:
        raise RuntimeError("boom")

    server = FrameServer(broken, on_error=watch.on_error)
    server.want(0)
    watch.until(lambda: len(watch.errors) == 1)
    server.close()
    assert "boom" in watch.errors[0].why


def test_changed_content_is_read_again() -> None:
    source = FakeSource()
    with serving(source) as (server, watch):
        server.want(3)
        watch.until(lambda: len(server.cached()) == 10)
        watch.ready.clear()
        source.content = 100
        server.invalidate([3])
        watch.until(lambda: watch.ready == [3])
        picture = server.picture(3)
        assert picture is not None
        assert (picture == 103).all()
        watch.ready.clear()
        server.invalidate()
        watch.until(lambda: len(watch.ready) == 10)
        assert watch.ready[0] == 3


def test_closing_interrupts_a_read_and_can_be_done_twice() -> None:
    source = FakeSource()
    source.gate.clear()
    server = FrameServer(lambda: source)
    server.want(0)
    assert source.reading.wait(PATIENCE)
    server.close()
    server.close()
    assert source.closed.is_set()
    FrameServer(lambda: source).close()  # nothing was ever wanted


def test_an_idle_source_rests(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(cache, "_IDLE_SECONDS", 0.01)
    source = FakeSource()
    with serving(source) as (server, watch):
        server.want(0)
        assert source.rested.wait(PATIENCE)
        server.want(60)
        watch.until(lambda: 60 in watch.ready)


def test_a_wish_outside_the_source_is_ignored() -> None:
    source = FakeSource(5)
    with serving(source) as (server, watch):
        server.want(7)
        server.want(-1)
        server.want(4)
        watch.until(lambda: len(server.cached()) == 5)
        assert not watch.errors


def test_a_real_plate_is_served(tmp_path: Path) -> None:
    path = make_clip(tmp_path / "clip.mp4", Recipe())
    watch = Watch()
    server = FrameServer(lambda: open_plate(path), 2**20, watch.on_ready, watch.on_error)
    try:
        server.set_view_size((48, 32))
        server.want(17, -1)
        watch.until(lambda: len(server.cached()) == 40)
        for index in range(40):
            picture = server.picture(index)
            assert picture is not None
            assert read_barcode(picture) == index
    finally:
        server.close()
