"""Rotary positions: by their definition, and as the released code made them."""

from __future__ import annotations

import re
from pathlib import Path

import torch
from safetensors.torch import load_file

from void_studio.remove.void.network.rope import rotary


def test_every_axis_turns_its_own_share_of_the_head() -> None:
    cos, sin = rotary((3, 4, 5), 64)
    assert cos.shape == sin.shape == (60, 64)
    assert cos.dtype == sin.dtype == torch.float32
    time, row, column = 2, 1, 3
    token = (time * 4 + row) * 5 + column
    expected = []
    for place, width in ((time, 16), (row, 24), (column, 24)):
        for pair in range(width // 2):
            angle = torch.tensor(place * 10000 ** (-2 * pair / width))
            expected += [torch.cos(angle), torch.cos(angle)]
    assert torch.allclose(cos[token], torch.stack(expected), atol=1e-6)
    assert torch.allclose(cos**2 + sin**2, torch.ones(60, 64))


def test_a_larger_grid_begins_with_the_smaller_one() -> None:
    small, _ = rotary((1, 2, 3), 64)
    large, _ = rotary((4, 7, 9), 64)
    assert torch.equal(large.reshape(4, 7, 9, 64)[:1, :2, :3].reshape(6, 64), small)


def test_it_is_what_the_released_code_made(golden: Path) -> None:
    there = load_file(golden / "model" / "rope.safetensors")
    cases = [re.fullmatch(r"cos_(\d+)x(\d+)_f(\d+)", name) for name in there]
    for found in filter(None, cases):
        height, width, frames = map(int, found.groups())
        cos, sin = rotary(((frames + 1) // 2, height // 16, width // 16), 64)
        assert torch.allclose(cos, there[found[0]], rtol=0, atol=1e-6)
        assert torch.allclose(sin, there[found[0].replace("cos", "sin")], rtol=0, atol=1e-6)
    cos, sin = rotary((11, 24, 42), 64)
    rows = there["real_rows"]
    assert torch.allclose(cos[rows], there["real_cos"], rtol=0, atol=1e-6)
    assert torch.allclose(sin[rows], there["real_sin"], rtol=0, atol=1e-6)
