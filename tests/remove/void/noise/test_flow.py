"""Optical flow: its direction and unit, which method is taken, and weights that are damaged."""

from __future__ import annotations

import sys
from pathlib import Path
from types import ModuleType

import cv2
import numpy as np
import pytest
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from void_studio.errors import VoidError
from void_studio.remove.void.noise.flow import Dis, Raft, open_flow

Bytes = NDArray[np.uint8]


def texture(height: int, width: int) -> Bytes:
    noise = np.random.default_rng(0).normal(size=(height, width, 3)).astype(np.float32)
    soft = cv2.GaussianBlur(noise, (0, 0), 2)
    return np.clip(soft * 300 + 128, 0, 255).astype(np.uint8)


class Network(nn.Module):
    """Stands for torchvision's RAFT: of its iterates the last is the mean of both frames."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(0.0))
        self.seen: list[tuple[int, ...]] = []

    def forward(self, before: Tensor, after: Tensor) -> list[Tensor]:
        self.seen.append(tuple(before.shape))
        assert before.shape == after.shape
        means = torch.stack([before.mean(1), after.mean(1)], dim=1) * self.scale
        return [torch.zeros_like(means), means]


@pytest.fixture
def network(monkeypatch: pytest.MonkeyPatch) -> Network:
    """A torchvision whose RAFT is a ``Network``."""
    made = Network()
    flow = ModuleType("torchvision.models.optical_flow")
    flow.raft_large = lambda weights: made  # type: ignore[attr-defined]
    for name in ("torchvision", "torchvision.models"):
        monkeypatch.setitem(sys.modules, name, ModuleType(name))
    monkeypatch.setitem(sys.modules, "torchvision.models.optical_flow", flow)
    return made


@pytest.fixture
def weights(tmp_path: Path) -> Path:
    path = tmp_path / "raft_large.pth"
    torch.save({"scale": torch.tensor(2.0)}, path)
    return path


def test_dis_measures_from_the_first_frame_to_the_second_in_pixels() -> None:
    picture = texture(120, 160)
    flow = Dis()(picture[10:90, 10:130], picture[12:92, 5:125])
    assert flow.shape == (2, 80, 120)
    assert flow.dtype == torch.float32
    inside = flow[:, 20:-20, 20:-20].mean((1, 2))
    np.testing.assert_allclose(inside, [5, -2], atol=0.1)


@pytest.mark.parametrize("size", [(1, 1), (7, 9), (15, 40), (16, 17), (33, 5)])
def test_dis_takes_frames_of_any_size_and_finds_no_motion_in_equal_ones(
    size: tuple[int, int],
) -> None:
    picture = texture(*size)
    flow = Dis()(picture, picture)
    assert flow.shape == (2, *size)
    assert not flow.any()


def test_without_weights_it_is_dis(network: Network) -> None:
    assert open_flow(None).name == "DIS"


@pytest.mark.parametrize("why", [ImportError, RuntimeError])
def test_without_a_torchvision_that_works_it_is_dis(
    weights: Path, why: type[Exception], monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(name: str) -> ModuleType:
        raise why(name)

    monkeypatch.setattr("importlib.import_module", refuse)
    assert open_flow(weights).name == "DIS"


@pytest.mark.parametrize(
    ("size", "padded"),
    [((240, 360), (240, 360)), ((50, 131), (128, 136)), ((384, 676), (384, 680))],
)
def test_raft_sees_frames_from_minus_one_to_one_and_padded(
    network: Network, weights: Path, size: tuple[int, int], padded: tuple[int, int]
) -> None:
    black, white = np.zeros((*size, 3), np.uint8), np.full((*size, 3), 255, np.uint8)
    flow = open_flow(weights)
    assert flow.name == "RAFT"
    found = flow(black, white)
    assert network.seen == [(1, 3, *padded)]
    assert found.shape == (2, *size)
    assert not found.requires_grad
    np.testing.assert_array_equal(found[0], -2)
    np.testing.assert_array_equal(found[1], 2)


@pytest.mark.parametrize(
    "content", [b"", b"no weights at all" * 9, {"other": torch.zeros(1)}, [1, 2], None]
)
def test_damaged_weights_are_named(network: Network, weights: Path, content: object) -> None:
    if content is None:
        weights.unlink()
    elif isinstance(content, bytes):
        weights.write_bytes(content)
    else:
        torch.save(content, weights)
    with pytest.raises(VoidError, match="RAFT weights") as caught:
        open_flow(weights)
    assert caught.value.why
    assert caught.value.remedy


def test_a_file_far_too_large_is_not_read(
    network: Network, weights: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("void_studio.remove.void.noise.flow.RAFT_MOST_BYTES", 10)
    with pytest.raises(VoidError, match="too large"):
        Raft(network, weights, "cpu")
