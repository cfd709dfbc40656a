"""The quickest exact attention that the chip has, for everything inside a ``with``.

All of these compute softmax(QK^T)V in full; they differ in speed and in rounding only.
"""

from __future__ import annotations

from contextlib import AbstractContextManager, nullcontext

import torch
from torch.nn.attention import SDPBackend, sdpa_kernel

HOPPER = 9
"""Major compute capability from which cuDNN's attention is ahead of FlashAttention 2."""


def attention_order(major: int) -> list[SDPBackend]:
    """Which kernels to try, best first, on a CUDA chip of a ``major`` compute capability.

    The first one is taken that supports dtype, head width and length; ``MATH`` always does.
    """
    flash = [SDPBackend.FLASH_ATTENTION]
    cudnn = [SDPBackend.CUDNN_ATTENTION]
    first = cudnn + flash if major >= HOPPER else flash + cudnn
    return [*first, SDPBackend.EFFICIENT_ATTENTION, SDPBackend.MATH]


def fastest_attention(device: torch.device) -> AbstractContextManager[None]:
    """Lets scaled_dot_product_attention on ``device`` choose by ``attention_order``.

    Away from CUDA there is nothing to choose.
    """
    if device.type != "cuda":
        return nullcontext()
    major, _ = torch.cuda.get_device_capability(device)
    return sdpa_kernel(attention_order(major), set_priority=True)
