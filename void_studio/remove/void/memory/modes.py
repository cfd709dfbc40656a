"""Where the transformer's weights are while it runs, and what that takes.

Torch-free: the window asks it before a run. Bytes are formulas with the margin an allocator wastes;
seconds are known only for the few chips on which somebody measured.
"""

from __future__ import annotations

import os
import platform
import shutil
import subprocess
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import psutil

from void_studio.remove.void.memory import costs
from void_studio.remove.void.memory.costs import Config, Windows

Mode = Literal["resident", "offload", "streamed", "fp8", "int8"]

MODES: tuple[Mode, ...] = ("resident", "offload", "streamed", "fp8", "int8")
"""The exact ones in order of speed, then the approximate ones: those are never chosen where an
exact one fits, which is wherever the GPU holds two blocks and main memory the whole model."""

MODES_ON: Mapping[str, tuple[Mode, ...]] = {
    "cuda": MODES,
    "mps": ("resident", "streamed", "int8"),
    "cpu": ("resident", "streamed", "int8"),
}
"""Modes that save something on a kind of device, in the order in which they are tried."""

GIB = 2**30

PROCESS_BYTES = 2 * GIB
"""Python with torch and diffusers, and what they map."""

CUDA_CONTEXT_BYTES = 3 * GIB // 4
"""CUDA context, and the workspaces of cuBLAS and cuDNN."""

CLIP_NUMBERS = 4 * 3
"""Numbers in float32 held for each pixel of the clip: the video, the mask and the result."""

WASTE = 1.15
"""What an allocator takes for each byte in use."""

RATES: Mapping[str, float] = {
    "H200": 755e12,
    "H100 80GB HBM3": 755e12,
    "A100": 129e12,
    "4090": 152e12,
}
"""Arithmetic per second in bf16, by a part of the chip's name. H200: 0.23 s for a step of 85 frames
at 672x384, and the SXM H100 computes the same; A100: 30 such steps with encoding and decoding in
59 s; RTX 4090: 45 frames, 30 steps with guidance, in 40 s (void-reference, section 11)."""

VAE_SLOWNESS = 3.0
"""Convolutions are taken to reach a third of that rate."""

HOST_LINK = 20e9
"""Bytes per second from pinned memory to the GPU: PCIe 4 x16 with room."""

UNPACKING = 1.1
"""How much longer a step is taken to need with weights that are unpacked on use."""

NVIDIA_SMI_S = 3.0


@dataclass(frozen=True)
class Machine:
    """What a run has to itself.

    Attributes:
        device: Kind of device, as torch names it.
        name: The chip as it calls itself.
        free_bytes, total_bytes: The GPU's memory; main memory's without a GPU of its own.
        ram_bytes: Main memory that is available.
    """

    device: Literal["cuda", "mps", "cpu"]
    name: str
    free_bytes: int
    total_bytes: int
    ram_bytes: int


@dataclass(frozen=True)
class Estimate:
    """What a run takes in one mode.

    Attributes:
        gpu_bytes: Peak on the GPU; 0 without one.
        ram_bytes: Peak in main memory.
        seconds: From encoding to decoding with the model warm; None where nothing is known of
            the chip.
    """

    mode: Mode
    gpu_bytes: int
    ram_bytes: int
    seconds: float | None


def machine() -> Machine:
    """The device that torch would take here, found without loading torch."""
    ram = psutil.virtual_memory()
    gpu = _nvidia()
    if gpu is not None:
        name, free, total = gpu
        return Machine("cuda", name, free, total, ram.available)
    apple = platform.system() == "Darwin" and platform.machine() == "arm64"
    name = platform.processor() or platform.machine()
    return Machine("mps" if apple else "cpu", name, ram.available, ram.total, ram.available)


def weight_bytes(config: Config, mode: Mode, element_bytes: int = 2) -> int:
    """Bytes of weights on the device: all; for ``streamed`` two blocks and what is in no block."""
    rest = costs.rest_parameters(config) * element_bytes
    block = costs.block_parameters(config) * element_bytes
    layers = int(config["num_layers"])
    if mode == "streamed":
        return rest + min(costs.HELD_BLOCKS, layers) * block
    if mode in ("fp8", "int8"):
        block -= costs.linear_parameters(config) * (element_bytes - 1)
    return rest + layers * block


def estimate(
    config: Config,
    size: tuple[int, int],
    padded: int,
    windows: Windows,
    guided: bool,
    steps: int,
    mode: Mode,
    machine: Machine,
    *,
    element_bytes: int = 2,
    computed: float = 1.0,
) -> Estimate:
    """What a run takes.

    Args:
        config: The transformer's, with the in-channels that it will really have.
        size: (width, height) at which the model works.
        padded: Frames of the padded clip.
        windows: (first, behind-last) latent of every window.
        guided: Whether guidance makes two of every call.
        element_bytes: Bytes of a number in the dtype that is computed in.
        computed: Share of the blocks' work that is done (``draft.computed_share``); below 1 it is
            a draft, which keeps what the blocks added that it leaves out.
    """
    halves = 2 if guided else 1
    weights = weight_bytes(config, mode, element_bytes)
    vae_weights = costs.VAE_PARAMETERS * element_bytes
    active = halves * costs.transformer_active_bytes(config, size, padded, windows, element_bytes)
    if computed < 1:
        active += halves * costs.kept_bytes(config, size, windows, element_bytes)
    vae_active = costs.vae_active_bytes(size, element_bytes)
    if mode == "offload":
        peak = max(weights + active, vae_weights + vae_active)
    else:
        peak = weights + vae_weights + max(active, vae_active)
    own = PROCESS_BYTES + 4 * CLIP_NUMBERS * padded * size[0] * size[1]
    flops = halves * computed * steps * costs.step_flops(config, size, windows)
    stored = costs.parameters_of(config) * element_bytes
    moved = stored * computed * len(windows) * steps if mode == "streamed" else stored
    seconds = _seconds(mode, machine, flops, costs.vae_flops(size, padded), moved)
    if machine.device != "cuda":
        return Estimate(mode, 0, int(peak * WASTE) + own, seconds)
    in_ram = stored if mode in ("offload", "streamed") else 0
    return Estimate(mode, int(peak * WASTE) + CUDA_CONTEXT_BYTES, in_ram + own, seconds)


def fits(estimate: Estimate, machine: Machine) -> bool:
    """Whether there is memory enough for it."""
    gpu_fits = machine.device != "cuda" or estimate.gpu_bytes <= machine.free_bytes
    return gpu_fits and estimate.ram_bytes <= machine.ram_bytes


def next_mode(mode: Mode, device: str = "cuda") -> Mode | None:
    """The mode to try after ``mode`` ran out of memory: one that needs less of the device.

    None after ``streamed``, which needs least.
    """
    if mode == "streamed":
        return None
    return "offload" if mode == "resident" and device == "cuda" else "streamed"


def _seconds(
    mode: Mode, machine: Machine, flops: float, vae_flops: float, moved: float
) -> float | None:
    rate = next((rate for part, rate in RATES.items() if part in machine.name), None)
    if rate is None:
        return None
    denoising = flops / rate
    if mode == "streamed":
        denoising = max(denoising, moved / HOST_LINK)
    elif mode in ("fp8", "int8"):
        denoising *= UNPACKING
    elif mode == "offload":
        denoising += moved / HOST_LINK
    return denoising + VAE_SLOWNESS * vae_flops / rate


def _nvidia() -> tuple[str, int, int] | None:
    """Name, free and total bytes of the first NVIDIA GPU that this process may use."""
    chosen = os.environ.get("CUDA_VISIBLE_DEVICES", "0").split(",")[0].strip()
    command = shutil.which("nvidia-smi")
    if command is None or chosen in ("", "-1"):
        return None
    asked = "--query-gpu=name,memory.free,memory.total"
    try:
        told = subprocess.run(
            [command, asked, "--format=csv,noheader,nounits", f"--id={chosen}"],
            capture_output=True,
            text=True,
            timeout=NVIDIA_SMI_S,
            check=True,
        ).stdout
        name, free, total = (part.strip() for part in told.splitlines()[0].rsplit(",", 2))
        return name, int(free) * 2**20, int(total) * 2**20
    except (OSError, subprocess.SubprocessError, ValueError, IndexError):
        return None
