"""The stages of a run on one scale of progress, and how long each took."""

from __future__ import annotations

import math
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from void_studio.remove.protocol import RemovalReporter

TOTAL = 1000
"""Units of the whole scale."""

Tell = Callable[[int, int], None]
"""Told how much of how much of a stage is done."""


class Stages:
    """Stages in their order, each a share of the whole.

    The time left is told from the longest stage on: what the others take beside each other is known
    too roughly before.

    Attributes:
        seconds: Name of a stage to the seconds that it took, of those that ended.
    """

    def __init__(
        self,
        reporter: RemovalReporter,
        shares: Mapping[str, float],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """``shares`` are in any unit of time, roughly; a stage may be left out."""
        self.seconds: dict[str, float] = {}
        self._reporter = reporter
        self._shares = shares
        self._clock = clock
        self._begins: dict[str, float] = {}
        whole = 0.0
        for name, share in shares.items():
            self._begins[name] = whole
            whole += share
        self._whole = whole
        self._longest = max(shares, key=lambda name: shares[name])
        self._unit: float | None = None  # seconds of one unit of the shares

    @contextmanager
    def stage(self, name: str) -> Iterator[Tell]:
        """Begins a stage, and ends it; gives what it tells its progress to."""
        begun = self._clock()
        first: tuple[float, float] | None = None
        self._tell(name, 0.0, name, None)

        def tell(done: int, of: int) -> None:
            nonlocal first
            share = done / max(1, of)
            # A stage that goes on where an earlier run was begins with what that had done.
            first = first or ((self._clock(), share) if done else (begun, 0.0))
            self._tell(name, share, f"{name} {done}/{of}", self._rate(share, *first))

        yield tell
        took = self._clock() - begun
        self.seconds[name] = round(self.seconds.get(name, 0.0) + took, 3)

    def end(self) -> None:
        """Says that all is done."""
        self._reporter.progress(TOTAL, TOTAL, list(self._shares)[-1])

    def _rate(self, done: float, since: float, before: float) -> float | None:
        """Seconds that all of a stage takes, as far as it tells."""
        return (self._clock() - since) / (done - before) if done > before else None

    def _tell(self, name: str, done: float, message: str, whole_s: float | None) -> None:
        share = self._shares[name]
        if name == self._longest and whole_s is not None and share > 0:
            self._unit = whole_s / share
        at = self._begins[name] + done * share
        left_s = self._left(share, done, at, whole_s)
        self._reporter.progress(int(TOTAL * at / self._whole), TOTAL, message, left_s)

    def _left(self, share: float, done: float, at: float, whole_s: float | None) -> float:
        """Seconds to the end of all stages: this one by its own pace, the later ones by shares."""
        if self._unit is None:
            return math.inf
        here = share * self._unit if whole_s is None else whole_s
        later = self._whole - at - (1 - done) * share
        return here * (1 - done) + later * self._unit
