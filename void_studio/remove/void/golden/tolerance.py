"""How far a result may lie from the record, as manifests write it: a number, or a few words."""

from __future__ import annotations

import re
from dataclasses import dataclass

import torch
from torch import Tensor

_NUMBER = r"(\d+(?:\.\d+)?(?:e-?\d+)?)"


@dataclass(frozen=True)
class Measure:
    """What a comparison found.

    Attributes:
        difference: The largest one, in the unit of the tolerance; infinite where values are not
            finite or shapes do not fit.
        within: Whether that is tolerable.
    """

    difference: float
    within: bool


@dataclass(frozen=True)
class Tolerance:
    """A limit for every value.

    Attributes:
        written: As in the manifest.
        absolute: The largest difference.
        steps: If given, differences are counted in neighbouring bfloat16 numbers instead.
        correlation: If given, what each frame (first axis) must correlate by with the record.
    """

    written: str
    absolute: float
    steps: int | None = None
    correlation: float | None = None

    @classmethod
    def parsed(cls, written: object) -> Tolerance:
        """Reads 1e-4, ``null`` and "exact ..." (no difference), "2e-3 over ...", "1 bf16 ulp ..."
        and "<= 0.2 abs and correlation per frame > 0.995".

        Raises:
            ValueError: nobody can tell what it means.
        """
        if written is None:
            return cls("exact", 0.0)
        if isinstance(written, int | float) and not isinstance(written, bool):
            return cls(f"{written:g}", float(written))
        if not isinstance(written, str):
            raise ValueError(f"a tolerance of {written!r} means nothing")
        short = written.partition(":")[0]
        if short.startswith("exact"):
            return cls(short, 0.0)
        if found := re.match(r"(\d+) bf16 ulp", short):
            return cls(short, float(found[1]), steps=int(found[1]))
        found = re.match(rf"(?:<=\s*)?{_NUMBER}", short)
        if found is None:
            raise ValueError(f"a tolerance of {written!r} means nothing")
        alike = re.search(rf"correlation[^>]*>\s*{_NUMBER}", short)
        return cls(short, float(found[1]), correlation=float(alike[1]) if alike else None)

    def measure(self, got: Tensor, wanted: Tensor) -> Measure:
        """Compares two tensors of one shape."""
        if got.shape != wanted.shape:
            return Measure(float("inf"), False)
        if not wanted.numel():
            return Measure(0.0, True)
        if self.steps is not None:
            difference = float((_place(got) - _place(wanted)).abs().max())
        else:
            difference = _largest(got.double() - wanted.double())
        within = difference <= self.absolute
        if self.correlation is not None:
            within = within and _least_correlation(got, wanted) > self.correlation
        return Measure(difference, within)


EXACT = Tolerance.parsed(None)


def _largest(differences: Tensor) -> float:
    largest = float(differences.abs().max())
    return float("inf") if largest != largest else largest


def _place(values: Tensor) -> Tensor:
    """Which bfloat16 number each value is, counted from zero."""
    bits = values.to(torch.bfloat16).view(torch.int16).int()
    return torch.where(bits < 0, -(bits & 0x7FFF), bits)


def _least_correlation(got: Tensor, wanted: Tensor) -> float:
    pairs = zip(got.double(), wanted.double(), strict=True)
    found = [torch.corrcoef(torch.stack([a.flatten(), b.flatten()]))[0, 1] for a, b in pairs]
    return float(torch.stack(found).min())
