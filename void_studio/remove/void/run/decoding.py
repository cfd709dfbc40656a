"""From latents to the model's pictures, which are kept on the disk until they are restored."""

from __future__ import annotations

import numpy as np
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.conform import Plan
from void_studio.remove.void.network.vae import Vae
from void_studio.remove.void.run.arriving import Arriving
from void_studio.remove.void.run.checkpoint import Checkpoints, Numbers
from void_studio.remove.void.run.stages import Tell
from void_studio.remove.void.sees import Floats

NAME = "decoded"
_MADE, _FINITE = "made", "finite"

DEEP = np.float32(65535)
"""Full scale of kept pictures: finer than bfloat16 is anywhere but near black."""


def decoded(
    vae: Vae, latents: Tensor, plan: Plan, store: Checkpoints, tell: Tell, cancel: CancelToken
) -> Numbers:
    """The pictures of all frames of a plan, uint16 (count, h, w, 3), mapped.

    What belongs to the padding is not decoded further than its chunk.

    Args:
        latents: (1,F,16,h,w), scaled.

    Raises:
        VoidError: the VAE made something that is no picture.
    """
    width, height = plan.size
    pictures = store.new_array(NAME, (plan.count, height, width, 3), np.uint16)
    unscaled = latents.to(vae.device, vae.dtype).permute(0, 2, 1, 3, 4) * (1 / vae.scaling)
    at = 0

    def keep(arriving: Arriving) -> None:
        nonlocal at
        taken = arriving.taken()
        if not taken[_FINITE]:
            raise VoidError(
                f"The removal broke down when frame {plan.frames[0] + at} was decoded",
                "What the VAE made of its latents is infinite or no numbers",
                "Check its weights with: void-studio weights verify --checksums",
            )
        made = taken[_MADE].numpy()
        pictures[at : at + len(made)] = made
        at += len(made)
        tell(at, plan.count)

    decoding = 0
    before: Arriving | None = None
    for chunk in vae.decode(unscaled):
        cancel.check()
        # A GPU is at this chunk while the one before it is kept.
        made = {_MADE: _deep(chunk)[: plan.count - decoding], _FINITE: chunk.isfinite().all()}
        arriving = Arriving(made)
        decoding += chunk.shape[2]
        if before is not None:
            keep(before)
        before = arriving
        if decoding >= plan.count:
            break
    if before is not None:
        keep(before)
    store.finish_array(NAME, pictures)
    return pictures


def _deep(chunk: Tensor) -> Tensor:
    """Pictures (1,3,t,H,W), -1 to 1, as int32 (t,H,W,3), 0 to ``DEEP``."""
    shown = (chunk[0] / 2 + 0.5).clamp(0, 1).float().permute(1, 2, 3, 0)
    return (shown * DEEP.item()).round().int()


def shown(pictures: Numbers, place: int) -> Floats:
    """One of ``decoded`` as float32 (h, w, 3), 0 to 1."""
    return np.asarray(pictures[place], np.float32) / DEEP
