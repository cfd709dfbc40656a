"""Stages share one scale, which only goes forward."""

from __future__ import annotations

import math

import hypothesis.strategies as st
import pytest
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


def test_the_time_left_is_told_from_the_longest_stage_on() -> None:
    now, told = 0.0, Told()
    shares = {"Encoding": 5.0, "Denoising": 30.0, "Decoding": 5.0}
    stages = Stages(told, shares, clock=lambda: now)

    def work(name: str, steps: range, of: int, each_s: float) -> None:
        nonlocal now
        with stages.stage(name) as tell:
            for done in steps:
                tell(done, of)
                now += each_s

    work("Encoding", range(1, 4), 3, 100.0)
    assert set(told.left_s) == {math.inf}
    told.left_s.clear()
    # Ten steps were done by an earlier run; a step takes 2 s, and so does a unit of Decoding.
    work("Denoising", range(10, 31), 30, 2.0)
    assert told.left_s[:2] == [math.inf, math.inf]
    assert told.left_s[2] == pytest.approx(19 * 2 + 5 * 2)
    assert told.left_s[-1] == pytest.approx(5 * 2)
    told.left_s.clear()
    work("Decoding", range(0, 6), 5, 3.0)
    assert told.left_s == pytest.approx([10, 10, 12, 9, 6, 3, 0])
