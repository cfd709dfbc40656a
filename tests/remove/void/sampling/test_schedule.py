"""Timesteps and steps of both schedules."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from tests.remove.void.tiny import SCHEDULER
from void_studio.remove.void.sampling.schedule import Schedule

MAKERS = [Schedule.ddim, Schedule.cogvideox]
CONFIG: dict[str, Any] = {**SCHEDULER}


@pytest.mark.parametrize("make", MAKERS)
def test_thirty_steps_are_those_of_the_release(make: Any) -> None:
    timesteps = make(CONFIG, 30).timesteps
    assert len(timesteps) == 30
    assert timesteps[:4] == (999, 966, 932, 899)
    assert timesteps[-1] == 32


@pytest.mark.parametrize("make", MAKERS)
def test_a_step_is_the_formula_of_velocities(make: Any) -> None:
    """x0 = sqrt(a) x - sqrt(1 - a) v, noise = sqrt(a) v + sqrt(1 - a) x, next from both."""
    schedule = make(CONFIG, 30)
    generator = torch.Generator().manual_seed(3)
    sample, velocity = torch.randn((2, 1, 2, 16, 2, 2), generator=generator)
    for index, timestep in enumerate(schedule.timesteps):
        before = timestep - 1000 // 30
        here = schedule.alphas[timestep].double()
        there = schedule.alphas[before].double() if before >= 0 else torch.tensor(1.0).double()
        clean = here.sqrt() * sample - (1 - here).sqrt() * velocity
        noise = here.sqrt() * velocity + (1 - here).sqrt() * sample
        wanted = there.sqrt() * clean + (1 - there).sqrt() * noise
        found, estimate = schedule.step(velocity, index, sample)
        torch.testing.assert_close(estimate.double(), clean.double(), rtol=0, atol=1e-6)
        torch.testing.assert_close(found.double(), wanted.double(), rtol=0, atol=5e-6)


@pytest.mark.parametrize("make", MAKERS)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_step_is_float32_whatever_the_sample_is(make: Any, dtype: torch.dtype) -> None:
    sample = torch.ones(1, 2, 16, 2, 2, dtype=dtype)
    found, estimate = make(CONFIG, 4).step(torch.ones(1, 2, 16, 2, 2), 1, sample)
    assert found.dtype == estimate.dtype == torch.float32


@pytest.mark.parametrize("make", MAKERS)
def test_a_step_never_asks_a_device_for_a_value(make: Any) -> None:
    """On meta there is no value to be had, so that asking for one fails."""
    sample = torch.empty(1, 2, 16, 2, 2, device="meta")
    schedule = make(CONFIG, 8)
    for index in range(8):
        found, estimate = schedule.step(sample, index, sample)
        assert found.device.type == estimate.device.type == "meta"


@pytest.mark.parametrize("make", MAKERS)
def test_too_many_steps_are_refused(make: Any) -> None:
    with pytest.raises(ValueError, match="cannot be larger"):
        make(CONFIG, 1001)


def test_only_pass_two_knows_the_shift() -> None:
    shifted = {**CONFIG, "snr_shift_scale": 3.0}
    assert torch.equal(Schedule.ddim(shifted, 4).alphas, Schedule.ddim(CONFIG, 4).alphas)
    moved = Schedule.cogvideox(shifted, 4).alphas - Schedule.cogvideox(CONFIG, 4).alphas
    assert float(moved.abs().max()) > 0.2
