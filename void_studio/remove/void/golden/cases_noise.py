"""Cases of the warped noise: its file, its steps and whole clips of it."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from void_studio.remove.void.golden.folder import Case
from void_studio.remove.void.golden.registry import Comparison, runs
from void_studio.remove.void.noise.file import load_warped_noise, resize_bilinear, source_frames
from void_studio.remove.void.noise.released import (
    FRAME_SCALE,
    cropped,
    held_size,
    noise_of_video,
    resampled,
    resized,
)
from void_studio.remove.void.noise.warp import (
    WarpState,
    latent_noise,
    resized_flow,
    warp_step,
)


@runs("noise/load_and_resize")
def load_and_resize(case: Case, compare: Comparison) -> None:
    """Noise files made into latents, as released."""
    for name, params in case.params.items():
        frames, height, width, _ = params["target_TxHxWxC"]
        if f"{name}.in" not in case.arrays:
            _selected(case, compare, name, params)
            continue
        array = case.array(f"{name}.in").numpy()
        compare.value(f"{name} in_shape", list(array.shape), params["in_shape"], "shape")
        got = load_warped_noise(array, frames, height, width)
        compare.value(f"{name} out_shape", list(got.shape), params["out_shape"], "shape")
        compare.array(f"{name}.out", got, "out")
        compare.value(f"{name} mean", got.mean(), params["mean"], "out")
        compare.value(f"{name} std", got.std(), params["std"], "out")
        _compare_rounded(case, compare, f"{name}.out_bf16_as_f32", got)


def _selected(case: Case, compare: Comparison, name: str, params: Mapping[str, Any]) -> None:
    """A file of real size, of which some frames and channels are recorded."""
    count = params["in_shape"][0]
    frames, height, width, _ = params["target_TxHxWxC"]
    sources = source_frames(count, frames)
    compare.array(f"{name}.source_frames_all{frames}", torch.tensor(sources), "frames")
    stored = case.array(f"{name}.in_selected_frames").numpy().astype(np.float32)
    resized = [resize_bilinear(frame, height, width) for frame in stored]
    got = torch.from_numpy(np.stack(resized)).permute(0, 3, 1, 2)[None]
    chosen = (case.array(f"{name}.frames").numel(), case.array(f"{name}.channels").numel())
    compare.same(f"{name} selection", tuple(got.shape[1:3]), chosen)
    compare.array(f"{name}.out", got, "out")


def _compare_rounded(case: Case, compare: Comparison, name: str, got: Tensor) -> None:
    """The record must be what a value within the tolerance of ours is rounded to."""
    limit = case.tolerance("out").absolute
    wanted = case.array(name)
    low, high = ((got.double() + by).bfloat16().float() for by in (-limit, limit))
    compare.value(name, wanted.clamp(low, high), wanted, "rounded")


@runs("noise/warp_steps")
def warp_steps(case: Case, compare: Comparison) -> None:
    """The state after each step along given flows, and the draws it is made with."""
    for name, params in case.params.items():
        generator = torch.Generator().manual_seed(params["torch_seed"])
        first = case.array(f"{name}.initial_noise")
        channels, height, width = first.shape
        state = WarpState.drawn(channels, height, width, generator)
        compare.array(f"{name}.initial_noise", state.noise, "drawn")
        for step in range(params["steps"]):
            foreign = case.array(f"{name}.foreign{step}")
            drawn = torch.randn(foreign.shape, generator=generator)
            compare.array(f"{name}.foreign{step}", drawn, "drawn")
            flow = case.array(f"{name}.flow{step}")
            compare.value(f"{name} flow", list(flow.shape[1:]), params["flow_hw"], "shape")
            state = warp_step(state, flow, foreign, by_value=True)
            compare.array(f"{name}.state{step}.weight", state.weight, "state")
            compare.array(f"{name}.state{step}.noise", state.noise, "state")


@runs("noise/warp_video")
def warp_video(case: Case, compare: Comparison) -> None:
    """The noise of a clip along given flows, drawn from a seed."""
    flows, wanted = case.array("flows"), case.array("noises")
    height, width = case.params["warper_hw"]
    generator = torch.Generator().manual_seed(case.params["torch_seed"])
    made = noise_of_video(
        flows, generator, (height, width), wanted.shape[-1], height // wanted.shape[1]
    )
    got = torch.stack(list(made))
    compare.array("flows_saved", flows.half(), "saved")
    compare.value("noises, first two", got[:2], wanted[:2], "first_two_frames")
    compare.value("noises, later", got[2:], wanted[2:], "later")


@runs("noise/warp_frames")
def warp_frames(case: Case, compare: Comparison) -> None:
    """How the frames are chosen, cut and halved before their flow is looked for."""
    for count, wanted in case.document()["resize_list"].items():
        compare.value(f"{count} frames", resampled(int(count), len(wanted)), wanted, "index")
    for name, params in case.params.items():
        frames = case.array(f"{name}.in").numpy()
        _, height, width, _ = case.array(f"{name}.crop").shape
        size = height, width
        half = round(height * FRAME_SCALE), round(width * FRAME_SCALE)
        held = held_size(frames.shape[1:3], size)
        compare.value(f"{name} in_hw", list(frames.shape[1:3]), params["in_hw"], "size")
        compare.value(f"{name} held_hw", list(held), params["held_hw"], "size")
        crops = [cropped(frame, size) for frame in frames]
        halves = [resized(crop, half) for crop in crops]
        compare.array(f"{name}.crop", torch.from_numpy(np.stack(crops)), "crop")
        compare.array(f"{name}.half", torch.from_numpy(np.stack(halves)), "half")


@runs("noise/warp_statistics")
def warp_statistics(case: Case, compare: Comparison) -> None:
    """What warped noise is like. Neither draws nor flows are recorded.

    The flows are those of the steps of the same name, made larger, and the statistics of another
    draw agree by chance only.
    """
    flows = case.folder.case("noise/warp_steps")
    steps, channels = int(case.said(r"(\d+) steps")), int(case.said(r"(\d+) channels"))
    size = int(case.said(r"(\d+)x\d+")), int(case.said(r"\d+x(\d+)"))
    cells = int(case.said(r"area/(\d+)"))
    for place, (name, wanted) in enumerate(case.document().items()):
        known = [flows.array(key) for key in sorted(flows.arrays) if key.startswith(f"{name}.flow")]
        generator = torch.Generator().manual_seed(place)
        state = WarpState.drawn(channels, *size, generator=generator)
        for step in range(steps):
            flow = resized_flow(known[step % len(known)], size)
            state = warp_step(state, flow, generator, by_value=True)
        found = {
            **_statistics("full", state.noise),
            **_statistics(f"down{cells}", latent_noise(state.noise, cells)),
            "neighbour_corr_x": (_correlation(state.noise), state.noise.numel() ** -0.5),
        }
        for key, value in wanted.items():
            compare.chance(f"{name} {key}", found[key][0], value, found[key][1])


def _statistics(name: str, noise: Tensor) -> dict[str, tuple[float, float]]:
    """Mean and standard deviation of white noise, each with its standard error."""
    error = noise.numel() ** -0.5
    mean, deviation = float(noise.mean()), float(noise.std())
    return {f"{name}_mean": (mean, error), f"{name}_std": (deviation, error * 0.5**0.5)}


def _correlation(noise: Tensor) -> float:
    """Of every value with its right neighbour."""
    pairs = torch.stack([noise[..., :-1].flatten(), noise[..., 1:].flatten()])
    return float(torch.corrcoef(pairs)[0, 1])
