"""The loop around a formula instead of a network."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from hypothesis import given
from hypothesis import settings as examples
from hypothesis import strategies as st
from torch import Tensor

from tests.remove.void.tiny import SCHEDULER
from void_studio.remove.void.sampling.denoise import Step, denoise
from void_studio.remove.void.sampling.schedule import Schedule

STEPS = 5
WORDS = torch.linspace(-1, 1, 8).reshape(1, 2, 4)
OTHER_WORDS = WORDS.flip(1) * 0.5 + 0.25


def formula(latents: Tensor, conditions: Tensor, text: Tensor, timestep: Tensor) -> Tensor:
    """Something that depends on all it is given, and on neighbours in time."""
    mask, video = conditions.chunk(2, dim=2)
    shifted = latents.roll(1, dims=1)
    said = (text.mean((1, 2)) + timestep / 4000)[:, None, None, None, None]
    return (0.5 * latents + 0.1 * shifted - 0.25 * mask + 0.125 * video + said).to(latents.dtype)


def clip(frames: int, dtype: torch.dtype = torch.float32) -> tuple[Tensor, Tensor]:
    generator = torch.Generator().manual_seed(frames)
    latents = torch.randn((1, frames, 16, 2, 2), generator=generator)
    conditions = torch.randn((1, frames, 32, 2, 2), generator=generator)
    return latents.to(dtype), conditions.to(dtype)


def run(latents: Tensor, conditions: Tensor, **how: Any) -> list[Step]:
    schedule = how.pop("schedule", None) or Schedule.ddim(SCHEDULER, STEPS)
    return list(denoise(formula, latents, conditions, (WORDS, OTHER_WORDS), schedule, **how))


@examples(max_examples=20)
@given(st.integers(1, STEPS - 1), st.sampled_from([1.0, 6.0]), st.sampled_from([8, 22]))
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_going_on_is_as_if_never_interrupted(
    dtype: torch.dtype, start: int, guidance: float, window: int
) -> None:
    latents, conditions = clip(18, dtype)
    whole = run(latents, conditions, guidance=guidance, window=window)
    left = whole[start - 1].latents
    rest = run(left, conditions, guidance=guidance, window=window, start=start)
    assert [step.index for step in rest] == list(range(start, STEPS))
    for before, after in zip(whole[start:], rest, strict=True):
        assert before.timestep == after.timestep
        assert torch.equal(before.latents, after.latents)
        assert torch.equal(before.estimate, after.estimate)


@given(st.integers(22, 60))
def test_a_window_longer_than_the_clip_changes_nothing(window: int) -> None:
    latents, conditions = clip(22)
    for fitted, wide in zip(
        run(latents, conditions), run(latents, conditions, window=window), strict=True
    ):
        assert torch.equal(fitted.latents, wide.latents)


def test_one_window_is_the_plain_loop() -> None:
    latents, conditions = clip(6)
    schedule = Schedule.ddim(SCHEDULER, STEPS)
    wanted = latents
    for index, timestep in enumerate(schedule.timesteps):
        velocity = formula(wanted, conditions, WORDS, torch.tensor([timestep]))
        wanted, _ = schedule.step(velocity, index, wanted)
    assert torch.equal(run(latents, conditions)[-1].latents, wanted)


def test_guidance_goes_away_from_the_negative_prompt() -> None:
    latents, conditions = clip(6)
    schedule = Schedule.ddim(SCHEDULER, 1)
    time = torch.tensor(schedule.timesteps)
    without, with_it = (formula(latents, conditions, text, time) for text in (OTHER_WORDS, WORDS))
    wanted, _ = schedule.step(without + 6.0 * (with_it - without), 0, latents)
    (found,) = run(latents, conditions, schedule=schedule, guidance=6.0)
    torch.testing.assert_close(found.latents, wanted)


def test_the_network_gets_both_prompts_the_unwanted_first() -> None:
    calls: list[tuple[Any, ...]] = []

    def listening(latents: Tensor, conditions: Tensor, text: Tensor, timestep: Tensor) -> Tensor:
        calls.append((latents.shape, conditions.shape, text, timestep))
        return latents

    latents, conditions = clip(6)
    text = (WORDS, OTHER_WORDS)
    list(denoise(listening, latents, conditions, text, Schedule.ddim(SCHEDULER, 1), guidance=2.0))
    ((seen, given_, words, timestep),) = calls
    assert seen == (2, 6, 16, 2, 2)
    assert given_ == (2, 6, 32, 2, 2)
    assert torch.equal(words, torch.cat([OTHER_WORDS, WORDS]))
    assert timestep.tolist() == [999, 999]
    assert timestep.dtype == torch.int64


def test_windows_that_agree_blend_into_the_same() -> None:
    """A formula that looks at no neighbours gives the same with windows and without."""
    latents, conditions = clip(30)

    def alone(latents: Tensor, conditions: Tensor, _text: Tensor, _time: Tensor) -> Tensor:
        return 0.5 * latents - 0.25 * conditions[:, :, :16]

    schedule = Schedule.cogvideox(SCHEDULER, STEPS)
    text = (WORDS, None)
    whole = list(denoise(alone, latents, conditions, text, schedule, window=30))
    parts = list(denoise(alone, latents, conditions, text, schedule, window=12))
    torch.testing.assert_close(whole[-1].latents, parts[-1].latents)
    torch.testing.assert_close(whole[2].estimate, parts[2].estimate)


def test_nothing_asks_a_device_for_a_value() -> None:
    """On meta there is no value to be had, so that asking for one fails."""
    latents, conditions = (tensor.to("meta") for tensor in clip(30))
    text = (WORDS.to("meta"), OTHER_WORDS.to("meta"))
    schedule = Schedule.ddim(SCHEDULER, STEPS)
    steps = list(denoise(formula, latents, conditions, text, schedule, guidance=3.0))
    assert [step.latents.shape for step in steps] == [latents.shape] * STEPS


def test_a_step_is_yielded_before_the_next_is_begun() -> None:
    calls = 0

    def counting(latents: Tensor, *_: Tensor) -> Tensor:
        nonlocal calls
        calls += 1
        return latents

    schedule = Schedule.ddim(SCHEDULER, STEPS)
    for done, _ in enumerate(denoise(counting, *clip(6), (WORDS, None), schedule)):
        assert calls == done + 1


def test_guidance_without_a_negative_prompt_is_refused() -> None:
    steps = denoise(formula, *clip(6), (WORDS, None), Schedule.ddim(SCHEDULER, STEPS), guidance=2.0)
    with pytest.raises(ValueError, match="negative prompt"):
        next(steps)


def test_noise_of_another_length_than_the_clip_is_refused() -> None:
    with pytest.raises(ValueError, match="do not fit"):
        run(clip(6)[0], clip(10)[1])
