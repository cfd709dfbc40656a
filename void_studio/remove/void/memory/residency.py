"""Opens VOID's transformer in one of the memory modes.

``resident``, ``offload`` and ``streamed`` compute the same to the bit; ``fp8`` and ``int8`` are
approximate. Nothing is in memory twice while it is read: tensors come from the mapped file one by
one and go to where they stay.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any

import torch
from torch import nn

from void_studio.remove.void.memory.host_weights import (
    FileSource,
    HostRun,
    RandomSource,
    Run,
    Source,
    assign,
)
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.memory.quantized import QuantizedLinear, quantize_blocks
from void_studio.remove.void.memory.streaming import Place, StreamedBlock, Streamer, make_places
from void_studio.remove.void.network.transformer import empty_transformer

BLOCKS = "transformer_blocks"


class Placed:
    """A transformer whose weights are where its mode says.

    Attributes:
        module: Has the forward and the config of ``CogVideoXTransformer3DModel``.
        mode: How it was opened.
        device: Where it computes.
    """

    def __init__(self, module: nn.Module, mode: Mode, device: torch.device) -> None:
        self.module = module
        self.mode: Mode = mode
        self.device = device

    def to_device(self) -> None:
        """Brings the weights to the device before denoising; they are elsewhere in ``offload``."""

    def to_host(self) -> None:
        """Takes them off again in ``offload``, so that the VAE has the device to itself."""

    def weight_bytes(self) -> int:
        """Bytes of weights that are on the device (in main memory, if that is the device) now."""
        return _bytes_of(self.module, self.device)

    def computing_blocks(self) -> list[nn.Module]:
        """The modules that compute the blocks: one for each, or those that take turns."""
        return list(_blocks(self.module))

    def close(self) -> None:
        """Lets go of all weights; the module cannot compute any more. May be called again."""
        for name, tensor in list(self.module.state_dict().items()):
            owner, _, leaf = name.rpartition(".")
            empty = tensor.to("meta")
            if leaf in self.module.get_submodule(owner)._buffers:
                setattr(self.module.get_submodule(owner), leaf, empty)
            else:
                assign(self.module, {name: empty})


class Offloaded(Placed):
    """All weights in main memory, and on the device from ``to_device`` to ``to_host``."""

    def __init__(
        self, module: nn.Module, device: torch.device, runs: Mapping[str, HostRun]
    ) -> None:
        """``runs`` by the name of the part of ``module`` that they are for; "" is all that is in
        no other."""
        super().__init__(module, "offload", device)
        self._runs = dict(runs)
        self.to_host()

    def to_device(self) -> None:
        for part, run in self._runs.items():
            moved = run.memory.to(self.device, non_blocking=True)
            assign(self.module.get_submodule(part), run.run.views(moved))

    def to_host(self) -> None:
        for part, run in self._runs.items():
            assign(self.module.get_submodule(part), run.run.views(run.memory))

    def close(self) -> None:
        super().close()
        _close_runs(self.device, self._runs.values())
        self._runs.clear()


class Streamed(Placed):
    """Blocks in main memory or in the mapped file; two places on the device take turns."""

    def __init__(
        self, module: nn.Module, device: torch.device, streamer: Streamer, runs: Iterable[HostRun]
    ) -> None:
        super().__init__(module, "streamed", device)
        self._streamer = streamer
        self._runs = list(runs)

    def weight_bytes(self) -> int:
        held = (place.memory for place in self._streamer.places)
        return super().weight_bytes() + sum(memory.nbytes for memory in held)

    def computing_blocks(self) -> list[nn.Module]:
        return [place.block for place in self._streamer.places]

    def close(self) -> None:
        super().close()
        self._streamer.close()
        _close_runs(self.device, self._runs)
        self._runs.clear()


def open_transformer(
    config: Mapping[str, Any],
    checkpoint: Path | None,
    mode: Mode,
    device: torch.device | str,
    dtype: torch.dtype,
) -> Placed:
    """The transformer of ``config`` with the weights of ``checkpoint``, ready to compute.

    Args:
        config: What ``transformer_config`` returns.
        checkpoint: A VOID safetensors file; None for random weights, whose speed is the same.
        dtype: What is computed in, and what weights are kept in that are not quantised.

    Raises:
        VoidError: the file cannot be read or is not exactly this model's, or no model can be made.
        RuntimeError, MemoryError: memory ran out (``out_of_memory.is_out_of_memory``).
    """
    device = torch.device(device)
    module: nn.Module = empty_transformer(config)
    source: Source
    if checkpoint is None:
        source = RandomSource(module, dtype, device)
    else:
        source = FileSource(module, checkpoint)
    if mode == "offload":
        return _offloaded(module, source, device, dtype)
    if mode == "streamed":
        return _streamed(module, source, device, dtype)
    if mode != "resident":
        quantize_blocks(_blocks(module), mode)
    _fill(module, module.state_dict(), source, device, dtype)
    return Placed(module, mode, device)


def _fill(
    module: nn.Module,
    names: Iterable[str],
    source: Source,
    device: torch.device,
    dtype: torch.dtype,
) -> None:
    """Reads the tensors ``names``. On the CPU those that a file has in ``dtype`` are not copied,
    except beside quantised ones: they would keep the whole file mapped."""
    quantised = any(isinstance(layer, QuantizedLinear) for layer in module.modules())
    for name in names:
        owner, _, leaf = name.rpartition(".")
        layer = module.get_submodule(owner)
        if isinstance(layer, QuantizedLinear) and leaf != "bias":
            if leaf == "weight":
                layer.fill(source.read(name).to(device))
        else:
            assign(module, {name: source.read(name).to(device, dtype, copy=quantised)})


def _offloaded(
    module: nn.Module, source: Source, device: torch.device, dtype: torch.dtype
) -> Offloaded:
    runs = {
        part: HostRun(Run(tensors), _full(part, tensors), source, dtype, device.type == "cuda")
        for part, tensors in _parts(module).items()
    }
    return Offloaded(module, device, runs)


def _streamed(
    module: nn.Module, source: Source, device: torch.device, dtype: torch.dtype
) -> Streamed:
    parts = _parts(module)
    _fill(module, parts.pop(""), source, device, dtype)
    names = [_full(part, tensors) for part, tensors in parts.items()]
    blocks = _blocks(module)
    run = Run(blocks[0].state_dict())
    runs: list[HostRun] = []
    if device.type == "cuda" or isinstance(source, RandomSource):
        pin = device.type == "cuda"
        runs.extend(HostRun(run, of_block, source, dtype, pin) for of_block in names)

        def fetch(index: int, place: Place) -> None:
            place.memory.copy_(runs[index].memory, non_blocking=True)
    else:

        def fetch(index: int, place: Place) -> None:
            for name, view in zip(names[index], place.views.values(), strict=True):
                view.copy_(source.read(name))

    streamer = Streamer(make_places(blocks[0], run, len(blocks), dtype, device), fetch, device)
    streamed = (StreamedBlock(streamer, index) for index in range(len(blocks)))
    setattr(module, BLOCKS, nn.ModuleList(streamed))
    return Streamed(module, device, streamer, runs)


def _parts(module: nn.Module) -> dict[str, dict[str, torch.Tensor]]:
    """The tensors of each block under its name in ``module``, and under "" those of no block, each
    named as its part names it."""
    parts = {f"{BLOCKS}.{index}": block.state_dict() for index, block in enumerate(_blocks(module))}
    rest = {name: at for name, at in module.state_dict().items() if not name.startswith(BLOCKS)}
    return {"": rest, **parts}


def _full(part: str, names: Iterable[str]) -> list[str]:
    return [f"{part}.{name}" if part else name for name in names]


def _blocks(module: nn.Module) -> nn.ModuleList:
    blocks: Any = getattr(module, BLOCKS)
    return blocks  # type: ignore[no-any-return]


def _bytes_of(module: nn.Module, device: torch.device) -> int:
    """Bytes of the memory behind the tensors of ``module`` that are on the kind of ``device``."""
    tensors = (
        tensor for tensor in module.state_dict().values() if tensor.device.type == device.type
    )
    return sum(tensor.nbytes for tensor in tensors)


def _close_runs(device: torch.device, runs: Iterable[HostRun]) -> None:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    for run in runs:
        run.close()
