"""What the draft preset leaves out: steps, and the middle blocks in some of them. Approximate.

In a step that is not full the middle of the network is not computed; what it added to its input in
the last full step is added again, since neighbouring steps ask it for nearly the same. Which steps
are full depends on their index alone, so that a run that goes on at a full one is the run that was
never interrupted. Torch-free; ``block_cache`` does it.
"""

from __future__ import annotations

EVERY = 2
"""Every second step is full."""

STEPS_KEPT = 0.4
"""Share of the steps that a draft takes: 12 of 30, 20 of 50."""

BLOCKS_PER_KEPT = 20
"""For this many blocks one at either end is always computed: 2 of 42."""


def draft_steps(reference: int) -> int:
    """Steps of a draft where the reference takes ``reference``."""
    return max(1, round(reference * STEPS_KEPT))


def is_full(index: int, steps: int) -> bool:
    """Whether step ``index`` of ``steps`` computes every block: the first two, in which most is
    decided, the last, and every second one between."""
    return index < 2 or index == steps - 1 or index % EVERY == 0


def middle(layers: int) -> range:
    """The blocks that a step that is not full leaves out; none of fewer than three."""
    kept = max(1, layers // BLOCKS_PER_KEPT)
    return range(kept, max(kept, layers - kept))


def computed_share(layers: int, steps: int) -> float:
    """Share of all blocks of all steps that a draft computes, 0 to 1."""
    full = sum(is_full(index, steps) for index in range(steps))
    return 1 - len(middle(layers)) * (steps - full) / (layers * steps)
