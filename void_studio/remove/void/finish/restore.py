"""From a model's small pictures to patches at the plate's full resolution and depth.

First every frame is surveyed: how far the model's colours drifted, and what its pictures lack of
the plate's grain. What came of it, the ``Look``, is kept; with it any frame is restored on its own,
in any order, and always to the same bytes.

Inside the matte a patch is the model's picture. Around it, over the ring that the settings grow,
the plate stays where the model agrees with it, so that the ring shows no drift; the soft edge
beside the matte is blended always, because there the finer plate meets the coarser picture.
"""

from __future__ import annotations

import io
import math
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from zipfile import BadZipFile

import cv2
import numpy as np
from numpy.typing import NDArray
from pydantic import JsonValue

from void_studio.files import write_atomic
from void_studio.quadmask.bits import Bytes
from void_studio.remove.composite import (
    LEAST_DIFFERENCE,
    Alpha,
    bounding_box,
    feathered_alpha,
    grown,
    largest,
    make_patch,
    matte_of,
    trimmed,
)
from void_studio.remove.conform import Box, Plan, cut, picture
from void_studio.remove.framing import ring, softness
from void_studio.remove.protocol import Patch, Picture
from void_studio.remove.void.finish.drift import CELL, GAP, corrections, ring_drift
from void_studio.remove.void.finish.enlarge import enlarged
from void_studio.remove.void.finish.grain import Grain, GrainField
from void_studio.remove.void.finish.grain_survey import GrainSurvey, Shown
from void_studio.remove.void.settings import VoidSettings

Floats = NDArray[np.float32]
Mask = NDArray[np.bool_]

GRAIN_FRAMES = 5
"""Frames that grain is measured on, spread evenly."""


@dataclass(frozen=True)
class Look:
    """What restoring needs to know of the whole clip.

    Attributes:
        corrections: float32 (frames, h, w, 3): what to add to the model's picture of each frame of
            the plan, coarse; see ``drift``.
        spread: How far model and plate typically are apart beside the matte, 0 to 1.
        grain: What the model's pictures lack.
    """

    corrections: Floats
    spread: float
    grain: Grain

    def write(self, path: Path) -> None:
        """Keeps it, atomically."""
        stream = io.BytesIO()
        np.savez(
            stream,
            corrections=self.corrections,
            spread=np.float64(self.spread),
            spectrum=self.grain.spectrum,
            gain=self.grain.gain,
        )
        write_atomic(path, stream.getvalue())

    @classmethod
    def read(cls, path: Path) -> Look | None:
        """What ``write`` kept; None if it is not there, or not whole."""
        try:
            with np.load(io.BytesIO(path.read_bytes()), allow_pickle=False) as held:
                grain = Grain(held["spectrum"], held["gain"])
                return cls(held["corrections"], float(held["spread"]), grain)
        except (OSError, ValueError, EOFError, KeyError, BadZipFile):
            return None

    def as_facts(self) -> dict[str, JsonValue]:
        """For the record of a take, in 8-bit levels."""
        drift = np.abs(self.corrections).mean(axis=(0, 1, 2)) * 255
        return {
            "colour_drift": [round(float(value), 3) for value in drift],
            "grain_added": [round(255 * sigma, 3) for sigma in self.grain.sigma],
        }


class Survey:
    """The first stage: adds up every frame of the plan's range, in frame order.

    Arrays it is given are not to be changed afterwards.
    """

    def __init__(self, plan: Plan) -> None:
        self._plan = plan
        width, height = plan.size
        drift = plan.count, height // CELL, width // CELL, 4
        self._drifts = np.zeros(drift, np.float32)
        self._spreads: list[float] = []
        self._grain = GrainSurvey()
        self._before: tuple[int, Shown | None] = (-1, None)
        # Not the first frame, which has none before it, where there are others.
        places = np.linspace(min(1, plan.count - 1), plan.count - 1, GRAIN_FRAMES)
        self._grain_frames = {plan.frames[0] + round(place) for place in places.tolist()}

    def add(self, index: int, plate: Picture, levels: Bytes | None, made: Floats) -> None:
        """Looks at one frame.

        Args:
            plate: The plate's picture of ``index``, RGB (H, W, 3), uint8 or uint16.
            levels: Its quadmask, uint8 (H, W); None where nothing is marked.
            made: The model's picture, float32 (h, w, 3) of the plan's size, 0 to 1.
        """
        plan = self._plan
        whole = matte_of(levels) if levels is not None else np.zeros(plate.shape[:2], np.bool_)
        matte = np.asarray(cut(whole, plan.crop))
        if matte.any():
            place = plan.position(index)
            small = _seen_matte(plan, matte)
            self._drifts[place], spread = ring_drift(picture(plan, plate), made, small)
            self._spreads.append(spread)
        self._show(index, plate, whole, made)

    def look(self) -> Look:
        """What all frames together show."""
        spread = float(np.median(self._spreads)) if self._spreads else 0.0
        return Look(corrections(self._drifts), spread, self._grain.grain())

    def _show(self, index: int, plate: Picture, matte: Mask, made: Floats) -> None:
        """Measures grain on some frames; each needs the one before it, if there is one."""
        if not {index, index + 1} & self._grain_frames:
            return
        plan = self._plan
        free = ~grown(matte, round(GAP * max(1.0, plan.scale)))
        inside = np.asarray(cut(free, plan.crop))
        shown = Shown(cut(plate, plan.crop), inside, partial(enlarged, plan, made, plan.crop))
        number, before = self._before
        previous = before if number == index - 1 else None
        if index in self._grain_frames and not self._grain.add(shown, previous):
            # Nothing calm beside the matte: the plate's grain from anywhere, as if none were left.
            self._grain.add(Shown(plate, free))
        self._before = index, shown


class Restorer:
    """The second stage: any frame of the plan on its own."""

    def __init__(self, plan: Plan, settings: VoidSettings, look: Look) -> None:
        self._plan = plan
        self._settings = settings
        self._look = look
        self._ring = ring(settings, plan.plate)
        self._soft = softness(settings, plan.plate)
        self._grain = GrainField(look.grain, settings.seed, settings.grain)

    def patch(self, index: int, plate: Picture, levels: Bytes, made: Floats) -> Patch:
        """What replaces the matte of frame ``index``; arguments as ``Survey.add``.

        Alpha is full on the matte and 0 outside the ring grown around it, and outside the crop.

        Raises:
            ValueError: nothing of the frame is marked inside the crop.
        """
        plan = self._plan
        matte = np.asarray(cut(matte_of(levels), plan.crop))
        marked_box = bounding_box(matte)
        if marked_box is None:
            raise ValueError(f"frame {index} has no matte in the crop")
        if self._settings.match_colour:
            made = self._matched(index, made)
        inside = _around(marked_box, self._ring + 1, plan.crop)
        region = plan.crop[0] + inside[0], plan.crop[1] + inside[1], inside[2], inside[3]
        filled = enlarged(plan, made, region)
        alpha = self._alpha(np.asarray(cut(plate, region)), filled, np.asarray(cut(matte, inside)))
        full = np.float32(np.iinfo(plate.dtype).max)
        grainy = self._grain.added(index, filled)
        native = np.rint(np.clip(grainy, 0.0, 1.0) * full).astype(plate.dtype)
        return trimmed(make_patch(index, region[:2], native, alpha))

    def _matched(self, index: int, made: Floats) -> Floats:
        coarse = self._look.corrections[self._plan.position(index)]
        correction = cv2.resize(coarse, self._plan.size, interpolation=cv2.INTER_LINEAR)
        return np.asarray(np.clip(made + correction, 0.0, 1.0), np.float32)

    def _alpha(self, plate: Picture, filled: Floats, marked: Mask) -> Alpha:
        """Of the region that all three show; ``filled`` is still without grain."""
        beside = feathered_alpha(marked, min(self._soft, self._ring), self._soft)
        if self._ring <= self._soft:
            return beside
        needed = _needed(plate, filled, marked, self._plan.scale, self._look.spread)
        around = feathered_alpha(marked, self._ring, self._soft)
        return np.asarray(np.maximum(beside, around * needed), np.float32)


def _needed(plate: Picture, filled: Floats, marked: Mask, scale: float, spread: float) -> Alpha:
    """Where the removed thing still shows beside the matte: float32 (h, w), 0 to 1.

    Plate and filling are compared as coarsely as the model saw them, since the filling lacks the
    plate's detail; over what lies outside the matte alone, since the thing itself says nothing
    about its surroundings.
    """
    outside = (~marked).astype(np.float32)
    sigma = max(1.0, 0.5 * scale)
    shares = plate.astype(np.float32) / np.float32(np.iinfo(plate.dtype).max)
    apart = cv2.GaussianBlur((shares - filled) * outside[..., None], (0, 0), sigma)
    weight = np.maximum(cv2.GaussianBlur(outside, (0, 0), sigma), np.float32(1e-3))
    low = max(LEAST_DIFFERENCE / 255, 2.0 * spread)
    differs = np.clip((largest(np.abs(apart)) / weight - low) / low, 0.0, 1.0)
    reach = 2 * math.ceil(2 * sigma) + 1
    wide = cv2.dilate(differs * outside, np.ones((reach, reach), np.uint8))
    return np.asarray(cv2.blur(wide, (reach, reach)), np.float32)


def _around(box: Box, pixels: int, crop: Box) -> Box:
    """``box`` widened on every side, inside a crop of that size."""
    left, top = max(0, box[0] - pixels), max(0, box[1] - pixels)
    right = min(crop[2], box[0] + box[2] + pixels)
    bottom = min(crop[3], box[1] + box[3] + pixels)
    return left, top, right - left, bottom - top


def _seen_matte(plan: Plan, matte: Mask) -> Mask:
    """Every model pixel under which anything is marked."""
    covered = cv2.resize(matte.astype(np.float32), plan.size, interpolation=cv2.INTER_AREA)
    return np.asarray(covered > 0)
