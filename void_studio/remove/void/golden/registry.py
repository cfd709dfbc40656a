"""Which function runs which case, and what it compares with."""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor

from void_studio.remove.void.golden.folder import Case
from void_studio.remove.void.golden.tolerance import EXACT, Measure, Tolerance


@dataclass(frozen=True)
class Finding:
    """One array that was compared."""

    name: str
    measure: Measure
    tolerance: Tolerance

    @property
    def strain(self) -> float:
        """How much of its limit it takes; infinite where there may be no difference and is one."""
        difference, limit = self.measure.difference, self.tolerance.absolute
        if not limit:
            return float("inf") if difference else 0.0
        return difference / limit


@dataclass
class Comparison:
    """Gathers what a case finds."""

    case: Case
    findings: list[Finding] = field(default_factory=list)
    troubles: list[str] = field(default_factory=list)

    def array(self, name: str, got: Tensor, kind: str) -> None:
        """Compares ``got`` with the array of that name; ``kind`` is what the tolerance is for."""
        self.value(name, got, self.case.array(name), kind)

    def value(self, name: str, got: Any, wanted: Any, kind: str) -> None:
        """Compares tensors, numbers or lists of numbers."""
        a, b = (torch.as_tensor(side) for side in (got, wanted))
        tolerance = self.case.tolerance(kind)
        self.findings.append(Finding(name, tolerance.measure(a, b), tolerance))
        if a.shape != b.shape:
            self.troubles.append(f"{name} is {list(a.shape)}, not {list(b.shape)}")

    def chance(self, name: str, got: float, wanted: float, error: float) -> None:
        """Compares two draws of one statistic, ``error`` being its standard error."""
        limit = CHANCE * error * math.sqrt(2)
        tolerance = Tolerance(f"{CHANCE} standard errors: {limit:.2g}", limit)
        measure = tolerance.measure(torch.tensor(got), torch.tensor(wanted))
        self.findings.append(Finding(name, measure, tolerance))

    def same(self, name: str, got: object, wanted: object) -> None:
        """Compares what is no number."""
        if got != wanted:
            self.troubles.append(f"{name} is {got!r}, not {wanted!r}")
        else:
            self.findings.append(Finding(name, Measure(0.0, True), EXACT))

    def refused(self, name: str, attempt: Callable[[], object]) -> None:
        """What the released code fails at must not go through here either."""
        try:
            attempt()
        except Exception:
            self.findings.append(Finding(name, Measure(0.0, True), REFUSED))
            return
        self.troubles.append(f"{name} went through, where the released code fails")


REFUSED = Tolerance("refused", 0.0)
"""Of what must fail, and does."""

CHANCE = 6
"""Standard errors by which statistics of other draws may differ; more is no chance."""

Run = Callable[[Case, Comparison], None]

_KNOWN: list[tuple[re.Pattern[str], Run]] = []


def runs(*patterns: str) -> Callable[[Run], Run]:
    """Registers a function for the cases whose whole name a pattern matches."""

    def register(run: Run) -> Run:
        _KNOWN.extend((re.compile(pattern), run) for pattern in patterns)
        return run

    return register


def runner_of(name: str) -> Run | None:
    """Who runs the case of that name: the first that was registered for it."""
    found: Iterable[Run] = (run for pattern, run in _KNOWN if pattern.fullmatch(name))
    return next(iter(found), None)
