"""Stages share one scale, which only goes forward."""

from __future__ import annotations

import hypothesis.strategies as st
from hypothesis import given

from tests.remove.void.runs import Told
from void_studio.remove.void.run.stages import TOTAL, Stages

SHARES = st.lists(st.floats(0, 100), min_size=1, max_size=6).filter(lambda shares: sum(shares) > 0)


@given(SHARES, st.integers(1, 9), st.sets(st.integers(0, 5)))
def test_it_goes_forward_to_its_end(shares: list[float], parts: int, left_out: set[int]) -> None:
    told = Told()
    stages = Stages(
        told, {f"Stage {letter}": x for letter, x in zip("abcdef", shares, strict=False)}
    )
    for letter, _ in zip("abcdef", shares, strict=False):
        if ord(letter) - ord("a") not in left_out:
            with stages.stage(f"Stage {letter}") as tell:
                for done in range(parts):
                    tell(done + 1, parts)
    stages.end()
    steps = [step for step, _, _ in told.steps]
    assert steps == sorted(steps)
    assert told.steps[-1][:2] == (TOTAL, TOTAL)
    assert all(0 <= step <= total == TOTAL for step, total, _ in told.steps)
    assert all(seconds >= 0 for seconds in stages.seconds.values())
