"""Every way the patch embedding was widened in the released code."""

from __future__ import annotations

from pathlib import Path

import torch
from safetensors.torch import load_file

from void_studio.remove.void.network.patch_embed import overlaid, rounded_to_fp8, stacked, widened


def weights(channels: int) -> torch.Tensor:
    return torch.arange(3 * channels * 8, dtype=torch.float32).reshape(3, -1)


def test_one_mask_channel_becomes_sixteen_and_the_rest_stays() -> None:
    base = weights(33)
    made = widened(base)
    per_channel = made.reshape(3, 48, 8)
    assert torch.equal(per_channel[:, :16], base.reshape(3, 33, 8)[:, :16])
    assert all(torch.equal(per_channel[:, c], base[:, 128:136]) for c in range(16, 32))
    assert torch.equal(per_channel[:, 32:], base.reshape(3, 33, 8)[:, 17:])


def test_what_is_wide_enough_is_not_touched() -> None:
    assert torch.equal(widened(weights(48)), weights(48))


def test_channels_put_behind_have_no_effect() -> None:
    made = stacked(weights(33), 36)
    assert torch.equal(made[:, :264], weights(33))
    assert not made[:, 264:].any()


def test_of_a_narrower_file_the_outer_latents_are_taken() -> None:
    base, stored = widened(weights(33)), weights(33) + 0.5
    made = overlaid(base, stored)
    assert torch.equal(made[:, :128], stored[:, :128])
    assert torch.equal(made[:, 128:256], base[:, 128:256])
    assert torch.equal(made[:, 256:], stored[:, -128:])


def test_a_file_of_the_same_width_replaces_all() -> None:
    stored = weights(48) + 0.5
    assert torch.equal(overlaid(weights(48), stored), stored)


def test_fp8_keeps_three_bits_behind_the_first() -> None:
    made = rounded_to_fp8(torch.tensor([[1.0, 1.0625, 1.125, 448.0]]))
    assert made.dtype == torch.bfloat16
    assert made.tolist() == [[1.0, 1.0, 1.125, 448.0]]


def test_it_is_what_the_released_code_made(golden: Path) -> None:
    there = load_file(golden / "model" / "patch_embed_adapt.safetensors")
    base = there["base33"]
    wide, deep = widened(base), stacked(base, 36)
    made = {
        "base33_to_48_vae_mask": wide,
        "base33_to_36_stack_mask": deep,
        "base_fp8_then_bf16_as_f32": rounded_to_fp8(wide).float(),
        "ckpt33_onto_48": overlaid(wide, there["ckpt33"]),
        "ckpt32_onto_48": overlaid(wide, there["ckpt32"]),
        "ckpt48_onto_48": overlaid(wide, there["ckpt48"]),
        "ckpt33_onto_36_stack": overlaid(deep, there["ckpt33"]),
    }
    assert [name for name, found in made.items() if not torch.equal(found, there[name])] == []
