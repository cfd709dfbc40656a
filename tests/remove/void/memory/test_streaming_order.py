"""Copies and computing on two streams of a device that works them off in any order it may."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from void_studio.remove.void.memory import streaming
from void_studio.remove.void.memory.host_weights import Run
from void_studio.remove.void.memory.streaming import Place, Streamer

CUDA = torch.device("cuda")


class Event:
    """A CUDA event: waiting is for the last record before it, as the host calls them."""

    def __init__(self) -> None:
        self.recorded: list[bool] | None = None

    def record(self, stream: Stream) -> None:
        done = [False]
        self.recorded = done
        stream.add(lambda: done.__setitem__(0, True))


class Stream:
    """Work in order, and what it waits for."""

    def __init__(self) -> None:
        self.work: list[tuple[list[bool] | None, Callable[[], None]]] = []

    def add(self, work: Callable[[], None]) -> None:
        self.work.append((None, work))

    def wait_event(self, event: Event) -> None:
        if event.recorded is not None:
            self.work.append((event.recorded, lambda: None))

    def ready(self) -> bool:
        return bool(self.work) and (self.work[0][0] is None or self.work[0][0][0])

    def step(self) -> None:
        self.work.pop(0)[1]()


class Device:
    """Two streams, what is in the places, and what the blocks saw there."""

    def __init__(self) -> None:
        self.compute, self.copies = Stream(), Stream()
        self.current = self.compute
        self.contents: dict[Place, int | None] = {}
        self.seen: list[tuple[int | None, int | None]] = []

    @contextmanager
    def on(self, stream: Stream) -> Iterator[None]:
        before, self.current = self.current, stream
        yield
        self.current = before

    def fetch(self, index: int, place: Place) -> None:
        self.current.add(lambda: self.contents.__setitem__(place, None))
        self.current.add(lambda: self.contents.__setitem__(place, index))

    def use(self, place: Place) -> None:
        begun: list[int | None] = []
        self.current.add(lambda: begun.append(self.contents.get(place)))
        self.current.add(lambda: self.seen.append((begun[0], self.contents.get(place))))

    def work_off(self, choices: Iterator[bool]) -> None:
        while ready := [s for s in (self.compute, self.copies) if s.ready()]:
            ready[next(choices) and len(ready) - 1].step()


class Block(nn.Module):
    """Tells the device that it computes; its weights are nothing."""

    def __init__(self, device: Device, place: Place) -> None:
        super().__init__()
        self.use = lambda: device.use(place)

    def forward(self) -> None:
        self.use()


def place_on(device: Device) -> Place:
    place = Place.__new__(Place)
    place.memory = Run({}).empty(torch.float32, "cpu")
    place.holds = None
    place.filled, place.free = Event(), Event()  # type: ignore[assignment]
    place.block = Block(device, place)
    return place


def run_blocks(device: Device, order: Iterable[int]) -> None:
    """Has the host ask for all blocks before the device has done anything."""
    with pytest.MonkeyPatch.context() as patched:
        patched.setattr(streaming, "_stream", lambda _: device.copies)
        patched.setattr(torch.cuda, "current_stream", lambda _: device.compute)
        patched.setattr(torch.cuda, "stream", device.on)
        streamer = Streamer([place_on(device), place_on(device)], device.fetch, CUDA)
        for index in order:
            streamer.run(index)


@given(
    order=st.lists(st.integers(0, 4), min_size=1, max_size=15),
    choices=st.lists(st.booleans(), min_size=200, max_size=200),
)
def test_a_block_s_weights_are_there_from_its_beginning_to_its_end(
    order: list[int], choices: list[bool]
) -> None:
    device = Device()
    run_blocks(device, order)
    device.work_off(iter(choices))
    assert not device.compute.work
    assert not device.copies.work
    assert device.seen == [(index, index) for index in order]


def test_the_next_block_is_copied_while_this_one_computes() -> None:
    device = Device()
    run_blocks(device, range(4))
    while device.copies.ready():
        device.copies.step()
    # Nothing has been computed, and the first two blocks are there.
    assert not device.seen
    assert sorted(at for at in device.contents.values() if at is not None) == [0, 1]
