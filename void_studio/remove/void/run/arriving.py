"""Results on their way from the device to the host, which nobody waits for until they are read."""

from __future__ import annotations

from collections.abc import Mapping

import torch
from torch import Tensor


class Arriving:
    """Tensors of one device, copied behind what it is computing. On the CPU they are there."""

    def __init__(self, tensors: Mapping[str, Tensor]) -> None:
        queued = any(tensor.is_cuda for tensor in tensors.values())
        # Without waiting, torch copies into pinned memory of its own.
        self._tensors = {
            key: tensor.to("cpu", non_blocking=queued) for key, tensor in tensors.items()
        }
        self._arrived: torch.cuda.Event | None = None
        if queued:
            self._arrived = torch.cuda.Event()  # type: ignore[no-untyped-call]
            self._arrived.record()

    def taken(self) -> dict[str, Tensor]:
        """The tensors on the CPU, waited for if need be."""
        if self._arrived is not None:
            self._arrived.synchronize()
        return self._tensors
