"""The memory mode of a run: chosen, kept for the run that goes on, left when memory runs out."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
import torch

from tests.remove.void.runs import Told
from void_studio.errors import VoidError
from void_studio.remove.void.forecast import Forecast
from void_studio.remove.void.memory.fall import MemoryModes, first_that_fits, machine_of
from void_studio.remove.void.memory.modes import Estimate, Mode
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.run.engine import Engine, Place
from void_studio.remove.void.settings import Pass1Settings

ENGINE = Engine(Place(torch.device("cpu"), torch.float32))


def forecast(*fitting: Mode) -> Forecast:
    modes: tuple[Mode, ...] = ("resident", "streamed", "int8")
    return Forecast(30, tuple(Estimate(mode, 0, 1, None) for mode in modes), fitting)


@pytest.fixture
def modes(tmp_path: Path) -> Callable[..., MemoryModes]:
    def make(*fitting: Mode, told: Told | None = None, **settings: object) -> MemoryModes:
        store = Checkpoints(tmp_path, {"run": 1})
        chosen = Pass1Settings.model_validate(settings)
        return MemoryModes(chosen, forecast(*fitting), ENGINE, store, told or Told())

    return make


def full(wanted: str) -> Callable[[Mode], str]:
    """Work that has memory enough in one mode only."""

    def work(mode: Mode) -> str:
        if mode != wanted:
            raise torch.OutOfMemoryError("CUDA out of memory")
        return mode

    return work


def test_a_run_that_goes_on_stays_in_its_mode(modes: Callable[..., MemoryModes]) -> None:
    told = Told()
    first = modes("resident", "streamed", told=told)
    assert first.mode == "resident"
    assert first.run(full("streamed")) == "streamed"
    assert len(told.warnings) == 1
    # There is more memory by now.
    again = Told()
    second = modes("resident", "streamed", told=again)
    assert second.mode == "streamed"
    assert second.falls == first.falls
    assert again.facts == told.facts


def test_a_chosen_mode_counts_more_than_what_fits(modes: Callable[..., MemoryModes]) -> None:
    assert modes("resident", memory="int8").mode == "int8"


def test_where_nothing_fits_the_least_is_tried_and_it_is_said(
    modes: Callable[..., MemoryModes],
) -> None:
    told = Told()
    assert modes(told=told).mode == "streamed"
    assert "too little memory" in told.warnings[0]
    with pytest.raises(VoidError, match="not enough memory"):
        modes().run(full("never"))


def test_other_errors_are_not_taken_for_a_lack_of_memory(
    modes: Callable[..., MemoryModes],
) -> None:
    def work(_: Mode) -> None:
        raise RuntimeError("shapes do not match")

    with pytest.raises(RuntimeError, match="shapes"):
        modes("resident").run(work)


def test_a_lack_behind_another_error_is_seen(modes: Callable[..., MemoryModes]) -> None:
    def work(mode: Mode) -> str:
        try:
            return full("streamed")(mode)
        except RuntimeError as error:
            raise VoidError("Could not load", str(error)) from error

    assert modes("resident").run(work) == "streamed"


def test_attempts_end_with_the_last() -> None:
    tried: list[int] = []

    def attempt(number: int) -> Callable[[], int]:
        def act() -> int:
            tried.append(number)
            if number < 3:
                raise MemoryError
            return number

        return act

    assert first_that_fits([attempt(1), attempt(2), attempt(3), attempt(4)]) == 3
    with pytest.raises(MemoryError):
        first_that_fits([attempt(1), attempt(2)])
    assert tried == [1, 2, 3, 1, 2]


def test_the_machine_is_that_of_the_engine() -> None:
    machine = machine_of(ENGINE)
    assert machine.device == "cpu"
    assert 0 < machine.ram_bytes == machine.free_bytes <= machine.total_bytes
