"""What a removal with VOID would be, for an artist to read before it runs. Torch-free."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from pydantic import JsonValue

from void_studio.errors import VoidError
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.store import MaskStore
from void_studio.remove.conform import Box, Plan, frame_box, plan, union_box
from void_studio.remove.void.forecast import (
    APPROXIMATE_MODES,
    Forecast,
    forecast,
    guidance_of,
    steps_of,
)
from void_studio.remove.void.memory.modes import Estimate, machine
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass2Settings, VoidSettings
from void_studio.remove.weights.find import find_void
from void_studio.shot.shot import Shot


@dataclass(frozen=True)
class Outlook:
    """A removal that has not begun.

    Attributes:
        plan: What the model would see.
        steps: How many steps it would take.
        estimate: What it would take of this machine; None where the weights are not here.
        missing: Why there is no estimate.
    """

    plan: Plan
    settings: VoidSettings
    steps: int
    estimate: Estimate | None
    missing: VoidError | None

    def lines(self, first_number: int = 0) -> list[tuple[str, str]]:
        """Labels and values; ``first_number`` is the number of plate index 0."""
        guidance = guidance_of(self.settings)
        guided = f", guidance {guidance:g}" if guidance > 1 else ""
        draft = ", draft: approximate" if self.settings.quality == "draft" else ""
        found = [*self.plan.lines(first_number), ("Steps", f"{self.steps}{guided}{draft}")]
        if self.estimate is None:
            return [*found, ("Memory", "not known: the weights are not here")]
        found.append(("Memory", _memory(self.estimate)))
        if self.estimate.seconds is not None:
            found.append(("Time", f"about {max(1, round(self.estimate.seconds))} s once loaded"))
        return found

    def as_facts(self) -> dict[str, JsonValue]:
        """The same for a program."""
        cost = self.estimate
        known: dict[str, JsonValue] = {"plan": self.plan.as_facts(), "steps": self.steps}
        if cost is None:
            return known
        return {
            **known,
            "memory": cost.mode,
            "gpu_bytes": cost.gpu_bytes,
            "ram_bytes": cost.ram_bytes,
            "seconds": cost.seconds,
        }


def outlook(shot: Shot, settings: VoidSettings, frames: tuple[int, int] | None = None) -> Outlook:
    """What a removal of ``frames`` (first, last), or of the shot's range, would be.

    Looks at every mask, which takes a while for long shots: call it off the window's thread.

    Raises:
        VoidError: nothing is marked, or a file that belongs to the weights is damaged.
    """
    chosen = frames or shot.document.range
    made = plan(shot.size, chosen, union_box(_boxes(shot, *chosen)), settings)
    which = Pass.TWO if isinstance(settings, Pass2Settings) else Pass.ONE
    try:
        weights = find_void(which)
    except VoidError as error:
        return Outlook(made, settings, steps_of(which, settings), None, error)
    expected: Forecast = forecast(which, settings, made, weights.transformer_config, machine())
    chosen_mode = expected.chosen(settings.memory)
    return Outlook(made, settings, expected.steps, chosen_mode, None)


def _boxes(shot: Shot, first: int, last: int) -> Iterator[Box | None]:
    # Packed frames may be taken from any thread; only a store of our own may unpack them here.
    scratch = MaskStore(shot.size, 1)
    for index in range(first, last + 1):
        summary = shot.masks.summary(index)
        if summary.remove or summary.affected:
            scratch.set_blob(0, shot.masks.blob(index))
            yield frame_box(levels_from_field(scratch.field(0)))


def _memory(cost: Estimate) -> str:
    weights = f"weights {cost.mode}"
    if cost.mode in APPROXIMATE_MODES:
        weights += ", approximate"
    ram = f"{cost.ram_bytes / 2**30:.1f} GiB of memory"
    if not cost.gpu_bytes:
        return f"{ram} ({weights})"
    return f"{cost.gpu_bytes / 2**30:.1f} GiB of the GPU, {ram} ({weights})"
