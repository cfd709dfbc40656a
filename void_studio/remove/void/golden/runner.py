"""Runs the cases of a folder, one after the other."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from void_studio.remove.void.golden import (  # noqa: F401 - each registers its cases
    cases_model,
    cases_noise,
    cases_pipeline,
    cases_preprocess,
)
from void_studio.remove.void.golden.folder import Case, Folder
from void_studio.remove.void.golden.registry import Comparison, Finding, runner_of

OF_OTHERS = "reasoner/"
"""Cases of the mask reasoner, which is no part of a removal."""


TOLD = 8
"""Of what is wrong with a case, the worst."""


@dataclass(frozen=True)
class Verdict:
    """What became of a case.

    Attributes:
        name: The case's.
        state: ``ok``, ``MISS``, or ``skip`` for cases that are none of this program's.
        text: The largest difference and its tolerance, or what is wrong.
    """

    name: str
    state: str
    text: str

    @property
    def missed(self) -> bool:
        """Whether the whole run has failed with it."""
        return self.state == "MISS"

    def line(self) -> str:
        """One line for the terminal."""
        return " ".join(f"{self.state:<4} {self.name}".split(" ") + self.text.split())


def verdicts(folder: Folder) -> Iterator[Verdict]:
    """Runs every case, in the manifest's order."""
    for case in folder.cases():
        yield verdict(case)


def verdict(case: Case) -> Verdict:
    """Runs one case. Whatever goes wrong in it is a miss, and so is a case nobody knows."""
    if case.name.startswith(OF_OTHERS):
        return Verdict(case.name, "skip", "(the mask reasoner is not run here)")
    run = runner_of(case.name)
    if run is None:
        return Verdict(case.name, "MISS", "nobody knows this case")
    comparison = Comparison(case)
    try:
        case.read()
        run(case, comparison)
    except Exception as error:
        return Verdict(case.name, "MISS", f"{type(error).__name__}: {error}")
    return _judged(case, comparison)


def _judged(case: Case, comparison: Comparison) -> Verdict:
    findings = sorted(comparison.findings, key=_weight, reverse=True)
    wrong = [f"{_told(found)} {found.name}" for found in findings if not found.measure.within]
    wrong += comparison.troubles
    if case.unseen:
        wrong.append(f"not compared: {', '.join(case.unseen)}")
    if not findings:
        wrong.append("nothing was compared")
    if wrong:
        more = [f"and {len(wrong) - TOLD} more"] if len(wrong) > TOLD else []
        return Verdict(case.name, "MISS", "; ".join(wrong[:TOLD] + more))
    return Verdict(case.name, "ok", _told(findings[0]))


def _weight(found: Finding) -> tuple[bool, float, float]:
    """Orders misses before what agrees, then by how much of the limit is taken, then by it."""
    return not found.measure.within, found.strain, found.tolerance.absolute


def _told(found: Finding) -> str:
    return f"{found.measure.difference:.3g} ({found.tolerance.written})"
