"""The noise that Pass 2 begins with, which follows the motion of the take it starts from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import cast

import numpy as np
import torch
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.quadmask.bits import Bytes
from void_studio.remove.conform import Plan, picture
from void_studio.remove.protocol import RemoveRequest
from void_studio.remove.void.kept import content_key, kept_tensor
from void_studio.remove.void.noise.file import load_warped_noise
from void_studio.remove.void.noise.flow import Flow, open_flow
from void_studio.remove.void.noise.released import released_noise
from void_studio.remove.void.noise.unit import warped_noise
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.sampling.passes import DOWNSCALE
from void_studio.remove.void.settings import Pass2Settings
from void_studio.remove.weights.find import find_raft

Tell = Callable[[int, int], None]

_PICTURES = "earlier"


def motion_noise(
    request: RemoveRequest,
    plan: Plan,
    settings: Pass2Settings,
    device: torch.device,
    store: Checkpoints,
    cache: Path,
    tell: Tell,
    cancel: CancelToken,
) -> tuple[Tensor, str]:
    """The noise, and the name of the method that found the motion.

    Args:
        request: Has an earlier take.
        device: Where motion is found and noise is moved.
        store: Holds the take's pictures meanwhile.
        cache: The same pictures, seen the same way, get the noise that is kept there.

    Returns:
        float32 (1, plan.latents, 16, h, w) on the CPU.

    Raises:
        VoidError: the take cannot be read, or there is none.
        Cancelled: the token was set.
    """
    frames = _pictures(request, plan, store, tell, cancel)
    flow = open_flow(find_raft(), device)
    make = _unit if settings.noise == "unit" else _as_released
    asked = 0

    def check() -> None:
        nonlocal asked
        cancel.check()
        asked += 1
        tell(min(plan.count + asked, 2 * plan.count), 2 * plan.count)

    key = content_key(frames, settings.noise, settings.seed, plan.latents, flow.name)
    seed = settings.seed
    noise = kept_tensor(cache, key, lambda: make(frames, plan, flow, seed, device, check))
    store.drop_array(_PICTURES)
    return noise, flow.name


def _unit(
    frames: Sequence[Bytes],
    plan: Plan,
    flow: Flow,
    seed: int,
    device: torch.device,
    check: Callable[[], None],
) -> Tensor:
    return warped_noise(frames, plan.count, plan.latents, flow, seed, device, check=check)


def _as_released(
    frames: Sequence[Bytes],
    plan: Plan,
    flow: Flow,
    seed: int,
    device: torch.device,
    check: Callable[[], None],
) -> Tensor:
    width, height = (side // DOWNSCALE for side in plan.size)
    kept = released_noise(frames, flow, seed, device, check=check)
    return load_warped_noise(kept, plan.latents, height, width)


def _pictures(
    request: RemoveRequest, plan: Plan, store: Checkpoints, tell: Tell, cancel: CancelToken
) -> Sequence[Bytes]:
    """What the model would see of the take, uint8 (count, height, width, 3), mapped."""
    if request.earlier is None:
        raise VoidError(
            "VOID Pass 2 has nothing to start from",
            "The job holds no take of VOID Pass 1",
            "Run VOID Pass 1 first, then make the job again",
        )
    held = store.array(_PICTURES)
    if held is None:
        width, height = plan.size
        held = store.new_array(_PICTURES, (plan.count, height, width, 3), np.uint8)
        for at in range(plan.count):
            cancel.check()
            seen = picture(plan, request.earlier(plan.frames[0] + at))
            held[at] = np.rint(seen * np.float32(255))
            tell(at + 1, 2 * plan.count)
        store.finish_array(_PICTURES, held)
    return cast(Sequence[Bytes], held)
