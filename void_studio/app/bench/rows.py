"""The figures of a benchmark: a row each, and the table they make."""

from __future__ import annotations

import os
import platform
from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import psutil

_NAME_WIDTH = 50
HEAD = f"{'':<{_NAME_WIDTH}} {'median':>9} {'p95':>9} {'limit':>8}"


@dataclass(frozen=True)
class Row:
    """One figure.

    Attributes:
        limit: What p95 should not exceed; None where there is no budget.
        note: What else was seen, e.g. where the longest took so long.
    """

    name: str
    unit: str
    median: float
    p95: float
    limit: float | None
    note: str = ""

    @property
    def over(self) -> bool:
        return self.limit is not None and self.p95 > self.limit

    @property
    def lines(self) -> str:
        """The row for people; what is over its limit with what is known of it."""
        limit = "" if self.limit is None else f"{self.limit:g}"
        figures = f"{self.median:>9.2f} {self.p95:>9.2f} {limit:>8} {self.unit}"
        line = f"{self.name:<{_NAME_WIDTH}} {figures}"
        if self.over:
            line += "  over" + (f"\n    {self.note}" if self.note else "")
        return line


def row_of(
    name: str, unit: str, samples: Sequence[float], limit: float | None, note: str = ""
) -> Row:
    """Median and 95th percentile of samples."""
    median, p95 = np.percentile(samples, [50, 95])
    return Row(name, unit, round(float(median), 3), round(float(p95), 3), limit, note)


def single(name: str, unit: str, value: float, limit: float | None) -> Row:
    """A figure that is measured once."""
    return row_of(name, unit, [value], limit)


def machine() -> str:
    """This machine in one line."""
    memory = psutil.virtual_memory().total / 2**30
    return f"{platform.system()} {platform.machine()}, {os.cpu_count()} cores, {memory:.0f} GiB"
