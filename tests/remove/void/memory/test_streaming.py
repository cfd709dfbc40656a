"""Blocks that are brought to the device one by one."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from void_studio.remove.void.memory.host_weights import ALIGNED, HostRun, Run
from void_studio.remove.void.memory.streaming import Place, StreamedBlock, Streamer, make_places

CPU = torch.device("cpu")
WIDTH = 3


class Recorder:
    """A streamer of linear layers, and which of them were fetched."""

    def __init__(self, count: int) -> None:
        self.layers = [nn.Linear(WIDTH, WIDTH).requires_grad_(False) for _ in range(count)]
        self.fetched: list[int] = []
        run = Run(self.layers[0].state_dict())
        shell = nn.Linear(WIDTH, WIDTH, device="meta")
        places = make_places(shell, run, count, torch.float32, CPU)
        self.streamer = Streamer(places, self.fetch, CPU)
        self.blocks = [StreamedBlock(self.streamer, index) for index in range(count)]

    def fetch(self, index: int, place: Place) -> None:
        self.fetched.append(index)
        for name, tensor in self.layers[index].state_dict().items():
            place.views[name].copy_(tensor)


@given(st.lists(st.integers(0, 4), max_size=30))
def test_blocks_compute_with_their_own_weights_in_any_order(order: list[int]) -> None:
    recorder = Recorder(5)
    value = torch.ones(1, WIDTH)
    for index in order:
        assert torch.equal(recorder.blocks[index](value), recorder.layers[index](value))


def test_only_blocks_that_are_asked_for_are_fetched_and_two_are_held() -> None:
    recorder = Recorder(5)
    value = torch.ones(1, WIDTH)
    for index in (0, 4, 0, 4, 1, 4):
        recorder.blocks[index](value)
    assert recorder.fetched == [0, 4, 1]
    assert {place.holds for place in recorder.streamer.places} == {1, 4}


def test_a_model_of_one_block_takes_one_place() -> None:
    recorder = Recorder(1)
    for _ in range(3):
        recorder.blocks[0](torch.ones(1, WIDTH))
    assert recorder.fetched == [0]
    assert len(recorder.streamer.places) == 1


def test_streamed_blocks_have_no_weights_of_their_own() -> None:
    assert not list(Recorder(2).blocks[0].parameters())


def test_a_fetch_that_fails_leaves_no_block_with_half_of_its_weights() -> None:
    recorder = Recorder(3)
    value = torch.ones(1, WIDTH)
    whole = recorder.fetch
    failed = []

    def fetch(index: int, place: Place) -> None:
        if not failed:
            failed.append(index)
            place.memory.zero_()
            raise MemoryError
        whole(index, place)

    recorder.streamer._fetch = fetch
    with pytest.raises(MemoryError):
        recorder.blocks[1](value)
    assert torch.equal(recorder.blocks[1](value), recorder.layers[1](value))


def test_what_is_closed_says_so() -> None:
    recorder = Recorder(2)
    recorder.streamer.close()
    with pytest.raises(RuntimeError, match="closed"):
        recorder.blocks[0](torch.ones(1, WIDTH))


@given(st.lists(st.lists(st.integers(1, 20), min_size=1, max_size=3), min_size=1, max_size=6))
def test_the_tensors_of_a_run_are_apart_and_aligned(shapes: list[list[int]]) -> None:
    tensors = {str(at): torch.empty(shape, device="meta") for at, shape in enumerate(shapes)}
    run = Run(tensors)
    memory = run.empty(torch.float32, "cpu").zero_()
    for number, view in enumerate(run.views(memory).values(), start=1):
        assert (view.storage_offset() % ALIGNED) == 0
        assert not view.any()
        view.fill_(number)
    assert [list(view.shape) for view in run.views(memory).values()] == shapes
    assert len(memory) < sum(view.numel() + ALIGNED for view in run.views(memory).values())


class FakeRuntime:
    """CUDA's functions for pinning, and what is pinned."""

    def __init__(self) -> None:
        self.pinned: list[int] = []

    def cudaHostRegister(self, pointer: int, size: int, flags: int) -> int:
        assert pointer % 4096 == 0
        assert size > 0
        self.pinned.append(pointer)
        return 0

    def cudaHostUnregister(self, pointer: int) -> None:
        self.pinned.remove(pointer)


def test_pinned_memory_is_unpinned_once_whether_it_is_closed_or_forgotten(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    runtime = FakeRuntime()
    monkeypatch.setattr(torch.cuda, "cudart", lambda: runtime)
    run = Run({"a": torch.empty(2, 2)})
    first, second = (HostRun(run, ["3"], Constants(), torch.float32, pin=True) for _ in range(2))
    assert sorted(runtime.pinned) == sorted([first.memory.data_ptr(), second.memory.data_ptr()])
    first.close()
    first.close()
    assert runtime.pinned == [second.memory.data_ptr()]
    del second
    assert not runtime.pinned


def test_no_room_in_main_memory_is_running_out_of_memory() -> None:
    run = Run({"a": torch.empty(2**60, device="meta")})
    with pytest.raises(MemoryError):
        HostRun(run, ["3"], Constants(), torch.float32, pin=False)


class Constants:
    def read(self, name: str) -> torch.Tensor:
        return torch.full((2, 2), float(name), dtype=torch.float64)


def test_a_run_in_main_memory_has_the_tensors_it_was_read_from() -> None:
    run = Run({"a": torch.empty(2, 2), "b": torch.empty(2, 2)})
    host = HostRun(run, ["5", "7"], Constants(), torch.bfloat16, pin=False)
    views = run.views(host.memory)
    assert views["a"].dtype == torch.bfloat16
    assert [views[name].unique().item() for name in "ab"] == [5, 7]
    host.close()
    host.close()
    assert host.memory.nbytes == 0
