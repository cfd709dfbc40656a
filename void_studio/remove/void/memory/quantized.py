"""Linear layers whose weights are stored in one byte each: ``int8`` and ``fp8``. Approximate.

Every output channel has a scale of its own, symmetric about zero. Weights are unpacked when they
are used; on chips that multiply float8 themselves, float8 weights meet activations that are
brought to float8 row by row.
"""

from __future__ import annotations

from typing import Literal

import torch
from torch import nn
from torch.nn import functional

Stored = Literal["int8", "fp8"]

_DTYPES = {"int8": torch.int8, "fp8": torch.float8_e4m3fn}
_LARGEST = {"int8": 127.0, "fp8": 448.0}
_LEAST_SCALE = 2.0**-100
"""Of a channel of zeros; above what bfloat16 can still hold."""


class QuantizedLinear(nn.Module):
    """A linear layer (N outputs, K inputs) with one byte for each weight.

    Attributes:
        weight: (N, K) int8 or float8_e4m3fn.
        scale: (N, 1) float32, values that bfloat16 holds exactly.
        bias: (N,) or None.
    """

    weight: torch.Tensor
    scale: torch.Tensor
    bias: nn.Parameter | None

    def __init__(self, linear: nn.Linear, stored: Stored) -> None:
        """Takes the shape of ``linear``, which may be on meta; weights come from ``fill``."""
        super().__init__()
        self.stored = stored
        self.multiplies_fp8 = False
        shape = (linear.out_features, linear.in_features)
        self.register_buffer("weight", torch.empty(shape, dtype=_DTYPES[stored], device="meta"))
        self.register_buffer("scale", torch.empty(shape[0], 1, device="meta"))
        self.bias = linear.bias

    def fill(self, weight: torch.Tensor) -> None:
        """Stores ``weight`` (N, K) of any float type, on the device that it is on."""
        largest = _LARGEST[self.stored]
        scale = weight.abs().amax(1, keepdim=True).float() / largest
        self.scale = scale.clamp_(min=_LEAST_SCALE).bfloat16().float()
        scaled = (weight.float() / self.scale).clamp_(-largest, largest)
        self.weight = (scaled.round_() if self.stored == "int8" else scaled).to(
            _DTYPES[self.stored]
        )
        self.multiplies_fp8 = self.stored == "fp8" and multiplies_fp8(self.weight)

    def unpacked(self, dtype: torch.dtype) -> torch.Tensor:
        """The weights (N, K) as ``dtype``."""
        return self.weight.to(dtype).mul_(self.scale.to(dtype))

    def forward(self, hidden: torch.Tensor) -> torch.Tensor:
        if self.multiplies_fp8 and hidden.dtype == torch.bfloat16:
            return fp8_linear(hidden, self.weight, self.scale, self.bias)
        return functional.linear(hidden, self.unpacked(hidden.dtype), self.bias)


def fp8_linear(
    hidden: torch.Tensor, weight: torch.Tensor, scale: torch.Tensor, bias: torch.Tensor | None
) -> torch.Tensor:
    """A linear layer that multiplies in float8, with one scale for each row of ``hidden``.

    Args:
        hidden: (..., K) bfloat16.
        weight: (N, K) float8_e4m3fn; N and K multiples of 16.
        scale: (N, 1) float32.
        bias: (N,) bfloat16 or None.
    """
    rows = hidden.reshape(-1, hidden.shape[-1])
    largest = _LARGEST["fp8"]
    # Rounded before it divides, so that what is multiplied again afterwards is what divided.
    row_scale = (rows.abs().amax(1, keepdim=True) / largest).clamp_(min=_LEAST_SCALE)
    scaled = (rows / row_scale).clamp_(-largest, largest).to(torch.float8_e4m3fn)
    out = torch._scaled_mm(
        scaled,
        weight.t(),
        scale_a=row_scale.float(),
        scale_b=scale.t(),
        bias=bias,
        out_dtype=hidden.dtype,
        use_fast_accum=True,
    )
    return out.reshape(*hidden.shape[:-1], -1)


def multiplies_fp8(weight: torch.Tensor) -> bool:
    """Whether this chip and this torch multiply the float8 ``weight`` (N, K) row by row, which is
    tried out."""
    if weight.device.type != "cuda" or any(side % 16 for side in weight.shape):
        return False
    if torch.cuda.get_device_capability(weight.device) < (9, 0):
        return False
    tried = torch.zeros(16, weight.shape[1], dtype=torch.bfloat16, device=weight.device)
    scale = torch.ones(weight.shape[0], 1, device=weight.device)
    try:
        fp8_linear(tried, weight, scale, None)
    except (RuntimeError, AttributeError, NotImplementedError):
        return False
    return True


def quantize_blocks(blocks: nn.ModuleList, stored: Stored) -> None:
    """Puts a ``QuantizedLinear`` in the place of every linear layer of attention and feed-forward.

    Norms and the layers that modulate them are left as they are: they are small, and every number
    of a block passes through what they say.
    """
    for block in blocks:
        for name, layer in list(block.named_modules()):
            if isinstance(layer, nn.Linear) and not name.startswith("norm"):
                block.set_submodule(name, QuantizedLinear(layer, stored))
