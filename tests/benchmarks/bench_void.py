"""VOID's networks against plain diffusers on the CPU: the same arithmetic must not be slower.

Run by hand: ``python -m tests.benchmarks.bench_void [--repeats N] [--threads N]``. Prints one JSON
object per network and dtype: the least processor seconds of N alternating runs of each, their ratio
(below 1 is quicker than diffusers), and the largest difference. Weights are the tiny models'; plain
diffusers' decoder is fed the chunks that give the right length, since its own ``decode`` does not.
"""

from __future__ import annotations

import argparse
import json
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import torch
from torch import Tensor

from tests.remove.void.tiny import (
    BASE_REPOSITORY,
    TEXT_LENGTH,
    TEXT_WIDTH,
    VOID_REPOSITORY,
    make_models,
)
from void_studio.files import read_json
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.transformer import (
    empty_transformer,
    known_settings,
    load_strict,
    transformer_config,
)
from void_studio.remove.void.network.vae import decode_lengths, empty_vae, load_vae

LATENTS, ROWS, COLUMNS = 22, 12, 20
FRAMES = 29

Run = Callable[[], Tensor]


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--repeats", type=int, default=5)
    parser.add_argument("--threads", type=int, default=torch.get_num_threads())
    asked = parser.parse_args()
    torch.set_num_threads(asked.threads)
    with tempfile.TemporaryDirectory() as folder, torch.no_grad():
        models = make_models(Path(folder))
        for dtype in (torch.float32, torch.bfloat16):
            cases = {"transformer": transformer(models, dtype), **vae(models, dtype)}
            for name, (ours, plain) in cases.items():
                report(name, dtype, ours, plain, asked.repeats)


def report(name: str, dtype: torch.dtype, ours: Run, plain: Run, repeats: int) -> None:
    difference = (ours() - plain()).abs().max().item()
    took = {"ours_s": float("inf"), "plain_s": float("inf")}
    for _ in range(repeats):
        for key, run in zip(took, (ours, plain), strict=True):
            begin = time.process_time()
            run()
            took[key] = min(took[key], time.process_time() - begin)
    ratio = took["ours_s"] / took["plain_s"]
    rounded = {key: round(value, 4) for key, value in took.items()}
    facts = {"network": name, "dtype": str(dtype), **rounded}
    print(json.dumps({**facts, "ratio": round(ratio, 3), "difference": difference}), flush=True)


def transformer(models: Path, dtype: torch.dtype) -> tuple[Run, Run]:
    """One call for 85 frames of 160 x 96."""
    made = empty_transformer(
        transformer_config(models / BASE_REPOSITORY / "transformer" / "config.json")
    )
    load_strict(made, models / VOID_REPOSITORY / "void_pass1.safetensors", dtype, "cpu")
    predict = Predictor(made)
    noise = torch.randn(1, LATENTS, 16, ROWS, COLUMNS).to(dtype)
    conditions = torch.randn(1, LATENTS, 32, ROWS, COLUMNS).to(dtype)
    text = torch.randn(1, TEXT_LENGTH, TEXT_WIDTH).to(dtype)
    timestep = torch.tensor([500])
    joined = torch.cat([noise, conditions], dim=2)
    rope = predict.rope(joined)

    def plain() -> Tensor:
        found: Tensor = made(joined, text, timestep, image_rotary_emb=rope).sample
        return found

    return lambda: predict(noise, conditions, text, timestep), plain


def vae(models: Path, dtype: torch.dtype) -> dict[str, tuple[Run, Run]]:
    """Encoding and decoding of 29 frames of 160 x 96."""
    folder = models / BASE_REPOSITORY / "vae"
    ours = load_vae(folder, dtype, "cpu")
    path = folder / "config.json"
    config = read_json(path)
    from diffusers import AutoencoderKLCogVideoX

    stock = empty_vae(known_settings(config, AutoencoderKLCogVideoX.__init__, path))
    load_strict(stock, folder / "diffusion_pytorch_model.safetensors", dtype, "cpu")
    video = (torch.rand(1, 3, FRAMES, 8 * ROWS, 8 * COLUMNS) * 2 - 1).to(dtype)
    latents = torch.randn(1, 16, 7, ROWS, COLUMNS).to(dtype)

    def decode_plain() -> Tensor:
        cache, parts = None, []
        for chunk in latents.split(decode_lengths(7), dim=2):
            part, cache = stock.decoder(chunk, conv_cache=cache)
            parts.append(part)
        return torch.cat(parts, dim=2)

    return {
        "vae encode": (
            lambda: ours.encode([video], FRAMES),
            lambda: stock.encode(video).latent_dist.mode(),
        ),
        "vae decode": (lambda: torch.cat(list(ours.decode(latents)), dim=2), decode_plain),
    }


if __name__ == "__main__":
    main()
