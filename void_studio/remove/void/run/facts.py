"""What a take records of how VOID made it."""

from __future__ import annotations

import sys
from importlib.metadata import version

import psutil
import torch
from pydantic import JsonValue

from void_studio import __version__
from void_studio.remove.conform import Plan
from void_studio.remove.void.forecast import guidance_of, steps_of
from void_studio.remove.void.run.engine import Engine
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass2Settings, VoidSettings
from void_studio.remove.weights.find import VoidWeights

Facts = dict[str, JsonValue]


def versions() -> dict[str, JsonValue]:
    """Of what decides the numbers."""
    return {
        "void-studio": __version__,
        "torch": str(torch.__version__),
        "diffusers": version("diffusers"),
    }


def has_three_levels(which: Pass, settings: VoidSettings) -> bool:
    """Whether the pass tells what is affected from what is removed."""
    trained = isinstance(settings, Pass2Settings) and settings.mask_levels == "as-trained"
    return which is Pass.ONE or trained


def of_run(
    which: Pass,
    settings: VoidSettings,
    weights: VoidWeights,
    plan: Plan,
    engine: Engine,
    image_noise: bool,
) -> Facts:
    """What is known before the first stage."""
    place = engine.place
    cuda = place.device.type == "cuda"
    return {
        "pass": which.value,
        "weights": weights.identity,
        "plan": plan.as_facts(),
        "device": torch.cuda.get_device_name(place.device) if cuda else place.device.type,
        "precision": place.precision,
        "compiled": engine.compiles,
        "mask_edges": settings.mask_edges,
        "mask_levels": 3 if has_three_levels(which, settings) else 2,
        "image_noise": image_noise,
        "quality": settings.quality,
        "steps": steps_of(which, settings),
        "guidance": guidance_of(settings),
        "versions": versions(),
    }


def peaks(engine: Engine) -> Facts:
    """The most memory that this process had so far, bytes; of the GPU since ``forget_peaks``."""
    found: Facts = {"peak_ram_bytes": _peak_ram()}
    if engine.place.device.type == "cuda":
        found["peak_gpu_bytes"] = torch.cuda.max_memory_allocated()
    return found


def forget_peaks(engine: Engine) -> None:
    """Begins to watch the GPU's memory anew."""
    if engine.place.device.type == "cuda":
        torch.cuda.reset_peak_memory_stats()


def _peak_ram() -> int:
    if sys.platform == "win32":
        return int(psutil.Process().memory_info().peak_wset)
    import resource

    kilobytes = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return kilobytes if sys.platform == "darwin" else kilobytes * 1024
