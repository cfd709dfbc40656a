"""The steps of a run as they are watched: checkpoints, previews, progress, cancelling.

A GPU is never waited for in between. What is to be looked at of a step is put on its way to the
host right behind the step, and looked at when the next step has been queued. Elsewhere it is looked
at once.
"""

from __future__ import annotations

import itertools
import time
from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from void_studio.errors import VoidError
from void_studio.progress import CancelToken
from void_studio.remove.void.lengths import windows_of
from void_studio.remove.void.run.arriving import Arriving
from void_studio.remove.void.run.checkpoint import Checkpoints
from void_studio.remove.void.run.engine import Network
from void_studio.remove.void.sampling.block_cache import BlockCache
from void_studio.remove.void.sampling.denoise import Predict, Step, Text, denoise
from void_studio.remove.void.sampling.draft import is_full
from void_studio.remove.void.sampling.schedule import Schedule

CHECKPOINT = "latents"
CHECKPOINT_INTERVAL_S = 2.0
"""At least between two checkpoints, so that quick steps are not slowed down by them."""

PREVIEW_INTERVAL_S = 0.5


@dataclass(frozen=True)
class Task:
    """What is denoised.

    Attributes:
        noise: (1,F,16,h,w), what the first step begins with; its dtype is kept throughout.
        conditions: (1,F,32,h,w).
        text: Prompt and negative prompt.
        schedule: The steps.
        window, overlap: In latents.
        guidance: 1 for none.
        draft: Whether steps leave out what ``draft`` says; a run may then begin at full ones only.
    """

    noise: Tensor
    conditions: Tensor
    text: Text
    schedule: Schedule
    window: int
    overlap: int
    guidance: float
    draft: bool


def looks_late(device: torch.device) -> bool:
    """Whether work is queued on ``device`` while the host goes on."""
    return device.type == "cuda"


@dataclass(frozen=True)
class Watch:
    """Whom the steps are told to.

    Attributes:
        steps: Told how many steps of how many are done.
        colours: Makes uint8 pictures of latents (1,F,16,h,w) on their device.
        preview: Told these pictures, on the CPU.
        cancel: Asked before every call of the network.
    """

    steps: Callable[[int, int], None]
    colours: Callable[[Tensor], Tensor]
    preview: Callable[[Tensor], None]
    cancel: CancelToken


class Denoising:
    """A task on its way from noise to latents. ``run`` may be called again when it failed."""

    def __init__(self, task: Task, checkpoints: Checkpoints, watch: Watch) -> None:
        """Begins where ``checkpoints`` are; with the first step if there are none."""
        self._task = task
        self._checkpoints = checkpoints
        self._watch = watch
        self._total = len(task.schedule.timesteps)
        self._latents, self._start = task.noise, 0
        saved = checkpoints.load(CHECKPOINT)
        if saved is not None:
            self._latents = saved.tensors["latents"].to(task.noise.device)
            self._start = int(saved.facts["steps"])
        self._saved_at = time.monotonic()
        self._previewed_at = -PREVIEW_INTERVAL_S

    def run(self, network: Network) -> Tensor:
        """The latents (1,F,16,h,w) after the last step.

        Whatever it raises, another call goes on behind the last step that may be resumed.

        Raises:
            VoidError: latents became infinite or no numbers, and in which step.
            Cancelled: the token was set; at most one call of the network is waited for.
        """
        if not self._task.draft:
            return self._run(self._checked(network.predict))
        cache = BlockCache(self._total)
        with cache.attached(network.module):
            return self._run(self._counted(self._checked(network.predict), cache))

    def _checked(self, predict: Predict) -> Predict:
        """``predict``, before each call of which it is asked whether to stop."""

        def checked(*given: Tensor) -> Tensor:
            self._watch.cancel.check()
            return predict(*given)

        return checked

    def _counted(self, predict: Predict, cache: BlockCache) -> Predict:
        """``predict``, before the first call of which in each step ``cache`` is told the step."""
        task = self._task
        windows = len(windows_of(task.noise.shape[1], task.window, task.overlap))
        calls = itertools.count(self._start * windows)

        def counted(*given: Tensor) -> Tensor:
            step, window = divmod(next(calls), windows)
            if window == 0:
                cache.begin_step(step)
            return predict(*given)

        return counted

    def _run(self, predict: Predict) -> Tensor:
        task = self._task
        self._watch.steps(self._start, self._total)
        steps = denoise(
            predict,
            self._latents,
            task.conditions,
            task.text,
            task.schedule,
            task.window,
            task.overlap,
            task.guidance,
            self._start,
        )
        late = looks_late(task.noise.device)
        behind: _Glance | None = None
        for step in steps:
            glance = self._glance(step)
            if behind is not None:
                self._look(behind)
            behind = glance
            if not late:
                self._look(glance)
                behind = None
        if behind is not None:
            self._look(behind)
        return self._latents

    def _glance(self, step: Step) -> _Glance:
        done = step.index + 1
        now = time.monotonic()
        tensors = {"finite": torch.isfinite(step.latents).all()}
        if now - self._previewed_at >= PREVIEW_INTERVAL_S or done == self._total:
            self._previewed_at = now
            tensors["colours"] = self._watch.colours(step.estimate)
        resumable = not self._task.draft or done == self._total or is_full(done, self._total)
        due = now - self._saved_at >= CHECKPOINT_INTERVAL_S or done == self._total
        if resumable and due:
            self._saved_at = now
            tensors["latents"] = step.latents
        return _Glance(done, step.latents if resumable else None, tensors)

    def _look(self, glance: _Glance) -> None:
        tensors = glance.arrived()
        if not bool(tensors["finite"]):
            raise VoidError(
                f"The removal broke down in step {glance.done} of {self._total}",
                "Its latents are infinite or no numbers",
                "Try other settings: a lower guidance, or another memory mode. If it stays so, "
                "check the weights with: void-studio weights verify",
            )
        if glance.latents is not None:
            self._latents, self._start = glance.latents, glance.done
        if "latents" in tensors:
            kept = {"latents": tensors["latents"]}
            self._checkpoints.save(CHECKPOINT, kept, {"steps": glance.done})
        self._watch.steps(glance.done, self._total)
        if "colours" in tensors:
            self._watch.preview(tensors["colours"])
        self._watch.cancel.check()


class _Glance:
    """What is on its way to the host of one step.

    Attributes:
        done: How many steps are done with it.
        latents: On the device, where a run may begin with them.
    """

    def __init__(self, done: int, latents: Tensor | None, tensors: dict[str, Tensor]) -> None:
        self.done = done
        self.latents = latents
        self._arriving = Arriving(tensors)

    def arrived(self) -> dict[str, Tensor]:
        """The tensors on the CPU, waited for if need be."""
        return self._arriving.taken()


def finished(checkpoints: Checkpoints, total: int) -> Tensor | None:
    """The latents after step ``total``, on the CPU, if an earlier run got that far."""
    saved = checkpoints.load(CHECKPOINT)
    return saved.tensors["latents"] if saved and saved.facts["steps"] == total else None
