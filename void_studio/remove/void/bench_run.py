"""One removal in one memory mode by the clock: the real stages, on pictures of noise.

The device is waited for between stages only, as in a removal.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from dataclasses import dataclass

import psutil
import torch
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.remove.void.bench_models import Models
from void_studio.remove.void.lengths import latents_of, windows_of
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.memory.out_of_memory import free_all, is_out_of_memory
from void_studio.remove.void.memory.residency import Placed
from void_studio.remove.void.network.compile import Compiled, compiles_on
from void_studio.remove.void.network.predict import Predictor
from void_studio.remove.void.network.vae import Vae
from void_studio.remove.void.sampling.denoise import RELEASED_OVERLAP, Predict, denoise
from void_studio.remove.void.sampling.passes import encode_conditions, initial_latents
from void_studio.remove.void.sampling.schedule import Schedule

WARM_FRAMES = 21
"""Gives every kind of chunk: the first, a full one, and when decoding the last."""


@dataclass(frozen=True)
class Task:
    """What is done in every mode.

    Attributes:
        models: With what.
        device, dtype: Where, and in what.
        size: (width, height) in pixels.
        frames: Of the padded clip.
        window: In latents.
        steps: Of the schedule, all of which are taken.
        compiled: Whether the blocks are compiled where that is worth it.
    """

    models: Models
    device: torch.device
    dtype: torch.dtype
    size: tuple[int, int]
    frames: int
    window: int
    steps: int
    compiled: bool

    @property
    def windows(self) -> list[tuple[int, int]]:
        return windows_of(latents_of(self.frames), self.window, RELEASED_OVERLAP)


@dataclass(frozen=True)
class Measured:
    """Seconds and bytes of one mode.

    Attributes:
        load_s: Making or reading transformer and VAE.
        warm_s: Running everything once, compilation included.
        encode_s: Mask and pictures to latents.
        step_s: One step, on average.
        denoise_s: All steps, and what ``offload`` moves before them.
        decode_s: Latents to pictures in main memory.
        total_s: The last three, and what lies between them: a removal with the model warm.
        peak_bytes: Most GPU memory that tensors held; main memory of the process without a GPU.
        reserved_bytes: Most GPU memory that torch took for it; 0 without a GPU.
        compiled: Whether the blocks were compiled.
        note: What else there is to know, e.g. why not.
    """

    mode: Mode
    load_s: float = 0.0
    warm_s: float = 0.0
    encode_s: float = 0.0
    step_s: float = 0.0
    denoise_s: float = 0.0
    decode_s: float = 0.0
    total_s: float = 0.0
    peak_bytes: int = 0
    reserved_bytes: int = 0
    compiled: bool = False
    note: str = ""


def measure(task: Task, mode: Mode) -> Measured:
    """Runs ``task`` in ``mode``; a mode that memory is not enough for says so in its note."""
    note = ""
    try:
        return _Bench(task, mode).measured()
    except (RuntimeError, MemoryError, VoidError) as error:
        if not is_out_of_memory(error):
            raise
        note = "out of memory"
    return Measured(mode, note=note)


class _Bench:
    def __init__(self, task: Task, mode: Mode) -> None:
        self._task = task
        self._mode = mode
        self._cuda = task.device.type == "cuda"

    def measured(self) -> Measured:
        """Begins as a new process would: nothing held, nothing compiled."""
        task = self._task
        free_all()
        torch.compiler.reset()
        if self._cuda:
            torch.cuda.reset_peak_memory_stats(task.device)
        video, mask = self._clip()
        begin = self._now()
        placed = task.models.open_transformer(self._mode, task.device, task.dtype)
        vae = task.models.open_vae(task.device, task.dtype)
        loaded = self._now()
        predict: Predict = Predictor(placed.module)
        compiled = None
        if task.compiled and compiles_on(task.device):
            predict = compiled = Compiled(predict, placed.computing_blocks())
        self._warm(predict, placed, vae)
        warm = self._now()
        conditions = self._encoded(vae, video, mask)
        encoded = self._now()
        latents, step_s = self._denoised(predict, placed, vae, conditions)
        denoised = self._now()
        self._decoded(vae, placed, latents)
        decoded = self._now()
        peak, reserved = self._memory()
        placed.close()
        return Measured(
            self._mode,
            load_s=loaded - begin,
            warm_s=warm - loaded,
            encode_s=encoded - warm,
            step_s=step_s,
            denoise_s=denoised - encoded,
            decode_s=decoded - denoised,
            total_s=decoded - warm,
            peak_bytes=peak,
            reserved_bytes=reserved,
            compiled=compiled is not None and not compiled.warning,
            note="" if compiled is None else compiled.warning,
        )

    def _warm(self, predict: Predict, placed: Placed, vae: Vae) -> None:
        """Every shape once: what is compiled or looked for at its first use is ready then."""
        task = self._task
        self._vae_turn(placed, vae)
        latents = self._encode(vae, min(WARM_FRAMES, task.frames))
        self._decode(vae, latents[:, :, : latents_of(WARM_FRAMES)])
        self._transformer_turn(placed, vae)
        for length in {end - begin for begin, end in task.windows}:
            predict(*self._inputs(length))
        self._vae_turn(placed, vae)

    def _clip(self) -> tuple[Sequence[Tensor], Sequence[Tensor]]:
        """Pictures of noise and a mask with a square in it, frame by frame."""
        frames, (width, height) = self._task.frames, self._task.size
        video = torch.rand(1, 3, frames, height, width)
        mask = torch.zeros(1, 1, frames, height, width)
        mask[..., height // 4 : height // 2, width // 4 : width // 2] = 1
        return video.chunk(frames, dim=2), mask.chunk(frames, dim=2)

    def _encoded(self, vae: Vae, video: Sequence[Tensor], mask: Sequence[Tensor]) -> Tensor:
        return encode_conditions(vae, video, mask, self._task.frames, three_levels=True).joined()

    def _denoised(
        self, predict: Predict, placed: Placed, vae: Vae, conditions: Tensor
    ) -> tuple[Tensor, float]:
        task = self._task
        self._transformer_turn(placed, vae)
        latents, _, text, _ = self._inputs(latents_of(task.frames))
        schedule = Schedule.ddim(task.models.scheduler, task.steps)
        begin = self._now()
        for step in denoise(
            predict, latents, conditions, (text, None), schedule, task.window, RELEASED_OVERLAP
        ):
            latents = step.latents
        return latents, (self._now() - begin) / len(schedule.timesteps)

    def _decoded(self, vae: Vae, placed: Placed, latents: Tensor) -> None:
        self._vae_turn(placed, vae)
        self._decode(vae, latents.permute(0, 2, 1, 3, 4) / vae.scaling)

    def _decode(self, vae: Vae, latents: Tensor) -> None:
        for chunk in vae.decode(latents):
            (chunk / 2 + 0.5).clamp(0, 1).float().cpu()

    def _encode(self, vae: Vae, frames: int) -> Tensor:
        width, height = self._task.size
        return vae.encode([torch.zeros(1, 3, frames, height, width)], frames)

    def _inputs(self, length: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
        """Noise, conditions, text and timestep for ``length`` latents."""
        task = self._task
        config = task.models.transformer
        width, height = task.size
        generator = torch.Generator().manual_seed(0)
        noise = initial_latents(length, height, width, generator, task.dtype, task.device)
        text = torch.randn(
            1, config["max_text_seq_length"], config["text_embed_dim"], generator=generator
        )
        conditions = torch.cat([noise, noise], dim=2)
        return noise, conditions, text.to(noise), torch.tensor([999], device=task.device)

    def _vae_turn(self, placed: Placed, vae: Vae) -> None:
        placed.to_host()
        vae.to(self._task.device)

    def _transformer_turn(self, placed: Placed, vae: Vae) -> None:
        if self._mode == "offload":
            vae.to("cpu")
        placed.to_device()

    def _memory(self) -> tuple[int, int]:
        if not self._cuda:
            return psutil.Process().memory_info().rss, 0
        device = self._task.device
        return torch.cuda.max_memory_allocated(device), torch.cuda.max_memory_reserved(device)

    def _now(self) -> float:
        if self._cuda:
            torch.cuda.synchronize(self._task.device)
        return time.perf_counter()
