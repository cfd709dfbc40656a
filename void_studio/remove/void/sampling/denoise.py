"""The loop from noise to latents: guidance, windows over long clips, and going on at any step.

As VOID's released pipeline (commit 66e9c0e) does it. Nothing in here waits for the device: a caller
who looks at a step's latents does.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import torch
from torch import Tensor

from void_studio.remove.void.lengths import windows_of
from void_studio.remove.void.sampling.schedule import Schedule
from void_studio.remove.void.sampling.windows import blend_weights

RELEASED_WINDOW_LATENTS = 22
"""85 frames."""

RELEASED_OVERLAP = 4
"""The pipeline's ``temporal_multidiffusion_stride`` of 16 frames, in latents."""

Predict = Callable[[Tensor, Tensor, Tensor, Tensor], Tensor]
"""(latents (B,F,16,h,w), conditions (B,F,32,h,w), text (B,L,D), timestep int64 (B,)) to the
velocity (B,F,16,h,w)."""

Text = tuple[Tensor, Tensor | None]
"""What shall be seen and what shall not, each (1,L,D); the second is needed with guidance only."""


@dataclass(frozen=True)
class Step:
    """One finished step.

    Attributes:
        index: Which of the schedule's timesteps.
        timestep: Its value.
        latents: (1,F,16,h,w), what the next step begins with.
        estimate: float32 (1,F,16,h,w), the clean latents that this step aims at.
    """

    index: int
    timestep: int
    latents: Tensor
    estimate: Tensor


@torch.no_grad()
def denoise(
    predict: Predict,
    latents: Tensor,
    conditions: Tensor,
    text: Text,
    schedule: Schedule,
    window: int = RELEASED_WINDOW_LATENTS,
    overlap: int = RELEASED_OVERLAP,
    guidance: float = 1.0,
    start: int = 0,
) -> Iterator[Step]:
    """Runs the schedule from step ``start`` on, and yields after every step.

    A run that goes on at step k with the latents of step k - 1 is bit for bit the run that was
    never interrupted.

    Args:
        predict: The network.
        latents: (1,F,16,h,w) the noise to begin with, or the latents that step ``start`` - 1 left.
            Their dtype is kept throughout.
        conditions: (1,F,32,h,w), the mask's latents, then the picture's.
        text: Prompt, and negative prompt.
        schedule: Which steps.
        window, overlap: In latents. A clip that fits into one window is run whole.
        guidance: Above 1 the network also runs with the negative prompt, and the difference to it
            is multiplied.

    Raises:
        ValueError: guidance without a negative prompt, windows that overlap wholly, or conditions
            of another length than the latents.
    """
    if conditions.shape[1] != latents.shape[1]:
        raise ValueError(
            f"{latents.shape[1]} latents do not fit {conditions.shape[1]} of the conditions"
        )
    windows = windows_of(latents.shape[1], window, overlap)
    weights = blend_weights(windows, overlap, latents.dtype, latents.device)
    words, guide = _guidance(text, guidance)
    for index in range(start, len(schedule.timesteps)):
        timestep = schedule.timesteps[index]
        times = torch.full((len(words),), timestep, device=latents.device)
        pieces = []
        for begin, end in windows:
            part = latents[:, begin:end]
            seen = part.expand(len(words), -1, -1, -1, -1)
            given = conditions[:, begin:end].expand(len(words), -1, -1, -1, -1)
            velocity = guide(predict(seen, given, words, times).float())
            after, estimate = schedule.step(velocity, index, part)
            pieces.append((after.to(latents.dtype), estimate))
        latents = _blended([after for after, _ in pieces], windows, weights).to(latents.dtype)
        estimate = _blended([estimate for _, estimate in pieces], windows, weights)
        yield Step(index, timestep, latents, estimate)


def _guidance(text: Text, guidance: float) -> tuple[Tensor, Callable[[Tensor], Tensor]]:
    """The text rows to run with, and what makes one velocity of the rows' velocities."""
    wanted, unwanted = text
    if guidance <= 1:
        return wanted, lambda velocity: velocity
    if unwanted is None:
        raise ValueError("guidance above 1 needs a negative prompt")

    def guided(velocity: Tensor) -> Tensor:
        without, with_it = velocity.chunk(2)
        return without + guidance * (with_it - without)

    return torch.cat([unwanted, wanted]), guided


def _blended(parts: list[Tensor], windows: list[tuple[int, int]], weights: list[Tensor]) -> Tensor:
    """The weighted mean of what the windows say; a single window's is handed on untouched."""
    if len(parts) == 1:
        return parts[0]
    batch, _, *rest = parts[0].shape
    shape = (batch, windows[-1][1], *rest)
    total = torch.zeros(shape, dtype=torch.float32, device=parts[0].device)
    weight_sum = torch.zeros(shape[1], dtype=torch.float32, device=total.device)
    for part, (begin, end), weight in zip(parts, windows, weights, strict=True):
        total[:, begin:end] += part * weight[:, None, None, None]
        weight_sum[begin:end] += weight
    return total / weight_sum[:, None, None, None]
