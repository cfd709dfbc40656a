"""Cases of the loader: padding, resizing and every branch of the masks."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from typing import Any

import numpy as np
import torch
from torch import Tensor

from void_studio.remove.void.golden.folder import Case
from void_studio.remove.void.golden.preprocess import Bytes, Loading, load
from void_studio.remove.void.golden.registry import Comparison, runs
from void_studio.remove.void.lengths import latents_of, padded_indices, padded_length
from void_studio.remove.void.sees import Pass, quantised

_ARGUMENTS = {
    "use_quadmask": "use_quadmask",
    "use_trimask": "use_trimask",
    "keep_fg_ids": "keep_ids",
    "dilate_width": "dilation",
    "max_video_length": "longest",
}
"""What the released loader calls the fields of ``Loading``."""

_UNREADABLE: Mapping[str, tuple[str, Mapping[str, Any]]] = {
    "neither_flag": ("quadmask_0.mp4", {}),
    "unknown_name": ("trimask_quadmask.mp4", {"use_quadmask": True}),
}
"""A file and flags for each way of being refused."""


@runs("preprocess/temporal_padding")
def temporal_padding(case: Case, compare: Comparison) -> None:
    """Which frame is where, for every length and every pair of limits."""
    for limits, lengths in case.document().items():
        least, longest = map(int, limits.split(","))
        for count, wanted in lengths.items():
            target = padded_length(int(count), least, longest)
            indices = padded_indices(int(count), target)
            label = f"{limits}:{count}"
            compare.value(label, target, wanted["len"], "len")
            compare.value(f"{label} latents", latents_of(target), wanted["latent"], "latent")
            digest = hashlib.sha256(np.array(indices, "<i4").tobytes()).hexdigest()
            compare.same(f"{label} sha", digest[: len(wanted["sha"])], wanted["sha"])
            if wanted["idx"] is not None:
                compare.value(f"{label} indices", indices, wanted["idx"], "idx")


@runs("preprocess/lengths")
def lengths(case: Case, compare: Comparison) -> None:
    """Clips of several lengths; of long ones the record has only the sum of every frame."""
    raw_video, raw_mask = (_bytes(case.array(name)) for name in ("raw_video", "raw_mask"))
    window, longest = int(case.said(r"window (\d+)")), int(case.said(r"max (\d+)"))
    loading = Loading(tuple(case.params["sample_size"]), window, longest, use_quadmask=True)
    for count, wanted in case.params["lengths"].items():
        read = int(count)
        video, mask = load(raw_video[:read], {"quadmask_0.mp4": raw_mask[:read]}, loading)
        compare.value(f"frames_{count}", video.shape[2], wanted["frames"], "frames")
        latents = latents_of(video.shape[2])
        compare.value(f"latents_{count}", latents, wanted["latents"], "latents")
        for kind, found in {"mask": mask, "video": video}.items():
            if f"{kind}_{count}" in case.arrays:
                compare.array(f"{kind}_{count}", found, kind)
        name = f"video_sum_per_frame_{count}"
        if name in case.arrays:
            values = video[0, :, 0].numel()
            means = video.double().mean((0, 1, 3, 4))
            compare.value(name, means, case.array(name) / values, "video")


@runs("preprocess/mask_modes")
def mask_modes(case: Case, compare: Comparison) -> None:
    """Every branch that a mask can take."""
    window = int(case.said(r"window (\d+)"))
    raw_video = _bytes(case.array("raw_video"))
    for mode, wanted in case.params.items():
        if isinstance(wanted, str):
            name, arguments = _UNREADABLE[mode]
            masks = {name: _bytes(case.array("raw_quadmask"))}
            loading = _loading((8, 8), window, arguments)
            compare.refused(mode, lambda m=masks, how=loading: load(raw_video, m, how))  # type: ignore[misc]
            continue
        masks = {name: _raw(case, mode, name) for name in wanted["files"]}
        video, mask = load(raw_video, masks, _loading(tuple(wanted["size"]), window, wanted["kw"]))
        compare.array(f"{mode}.mask", mask, "mask")
        levels = np.unique(mask.numpy() * np.float32(255))
        compare.value(f"{mode} levels", levels, wanted["levels255"], "mask")
        picture = f"video_{mode.partition('_')[2]}"
        if picture in case.arrays:
            compare.array(picture, video, "video")


@runs("preprocess/pipeline_quantise")
def pipeline_quantise(case: Case, compare: Comparison) -> None:
    """The thresholds of both passes."""
    loaded = case.array("x").numpy()
    compare.array("use_trimask_true", torch.from_numpy(quantised(loaded, Pass.ONE)), "mask")
    compare.array("use_trimask_false", torch.from_numpy(quantised(loaded, Pass.TWO)), "mask")


def _loading(size: tuple[int, int], window: int, arguments: Mapping[str, Any]) -> Loading:
    named: dict[str, Any] = {_ARGUMENTS[name]: value for name, value in arguments.items()}
    return Loading(size, window, **named)


def _raw(case: Case, mode: str, file: str) -> Bytes:
    """What a mode's file holds: the ramp where it says so, a mask turned round in ``mask.mp4``."""
    if file.startswith("mask_"):
        place = int(file.removeprefix("mask_").partition(".")[0])
        return _bytes(case.array(f"raw_fg{chr(ord('A') + place)}"))
    grey = _bytes(case.array("raw_ramp" if "ramp" in mode else "raw_quadmask"))
    return grey if file == "quadmask_0.mp4" else np.uint8(255) - grey


def _bytes(array: Tensor) -> Bytes:
    return array.numpy().astype(np.uint8, copy=False)
