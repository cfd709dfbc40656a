"""Drafts: fewer steps, and middle blocks that are left out in some."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tests.remove.void import networks
from void_studio.remove.void.memory.modes import MODES, Mode
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.sampling.block_cache import BlockCache
from void_studio.remove.void.sampling.draft import computed_share, draft_steps, is_full, middle

STEPS = 6


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("draft")
    return networks.write_checkpoint(folder / "void.safetensors", networks.config())


def opened(checkpoint: Path, mode: Mode = "resident") -> Placed:
    placed = open_transformer(networks.config(), checkpoint, mode, "cpu", torch.float32)
    placed.to_device()
    return placed


def test_steps_are_those_that_are_promised() -> None:
    assert [draft_steps(steps) for steps in (30, 50, 1)] == [12, 20, 1]


def test_the_first_two_the_last_and_every_second_step_are_full() -> None:
    assert [at for at in range(12) if is_full(at, 12)] == [0, 1, 2, 4, 6, 8, 10, 11]
    assert all(is_full(at, steps) for steps in range(1, 4) for at in range(steps))


@given(st.integers(1, 60))
def test_the_ends_of_the_network_are_always_computed(layers: int) -> None:
    left_out = middle(layers)
    assert 0 not in left_out
    assert layers - 1 not in left_out
    assert bool(left_out) == (layers > 2)
    assert left_out.start == layers - left_out.stop or not left_out


def test_two_of_forty_two_blocks_are_kept_at_either_end() -> None:
    assert middle(42) == range(2, 40)
    assert computed_share(42, 12) == pytest.approx(1 - 38 * 4 / (42 * 12))
    assert computed_share(2, 12) == 1


def test_it_is_told_without_loading_torch() -> None:
    program = (
        "import sys, void_studio.remove.void.sampling.draft; assert 'torch' not in sys.modules"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr


class Counted(nn.Module):
    """A block that counts how often it computes."""

    def __init__(self, block: nn.Module) -> None:
        super().__init__()
        self.block = block
        self.times = 0

    def forward(self, **given: Any) -> Any:
        self.times += 1
        return self.block(**given)


def run_steps(
    placed: Placed, inputs: list[dict[str, Any]], begin: int = 0
) -> list[list[torch.Tensor]]:
    """What every step from ``begin`` on makes of two windows; inputs differ from step to step."""
    cache = BlockCache(STEPS)
    found = []
    with cache.attached(placed.module):
        for step in range(begin, STEPS):
            cache.begin_step(step)
            moved = [{**one, "hidden_states": one["hidden_states"] + step} for one in inputs]
            found.append([networks.output(placed.module, one) for one in moved])
    return found


WINDOWS = [networks.inputs(torch.float32, batch=2, seed=seed) for seed in (1, 2)]


def test_steps_that_are_not_full_compute_the_ends_only(checkpoint: Path) -> None:
    placed = opened(checkpoint)
    counted = [Counted(block) for block in placed.computing_blocks()]
    placed.module.transformer_blocks = nn.ModuleList(counted)
    run_steps(placed, WINDOWS)
    full = sum(is_full(step, STEPS) for step in range(STEPS))
    per_window = [STEPS, full, full, full, STEPS]
    assert full < STEPS
    assert [block.times for block in counted] == [2 * times for times in per_window]


@pytest.mark.parametrize("mode", MODES)
def test_full_steps_are_exact_and_the_others_are_near(checkpoint: Path, mode: Mode) -> None:
    placed = opened(checkpoint, mode)
    drafted = run_steps(placed, WINDOWS)
    for step, windows in enumerate(drafted):
        for at, found in enumerate(windows):
            moved = {**WINDOWS[at], "hidden_states": WINDOWS[at]["hidden_states"] + step}
            exact = networks.output(placed.module, moved)
            assert torch.equal(found, exact) == is_full(step, STEPS)
            assert (found - exact).norm() < exact.norm()
    placed.close()


def test_what_was_added_in_one_window_is_not_added_in_another(checkpoint: Path) -> None:
    placed = opened(checkpoint)
    together = run_steps(placed, WINDOWS)
    for at, window in enumerate(WINDOWS):
        alone = run_steps(placed, [window])
        assert all(torch.equal(alone[n][0], together[n][at]) for n in range(STEPS))
    placed.close()


@pytest.mark.parametrize("begin", [at for at in range(STEPS) if is_full(at, STEPS)])
def test_a_run_that_goes_on_at_a_full_step_is_the_run_that_was_never_interrupted(
    checkpoint: Path, begin: int
) -> None:
    placed = opened(checkpoint, "streamed")
    whole, rest = run_steps(placed, WINDOWS), run_steps(placed, WINDOWS, begin)
    for expected, found in zip(whole[begin:], rest, strict=True):
        assert all(map(torch.equal, expected, found))
    placed.close()


def test_a_run_cannot_begin_at_a_step_that_is_not_full(checkpoint: Path) -> None:
    placed = opened(checkpoint)
    with pytest.raises(ValueError, match="not full"):
        run_steps(placed, WINDOWS, 3)
    placed.close()


def test_steps_that_are_not_full_fetch_no_middle_blocks(checkpoint: Path) -> None:
    placed = opened(checkpoint, "streamed")
    cache = BlockCache(STEPS)
    with cache.attached(placed.module):
        cache.begin_step(2)
        networks.output(placed.module, WINDOWS[0])
        cache.begin_step(3)
        networks.output(placed.module, WINDOWS[0])
        assert {place.holds for place in placed._streamer.places} == {0, 4}
    placed.close()


def test_the_network_is_as_before_afterwards(checkpoint: Path) -> None:
    placed = opened(checkpoint)
    blocks = placed.module.transformer_blocks
    names = list(placed.module.state_dict())
    with pytest.raises(KeyError), BlockCache(STEPS).attached(placed.module):
        raise KeyError
    assert placed.module.transformer_blocks is blocks
    assert list(placed.module.state_dict()) == names
    placed.close()
