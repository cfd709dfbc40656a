"""Cases of the parts: the schedule, the transformer and the autoencoder."""

from __future__ import annotations

import re
from typing import Any

import torch
from torch import Tensor, nn

from void_studio.remove.void.golden.folder import Case
from void_studio.remove.void.golden.models import (
    predictor_of,
    scheduler_config,
    transformer_of,
    vae_of,
)
from void_studio.remove.void.golden.registry import Comparison, runs
from void_studio.remove.void.network import patch_embed
from void_studio.remove.void.network.rope import rotary
from void_studio.remove.void.sampling.passes import DOWNSCALE, LATENT_CHANNELS
from void_studio.remove.void.sampling.schedule import Schedule

_SCHEDULES = {"ddim": Schedule.ddim, "cog": Schedule.cogvideox}


@runs("model/scheduler")
def scheduler(case: Case, compare: Comparison) -> None:
    """Timesteps, alphas and a step at every timestep, from float32 and from bfloat16."""
    config = scheduler_config(case.folder)
    sample, output = case.array("sample"), case.array("model_output")
    for name in case.arrays.keys() - {"sample", "model_output"}:
        kind, shift, rest = scheduler_parts(name)
        changed = {**config, "snr_shift_scale": float(shift)} if shift else config
        count, what = _digits(rest)
        schedule = _SCHEDULES[kind](changed, count or 1)
        if what == "alphas_cumprod":
            compare.array(name, schedule.alphas, "alphas")
        elif what == "timesteps":
            compare.array(name, torch.tensor(schedule.timesteps), "timesteps")
        elif what == "step.fp32":
            compare.array(name, _every_step(schedule, output, sample), "fp32")
        elif what == "step.bf16":
            found = _every_step(schedule, output, sample.bfloat16())
            wanted = case.params.get(f"{kind}{count}", {}).get("dtype_with_bf16_sample")
            compare.same(f"{name} dtype", str(found.dtype), wanted or str(found.dtype))
            compare.array(name, found.bfloat16(), "bf16")


def scheduler_parts(name: str) -> tuple[str, str, str]:
    """Kind, ``snr_shift_scale`` if one is given, and the rest: cog_shift1.5.timesteps30."""
    found = re.fullmatch(r"([a-z]+)(?:_shift(\d+(?:\.\d+)?))?\.(.+)", name)
    if found is None:
        raise ValueError(f"{name} names no schedule")
    return found[1], found[2] or "", found[3]


def _digits(name: str) -> tuple[int, str]:
    """The number in a name, and the name without it: step30.fp32 is 30 and step.fp32."""
    found = re.match(r"(step|timesteps)(\d+)(.*)", name)
    return (int(found[2]), found[1] + found[3]) if found else (0, name)


def _every_step(schedule: Schedule, output: Tensor, sample: Tensor) -> Tensor:
    steps = range(len(schedule.timesteps))
    return torch.stack([schedule.step(output, index, sample)[0] for index in steps])


@runs("model/rope")
def rope(case: Case, compare: Comparison) -> None:
    """Rotary positions at sizes that the names give, in pixels and latent frames."""
    for name in case.arrays:
        if found := re.fullmatch(r"cos_(\d+)x(\d+)_f(\d+)", name):
            height, width, frames = map(int, found.groups())
            cos, sin = _rotary(case, height, width, frames)
            compare.array(name, cos, "rope")
            compare.array(name.replace("cos", "sin"), sin, "rope")
    height, width = map(int, case.said(r"(\d+x\d+)").split("x"))
    cos, sin = _rotary(case, height, width, int(case.said(r"(\d+) latent frames")))
    rows = case.array("real_rows")
    compare.value("real_shape", list(cos.shape), case.params["real_shape"], "shape")
    compare.array("real_cos", cos[rows], "rope")
    compare.array("real_sin", sin[rows], "rope")


def _rotary(case: Case, height: int, width: int, frames: int) -> tuple[Tensor, Tensor]:
    config: Any = transformer_of(case.folder).config
    side = DOWNSCALE * config.patch_size
    grid = (-(-frames // config.patch_size_t), height // side, width // side)
    return rotary(grid, config.attention_head_dim)


@runs("model/transformer")
def transformer(case: Case, compare: Comparison) -> None:
    """Whole calls of the transformer, and what its patch embedding and its blocks hand on."""
    module: Any = transformer_of(case.folder)
    predict = predictor_of(case.folder)
    for name, params in case.params.items():
        given = {key: case.array(f"c{name}.{key}") for key in _CALL}
        batch, frames, _, height, width = given["hidden_states"].shape
        sizes = [params[key] for key in ("batch", "frames", "h", "w")]
        compare.value(f"c{name} sizes", [batch, frames, height, width], sizes, "shape")
        with _Listening(module) as heard:
            out = predict(*(given[key] for key in _CALL))
        cos, sin = _rotary(case, height * DOWNSCALE, width * DOWNSCALE, frames)
        found = {"out": out, "rope_cos": cos, "rope_sin": sin, **heard.values}
        for key, value in found.items():
            if f"c{name}.{key}" in case.arrays:
                compare.array(f"c{name}.{key}", value, "out")


_CALL = ("hidden_states", "inpaint_latents", "text", "timestep")


class _Listening:
    """Keeps what the parts of a transformer hand on during a call."""

    def __init__(self, module: Any) -> None:
        self._module = module
        self._hooks: list[Any] = []
        self.values: dict[str, Tensor] = {}

    def __enter__(self) -> _Listening:
        self._listen(self._module.patch_embed, self._keep_patches)
        for place, block in enumerate(self._module.transformer_blocks):
            self._listen(block, self._keeper(f"block{place}"))
        return self

    def __exit__(self, *_: object) -> None:
        for hook in self._hooks:
            hook.remove()

    def _listen(self, part: nn.Module, keep: Any) -> None:
        self._hooks.append(part.register_forward_hook(keep))

    def _keep_patches(self, _part: object, _given: object, made: Tensor) -> None:
        self.values["patch_embed"] = made

    def _keeper(self, name: str) -> Any:
        def keep(_part: object, _given: object, made: tuple[Tensor, Tensor]) -> None:
            self.values[f"{name}.hidden"], self.values[f"{name}.text"] = made

        return keep


@runs("model/odd_frames")
def odd_frames(case: Case, compare: Comparison) -> None:
    """Odd numbers of latent frames above 1 must not go through."""
    predict = predictor_of(case.folder)
    config: Any = transformer_of(case.folder).config
    side, text = config.patch_size, config.text_embed_dim
    for frames in map(int, case.document()):
        latents = torch.zeros(1, frames, LATENT_CHANNELS, side, side)
        given = torch.zeros(1, frames, 2 * LATENT_CHANNELS, side, side)
        words = torch.zeros(1, config.max_text_seq_length, text)
        compare.refused(
            f"{frames} latent frames",
            lambda a=latents, b=given, c=words: predict(a, b, c, torch.zeros(1)),  # type: ignore[misc]
        )


@runs("model/vae")
def vae(case: Case, compare: Comparison) -> None:
    """Encoding and decoding of clips of several lengths."""
    model = vae_of(case.folder)
    for length, shape in case.params["enc"].items():
        frames = case.array(f"enc{length}.in")
        moments = model.moments([frames], frames.shape[2])
        mode = model.encode([frames], frames.shape[2])
        compare.value(f"enc{length} shape", list(mode.shape), shape, "shape")
        compare.array(f"enc{length}.mode", mode, "mode")
        if f"enc{length}.parameters" in case.arrays:
            compare.array(f"enc{length}.parameters", moments, "parameters")
    for length, shape in case.params["dec"].items():
        pictures = torch.cat(list(model.decode(case.array(f"dec{length}.in"))), dim=2)
        compare.value(f"dec{length} shape", list(pictures.shape), shape, "shape")
        compare.array(f"dec{length}.out", pictures, "out")


@runs("model/vae_encode_lengths")
def vae_encode_lengths(case: Case, compare: Comparison) -> None:
    """How many latents clips of every length have."""
    model = vae_of(case.folder)
    for length, wanted in case.document().items():
        clip = torch.zeros(1, 3, int(length), 2 * DOWNSCALE, 2 * DOWNSCALE)
        compare.value(length, model.encode([clip], int(length)).shape[2], wanted, "latents")


@runs("model/patch_embed_adapt")
def patch_embed_adapt(case: Case, compare: Comparison) -> None:
    """The patch embedding of other widths; names say from and to how many channels."""
    base_name = next(name for name in case.arrays if re.fullmatch(r"base\d+", name))
    base = case.array(base_name)
    wide = patch_embed.widened(base)
    for name, wanted in case.arrays.items():
        if found := re.fullmatch(rf"{base_name}_to_(\d+)_(vae_mask|stack_mask)", name):
            made = wide if found[2] == "vae_mask" else patch_embed.stacked(base, int(found[1]))
        elif name == f"{base_name}_unchanged":
            made = patch_embed.stacked(base, wanted.shape[1] // patch_embed.PATCH)
        elif name == "base_fp8_then_bf16_as_f32":
            made = patch_embed.rounded_to_fp8(wide).float()
        elif found := re.fullmatch(r"(ckpt\d+)_onto_(\d+)(_stack)?", name):
            under = patch_embed.stacked(base, int(found[2])) if found[3] else wide
            made = patch_embed.overlaid(under, case.array(found[1]))
        else:
            continue
        compare.array(name, made, "patch_embed")
