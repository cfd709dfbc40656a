"""One removal with VOID and all that its stages share."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from void_studio.files import read_json
from void_studio.home import home_folder
from void_studio.progress import CancelToken
from void_studio.remove.conform import Plan
from void_studio.remove.protocol import RemovalReporter, RemoveRequest
from void_studio.remove.void.forecast import forecast, guidance_of, steps_of
from void_studio.remove.void.memory.fall import MemoryModes, machine_of
from void_studio.remove.void.run import facts
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.run.engine import Engine, the_engine
from void_studio.remove.void.run.stages import Stages
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import VoidSettings
from void_studio.remove.weights.find import VoidWeights

FRAME_PIXELS = 4_000_000
"""Pixels of the plate that are read or written in the time of one call of the network, roughly."""


@dataclass(frozen=True)
class Work:
    """One removal.

    Attributes:
        steps: How many the denoising has.
        image_noise: Whether the network was trained with noise on the picture.
        cache: A folder of what later removals may use again.
    """

    which: Pass
    weights: VoidWeights
    request: RemoveRequest
    settings: VoidSettings
    plan: Plan
    steps: int
    image_noise: bool
    engine: Engine
    modes: MemoryModes
    store: Checkpoints
    cache: Path
    stages: Stages
    reporter: RemovalReporter
    cancel: CancelToken


def work_of(
    which: Pass,
    weights: VoidWeights,
    request: RemoveRequest,
    settings: VoidSettings,
    plan: Plan,
    reporter: RemovalReporter,
    cancel: CancelToken,
    checkpoints: Path,
) -> Work:
    """Makes it, and records and says what is known before the first stage.

    Raises:
        VoidError: a config cannot be read, or there is no such memory mode here.
    """
    engine = the_engine()
    config = read_json(weights.transformer_config)
    image_noise = bool(config.get("add_noise_in_inpaint_model"))
    facts.forget_peaks(engine)
    known = facts.of_run(which, settings, weights, plan, engine, image_noise)
    reporter.record(known)
    store = Checkpoints(checkpoints, {**known, "settings": settings.model_dump(mode="json")})
    here = machine_of(engine)
    expected = forecast(which, settings, plan, weights.transformer_config, here)
    if settings.quality == "draft":
        reporter.warning(f"This is a draft of {expected.steps} steps: quick, and approximate")
    return Work(
        which=which,
        weights=weights,
        request=request,
        settings=settings,
        plan=plan,
        steps=expected.steps,
        image_noise=image_noise,
        engine=engine,
        modes=MemoryModes(settings, expected, engine, store, reporter),
        store=store,
        cache=home_folder() / "cache",
        stages=Stages(reporter, shares(which, settings, plan)),
        reporter=reporter,
        cancel=cancel,
    )


def shares(which: Pass, settings: VoidSettings, plan: Plan) -> dict[str, float]:
    """How long stages take beside each other, roughly, in calls of the network."""
    guided = 2 if guidance_of(settings) > 1 else 1
    windows = plan.padded / plan.window
    frames = plan.count * plan.plate[0] * plan.plate[1] / FRAME_PIXELS
    return {
        "Reading the description": 1.0,
        "Following the motion": 10.0 * windows if which is Pass.TWO else 0.0,
        "Reading the plate": frames,
        "Encoding": 4.0 * windows,
        "Denoising": float(steps_of(which, settings) * len(plan.windows) * guided),
        "Decoding": 4.0 * windows,
        "Matching": frames,
        "Compositing": 2 * frames,
    }
