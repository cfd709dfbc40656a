"""Leaves out the middle blocks in the steps of a draft that are not full. See ``draft``."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import nn

from void_studio.remove.void.sampling.draft import is_full, middle

Pair = tuple[torch.Tensor, torch.Tensor]
"""Hidden states of the video (B, N, D) and of the text (B, L, D)."""


class BlockCache:
    """What the middle of the network added in the last full step, for every call of a step.

    A step calls the network once for each window, in the same order every time; both halves of
    guidance are rows of one call. So the number of the call within its step says which window it
    is.
    """

    def __init__(self, steps: int) -> None:
        """``steps`` is how many the whole run has."""
        self._steps = steps
        self._full = True
        self._call = 0
        self._added: dict[int, Pair] = {}

    @contextmanager
    def attached(self, module: nn.Module) -> Iterator[None]:
        """Has the blocks of ``module`` (a CogVideoX transformer, in any memory mode) run through
        this cache, and as before afterwards. Blocks must be compiled before, if at all."""
        blocks: Any = module.transformer_blocks
        left_out = middle(len(blocks))
        before, after = blocks[: left_out.start], blocks[left_out.stop :]
        span = _Span(self, [blocks[index] for index in left_out])
        module.transformer_blocks = nn.ModuleList([*before, span, *after])
        try:
            yield
        finally:
            module.transformer_blocks = blocks
            self._added.clear()

    def begin_step(self, index: int) -> None:
        """Must be called before the first call of every step.

        Raises:
            ValueError: the run starts at a step that needs what an earlier one left.
        """
        self._full = is_full(index, self._steps)
        self._call = 0
        if not self._full and not self._added:
            raise ValueError(f"step {index} of {self._steps} cannot be the first: it is not full")

    def run(self, span: _Span, hidden: torch.Tensor, text: torch.Tensor, **given: Any) -> Pair:
        """The span's output for the next call of this step, computed or made up."""
        call = self._call
        self._call += 1
        if not self._full:
            added, added_text = self._added[call]
            return hidden + added, text + added_text
        after, after_text = span.through(hidden, text, **given)
        self._added[call] = (after - hidden, after_text - text)
        return after, after_text


class _Span(nn.Module):
    """Several blocks in the place of one."""

    def __init__(self, cache: BlockCache, blocks: list[nn.Module]) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(blocks)
        self._cache = cache

    def forward(
        self, hidden_states: torch.Tensor, encoder_hidden_states: torch.Tensor, **given: Any
    ) -> Pair:
        return self._cache.run(self, hidden_states, encoder_hidden_states, **given)

    def through(self, hidden: torch.Tensor, text: torch.Tensor, **given: Any) -> Pair:
        for block in self.blocks:
            hidden, text = block(hidden_states=hidden, encoder_hidden_states=text, **given)
        return hidden, text
