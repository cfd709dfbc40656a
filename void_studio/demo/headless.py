"""The whole job on the built-in shot without a window, and how near the result comes to the truth.

Shot, tracking, paint, removal and delivery are those of the program; only the clicks and the brush
strokes are an artist's, written down.
"""

from __future__ import annotations

import shutil
import time
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.demo.brushwork import paint_effects
from void_studio.demo.contact import contact_sheet
from void_studio.demo.scene import (
    COUNT,
    PLATE_NAME,
    QUADMASK_NAME,
    SIZE,
    TRUTH_NAME,
    ball_clicks,
    write_demo,
)
from void_studio.errors import VoidError
from void_studio.files import encode_png, explain, read_json, write_atomic, write_json
from void_studio.media.plate import open_plate
from void_studio.progress import CancelToken, Silent
from void_studio.quadmask.bits import LEVEL_KEEP, Plane, plane_mask
from void_studio.quadmask.levels import field_from_levels
from void_studio.quadmask.video import read_quadmask
from void_studio.remove.clean_plate.settings import CleanPlateSettings
from void_studio.remove.composite import outside_distance
from void_studio.shot.deliver import deliver_comparison, deliver_take
from void_studio.shot.document import Prompt, Role
from void_studio.shot.sequence import export_quadmask
from void_studio.shot.shot import Shot
from void_studio.shot.take import Take
from void_studio.worker.jobs import (
    JobState,
    adopt_results,
    create_remove_job,
    create_track_job,
    run_job,
)

Say = Callable[[str], None]
Picture = NDArray[np.uint8]

SHEET_FRAMES = 6
_REPORT_NAME = "demo.json"
_SEQUENCE, _SHOT, _JOBS = "sequence", "demo.void", "jobs"
_BEFORE, _AFTER, _COMPARISON, _SHEET = (
    "before.mp4",
    "after.mp4",
    "comparison.mp4",
    "contact-sheet.png",
)
_MADE = (_SEQUENCE, _SHOT, _JOBS, _BEFORE, _AFTER, _COMPARISON, _SHEET, QUADMASK_NAME)
# What the report says first; a folder without it is not ours to clear.
_MARKER = {"made_by": "void-studio demo"}


@dataclass(frozen=True)
class DemoResult:
    """What was made, and how good it is.

    Attributes:
        before: The plate.
        after: The plate without the ball and what it did.
        comparison: Both beside each other.
        contact_sheet: Some frames of plate, quadmask, result and truth, a PNG.
        quadmask: The tracked and painted quadmask.
        shot: The shot folder, which the window can open.
        psnr_db: Result against truth inside the exact quadmask, over all frames.
        psnr_before_db: The same of the plate, for comparison.
        track_iou: Mean intersection over union of the tracked ball with the exact one.
        changed_outside: Pixels that differ from the plate outside the quadmask grown by the ring
            of the removal's settings, all frames.
        seconds: What all of it took.
    """

    before: Path
    after: Path
    comparison: Path
    contact_sheet: Path
    quadmask: Path
    shot: Path
    psnr_db: float
    psnr_before_db: float
    track_iou: float
    changed_outside: int
    seconds: float

    def as_dict(self) -> dict[str, Any]:
        """For JSON: paths as text."""
        return {
            name: str(value) if isinstance(value, Path) else value
            for name, value in asdict(self).items()
        }


def run_headless(
    folder: Path, say: Say, size: tuple[int, int] = SIZE, count: int = COUNT
) -> DemoResult:
    """Makes the shot, tracks, paints, removes and compares, all inside ``folder``.

    Args:
        folder: New, empty, or of an earlier run, which is replaced; other files in it stay.
        say: Receives one line of progress at a time, and the figures and paths at the end.
        size: Width and height of the shot in pixels.
        count: Number of its frames.

    Raises:
        VoidError: the folder holds something else or cannot be written, or a step failed.
    """
    start = time.monotonic()
    _clear(folder)
    say("Rendering the shot")
    sequence = folder / _SEQUENCE
    write_demo(sequence, size, count)
    with Shot.create(sequence / PLATE_NAME, folder / _SHOT) as shot:
        say("Tracking the ball from four clicks on the first frame")
        _track(shot, ball_clicks(size), folder)
        say("Painting the shadows, the reflections and the block")
        paint_effects(shot)
        shot.save()
        say("Removing the ball and what it did")
        take = _remove(shot, folder)
        say("Comparing")
        result = _deliver(shot, take, sequence, folder, start)
    write_json(folder / _REPORT_NAME, _MARKER | result.as_dict())
    _tell(result, say)
    return result


def _clear(folder: Path) -> None:
    """Makes ``folder``; removes what an earlier run made there, and nothing else."""
    try:
        if folder.is_dir() and any(folder.iterdir()):
            if not _is_ours(folder / _REPORT_NAME):
                raise VoidError(
                    f"{folder} is not empty",
                    "It holds other files than those of an earlier demo",
                    "Choose a new folder; nothing is overwritten",
                )
            for made in (folder / name for name in _MADE):
                if made.is_dir() and not made.is_symlink():
                    shutil.rmtree(made)
                else:
                    made.unlink(missing_ok=True)
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise explain(error, f"Could not prepare {folder}") from error
    # Even a run that is stopped leaves a folder that the next one may replace.
    write_json(folder / _REPORT_NAME, _MARKER)


def _is_ours(report: Path) -> bool:
    try:
        said = read_json(report)
    except VoidError:
        return False
    return isinstance(said, dict) and _MARKER.items() <= said.items()


def _track(shot: Shot, clicks: list[tuple[int, int]], home: Path) -> None:
    ball = shot.add_object("Ball", Role.REMOVE)
    prompts = [Prompt(frame=0, x=x, y=y) for x, y in clicks]
    shot.set_prompts(ball.id, prompts)
    job = create_track_job(shot, [ball.id], home=home)
    _run(job)
    adopt_results(shot, job)


def _remove(shot: Shot, home: Path) -> Take:
    job = create_remove_job(shot, home=home)
    _run(job)
    ref = adopt_results(shot, job).take
    if ref is None:
        raise VoidError("The removal made no take")
    return shot.takes.get(ref.number)


def _run(job: Path) -> None:
    status = run_job(job)
    if status.state is not JobState.DONE:
        if status.error is not None:
            raise VoidError(status.error.what, status.error.why, status.error.remedy)
        raise VoidError(f"The job in {job} did not end", f"It is {status.state.value}")


def _deliver(shot: Shot, take: Take, sequence: Path, folder: Path, start: float) -> DemoResult:
    """Writes everything there is to look at, and measures."""
    paths: dict[str, Any] = {
        "before": folder / _BEFORE,
        "after": folder / _AFTER,
        "comparison": folder / _COMPARISON,
        "contact_sheet": folder / _SHEET,
        "quadmask": folder / QUADMASK_NAME,
    }
    shutil.copyfile(sequence / PLATE_NAME, paths["before"])
    deliver_take(shot, take.number, paths["after"], Silent(), CancelToken())
    deliver_comparison(shot, take.number, paths["comparison"], Silent(), CancelToken())
    export_quadmask(shot, paths["quadmask"])
    ring = CleanPlateSettings.model_validate(take.record.settings).ring(shot.size)
    measure = _Measure()
    shown = set(np.linspace(0, shot.count - 1, SHEET_FRAMES).round().astype(int).tolist())
    columns = []
    for index, (plate, result, truth, exact) in enumerate(_together(shot, take, sequence)):
        field = shot.masks.field(index)
        measure.add(plate, result, truth, exact, field)
        measure.add_outside(plate, result, field, ring)
        if index in shown:
            columns.append((shot.number(index), plate, field, result, truth))
    write_atomic(paths["contact_sheet"], encode_png(contact_sheet(columns)))
    return DemoResult(
        **paths,
        shot=shot.folder,
        **measure.figures(),
        seconds=round(time.monotonic() - start, 1),
    )


def _together(
    shot: Shot, take: Take, sequence: Path
) -> Iterator[tuple[Picture, Picture, Picture, Picture]]:
    """Plate, result, truth and exact levels of every frame."""
    masks = read_quadmask(sequence / QUADMASK_NAME)
    with shot.open_plate() as plates, open_plate(sequence / TRUTH_NAME) as truths:
        for index, (levels, _) in enumerate(masks):
            plate = plates.read_rgb8(index)
            result = take.compose(index, plate).astype(np.uint8, copy=False)
            yield plate, result, truths.read_rgb8(index), levels


class _Measure:
    """Sums over the frames of what the figures are made of."""

    def __init__(self) -> None:
        self._errors = {"psnr_db": 0.0, "psnr_before_db": 0.0}
        self._values = 0
        self._overlaps: list[float] = []
        self._outside = 0

    def add(
        self, plate: Picture, result: Picture, truth: Picture, exact: Picture, field: Picture
    ) -> None:
        inside = exact != LEVEL_KEEP
        self._values += 3 * int(inside.sum())
        for name, picture in (("psnr_db", result), ("psnr_before_db", plate)):
            difference = picture[inside].astype(np.float64) - truth[inside]
            self._errors[name] += float((difference**2).sum())
        ball = plane_mask(field_from_levels(exact), Plane.REMOVE)
        tracked = plane_mask(field, Plane.REMOVE)
        self._overlaps.append(float((ball & tracked).sum() / max(1, (ball | tracked).sum())))

    def add_outside(self, plate: Picture, result: Picture, field: Picture, ring: int) -> None:
        """Counts the pixels that differ further than ``ring`` from what the quadmask marks."""
        changed = (plate != result).any(axis=2)
        marked = plane_mask(field, Plane.REMOVE) | plane_mask(field, Plane.AFFECTED)
        if marked.any():
            changed &= outside_distance(marked) > ring
        self._outside += int(changed.sum())

    def figures(self) -> dict[str, Any]:
        return {
            **{name: self._psnr(error) for name, error in self._errors.items()},
            "track_iou": round(float(np.mean(self._overlaps)), 4),
            "changed_outside": self._outside,
        }

    def _psnr(self, squared: float) -> float:
        """Peak signal-to-noise ratio in dB, of 8-bit values."""
        return round(float(10 * np.log10(255**2 * self._values / max(squared, 1e-9))), 2)


def _tell(result: DemoResult, say: Say) -> None:
    say(f"Before:        {result.before}")
    say(f"After:         {result.after}")
    say(f"Comparison:    {result.comparison}")
    say(f"Contact sheet: {result.contact_sheet}")
    say(f"Quadmask:      {result.quadmask}")
    say(f"Shot:          {result.shot}")
    say(f"Mean IoU of the tracked ball: {result.track_iou:.3f}")
    say(f"Pixels changed outside the matte: {result.changed_outside}")
    say(f"PSNR inside the mask before: {result.psnr_before_db:.1f} dB")
    say(f"PSNR inside the mask: {result.psnr_db:.1f} dB")
    say(f"Done in {result.seconds:.0f} s")
