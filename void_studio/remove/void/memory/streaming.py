"""Runs blocks whose weights are not on the device: two places there, filled in turn.

The host never waits. It runs ahead of the device, so that the copy of a block is under way on a
stream of its own while the block before it computes; events keep a place from being filled before
it is free, and from being used before it is filled. On a device without streams the same order is
kept by doing one after the other.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import nn

from void_studio.remove.void.memory.costs import HELD_BLOCKS
from void_studio.remove.void.memory.host_weights import Run, assign

Fetch = Callable[[int, "Place"], None]
"""Begins to bring the weights of a block, by its number, into a place."""


class Place:
    """Memory for the weights of one block on the device, and the block that computes with it."""

    def __init__(
        self, block: nn.Module, run: Run, dtype: torch.dtype, device: torch.device
    ) -> None:
        """``block`` is on meta and is copied; ``run`` is how its tensors lie."""
        self.memory = run.empty(dtype, device)
        self.views = run.views(self.memory)
        self.block = copy.deepcopy(block)
        assign(self.block, self.views)
        self.holds: int | None = None
        cuda = device.type == "cuda"
        self.filled = _event() if cuda else None
        self.free = _event() if cuda else None
        self.release()

    def release(self) -> None:
        """Marks that the memory is free once the device has done all that it was given so far."""
        if self.free is not None:
            self.free.record(torch.cuda.current_stream(self.memory.device))


class Streamer:
    """The places, the one that was used longest ago first, and what brings weights into them."""

    def __init__(self, places: Sequence[Place], fetch: Fetch, device: torch.device) -> None:
        self.places = list(places)
        self._fetch: Fetch | None = fetch
        self._device = device
        self._copies = _stream(device) if device.type == "cuda" else None

    def run(self, index: int, *given: Any, **named: Any) -> Any:
        """What block ``index`` makes of the arguments.

        Raises:
            RuntimeError: it was closed.
        """
        if self._fetch is None:
            raise RuntimeError(f"block {index} is asked for after its transformer was closed")
        place = next((place for place in self.places if place.holds == index), None)
        if place is None:
            place = self.places[0]
            self._fill(place, index, self._fetch)
        self.places.remove(place)
        self.places.append(place)
        out = place.block(*given, **named)
        place.release()
        return out

    def close(self) -> None:
        """Lets go of all memory, after the device is done with it."""
        if self._copies is not None:
            torch.cuda.synchronize(self._device)
        self.places.clear()
        self._fetch = None

    def _fill(self, place: Place, index: int, fetch: Fetch) -> None:
        place.holds = None
        if self._copies is None or place.free is None or place.filled is None:
            fetch(index, place)
        else:
            self._copies.wait_event(place.free)
            with torch.cuda.stream(self._copies):
                fetch(index, place)
            place.filled.record(self._copies)
            torch.cuda.current_stream(self._device).wait_event(place.filled)
        place.holds = index


class StreamedBlock(nn.Module):
    """Stands in the model where a block was; it has no weights of its own."""

    def __init__(self, streamer: Streamer, index: int) -> None:
        super().__init__()
        self._streamer = streamer
        self._index = index

    def forward(self, *given: Any, **named: Any) -> Any:
        return self._streamer.run(self._index, *given, **named)


def make_places(
    block: nn.Module, run: Run, count: int, dtype: torch.dtype, device: torch.device
) -> list[Place]:
    """Places for a model of ``count`` blocks that are all made like ``block``."""
    return [Place(block, run, dtype, device) for _ in range(min(HELD_BLOCKS, count))]


def _event() -> torch.cuda.Event:
    return torch.cuda.Event()  # type: ignore[no-untyped-call]


def _stream(device: torch.device) -> torch.cuda.Stream:
    return torch.cuda.Stream(device)  # type: ignore[no-untyped-call]
