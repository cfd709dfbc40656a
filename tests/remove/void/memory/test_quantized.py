"""Weights of one byte."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import nn

from tests.remove.void import networks
from void_studio.remove.void.memory.quantized import (
    QuantizedLinear,
    Stored,
    fp8_linear,
    multiplies_fp8,
    quantize_blocks,
)
from void_studio.remove.void.memory.residency import open_transformer

DTYPES = {"int8": torch.int8, "fp8": torch.float8_e4m3fn}
STORED: list[Stored] = ["int8", "fp8"]

# Half a step of 127; a mantissa of three bits. And the rounding of the scale to bfloat16, twice.
COARSEST = {"int8": 0.5 / 127 + 2**-8, "fp8": 2**-4 + 2**-8}


def layer_of(weight: torch.Tensor, stored: Stored, bias: bool = False) -> QuantizedLinear:
    linear = nn.Linear(weight.shape[1], weight.shape[0], bias=bias, device="meta")
    layer = QuantizedLinear(linear, stored)
    layer.fill(weight)
    return layer


@pytest.mark.parametrize("stored", STORED)
@given(seed=st.integers(0, 999), exponent=st.integers(-20, 20))
def test_no_weight_is_further_off_than_its_channel_s_steps(
    stored: Stored, seed: int, exponent: int
) -> None:
    generator = torch.Generator().manual_seed(seed)
    weight = torch.randn(4, 32, generator=generator) * 2.0**exponent
    weight[1] *= 1000  # a channel of its own does not make the others coarser
    weight[2] = 0
    layer = layer_of(weight, stored)
    largest = weight.abs().amax(1, keepdim=True)
    error = (layer.unpacked(torch.float32) - weight).abs()
    assert (error <= COARSEST[stored] * largest).all()
    assert not layer.unpacked(torch.float32)[2].any()


@pytest.mark.parametrize("stored", STORED)
def test_scales_are_what_bfloat16_holds(stored: Stored) -> None:
    layer = layer_of(torch.randn(8, 16), stored)
    assert torch.equal(layer.scale.bfloat16().float(), layer.scale)


@pytest.mark.parametrize("stored", STORED)
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_a_layer_computes_with_its_unpacked_weights_and_its_bias(
    stored: Stored, dtype: torch.dtype
) -> None:
    layer = layer_of(torch.randn(8, 16), stored, bias=True)
    layer.bias = nn.Parameter(torch.randn(8, dtype=dtype), requires_grad=False)
    hidden = torch.randn(2, 3, 16, dtype=dtype)
    expected = hidden @ layer.unpacked(dtype).t() + layer.bias
    found = layer(hidden)
    assert found.dtype == dtype
    assert torch.allclose(found, expected, rtol=0.02, atol=0.05)


def test_multiplying_in_float8_is_the_layer_up_to_float8() -> None:
    weight = torch.randn(48, 64)
    layer = layer_of(weight, "fp8", bias=True)
    layer.bias = nn.Parameter(torch.randn(48).bfloat16(), requires_grad=False)
    hidden = torch.randn(2, 5, 64).bfloat16() * torch.logspace(0, 4, 5)[:, None].bfloat16()
    found = fp8_linear(hidden, layer.weight, layer.scale, layer.bias).float()
    expected = layer(hidden).float()
    assert found.shape == expected.shape
    error = (found - expected).norm(dim=-1) / (expected - layer.bias.float()).norm(dim=-1)
    assert (error < 0.05).all()


def test_multiplying_in_float8_makes_nothing_larger_or_smaller() -> None:
    layer = layer_of(torch.eye(256) * 448, "fp8")  # which float8 holds exactly
    hidden = torch.randn(256, 256, generator=torch.Generator().manual_seed(0)).bfloat16()
    hidden[:, 0] = 7.25  # the largest, and a scale that bfloat16 rounds by a good deal
    found = fp8_linear(hidden, layer.weight, layer.scale, None).double()[:, 1:] / 448
    given = hidden.double()[:, 1:]
    assert abs((found * given).sum() / (given * given).sum() - 1) < 0.002


def test_a_cpu_unpacks() -> None:
    assert not multiplies_fp8(torch.empty(16, 16).to(torch.float8_e4m3fn))
    assert not layer_of(torch.randn(16, 16), "fp8").multiplies_fp8


@pytest.mark.parametrize("stored", STORED)
def test_attention_and_feed_forward_are_quantised_and_nothing_else(
    tmp_path: Path, stored: Stored
) -> None:
    file = networks.write_checkpoint(tmp_path / "void.safetensors", networks.config(layers=2))
    placed = open_transformer(networks.config(layers=2), file, stored, "cpu", torch.bfloat16)
    small = {
        name: layer
        for name, layer in placed.module.named_modules()
        if isinstance(layer, QuantizedLinear)
    }
    one_block = {"attn1.to_q", "attn1.to_k", "attn1.to_v", "attn1.to_out.0"}
    one_block |= {"ff.net.0.proj", "ff.net.2"}
    assert set(small) == {f"transformer_blocks.{at}.{name}" for at in (0, 1) for name in one_block}
    for name, tensor in placed.module.state_dict().items():
        owner, _, leaf = name.rpartition(".")
        if owner in small and leaf == "weight":
            assert tensor.dtype == DTYPES[stored]
        elif owner in small and leaf == "scale":
            assert tensor.dtype == torch.float32
        else:
            assert tensor.dtype == torch.bfloat16
    placed.close()


@pytest.mark.parametrize(("stored", "limit"), [("int8", 0.02), ("fp8", 0.08)])
def test_the_network_s_output_stays_near_that_of_its_own_weights(
    tmp_path: Path, stored: Stored, limit: float
) -> None:
    config = networks.config(layers=6)
    file = networks.write_checkpoint(tmp_path / "void.safetensors", config)
    given = networks.inputs(torch.float32)
    exact, near = (
        networks.output(open_transformer(config, file, mode, "cpu", torch.float32).module, given)
        for mode in ("resident", stored)
    )
    error = (near - exact).abs().mean() / exact.abs().mean()
    assert 1e-4 < error < limit


def test_modules_that_are_no_linear_layers_are_left_alone() -> None:
    block = nn.ModuleDict({"norm1": nn.Linear(2, 2), "ff": nn.Sequential(nn.GELU())})
    quantize_blocks(nn.ModuleList([block]), "int8")
    assert isinstance(block["norm1"], nn.Linear)
