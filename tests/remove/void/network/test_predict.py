"""One call of the transformer: against plain diffusers, and as the released code answered."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import torch
from safetensors.torch import load_file

from tests.remove.void.tiny import BASE_REPOSITORY, TEXT_LENGTH, TEXT_WIDTH, VOID_REPOSITORY
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.rope import rotary
from void_studio.remove.void.network.transformer import (
    empty_transformer,
    load_strict,
    transformer_config,
)


def predictor(config: Path, weights: Path, dtype: torch.dtype) -> Predictor:
    made = empty_transformer(transformer_config(config))
    load_strict(made, weights, dtype, "cpu")
    return Predictor(made)


def tiny(models: Path, dtype: torch.dtype = torch.float32) -> Predictor:
    config = models / BASE_REPOSITORY / "transformer" / "config.json"
    return predictor(config, models / VOID_REPOSITORY / "void_pass1.safetensors", dtype)


def inputs(frames: int, batch: int = 1, dtype: torch.dtype = torch.float32) -> dict[str, Any]:
    generator = torch.Generator().manual_seed(frames)
    shapes = {
        "latents": (batch, frames, 16, 6, 10),
        "conditions": (batch, frames, 32, 6, 10),
        "text": (batch, TEXT_LENGTH, TEXT_WIDTH),
    }
    drawn = {
        name: torch.randn(shape, generator=generator).to(dtype) for name, shape in shapes.items()
    }
    return {**drawn, "timestep": torch.full((batch,), 500)}


@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_it_is_plain_diffusers_with_noise_mask_and_video_joined(
    tiny_models: Path, dtype: torch.dtype
) -> None:
    predict = tiny(tiny_models, dtype)
    given = inputs(4, batch=2, dtype=dtype)
    found = predict(**given)
    with torch.no_grad():
        plain = predict.transformer(
            torch.cat([given["latents"], given["conditions"]], dim=2),
            given["text"],
            given["timestep"],
            image_rotary_emb=rotary((2, 3, 5), 64),
        ).sample
    assert torch.equal(found, plain)
    assert found.dtype == dtype
    assert found.shape == given["latents"].shape
    assert found.isfinite().all()
    assert found.std() > 0.05


def test_one_latent_frame_is_joined_by_an_empty_one(tiny_models: Path) -> None:
    predict = tiny(tiny_models)
    given = inputs(1)
    padded = {
        name: torch.cat([value, torch.zeros_like(value)], dim=1)
        for name, value in given.items()
        if name in ("latents", "conditions")
    }
    assert torch.equal(predict(**given), predict(**{**given, **padded})[:, :1])


@pytest.mark.parametrize("frames", [3, 5])
def test_other_odd_lengths_are_refused(tiny_models: Path, frames: int) -> None:
    with pytest.raises(RuntimeError, match="latent frames"):
        tiny(tiny_models)(**inputs(frames))


def test_every_input_matters(tiny_models: Path) -> None:
    predict = tiny(tiny_models)
    given = inputs(2)
    before = predict(**given)
    for name, value in given.items():
        assert not torch.equal(before, predict(**{**given, name: value + 1})), name


def test_positions_are_made_once_for_each_shape(tiny_models: Path) -> None:
    predict = tiny(tiny_models)
    wide, tall = torch.zeros(1, 4, 48, 6, 10), torch.zeros(1, 4, 48, 10, 6)
    assert predict.rope(wide) is predict.rope(wide)
    assert not torch.equal(predict.rope(wide)[0], predict.rope(tall)[0])


def test_it_answers_as_the_released_code(golden: Path) -> None:
    folder = golden / "models" / "transformer"
    weights = folder / "diffusion_pytorch_model.safetensors"
    predict = predictor(folder / "config.json", weights, torch.float32)
    there = load_file(golden / "model" / "transformer.safetensors")
    for case in ("c0", "c1", "c2", "c3"):
        names = ("hidden_states", "inpaint_latents", "text", "timestep")
        found = predict(*(there[f"{case}.{name}"] for name in names))
        assert torch.allclose(found, there[f"{case}.out"], rtol=0, atol=1e-4)


def test_it_refuses_the_lengths_that_the_released_code_refuses(
    golden: Path, tiny_models: Path
) -> None:
    for frames, error in json.loads((golden / "model" / "odd_frames.json").read_text()).items():
        with pytest.raises(RuntimeError) as caught:
            tiny(tiny_models)(**inputs(int(frames)))
        assert type(caught.value).__name__ == error
