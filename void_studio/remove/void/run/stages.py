"""The stages of a run on one scale of progress, and how long each took."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager

from void_studio.progress import Reporter

TOTAL = 1000
"""Units of the whole scale."""

Tell = Callable[[int, int], None]
"""Told how much of how much of a stage is done."""


class Stages:
    """Stages in their order, each a share of the whole.

    Attributes:
        seconds: Name of a stage to the seconds that it took, of those that ended.
    """

    def __init__(self, reporter: Reporter, shares: Mapping[str, float]) -> None:
        """``shares`` are in any unit of time, roughly; a stage may be left out."""
        self.seconds: dict[str, float] = {}
        self._reporter = reporter
        self._shares = shares
        self._begins: dict[str, float] = {}
        whole = 0.0
        for name, share in shares.items():
            self._begins[name] = whole
            whole += share
        self._whole = whole

    @contextmanager
    def stage(self, name: str) -> Iterator[Tell]:
        """Begins a stage, and ends it; gives what it tells its progress to."""
        begun = time.monotonic()
        self._tell(name, 0.0, name)

        def tell(done: int, of: int) -> None:
            self._tell(name, done / max(1, of), f"{name} {done}/{of}")

        yield tell
        took = time.monotonic() - begun
        self.seconds[name] = round(self.seconds.get(name, 0.0) + took, 3)

    def end(self) -> None:
        """Says that all is done."""
        self._reporter.progress(TOTAL, TOTAL, list(self._shares)[-1])

    def _tell(self, name: str, done: float, message: str) -> None:
        at = self._begins[name] + done * self._shares[name]
        self._reporter.progress(int(TOTAL * at / self._whole), TOTAL, message)
