"""One removal with VOID, from request to patches.

Every stage that is expensive leaves its result in the checkpoints, and a later run takes it from
there; so a run goes on where it was killed, and its patches are the same to the bit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TypeVar

import torch
from torch import Tensor

from void_studio.files import read_json
from void_studio.home import home_folder
from void_studio.progress import CancelToken
from void_studio.remove.conform import OVERLAP, Plan
from void_studio.remove.protocol import Patch, RemovalReporter, RemoveRequest
from void_studio.remove.void import facts
from void_studio.remove.void.checkpoint import Checkpoints, Numbers, Saved
from void_studio.remove.void.clip import Clip, planned
from void_studio.remove.void.decoding import NAME, decoded
from void_studio.remove.void.denoise import Text
from void_studio.remove.void.denoising import Denoising, Task, Watch, finished
from void_studio.remove.void.engine import Engine, the_engine
from void_studio.remove.void.forecast import APPROXIMATE_MODES, forecast, guidance_of, steps_of
from void_studio.remove.void.lengths import latents_of
from void_studio.remove.void.memory import Mode, machine
from void_studio.remove.void.memory_fall import MemoryModes, machine_of
from void_studio.remove.void.motion_noise import motion_noise
from void_studio.remove.void.passes import Conditions, initial_latents
from void_studio.remove.void.preview import LatentColours, preview_of
from void_studio.remove.void.restoring import restored
from void_studio.remove.void.schedule import Schedule
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass2Settings, VoidSettings
from void_studio.remove.void.stages import Stages
from void_studio.remove.void.text import prompt_embeddings
from void_studio.remove.weights.find import VoidWeights

NEGATIVE = ""
"""What shall not be seen, where there is guidance: nothing in particular, as released."""

FRAME_PIXELS = 4_000_000
"""Pixels of the plate that are read or written in the time of one call of the network, roughly."""

Result = TypeVar("Result")


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
    if not set(marked) - request.done:
        return
    engine = the_engine()
    run = _Run(which, weights, request, settings, plan, engine, reporter, cancel, checkpoints)
    pictures = run.decoded()
    yield from restored(
        request, settings, plan, marked, pictures, run.store, run.stages, reporter, cancel
    )
    reporter.record({"seconds": dict(run.stages.seconds), **facts.peaks(engine)})
    run.stages.end()


class _Run:
    """The stages of one removal up to the model's pictures.

    Attributes:
        store: Where results are kept.
        stages: What progress is told to.
    """

    def __init__(
        self,
        which: Pass,
        weights: VoidWeights,
        request: RemoveRequest,
        settings: VoidSettings,
        plan: Plan,
        engine: Engine,
        reporter: RemovalReporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> None:
        self._which = which
        self._weights = weights
        self._request = request
        self._settings = settings
        self._plan = plan
        self._engine = engine
        self._reporter = reporter
        self._cancel = cancel
        self._cache = home_folder() / "cache"
        self._image_noise = bool(
            read_json(weights.transformer_config).get("add_noise_in_inpaint_model")
        )
        facts.forget_peaks(engine)
        known = facts.of_run(which, settings, weights, plan, engine, self._image_noise)
        reporter.record(known)
        self.store = Checkpoints(checkpoints, {**known, "settings": settings.model_dump(mode="json")})
        self._steps = steps_of(which, settings)
        self.stages = Stages(reporter, self._shares())
        here = machine_of(engine, machine())
        expected = forecast(which, settings, plan, weights.transformer_config, here)
        self._modes = MemoryModes(settings.memory, expected, engine, self.store, reporter)
        self._say_mode()
        if settings.quality == "draft":
            reporter.warning(f"This is a draft of {self._steps} steps: quick, and approximate")

    def decoded(self) -> Numbers:
        """The model's pictures, uint16 (count, h, w, 3), mapped."""
        held = self.store.array(NAME)
        if held is not None:
            return held
        latents = finished(self.store, self._steps)
        if latents is None:
            latents = self._denoised()

        with self.stages.stage("Decoding") as tell:

            def work(_: Mode) -> Numbers:
                vae = self._engine.vae(self._weights)
                return decoded(vae, latents, self._plan, self.store, tell, self._cancel)

            return self._in_memory(work)

    def _denoised(self) -> Tensor:
        place = self._engine.place
        text = self._text()
        noise = self._noise()
        conditions, colours = self._conditions()
        task = Task(
            noise=noise.to(place.device, place.dtype),
            conditions=conditions.joined().to(place.device, place.dtype),
            text=text,
            schedule=self._schedule(),
            window=latents_of(self._plan.window),
            overlap=OVERLAP,
            guidance=guidance_of(self._settings),
            draft=self._settings.quality == "draft",
        )
        with self.stages.stage("Denoising") as tell:
            watch = Watch(
                steps=tell,
                colours=colours.pictures,
                preview=lambda found: self._reporter.preview(preview_of(self._plan, found.numpy())),
                cancel=self._cancel,
            )
            denoising = Denoising(task, self.store, watch)

            def work(mode: Mode) -> Tensor:
                network = self._engine.transformer(self._weights, mode)
                latents = denoising.run(network)
                if network.warning:
                    self._reporter.warning(network.warning)
                return latents

            return self._in_memory(work)

    def _text(self) -> Text:
        place = self._engine.place
        prompt = self._settings.prompt
        guided = guidance_of(self._settings) > 1
        wanted = [prompt, NEGATIVE] if guided else [prompt]

        def work(_: Mode) -> dict[str, Tensor]:
            return prompt_embeddings(
                wanted,
                self._weights,
                place.device,
                place.dtype,
                self._cache,
                self._reporter.warning,
            )

        with self.stages.stage("Reading the description"):
            found = self._in_memory(work)
        negative = found[NEGATIVE].to(place.device) if guided else None
        return found[prompt].to(place.device), negative

    def _noise(self) -> Tensor:
        """(1,F,16,h,w) on the CPU, the same in every run."""
        plan, settings = self._plan, self._settings
        if not isinstance(settings, Pass2Settings):
            generator = torch.Generator().manual_seed(settings.seed)
            width, height = plan.size
            dtype = self._engine.place.dtype
            return initial_latents(plan.latents, height, width, generator, dtype, "cpu")
        kept = self.store.load("noise")
        if kept is None:
            with self.stages.stage("Following the motion") as tell:
                noise, flow = motion_noise(
                    self._request,
                    plan,
                    settings,
                    self._engine.place.device,
                    self.store,
                    self._cache / "noise",
                    tell,
                    self._cancel,
                )
            self.store.save("noise", {"noise": noise}, {"flow": flow})
            kept = Saved({"noise": noise}, {"flow": flow})
        self._reporter.record({"noise": settings.noise, "flow": kept.facts["flow"]})
        return kept.tensors["noise"]

    def _conditions(self) -> tuple[Conditions, LatentColours]:
        kept = self.store.load("conditions")
        if kept is None:
            clip = self._clip()
            three_levels = facts.has_three_levels(self._which, self._settings)
            seed = self._settings.seed if self._image_noise else None

            with self.stages.stage("Encoding") as tell:

                def work(_: Mode) -> Conditions:
                    vae = self._engine.vae(self._weights)
                    return clip.encoded(vae, three_levels, seed, tell, self._cancel)

                made = self._in_memory(work)
                colours = LatentColours.fitted(made.video_latents, clip.small_pictures())
            tensors = {
                "mask": made.mask_latents,
                "video": made.video_latents,
                "matrix": colours.matrix,
                "bias": colours.bias,
            }
            self.store.save("conditions", tensors)
            Clip.drop(self.store)
            return made, colours
        found = kept.tensors
        colours = LatentColours(found["matrix"], found["bias"])
        return Conditions(found["mask"], found["video"]), colours

    def _clip(self) -> Clip:
        with self.stages.stage("Reading the plate") as tell:
            edges = self._settings.mask_edges
            return Clip.read(self._plan, self._request, edges, self.store, tell, self._cancel)

    def _schedule(self) -> Schedule:
        config = read_json(self._weights.scheduler / "scheduler_config.json")
        if self._which is Pass.ONE:
            return Schedule.ddim(config, self._steps)
        return Schedule.cogvideox(config, self._steps)

    def _in_memory(self, work: Callable[[Mode], Result]) -> Result:
        """What ``work`` makes in the first memory mode that is enough for it."""
        before = self._modes.mode
        try:
            return self._modes.run(work)
        finally:
            if self._modes.mode != before:
                self._say_mode()

    def _say_mode(self) -> None:
        mode = self._modes.mode
        draft = self._settings.quality == "draft"
        self._reporter.record(
            {
                "memory": mode,
                "memory_falls": list(self._modes.falls),
                "approximate": draft or mode in APPROXIMATE_MODES,
            }
        )

    def _shares(self) -> dict[str, float]:
        """How long stages take beside each other, roughly, in calls of the network."""
        guided = 2 if guidance_of(self._settings) > 1 else 1
        calls = self._steps * len(self._plan.windows) * guided
        windows = self._plan.padded / self._plan.window
        frames = self._plan.count * self._plan.plate[0] * self._plan.plate[1] / FRAME_PIXELS
        shares = {
            "Reading the description": 1.0,
            "Following the motion": 10.0 * windows,
            "Reading the plate": frames,
            "Encoding": 4.0 * windows,
            "Denoising": float(calls),
            "Decoding": 4.0 * windows,
            "Matching": frames,
            "Compositing": 2 * frames,
        }
        if self._which is Pass.ONE:
            del shares["Following the motion"]
        return shares
