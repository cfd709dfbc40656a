"""The clean-plate remover from request to patches."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.progress import CancelToken, Reporter
from void_studio.remove.clean_plate.analysis import Analysis, measure, read_mattes
from void_studio.remove.clean_plate.background import Background, build_background
from void_studio.remove.clean_plate.checkpoints import Checkpoints
from void_studio.remove.clean_plate.exposure import Exposure
from void_studio.remove.clean_plate.frames import Box, FrameWindow, Mattes
from void_studio.remove.clean_plate.geometry import widened
from void_studio.remove.clean_plate.grain import Grain
from void_studio.remove.clean_plate.motion import Scene
from void_studio.remove.clean_plate.near import Near
from void_studio.remove.clean_plate.plan import Coverage, parts_of
from void_studio.remove.clean_plate.refill import Refiller, ring_width
from void_studio.remove.clean_plate.settings import CleanPlateSettings, edge_width
from void_studio.remove.composite import (
    difference_alpha,
    feathered_alpha,
    make_patch,
    trimmed,
)
from void_studio.remove.protocol import Patch, Picture, RemoveRequest, RemoverSettings

WINDOW_BYTES = 640 * 2**20
"""What the frames held at a time may take; large plates see fewer frames around them."""


class CleanPlate:
    """Fills a matte with what other frames show of the background, and invents only the rest."""

    name = "clean-plate"
    title = "Clean plate: background from other frames of the shot, texture where none shows it"
    settings: type[RemoverSettings] = CleanPlateSettings

    def remove(
        self, request: RemoveRequest, reporter: Reporter, cancel: CancelToken, checkpoints: Path
    ) -> Iterator[Patch]:
        """See ``Remover.remove``. The request's settings must be ``CleanPlateSettings``."""
        if not isinstance(request.settings, CleanPlateSettings):
            raise TypeError("clean-plate takes CleanPlateSettings")
        first, last = request.frames
        if first < 0 or last < first:
            raise VoidError("There are no frames to work on", f"The range is {first} to {last}")
        yield from _Removal(request, request.settings, reporter, cancel, checkpoints).patches()


class _Removal:
    """One run of the remover."""

    def __init__(
        self,
        request: RemoveRequest,
        settings: CleanPlateSettings,
        reporter: Reporter,
        cancel: CancelToken,
        checkpoints: Path,
    ) -> None:
        self._request = request
        self._settings = settings
        self._reporter = reporter
        self._cancel = cancel
        cancel.check()
        start = request.plate.read(request.frames[0])
        self._size = (start.shape[1], start.shape[0])
        self._depth_bytes = start.dtype.itemsize
        self._full = float(np.iinfo(start.dtype).max)
        self._grow = settings.ring(self._size)
        # Other frames' mattes are kept further away from: their objects have soft edges too.
        self._mattes = Mattes(request, self._size, self._grow + edge_width(self._size))
        self._ring = ring_width(self._size)
        key = {
            "frames": list(request.frames),
            "size": list(self._size),
            "settings": settings.model_dump(mode="json"),
        }
        self._store = Checkpoints(checkpoints, key)
        count = request.frames[1] - request.frames[0] + 1
        # Measuring, the clean plates, refilling: the share of time each takes, roughly.
        self._measured, self._built = count, count + max(1, count // 4)
        self._total = self._built + 2 * count
        self._step = 0

    def patches(self) -> Iterator[Patch]:
        analysis = Analysis(self._size)
        read_mattes(analysis, self._request, self._mattes, self._cancel)
        if not set(analysis.boxes) - self._request.done:
            return
        if not analysis.restore(self._store):
            measure(
                analysis,
                self._request,
                self._settings,
                self._reporter,
                self._cancel,
                self._total,
            )
            analysis.save(self._store)
        for index, mask in analysis.untrusted.items():
            analysis.covered[index] = mask | analysis.covered.get(index, mask)
        self._mattes.untrusted = analysis.untrusted
        for number, scene in enumerate(analysis.scenes):
            yield from self._scene_patches(number, scene, analysis)
        self._tell(self._total, "Refilling")

    def _scene_patches(self, number: int, scene: Scene, analysis: Analysis) -> Iterator[Patch]:
        frames = [
            index
            for index in range(scene.first, scene.last + 1)
            if index in analysis.boxes and index not in self._request.done
        ]
        if not frames:
            return
        hold, reach = self._hold(scene, analysis)
        window = FrameWindow(self._read, self._mattes, hold)
        exposures = [analysis.exposures[i] for i in range(scene.first, scene.last + 1)]
        backgrounds = self._backgrounds(number, scene, analysis, exposures, reach)
        near = Near(scene, exposures, window, reach, self._full)
        samples = self._settings.samples
        red, green, blue = (self._settings.grain * self._full * s for s in analysis.noise)
        grain = Grain((red, green, blue), self._settings.seed)
        refiller = Refiller(near, analysis.tracks, backgrounds, grain, samples, self._ring)
        for index in frames:
            self._cancel.check()
            self._tell(self._built + 2 * (index - self._request.frames[0]), "Refilling")
            window.keep(max(scene.first, index - reach), min(scene.last, index + reach))
            yield self._patch(index, analysis.boxes[index], refiller, window)

    def _backgrounds(
        self,
        number: int,
        scene: Scene,
        analysis: Analysis,
        exposures: list[Exposure],
        reach: int,
    ) -> list[Background]:
        coverage = Coverage(scene, self._size, analysis.covered)
        result = []
        for place, part in enumerate(parts_of(coverage, reach)):
            name = f"background-{number:03d}-{place:03d}"
            picture = self._store.load_picture(name)
            if picture is None:
                background = build_background(
                    part,
                    scene,
                    exposures,
                    self._read,
                    self._mattes,
                    self._cancel,
                    lambda stage: self._tell(self._measured, stage),
                )
                self._store.save_picture(name, background.picture)
            else:
                background = Background(part, picture)
            result.append(background)
        return result

    def _read(self, index: int) -> Picture:
        self._cancel.check()
        return self._request.plate.read(index)

    def _tell(self, step: int, stage: str) -> None:
        # A shot with cuts builds clean plates again and again; progress does not go back for that.
        self._step = max(self._step, step)
        self._reporter.progress(self._step, self._total, stage)

    def _hold(self, scene: Scene, analysis: Analysis) -> tuple[Box, int]:
        """What is held of every frame, and how many frames either side fit into memory."""
        boxes = [
            self._around(analysis.boxes[i])
            for i in range(scene.first, scene.last + 1)
            if i in analysis.boxes
        ]
        if scene.model == "static":
            left, top = min(b[0] for b in boxes), min(b[1] for b in boxes)
            right = max(b[0] + b[2] for b in boxes)
            bottom = max(b[1] + b[3] for b in boxes)
            hold = (left, top, right - left, bottom - top)
            if analysis.tracks.any_in(scene.first, scene.last):
                # Things that move behind the matte come from further away.
                hold = widened(hold, max(self._size) // 6, self._size)
        else:
            hold = (0, 0, *self._size)
        frame_bytes = hold[2] * hold[3] * (3 * self._depth_bytes + 1)
        fitting = max(1, (WINDOW_BYTES // frame_bytes - 1) // 2)
        return hold, min(self._settings.window, fitting)

    def _around(self, box: Box) -> Box:
        """A marked rectangle with the grown matte and the ring of plate it is fitted to."""
        return widened(box, self._grow + self._ring + 1, self._size)

    def _patch(self, index: int, marked_box: Box, refiller: Refiller, window: FrameWindow) -> Patch:
        marked = self._mattes.marked(index)
        assert marked is not None
        box = self._around(marked_box)
        softness = self._settings.softness(self._size)
        marked = _cut(marked, box)
        alpha = feathered_alpha(marked, self._grow, softness)
        inside = (box[0] - window.box[0], box[1] - window.box[1], box[2], box[3])
        plate = _cut(window.picture(index), inside)
        filled, noise = refiller.refill(index, plate, alpha > 0, box)
        alpha = np.where(marked, alpha, alpha * difference_alpha(plate, filled, marked, noise))
        return trimmed(make_patch(index, (box[0], box[1]), filled, alpha))


def _cut(plane: NDArray[Any], box: Box) -> NDArray[Any]:
    x, y, width, height = box
    return plane[y : y + height, x : x + width]
