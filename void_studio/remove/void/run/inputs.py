"""What a pass begins with: the description, the noise, and what the network sees beside it."""

from __future__ import annotations

import numpy as np
import torch
from torch import Tensor

from void_studio.remove.void.forecast import guidance_of
from void_studio.remove.void.kept import content_key, kept_tensor
from void_studio.remove.void.memory.fall import first_that_fits
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.network.text import prompt_embeddings
from void_studio.remove.void.noise.motion import motion_noise
from void_studio.remove.void.run import facts
from void_studio.remove.void.run.checkpoint import Saved
from void_studio.remove.void.run.clip import Clip
from void_studio.remove.void.run.preview import LatentColours
from void_studio.remove.void.run.work import Work
from void_studio.remove.void.sampling.denoise import Text
from void_studio.remove.void.sampling.passes import LATENT_CHANNELS, Conditions, initial_latents
from void_studio.remove.void.settings import Pass2Settings

NEGATIVE = ""
"""What shall not be seen, where there is guidance: nothing in particular, as released."""


CONDITIONS = "conditions"
"""The checkpoint of ``conditions_of``."""

_NOISE = "noise"


def text_of(work: Work) -> Text:
    """The embeddings of the description, and with guidance of what shall not be seen, each (1,L,D)
    on the device."""
    place = work.engine.place
    prompt = work.settings.prompt
    guided = guidance_of(work.settings) > 1
    wanted = [prompt, NEGATIVE] if guided else [prompt]

    def embed(device: torch.device = place.device) -> dict[str, Tensor]:
        return prompt_embeddings(
            wanted, work.weights, device, place.dtype, work.cache, work.reporter.warning
        )

    def embed_alone() -> dict[str, Tensor]:
        work.engine.let_go()
        return embed()

    def embed_on_cpu() -> dict[str, Tensor]:
        return embed(torch.device("cpu"))

    with work.stages.stage("Reading the description"):
        # The encoder is as large as the transformer, and needed once: it may have its room.
        found = first_that_fits([embed, embed_alone, embed_on_cpu])
    negative = found[NEGATIVE].to(place.device) if guided else None
    return found[prompt].to(place.device), negative


def noise_of(work: Work) -> Tensor:
    """(1,F,16,h,w) on the CPU, the same in every run."""
    if isinstance(work.settings, Pass2Settings):
        return _motion_noise(work, work.settings).tensors[_NOISE]
    generator = torch.Generator().manual_seed(work.settings.seed)
    width, height = work.plan.size
    dtype = work.engine.place.dtype
    return initial_latents(work.plan.latents, height, width, generator, dtype, "cpu")


def _motion_noise(work: Work, settings: Pass2Settings) -> Saved:
    kept = work.store.load(_NOISE)
    if kept is not None:
        return kept
    device = work.engine.place.device

    def follow(_: Mode) -> tuple[Tensor, str]:
        cache = work.cache / _NOISE
        return motion_noise(
            work.request, work.plan, settings, device, work.store, cache, tell, work.cancel
        )

    with work.stages.stage("Following the motion") as tell:
        noise, flow = work.modes.run(follow)
    made = Saved({_NOISE: noise}, {"noise": settings.noise, "flow": flow})
    work.store.save(_NOISE, made.tensors, made.facts)
    return made


def record_noise(work: Work) -> None:
    """Records how the noise of Pass 2 was made, in this run or in one that it continues."""
    kept = work.store.load(_NOISE)
    if kept is not None:
        work.reporter.record(kept.facts)


def conditions_of(work: Work) -> tuple[Conditions, LatentColours]:
    """The latents of mask and picture, and how latents of this clip are shown."""
    kept = work.store.load(CONDITIONS)
    if kept is None:
        conditions, colours = _encoded(work)
        tensors = {
            "mask": conditions.mask_latents,
            "video": conditions.video_latents,
            "matrix": colours.matrix,
            "bias": colours.bias,
        }
        work.store.save(CONDITIONS, tensors)
        Clip.drop(work.store)
        return conditions, colours
    found = kept.tensors
    colours = LatentColours(found["matrix"], found["bias"])
    return Conditions(found["mask"], found["video"]), colours


def _encoded(work: Work) -> tuple[Conditions, LatentColours]:
    settings = work.settings
    with work.stages.stage("Reading the plate") as tell_read:
        clip = Clip.read(
            work.plan, work.request, settings.mask_edges, work.store, tell_read, work.cancel
        )
    three_levels = facts.has_three_levels(work.which, settings)
    seed = settings.seed if work.image_noise else None

    def encode(_: Mode) -> Conditions:
        vae = work.engine.vae(work.weights)
        return clip.encoded(vae, three_levels, seed, tell, work.cancel)

    # What was encoded once for this clip serves its next removal, with other settings, too.
    place = work.engine.place
    decides = (work.weights.identity, place, three_levels, seed, facts.versions())
    key = content_key([clip.pictures.view(np.uint8), clip.levels], work.plan.sources, *decides)
    with work.stages.stage("Encoding") as tell:
        joined = kept_tensor(work.cache / CONDITIONS, key, lambda: work.modes.run(encode).joined())
        conditions = Conditions(joined[:, :, :LATENT_CHANNELS], joined[:, :, LATENT_CHANNELS:])
        colours = LatentColours.fitted(conditions.video_latents, clip.small_pictures())
    return conditions, colours
