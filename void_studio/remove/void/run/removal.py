"""One removal with VOID, from request to patches.

Every stage that is expensive leaves its result in the checkpoints, and a later run takes it from
there; so a run goes on where it was killed, and its patches are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from torch import Tensor

from void_studio.files import read_json
from void_studio.progress import CancelToken
from void_studio.remove.conform import OVERLAP
from void_studio.remove.protocol import Patch, RemovalReporter, RemoveRequest
from void_studio.remove.void.forecast import guidance_of
from void_studio.remove.void.lengths import latents_of
from void_studio.remove.void.memory.modes import Mode
from void_studio.remove.void.run import facts
from void_studio.remove.void.run.checkpoint import Numbers
from void_studio.remove.void.run.clip import planned
from void_studio.remove.void.run.decoding import NAME, decoded
from void_studio.remove.void.run.denoising import CHECKPOINT, Denoising, Task, Watch, finished
from void_studio.remove.void.run.inputs import (
    CONDITIONS,
    conditions_of,
    noise_of,
    record_noise,
    text_of,
)
from void_studio.remove.void.run.preview import preview_of
from void_studio.remove.void.run.restoring import record_look, restored
from void_studio.remove.void.run.work import Work, work_of
from void_studio.remove.void.sampling.schedule import Schedule
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import VoidSettings
from void_studio.remove.weights.find import VoidWeights

_PATCHES = "patches"
"""The checkpoint that says which patches are of this key."""


def removal(
    which: Pass,
    weights: VoidWeights,
    request: RemoveRequest,
    settings: VoidSettings,
    reporter: RemovalReporter,
    cancel: CancelToken,
    checkpoints: Path,
) -> Iterator[Patch]:
    """The patches of a pass, in frame order; see ``Remover.remove``.

    Raises:
        VoidError: nothing is marked, weights or inputs cannot be read, memory is not enough in any
            mode, or the numbers broke down.
        Cancelled: the token was set.
    """
    cancel.check()
    plan, marked = planned(request, settings, cancel)
    work = work_of(which, weights, request, settings, plan, reporter, cancel, checkpoints)
    work = replace(work, request=replace(request, done=_trusted(work)))
    if set(marked) - work.request.done:
        pictures = work.store.array(NAME)
        if pictures is None:
            pictures = _made(work)
        yield from restored(work, marked, pictures)
    for needed_no_more in (CONDITIONS, CHECKPOINT):
        work.store.drop(needed_no_more)
    work.store.drop_array(NAME)
    record_noise(work)
    record_look(work)
    reporter.record({"seconds": dict(work.stages.seconds), **facts.peaks(work.engine)})
    work.stages.end()


def _trusted(work: Work) -> frozenset[int]:
    """The frames that are done and whose patches are this run's, or of one that it continues.

    Patches that were made with other weights or versions are made again, rather than mixed.
    """
    kept = work.store.load(_PATCHES)
    if kept is not None:
        return work.request.done - set(kept.facts["foreign"])
    if work.request.done:
        work.reporter.warning(
            "Weights, versions or the machine are others than before: all frames are made again"
        )
    work.store.save(_PATCHES, {}, {"foreign": [*sorted(work.request.done)]})
    return frozenset()


def _made(work: Work) -> Numbers:
    """The model's pictures, uint16 (count, h, w, 3), mapped."""
    latents = finished(work.store, work.steps)
    if latents is None:
        latents = _denoised(work)

    def decode(_: Mode) -> Numbers:
        vae = work.engine.vae(work.weights)
        return decoded(vae, latents, work.plan, work.store, tell, work.cancel)

    with work.stages.stage("Decoding") as tell:
        return work.modes.run(decode)


def _denoised(work: Work) -> Tensor:
    """The latents (1,F,16,h,w) after the last step."""
    place = work.engine.place
    text, noise = text_of(work), noise_of(work)
    conditions, colours = conditions_of(work)
    task = Task(
        noise=noise.to(place.device, place.dtype),
        conditions=conditions.joined().to(place.device, place.dtype),
        text=text,
        schedule=_schedule(work),
        window=latents_of(work.plan.window),
        overlap=OVERLAP,
        guidance=guidance_of(work.settings),
        draft=work.settings.quality == "draft",
    )

    def preview(pictures: Tensor) -> None:
        work.reporter.preview(preview_of(work.plan, pictures.numpy()))

    def denoise(mode: Mode) -> Tensor:
        network = work.engine.transformer(work.weights, mode)
        latents = denoising.run(network)
        if network.warning:
            work.reporter.warning(network.warning)
        return latents

    with work.stages.stage("Denoising") as tell:
        watch = Watch(tell, colours.pictures, preview, work.cancel)
        denoising = Denoising(task, work.store, watch)
        return work.modes.run(denoise)


def _schedule(work: Work) -> Schedule:
    config = read_json(work.weights.scheduler / "scheduler_config.json")
    if work.which is Pass.ONE:
        return Schedule.ddim(config, work.steps)
    return Schedule.cogvideox(config, work.steps)
