"""Cases of the pipeline: the loop, its windows, and whole passes."""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import Tensor

from void_studio.remove.void.golden.folder import Case
from void_studio.remove.void.golden.models import schedule_of
from void_studio.remove.void.golden.preprocess import Loading, load
from void_studio.remove.void.golden.registry import Comparison, runs
from void_studio.remove.void.golden.whole_pass import FRAMES_PER_LATENT, overlap_of, whole_pass
from void_studio.remove.void.lengths import windows_of
from void_studio.remove.void.sampling.denoise import denoise
from void_studio.remove.void.sampling.passes import LATENT_CHANNELS
from void_studio.remove.void.sampling.windows import blend_weights, window_latents

_DTYPES = {"fp32": torch.float32, "bf16": torch.bfloat16}


@runs("pipeline/blend_weights")
def blending(case: Case, compare: Comparison) -> None:
    """The weights of windows, seen by what becomes of constants."""
    for name, wanted in case.document().items():
        latents, frames, stride = map(int, name.split(",")[:3])
        dtype = _DTYPES[name.split(",")[3]]
        plan = latents, window_latents(frames), stride // FRAMES_PER_LATENT
        if isinstance(wanted, str):
            compare.refused(name, lambda plan=plan, kind=dtype: _weights(plan, kind))  # type: ignore[misc]
            continue
        windows, weights = _weights(plan, dtype)
        lengths = [end - begin for begin, end in windows]
        compare.value(f"{name} windows", lengths, wanted["windows"], "windows")
        blended = _blended_places(windows, weights, latents)
        compare.value(name, blended.float(), wanted["blended_window_index"], "weights")


def _weights(
    plan: tuple[int, int, int], dtype: torch.dtype
) -> tuple[list[tuple[int, int]], list[Tensor]]:
    latents, window, overlap = plan
    windows = windows_of(latents, window, overlap)
    return windows, blend_weights(windows, overlap, dtype)


def _blended_places(windows: list[tuple[int, int]], weights: list[Tensor], latents: int) -> Tensor:
    total, weight_sum = torch.zeros(latents), torch.zeros(latents)
    for place, ((begin, end), weight) in enumerate(zip(windows, weights, strict=True)):
        total[begin:end] += weight * place
        weight_sum[begin:end] += weight
    return (total / weight_sum).to(weights[0].dtype)


@runs("pipeline/loop_stub")
def loop_stub(case: Case, compare: Comparison) -> None:
    """The loop around a formula instead of a network."""
    for name, params in case.params.items():
        given = {key: case.array(f"{name}.{key}") for key in _LOOP}
        latents = given["latents"]
        conditions = torch.cat([given["mask_latents"], given["masked_video_latents"]], dim=1)
        calls: list[int] = []
        steps = denoise(
            _counted(calls),
            latents,
            conditions.permute(0, 2, 1, 3, 4),
            (given["prompt_embeds"], given["negative_prompt_embeds"]),
            schedule_of(case.folder, params["scheduler"], params["steps"]),
            window_latents(params["num_frames"]),
            overlap_of(params),
            params["guidance"],
        )
        after = [step.latents for step in steps]
        kind = name.partition(".")[0]
        compare.value(f"{name} frames", latents.shape[1], params["latent_frames"], "frames")
        noted = params["windows_first_step"]
        compare.value(f"{name} windows", calls[: len(noted)], noted, "windows")
        compare.array(f"{name}.final", after[-1], kind)
        compare.array(f"{name}.after", torch.stack([after[k] for k in params["kept_steps"]]), kind)


_LOOP = (
    "latents",
    "mask_latents",
    "masked_video_latents",
    "prompt_embeds",
    "negative_prompt_embeds",
)


def _counted(calls: list[int]) -> Any:
    def stub(latents: Tensor, conditions: Tensor, text: Tensor, _timestep: Tensor) -> Tensor:
        calls.append(latents.shape[1])
        mask, video = conditions.chunk(2, dim=2)
        words = text.mean((1, 2))[:, None, None, None, None]
        made: Tensor = 0.5 * latents - 0.25 * mask + 0.125 * video + words
        return made

    return stub


@runs("pipeline/prompt_embeds")
def prompt_embeds(case: Case, compare: Comparison) -> None:
    """What other cases read; there is nothing to compare it with."""
    shapes = {name: list(case.array(name).shape) for name in case.arrays}
    compare.same("shapes", shapes["prompt_embeds"], shapes["negative_prompt_embeds"])


@runs(r"pipeline/.*_inputs")
def inputs(case: Case, compare: Comparison) -> None:
    """What the loader makes of the clip of a pass."""
    params = case.params
    raw_video, raw_mask = (case.array(name).numpy() for name in ("raw_video", "raw_mask"))
    compare.value("length", len(raw_video), params["length"], "length")
    limits = params["temporal_window_size"], params["max_video_length"]
    loading = Loading(tuple(params["sample_size"]), *limits, use_quadmask=True)
    video, mask = load(raw_video, {"quadmask_0.mp4": raw_mask}, loading)
    compare.array("mask", mask, "mask")
    if "video" in case.arrays:
        compare.array("video", video, "video")
    if "padded_frames" in params:
        compare.value("padded_frames", video.shape[2], params["padded_frames"], "length")


@runs(r"pipeline/.*_longer_than_window")
def longer_than_window(case: Case, compare: Comparison) -> None:
    """Noise of a window's length must not go with a longer clip's conditions."""
    noise, clip = map(int, re.findall(r"size (\d+)", case.document()["message"]))
    schedule = schedule_of(case.folder, "CogVideoXDDIMScheduler", 1)
    compare.refused(
        f"{noise} latents for {clip}",
        lambda: next(
            denoise(
                _counted([]),
                torch.zeros(1, noise, LATENT_CHANNELS, 2, 2),
                torch.zeros(1, clip, 2 * LATENT_CHANNELS, 2, 2),
                (torch.zeros(1, 1, 1), None),
                schedule,
            )
        ),
    )


@runs(r"pipeline/.*_uint8")
def bytes_as_saved(case: Case, compare: Comparison) -> None:
    """The frames as the released scripts write them: cut off, not rounded."""
    video = whole_pass(case.folder, case.name.removesuffix("_uint8"))["output_video"]
    frames = (video[0].permute(1, 2, 3, 0) * 255).to(torch.uint8)
    compare.array("frames", frames, "frames")


@runs(r"pipeline/.*")
def passes(case: Case, compare: Comparison) -> None:
    """A whole pass with every intermediate that was recorded."""
    found = whole_pass(case.folder, case.name)
    for name in case.arrays:
        if name in found:
            value = found[name]
            if name == "output_video":
                value = value[:, :, :: _kept(case)]
            compare.array(name, value, _kind(name))
        elif name == "noises_npy":
            case.array(name)


def _kept(case: Case) -> int:
    """The record has every so manieth frame of the video."""
    found = re.search(r"output_video keeps every (\d+)", case.what)
    return int(found[1]) if found else 1


def _kind(name: str) -> str:
    """What the tolerance of an array is called."""
    if name.startswith("latents_after_step") or name.endswith(".hidden_states"):
        return "latents"
    if name.endswith(".inpaint_latents"):
        return "mask_latents"
    return name.rpartition(".")[2]
