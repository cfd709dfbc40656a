"""The models of one VOID pass, loaded when they are asked for and kept for the next removal."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import nn

from void_studio.remove import warm
from void_studio.remove.void.memory.costs import parameters_of
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.memory.out_of_memory import free_all
from void_studio.remove.void.memory.residency import Placed, open_transformer
from void_studio.remove.void.network.compile import Compiled, compiles_on
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.transformer import transformer_config
from void_studio.remove.void.network.vae import Vae, load_vae
from void_studio.remove.void.sampling.denoise import Predict
from void_studio.remove.weights.find import VoidWeights

_KEPT_AS = "void"


@dataclass(frozen=True)
class Place:
    """Where and how precisely is computed.

    Attributes:
        device: CUDA before Metal before the CPU.
        dtype: bfloat16, as released and as the weights are stored. On the CPU float32, since few
            CPUs compute in bfloat16 at all, and those round in ways of their own; where main memory
            does not hold the weights twice as large, the memory mode reads them block by block.
    """

    device: torch.device
    dtype: torch.dtype

    @classmethod
    def best(cls) -> Place:
        """The best this machine has."""
        if torch.cuda.is_available():
            return cls(torch.device("cuda"), torch.bfloat16)
        if torch.backends.mps.is_available():
            return cls(torch.device("mps"), torch.bfloat16)
        return cls(torch.device("cpu"), torch.float32)

    @property
    def element_bytes(self) -> int:
        return self.dtype.itemsize

    @property
    def precision(self) -> str:
        return str(self.dtype).removeprefix("torch.")


@dataclass(frozen=True)
class Network:
    """A transformer that is ready.

    Attributes:
        predict: Calls it; for ``denoise``.
        module: The transformer itself.
    """

    predict: Predict
    module: nn.Module

    @property
    def warning(self) -> str:
        """What did not go as it should, for the artist; empty if nothing."""
        return self.predict.warning if isinstance(self.predict, Compiled) else ""


class Engine:
    """One VAE and one transformer at most: of the pass, and in the mode, used last.

    Attributes:
        place: Where they are.
        compiles: Whether the transformer's blocks are compiled.
    """

    def __init__(self, place: Place) -> None:
        self.place = place
        self.compiles = compiles_on(place.device)
        self._identity = ""
        self._vae: Vae | None = None
        self._placed: Placed | None = None
        self._network: Network | None = None

    def vae(self, weights: VoidWeights) -> Vae:
        """The VAE on the device, with as much room as the transformer's mode gives it.

        Raises:
            VoidError: its files cannot be read or are not a VAE's.
            RuntimeError, MemoryError: memory ran out.
        """
        self._use(weights)
        if self._placed is not None:
            self._placed.to_host()
        if self._vae is None:
            self._vae = load_vae(weights.vae, self.place.dtype, self.place.device)
            self._keep()
        self._vae.to(self.place.device)
        return self._vae

    def transformer(self, weights: VoidWeights, mode: Mode) -> Network:
        """The transformer in ``mode``, ready to compute; raises as ``vae``."""
        self._use(weights)
        if self._placed is not None and self._placed.mode != mode:
            self._drop_transformer()
        if self._vae is not None and mode == "offload":
            self._vae.to("cpu")
        if self._placed is None:
            config = transformer_config(weights.transformer_config)
            self._placed = open_transformer(
                config, weights.checkpoint, mode, self.place.device, self.place.dtype
            )
            self._keep()
        if self._network is None:
            self._network = self._made(self._placed)
        self._placed.to_device()
        return self._network

    def held_bytes(self) -> tuple[int, int]:
        """What the engine holds and would give back: bytes of the GPU, and of main memory."""
        if self._placed is None:
            return 0, 0
        if self.place.device.type != "cuda":
            return 0, self._placed.weight_bytes()
        config: Any = self._placed.module.config
        whole = parameters_of(config) * self.place.element_bytes
        on_host = self._placed.mode in ("offload", "streamed")
        return torch.cuda.memory_reserved(), whole if on_host else 0

    def let_go(self) -> None:
        """Gives all memory back."""
        self._drop_transformer()
        self._vae = None
        self._identity = ""
        warm.forget(_KEPT_AS)
        free_all()

    def _made(self, placed: Placed) -> Network:
        predict: Predict = Predictor(placed.module)
        if self.compiles:
            predict = Compiled(predict, placed.computing_blocks())
        return Network(predict, placed.module)

    def _use(self, weights: VoidWeights) -> None:
        if self._identity != weights.identity:
            self.let_go()
            self._identity = weights.identity

    def _keep(self) -> None:
        warm.keep(_KEPT_AS, self.let_go)

    def _drop_transformer(self) -> None:
        placed, self._placed, self._network = self._placed, None, None
        if placed is not None:
            placed.close()
            free_all()


_engine: Engine | None = None


def the_engine() -> Engine:
    """The one engine of this process."""
    global _engine
    if _engine is None:
        _engine = Engine(Place.best())
    return _engine
