"""What a removal with VOID will take, told before anything is loaded. Torch-free."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from void_studio.files import read_json
from void_studio.remove.conform import Plan
from void_studio.remove.void.memory.modes import MODES_ON, Estimate, Machine, Mode, estimate, fits
from void_studio.remove.void.sampling.draft import computed_share, draft_steps
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass1Settings, Pass2Settings, VoidSettings

RELEASED_STEPS = {Pass.ONE: 30, Pass.TWO: 50}
IN_CHANNELS = 48
"""What VOID's transformer takes, whatever the base model's config says."""

APPROXIMATE_MODES = frozenset({"fp8", "int8"})


def steps_of(which: Pass, settings: VoidSettings) -> int:
    """How many steps a pass takes with these settings."""
    if settings.steps != "auto":
        return settings.steps
    released = RELEASED_STEPS[which]
    return draft_steps(released) if settings.quality == "draft" else released


def guidance_of(settings: VoidSettings) -> float:
    """The guidance that is set; both passes have one."""
    if not isinstance(settings, Pass1Settings | Pass2Settings):
        raise TypeError(f"{type(settings).__name__} has no guidance")
    return settings.guidance


def element_bytes(device: str) -> int:
    """Bytes of a number in the precision that is computed in: float32 on the CPU, else bfloat16."""
    return 4 if device == "cpu" else 2


@dataclass(frozen=True)
class Forecast:
    """What a removal takes on a machine.

    Attributes:
        steps: How many.
        estimates: Every memory mode that the machine has, in the order of preference.
        fitting: Those for which there is memory enough.
    """

    steps: int
    estimates: tuple[Estimate, ...]
    fitting: tuple[Mode, ...]

    def chosen(self, wanted: str) -> Estimate:
        """The estimate of the mode that ``wanted`` (the setting ``memory``) leads to.

        Where nothing fits it is that of the mode which needs least.
        """
        for cost in self.estimates:
            if cost.mode == (wanted if wanted != "auto" else (*self.fitting, "streamed")[0]):
                return cost
        return self.estimates[0]


def forecast(
    which: Pass, settings: VoidSettings, plan: Plan, transformer: Path, machine: Machine
) -> Forecast:
    """What a pass will take.

    Args:
        transformer: The base transformer's ``config.json``.

    Raises:
        VoidError: the config cannot be read.
    """
    config: Mapping[str, Any] = {**read_json(transformer), "in_channels": IN_CHANNELS}
    steps = steps_of(which, settings)
    layers = int(config["num_layers"])
    draft = settings.quality == "draft"
    estimates = tuple(
        estimate(
            config,
            plan.size,
            plan.padded,
            plan.windows,
            guidance_of(settings) > 1,
            steps,
            mode,
            machine,
            element_bytes=element_bytes(machine.device),
            computed=computed_share(layers, steps) if draft else 1.0,
        )
        for mode in MODES_ON[machine.device]
    )
    fitting = tuple(cost.mode for cost in estimates if fits(cost, machine))
    return Forecast(steps, estimates, fitting)
