"""A whole pass over the clip of a case, every intermediate kept."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

import torch
from torch import Tensor

from void_studio.remove.void.golden.folder import Case, Folder
from void_studio.remove.void.golden.models import predictor_of, schedule_of, vae_of
from void_studio.remove.void.golden.preprocess import Loading, load
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.vae import Vae
from void_studio.remove.void.noise.file import load_warped_noise
from void_studio.remove.void.sampling.denoise import RELEASED_OVERLAP, denoise
from void_studio.remove.void.sampling.passes import (
    DOWNSCALE,
    chunks_of,
    encode_conditions,
    image_noise,
    initial_latents,
    seen_mask,
)
from void_studio.remove.void.sampling.windows import window_latents

FRAMES_PER_LATENT = 4


def overlap_of(params: Mapping[str, Any]) -> int:
    """Latents that windows share; the pipeline counts them in frames and calls it a stride."""
    if "temporal_multidiffusion_stride" not in params:
        return RELEASED_OVERLAP
    return int(params["temporal_multidiffusion_stride"]) // FRAMES_PER_LATENT


@lru_cache(maxsize=2)
@torch.no_grad()
def whole_pass(folder: Folder, name: str) -> Mapping[str, Tensor]:
    """Runs the pass of that case; returns all it made, by the names that records have.

    Raises:
        ValueError: its parameters ask for what no pass does.
        KeyError: it lacks a parameter or an input.
    """
    case = folder.case(name)
    params = case.params
    if not params["use_vae_mask"]:
        raise ValueError("the mask is only ever given as latents")
    video, mask = _inputs(folder, name)
    vae, predictor = vae_of(folder), predictor_of(folder)
    seen = torch.cat(list(seen_mask([mask], params["use_trimask"])))
    values = {"mask_for_vae": seen[:, :1]}
    noise = _image_noise(params, video, values)
    clip, masks = chunks_of(video), chunks_of(mask)
    given = encode_conditions(vae, clip, masks, video.shape[2], params["use_trimask"], noise)
    values["mask_latents"] = given.mask_latents.permute(0, 2, 1, 3, 4)
    values["masked_video_latents"] = given.video_latents.permute(0, 2, 1, 3, 4)
    latents = values["init_latents"] = _first_latents(case, given.mask_latents.shape[1], values)
    words = folder.case("pipeline/prompt_embeds")
    text = words.array("prompt_embeds"), words.array("negative_prompt_embeds")
    schedule = schedule_of(folder, params["scheduler"], params["num_inference_steps"])
    values["timesteps"] = torch.tensor(schedule.timesteps)
    recorder = _Recorder(predictor, values, _calls_recorded(case))
    window = window_latents(params["num_frames"])
    steps = denoise(
        recorder,
        latents,
        given.joined(),
        text,
        schedule,
        window,
        overlap_of(params),
        params["guidance_scale"],
    )
    for step in steps:
        latents = values[f"latents_after_step{step.index:02d}"] = step.latents
    values["output_video"] = decoded(vae, latents)
    return values


def decoded(vae: Vae, latents: Tensor) -> Tensor:
    """Latents (1,F,16,h,w) of the loop as pictures float32 (1,3,T,H,W), 0 to 1."""
    unscaled = latents.permute(0, 2, 1, 3, 4) * (1 / vae.scaling)
    pictures = torch.cat(list(vae.decode(unscaled)), dim=2)
    return (pictures / 2 + 0.5).clamp(0, 1).float()


def _inputs(folder: Folder, name: str) -> tuple[Tensor, Tensor]:
    """The clip and the mask of the inputs whose name this one's begins with."""
    stem = name
    while f"{stem}_inputs" not in folder.entries:
        stem, cut, _ = stem.rpartition("_")
        if not cut:
            raise KeyError(f"{name} has no inputs")
    case = folder.case(f"{stem}_inputs")
    params = case.params
    limits = params["temporal_window_size"], params["max_video_length"]
    loading = Loading(tuple(params["sample_size"]), *limits, use_quadmask=True)
    raw_video, raw_mask = (case.array(part).numpy() for part in ("raw_video", "raw_mask"))
    video, mask = load(raw_video, {"quadmask_0.mp4": raw_mask}, loading)
    return case.arrays.get("video", video), mask


def _image_noise(
    params: Mapping[str, Any], video: Tensor, values: dict[str, Tensor]
) -> torch.Generator | None:
    """What draws the noise on the picture, and the whole of that noise for the record."""
    if not params.get("add_noise_in_inpaint_model"):
        return None
    generator = torch.Generator().manual_seed(params["global_torch_seed"])
    _, _, frames, height, width = video.shape
    values["global_randn"] = image_noise(frames, height, width, generator)
    return generator.manual_seed(params["global_torch_seed"])


def _first_latents(case: Case, latents: int, values: dict[str, Tensor]) -> Tensor:
    """From the case's noise file, which is as long as the window, or drawn from its seed."""
    params = case.params
    height, width = params["height"], params["width"]
    if "noises_npy" in case.arrays:
        length = window_latents(params["num_frames"])
        array = case.arrays["noises_npy"].numpy()
        size = height // DOWNSCALE, width // DOWNSCALE
        values["warped_noise_latents"] = load_warped_noise(array, length, *size)
        return values["warped_noise_latents"]
    generator = torch.Generator().manual_seed(params["generator_seed"])
    return initial_latents(latents, height, width, generator, torch.float32, "cpu")


def _calls_recorded(case: Case) -> int:
    """How many calls of the transformer the record has."""
    found = (re.match(r"call(\d+)\.", name) for name in case.arrays)
    return 1 + max((int(match[1]) for match in found if match), default=-1)


@dataclass
class _Recorder:
    """Hands calls on to a predictor and keeps the first ones."""

    predictor: Predictor
    values: dict[str, Tensor]
    wanted: int
    made: int = field(default=0)

    def __call__(
        self, latents: Tensor, conditions: Tensor, text: Tensor, timestep: Tensor
    ) -> Tensor:
        velocity = self.predictor(latents, conditions, text, timestep)
        if self.made < self.wanted:
            cos, sin = self.predictor.rope(latents)
            call = f"call{self.made}"
            self.values[f"{call}.hidden_states"] = latents
            self.values[f"{call}.inpaint_latents"] = conditions
            self.values[f"{call}.timestep"] = timestep
            self.values[f"{call}.rope_cos"], self.values[f"{call}.rope_sin"] = cos, sin
            self.values[f"{call}.noise_pred"] = velocity
        self.made += 1
        return velocity
