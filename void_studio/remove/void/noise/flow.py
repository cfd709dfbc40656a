"""Optical flow between frames that follow each other: RAFT where it is installed, else DIS.

A flow is float32 (2, h, w), x and y in pixels of the frames, from the first frame to the second.
"""

from __future__ import annotations

import importlib
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn
from torch.nn import functional

from void_studio.errors import VoidError

Bytes = NDArray[np.uint8]

RAFT_MOST_BYTES = 200 * 2**20
"""Ten times what the weights have; a larger file is something else."""

RAFT_LEAST = 128
RAFT_MULTIPLE = 8
"""Sizes in pixels that RAFT can take."""

DIS_LEAST = 16
"""Pixels that DIS needs each way."""


class Flow(Protocol):
    """Optical flow of one method, whose ``name`` a take records."""

    @property
    def name(self) -> str: ...

    def __call__(self, before: Bytes, after: Bytes) -> Tensor:
        """The flow float32 (2, h, w) between two RGB frames uint8 (h, w, 3)."""


class Dis:
    """Dense inverse search (Kroeger et al., 2016), which comes with OpenCV; on the CPU."""

    name = "DIS"

    def __init__(self) -> None:
        self._search = cv2.DISOpticalFlow.create(cv2.DISOPTICAL_FLOW_PRESET_MEDIUM)

    def __call__(self, before: Bytes, after: Bytes) -> Tensor:
        height, width = before.shape[:2]
        found = self._search.calc(_grey(before), _grey(after), np.empty(0, np.float32))
        flow = torch.from_numpy(np.asarray(found, np.float32)).permute(2, 0, 1)
        return flow[:, :height, :width].contiguous()


class Raft:
    """RAFT (Teed and Deng, 2020) with the large network of torchvision, its last iterate."""

    name = "RAFT"

    def __init__(self, network: nn.Module, weights: Path, device: torch.device | str) -> None:
        """Loads ``weights``, a state dict as torchvision publishes it, into its ``network``.

        Raises:
            VoidError: the file is not that.
        """
        try:
            network.load_state_dict(_state_dict(weights))
        except Exception as error:  # torch's reader raises whatever it stumbles over
            raise VoidError(
                f"Could not read the RAFT weights {weights}",
                str(error).partition("\n")[0] or type(error).__name__,
                "Delete the file to work without RAFT, or fetch it again",
            ) from error
        self._network = network.eval().to(device)
        self._device = device

    @torch.no_grad()
    def __call__(self, before: Bytes, after: Bytes) -> Tensor:
        height, width = before.shape[:2]
        pair = torch.from_numpy(np.stack([before, after])).permute(0, 3, 1, 2)
        padded = _padded(pair.to(self._device).float() / 127.5 - 1)
        flow: Tensor = self._network(padded[:1], padded[1:])[-1][0]
        return flow[:, :height, :width].clone()


def open_flow(weights: Path | None, device: torch.device | str = "cpu") -> Flow:
    """RAFT if torchvision is installed and its ``weights`` are there, else DIS.

    Raises:
        VoidError: the weights are damaged.
    """
    if weights is None:
        return Dis()
    try:
        models = importlib.import_module("torchvision.models.optical_flow")
    except (ImportError, RuntimeError):  # the latter where it was made for another torch
        return Dis()
    return Raft(models.raft_large(weights=None), weights, device)


def _state_dict(weights: Path) -> dict[str, Tensor]:
    """What is in a file; whether it fits a network is not looked at."""
    if weights.stat().st_size > RAFT_MOST_BYTES:
        raise ValueError("It is too large to be what it claims to be")
    state: dict[str, Tensor] = torch.load(weights, map_location="cpu", weights_only=True)
    return state


def _grey(frame: Bytes) -> Bytes:
    """RGB uint8 (h, w, 3) as uint8 (H, W), its edges repeated where it is too small for DIS."""
    grey = cv2.cvtColor(frame, cv2.COLOR_RGB2GRAY)
    more = [max(DIS_LEAST - side, 0) for side in grey.shape]
    if any(more):
        grey = cv2.copyMakeBorder(grey, 0, more[0], 0, more[1], cv2.BORDER_REPLICATE)
    return np.asarray(grey, np.uint8)


def _padded(frames: Tensor) -> Tensor:
    """Frames (n, 3, h, w) with their right and lower edges repeated to a size RAFT can take."""
    height, width = frames.shape[2:]
    below, beside = (_raft_side(side) - side for side in (height, width))
    return functional.pad(frames, (0, beside, 0, below), mode="replicate")


def _raft_side(side: int) -> int:
    return max(RAFT_LEAST, -(-side // RAFT_MULTIPLE) * RAFT_MULTIPLE)
