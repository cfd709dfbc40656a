"""A removal set to what was released gives what the released code gave: its latents and pictures.

The shot is the recorded clip, the models are the recorded ones; everything else is the way of any
removal, from the request to the decoded pictures.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from torch import Tensor

from tests.remove.void.runs import Told
from void_studio.files import read_json, write_json
from void_studio.progress import CancelToken
from void_studio.remove import warm
from void_studio.remove.protocol import RemoveRequest
from void_studio.remove.void.golden.folder import Case, Folder
from void_studio.remove.void.noise.file import load_warped_noise
from void_studio.remove.void.run import clip, denoising, inputs, removal
from void_studio.remove.void.sampling.passes import DOWNSCALE
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings
from void_studio.remove.weights.find import VoidWeights

AS_RELEASED: dict[str, Any] = {"crop": "frame", "mask_edges": "as-released", "prompt": "A table."}


class Shot:
    """The clip of a recorded case."""

    def __init__(self, case: Case) -> None:
        self._video, self._mask = (case.array(name).numpy() for name in ("raw_video", "raw_mask"))
        self.count = len(self._video)

    def read(self, index: int) -> NDArray[np.uint8]:
        frame: NDArray[np.uint8] = self._video[index]
        return frame

    def levels(self, index: int) -> NDArray[np.uint8]:
        levels: NDArray[np.uint8] = self._mask[index]
        return levels


@pytest.fixture
def folder(golden: Path) -> Iterator[Folder]:
    warm.let_go()
    yield Folder.opened(golden)
    warm.let_go()


def weights_of(folder: Folder, image_noise: bool, home: Path) -> VoidWeights:
    """The recorded models; the text encoder, which there is none of, is never asked."""
    models = folder.models
    config = home / "transformer.json"
    given = read_json(models / "transformer" / "config.json")
    write_json(config, {**given, "add_noise_in_inpaint_model": image_noise})
    return VoidWeights(
        checkpoint=models / "transformer" / "diffusion_pytorch_model.safetensors",
        transformer_config=config,
        vae=models / "vae",
        scheduler=models / "scheduler",
        text_encoder=models,
        tokenizer=models,
        identity=str(models),
    )


@pytest.mark.parametrize(
    ("name", "clip_of", "which"),
    [
        ("pass1", "pass1", Pass.ONE),
        ("pass1_add_noise", "pass1", Pass.ONE),
        ("multidiff_small", "multidiff_small", Pass.ONE),
        ("pass2", "pass2", Pass.TWO),
    ],
)
def test_it_gives_what_was_recorded(
    folder: Folder,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    name: str,
    clip_of: str,
    which: Pass,
) -> None:
    case = folder.case(f"pipeline/{name}")
    params = case.params
    shot = Shot(folder.case(f"pipeline/{clip_of}_inputs"))
    settings = (Pass1Settings if which is Pass.ONE else Pass2Settings).model_validate(
        {
            **AS_RELEASED,
            "size": f"{params['width']}x{params['height']}",
            "window": params["num_frames"],
            "steps": params["num_inference_steps"],
            "seed": params.get("generator_seed", 0),
            **({"noise": "as-released"} if which is Pass.TWO else {}),
        }
    )
    assert settings.model_dump()["guidance"] == params["guidance_scale"]
    weights = weights_of(folder, bool(params.get("add_noise_in_inpaint_model")), tmp_path)
    _say_what_is_recorded(monkeypatch, folder, case)
    after: dict[str, Tensor] = {}
    _keep_latents(monkeypatch, after)
    pictures: list[NDArray[Any]] = []
    _keep_pictures(monkeypatch, pictures)

    request = RemoveRequest(shot, shot.levels, (0, shot.count - 1), settings)
    store = tmp_path / "checkpoints"
    store.mkdir()
    made = removal.removal(which, weights, request, settings, Told(), CancelToken(), store)
    next(made)
    made.close()

    recorded = [key for key in case.arrays if key.startswith("latents_after_step")]
    assert recorded
    for key in recorded:
        assert (after[key] - case.array(key)).abs().max() < case.tolerance("latents").absolute, key
    if "output_video" in case.arrays:
        wanted = case.array("output_video")[0].permute(1, 2, 3, 0).numpy()
        every = re.search(r"output_video keeps every (\d+)", case.what)
        got = pictures[0][:: int(every[1]) if every else 1] / 65535
        # Of the padding nothing is decoded.
        assert np.abs(got - wanted[: len(got)]).max() < case.tolerance("output_video").absolute


def _say_what_is_recorded(monkeypatch: pytest.MonkeyPatch, folder: Folder, case: Case) -> None:
    """Description and warped noise are the record's, and so is the seed of the image noise."""
    words = folder.case("pipeline/prompt_embeds").arrays
    said = {AS_RELEASED["prompt"]: words["prompt_embeds"], "": words["negative_prompt_embeds"]}
    monkeypatch.setattr(inputs, "prompt_embeddings", lambda texts, *_: {t: said[t] for t in texts})
    params = case.params
    if "noises_npy" in case.arrays:
        height, width = params["height"] // DOWNSCALE, params["width"] // DOWNSCALE
        array = case.array("noises_npy").numpy()
        frames = case.array("init_latents").shape[1]
        noise = load_warped_noise(array, frames, height, width)
        monkeypatch.setattr(inputs, "motion_noise", lambda *_: (noise, "recorded"))
    if params.get("add_noise_in_inpaint_model"):
        stream = params["global_torch_seed"] - params["generator_seed"]
        monkeypatch.setattr(clip, "_IMAGE_NOISE_STREAM", stream)


def _keep_latents(monkeypatch: pytest.MonkeyPatch, after: dict[str, Tensor]) -> None:
    real = denoising.denoise

    def kept(*given: Any) -> Iterator[Any]:
        for step in real(*given):
            after[f"latents_after_step{step.index:02d}"] = step.latents
            yield step

    monkeypatch.setattr(denoising, "denoise", kept)


def _keep_pictures(monkeypatch: pytest.MonkeyPatch, pictures: list[NDArray[Any]]) -> None:
    real = removal.decoded

    def kept(*given: Any) -> NDArray[Any]:
        made = real(*given)
        pictures.append(np.array(made))
        return made

    monkeypatch.setattr(removal, "decoded", kept)
