"""How fast VOID is on this machine, and what memory it takes, in each memory mode.

``python -m void_studio.remove.void.bench --frames 85 --steps 30 --random-weights --json``
measures the full-size model without any weights installed; without ``--random-weights`` it takes
those that are. The text encoder is not part of it: its results are kept from run to run.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from importlib.metadata import version
from typing import Any

import torch
from pydantic import TypeAdapter, ValidationError

from void_studio.errors import VoidError
from void_studio.remove.void.bench_models import installed_models, random_models
from void_studio.remove.void.bench_run import Measured, Task, measure
from void_studio.remove.void.lengths import RELEASED_WINDOW, latents_of, padded_length
from void_studio.remove.void.memory import costs
from void_studio.remove.void.memory.modes import (
    GIB,
    MODES,
    MODES_ON,
    RATES,
    Machine,
    Mode,
    machine,
    weight_bytes,
)
from void_studio.remove.void.settings import VoidSettings

TINY_SIZE = "96x64"
FULL_SIZE = "672x384"
SHORTEST = 5
"""Frames of the shortest clip, which is measured as it is."""

CPU_RATE = 1e12
"""Arithmetic per second that a good desktop CPU reaches in matrix products."""

COLUMNS = ("load", "warm", "encode", "step", "denoise", "decode", "total")


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the command line; 0, or 1 with the reason on stderr."""
    try:
        asked = _parser().parse_args(arguments)
        task, modes = _task(asked), _modes(asked.modes)
    except VoidError as error:
        print(error, file=sys.stderr)
        return 1
    facts = _facts(task)
    if not asked.json:
        print(_heading(facts))
    found = []
    for mode in modes:
        found.append(measure(task, mode))
        if not asked.json:
            print(_row(found[-1]), flush=True)
    if asked.json:
        print(json.dumps({**facts, "modes": [_rounded(each) for each in found]}, indent=1))
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m void_studio.remove.void.bench", description=__doc__.splitlines()[0]
    )
    parser.add_argument("--frames", type=int, default=RELEASED_WINDOW)
    parser.add_argument("--steps", type=int, default=30)
    parser.add_argument("--size", help=f"WIDTHxHEIGHT (default {FULL_SIZE})")
    parser.add_argument("--modes", help="memory modes with commas between (default all)")
    parser.add_argument("--random-weights", action="store_true", help="measure without weights")
    parser.add_argument("--tiny", action="store_true", help="a tiny model, to try the bench itself")
    parser.add_argument("--layers", type=int, help="fewer transformer blocks than 42")
    parser.add_argument("--no-compile", action="store_true", help="without torch.compile")
    parser.add_argument("--json", action="store_true", help="one JSON object instead of a table")
    return parser


def _task(asked: argparse.Namespace) -> Task:
    if asked.frames < 1 or not 1 <= asked.steps <= 1000 or (asked.layers or 1) < 1:
        raise VoidError("Frames, steps (at most 1000) and layers must be 1 or more")
    size = _size(asked.size or (TINY_SIZE if asked.tiny else FULL_SIZE))
    if asked.random_weights or asked.tiny or asked.layers is not None:
        models = random_models(asked.tiny, asked.layers)
    else:
        models = installed_models()
    frames = padded_length(asked.frames, SHORTEST)
    cuda = torch.cuda.is_available()
    task = Task(
        models,
        device=torch.device("cuda" if cuda else "cpu"),
        dtype=torch.bfloat16 if cuda else torch.float32,
        size=size,
        frames=frames,
        window=latents_of(RELEASED_WINDOW),
        steps=asked.steps,
        compiled=not asked.no_compile,
    )
    if not cuda and models.transformer["num_attention_heads"] >= 48 and asked.layers is None:
        raise _too_much(task)
    return task


def _too_much(task: Task) -> VoidError:
    config = task.models.transformer
    flops = costs.step_flops(config, task.size, task.windows)
    gib = weight_bytes(config, "resident", task.dtype.itemsize) / GIB
    return VoidError(
        "The full-size model is not measured without a CUDA GPU",
        f"It takes {gib:.0f} GiB for the weights, and each of the {task.steps} steps is "
        f"{flops / 1e12:.0f} TFLOP: {flops / CPU_RATE / 60:.0f} minutes at {CPU_RATE / 1e12:.0f} "
        f"TFLOP/s, which few CPUs reach",
        "Use --tiny, or --layers 1 with a small --size and few --frames",
    )


def _size(text: str) -> tuple[int, int]:
    kind = VoidSettings.model_fields["size"]
    try:
        TypeAdapter(kind.rebuild_annotation()).validate_python(text)
        width, height = map(int, text.split("x"))
    except (ValidationError, ValueError):
        raise VoidError(
            f"{text} is no size", "", "Write WIDTHxHEIGHT, multiples of 16 from 64 to 2048"
        ) from None
    return width, height


def _modes(text: str | None) -> list[Mode]:
    there = MODES_ON["cuda" if torch.cuda.is_available() else "cpu"]
    if text is None:
        return list(there)
    wanted = text.split(",")
    unknown = [name for name in wanted if name not in there]
    if unknown:
        raise VoidError(
            f"There is no memory mode {unknown[0]} here", "", f"Choose from {', '.join(there)}"
        )
    return [mode for mode in MODES if mode in wanted]


def _facts(task: Task) -> dict[str, Any]:
    here = machine()
    return {
        "chip": _chip(task, here),
        "torch": torch.__version__,
        "cuda": torch.version.cuda,
        "cudnn": torch.backends.cudnn.version(),  # type: ignore[no-untyped-call]
        "diffusers": version("diffusers"),
        "threads": torch.get_num_threads(),
        "dtype": str(task.dtype).removeprefix("torch."),
        "random_weights": task.models.checkpoint is None,
        "layers": task.models.transformer["num_layers"],
        "size": list(task.size),
        "frames": task.frames,
        "windows": len(task.windows),
        "steps": task.steps,
        "floor_step_s": _floor(task, here),
    }


def _chip(task: Task, here: Machine) -> str:
    if task.device.type == "cuda":
        return torch.cuda.get_device_name(task.device)
    return here.name


def _floor(task: Task, here: Machine) -> float | None:
    """Seconds that one step cannot go below on a chip whose rate is known."""
    rate = next((rate for part, rate in RATES.items() if part in _chip(task, here)), None)
    if rate is None:
        return None
    return round(costs.step_flops(task.models.transformer, task.size, task.windows) / rate, 4)


def _rounded(found: Measured) -> dict[str, Any]:
    return {
        name: round(value, 4) if isinstance(value, float) else value
        for name, value in asdict(found).items()
    }


def _heading(facts: dict[str, Any]) -> str:
    width, height = facts["size"]
    floor = facts["floor_step_s"]
    lines = [
        f"{facts['chip']}, torch {facts['torch']}, {facts['dtype']}, {facts['layers']} layers, "
        f"{width}x{height}, {facts['frames']} frames, {facts['steps']} steps",
        "" if floor is None else f"A step cannot be quicker than {floor:.3f} s on this chip",
        f"{'mode':9}" + "".join(f"{name + ' s':>11}" for name in COLUMNS) + f"{'peak GiB':>11}",
    ]
    return "\n".join(filter(None, lines))


def _row(found: Measured) -> str:
    seconds = (getattr(found, f"{name}_s") for name in COLUMNS)
    note = found.note or ("compiled" if found.compiled else "")
    return (
        f"{found.mode:9}"
        + "".join(f"{each:11.3f}" for each in seconds)
        + f"{found.peak_bytes / GIB:11.2f}  {note}"
    ).rstrip()


if __name__ == "__main__":
    sys.exit(main())
