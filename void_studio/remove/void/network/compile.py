"""Compiles the transformer's blocks, which are all alike: what is compiled serves all of them.

Only what repeats is compiled, each block by itself, so that weights may come and go between them.
Roundings to bfloat16 are kept where eager code has them, so that a run is about the same with it
and without. Worth it on CUDA only, where the small operations between the matrix products wait for
memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from importlib.util import find_spec

import torch
from torch import Tensor, nn
from torch._dynamo import config as dynamo
from torch._dynamo.exc import TorchDynamoException
from torch._inductor.exc import InductorError

from void_studio.remove.void.memory.out_of_memory import is_out_of_memory

BACKEND: str | Callable[..., Callable[..., object]] = "inductor"
OPTIONS = {"emulate_precision_casts": True}

SHAPES = 32
"""Lengths and sizes that a process may compile for. Each takes two compilations: the first block
gets its input cut out of a longer tensor."""


def compiles_on(device: torch.device) -> bool:
    """Whether compiling is worth it there, and its compiler is installed."""
    return device.type == "cuda" and find_spec("triton") is not None


class Compiled:
    """A ``predict`` whose blocks are compiled when they are first called.

    Attributes:
        warning: Why they are not compiled after all, for the artist; empty while they are.
    """

    def __init__(self, predict: Callable[..., Tensor], blocks: Iterable[nn.Module]) -> None:
        """
        Args:
            predict: Calls ``blocks``; its arguments are those of the result.
            blocks: Modules of one kind (``Placed.computing_blocks``).
        """
        self.warning = ""
        self._predict = predict
        self._blocks = list(blocks)
        options = OPTIONS if BACKEND == "inductor" else None
        for block in self._blocks:
            block.compile(dynamic=False, backend=BACKEND, options=options)

    def __call__(self, *given: Tensor) -> Tensor:
        """As ``predict``. A compiler that fails is done without from then on."""
        # torch.compile takes a limit from torch 2.13 on only, and there every thread has its own.
        if dynamo.recompile_limit < SHAPES * 2:
            dynamo.recompile_limit = SHAPES * 2
        try:
            return self._predict(*given)
        except (TorchDynamoException, InductorError) as error:
            if not self._blocks or is_out_of_memory(error):
                raise
            self.warning = f"Runs without compilation, which is slower: {_shortly(error)}"
        self.undo()
        return self._predict(*given)

    def undo(self) -> None:
        """Makes the blocks run as they were written."""
        for block in self._blocks:
            block._compiled_call_impl = None
        self._blocks.clear()


def _shortly(error: Exception) -> str:
    """The first two lines: which part failed, and with what."""
    return " ".join(str(error).split("\n")[:2]).strip() or type(error).__name__
