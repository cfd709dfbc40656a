"""Which attention is asked for, and that it is still attention."""

from __future__ import annotations

import pytest
import torch
from torch.nn.attention import SDPBackend
from torch.nn.functional import scaled_dot_product_attention

from void_studio.remove.void.network import attention
from void_studio.remove.void.network.attention import attention_order, fastest_attention


def test_hopper_begins_with_cudnn_and_older_chips_with_flash() -> None:
    assert attention_order(9)[0] == attention_order(10)[0] == SDPBackend.CUDNN_ATTENTION
    assert attention_order(8)[0] == SDPBackend.FLASH_ATTENTION


@pytest.mark.parametrize("major", [7, 8, 9, 12])
def test_every_kernel_is_tried_and_the_one_that_can_do_all_comes_last(major: int) -> None:
    order = attention_order(major)
    assert len(set(order)) == len(order) == 4
    assert order[-1] == SDPBackend.MATH


def test_away_from_cuda_nothing_is_chosen() -> None:
    query = torch.randn(1, 2, 5, 8, generator=torch.Generator().manual_seed(0))
    plain = scaled_dot_product_attention(query, query, query)
    with fastest_attention(torch.device("cpu")):
        assert torch.equal(scaled_dot_product_attention(query, query, query), plain)


def test_on_cuda_the_order_holds_inside_and_is_gone_outside(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(torch.cuda, "get_device_capability", lambda device: (9, 0))
    before = torch._C._get_sdp_priority_order()
    with attention.fastest_attention(torch.device("cuda")):
        order = torch._C._get_sdp_priority_order()
        assert order[0] == int(SDPBackend.CUDNN_ATTENTION)
    assert torch._C._get_sdp_priority_order() == before
