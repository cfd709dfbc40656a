"""Jobs as the application and the command line meet them: made from a shot, run, listed, cancelled.

::

    <home>/jobs/20261120-130512-042117-track-1a2b3c4d/
      job.json                 the spec: a snapshot, nothing it needs changes after
      inputs/masks/000012.png  for a removal: the quadmask as levels; frames without are all keep
      inputs/take/             the take it starts from, where it starts from one
      outputs/                 OBJECT/000012.png and track.json, or patches/000012.png and take.json
      checkpoints/             what an engine keeps to continue from
      preview/strip.png        what a removal looks like so far
      events.jsonl             what happened, appended to (see ``events``)
      run.lock                 which process runs it
      cancel                   present when it is asked to stop
"""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from void_studio.errors import VoidError
from void_studio.files import check_path, encode_png, staged_folder, write_json
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.store import MaskStore
from void_studio.remove.registry import removers
from void_studio.remove.weights.places import named_folders
from void_studio.segment.protocol import Direction
from void_studio.shot.document import PlateRef
from void_studio.shot.shot import Shot
from void_studio.shot.take import Take
from void_studio.worker.earlier import chosen_take, hold_take
from void_studio.worker.folders import job_folder, job_folders, request_cancel
from void_studio.worker.home import jobs_folder
from void_studio.worker.results import (
    Adopted,
    TrackResult,
    adopt_results,
    mark_adopted,
    pending_jobs,
    track_results,
)
from void_studio.worker.run import run_job
from void_studio.worker.spec import (
    DRAFT,
    RemoveSpec,
    TrackObject,
    TrackSpec,
    new_job_id,
    read_spec,
)
from void_studio.worker.status import JobError, JobState, JobStatus, job_status

__all__ = [
    "Adopted",
    "JobError",
    "JobState",
    "JobStatus",
    "TrackResult",
    "adopt_results",
    "create_remove_job",
    "create_track_job",
    "find_job",
    "job_status",
    "jobs_folder",
    "list_jobs",
    "mark_adopted",
    "pending_jobs",
    "read_spec",
    "request_cancel",
    "run_job",
    "settled",
    "track_results",
]


def create_track_job(
    shot: Shot,
    object_ids: Sequence[str],
    segmenter: str = "classical",
    direction: str = "both",
    frames: tuple[int, int] | None = None,
    home: Path | None = None,
) -> Path:
    """Makes a job that follows objects through the frames; returns its folder.

    Args:
        frames: First and last plate index, both included; the shot's range if None.

    Raises:
        VoidError: an object is unknown or has no clicks, or the job cannot be written.
    """
    objects = []
    for object_id in object_ids:
        item = shot.document.object(object_id)
        if item is None:
            raise VoidError(f"There is no object {object_id} in this shot")
        if not any(prompt.include for prompt in item.prompts):
            raise VoidError(
                f"{item.name} cannot be tracked", "It has no clicks", "Click it on a frame first"
            )
        objects.append(TrackObject(id=item.id, name=item.name, prompts=item.prompts))
    if not objects:
        raise VoidError("There is nothing to track", "", "Choose an object")
    plate = _plate_now(shot)
    spec = TrackSpec(
        id=new_job_id("track"),
        created=time.time(),
        label=f"Track {', '.join(item.name for item in objects)}"[:200],
        shot=str(shot.folder.absolute()),
        plate=plate,
        frames=_checked(shot, frames),
        segmenter=segmenter,
        direction=Direction(direction),
        objects=tuple(objects),
    )
    return _write(spec, {}, home)


def create_remove_job(
    shot: Shot,
    remover: str = "clean-plate",
    settings: Mapping[str, Any] | None = None,
    frames: tuple[int, int] | None = None,
    home: Path | None = None,
) -> Path:
    """Makes a job that refills what the shot's quadmask marks; returns its folder.

    Copies the masks as they are now, which takes a while for long shots: call it off the window's
    thread.

    Raises:
        VoidError: nothing is marked, the take that the removal starts from is not there or does
            not fit, or the job cannot be written.
    """
    first, last = chosen = _checked(shot, frames)
    plate = _plate_now(shot)
    decided = settled(shot, remover, settings or {})
    take = _start(shot, remover, decided, chosen)
    if take is not None:
        decided["take"] = take.number
    draft = DRAFT if decided.get("quality") == "draft" else ""
    spec = RemoveSpec(
        id=new_job_id("remove"),
        created=time.time(),
        label=f"Remove with {_called(remover)}{draft}",
        shot=str(shot.folder.absolute()),
        plate=plate,
        frames=chosen,
        remover=remover,
        settings=decided,
        models=tuple(str(folder) for folder in named_folders()),
    )
    masks = _quadmasks(shot, first, last)
    if not masks:
        raise VoidError(
            "There is nothing to remove",
            "No frame of the range has a mask",
            "Track an object or paint what is to go, then try again",
        )
    return _write(spec, masks, home, take)


def list_jobs(home: Path | None = None) -> list[JobStatus]:
    """The statuses of the latest 500 jobs, the newest first."""
    return [job_status(folder) for folder in job_folders(jobs_folder(home))]


def find_job(job_id: str, home: Path | None = None) -> Path:
    """The folder of a job of this home. Raises VoidError if there is none of that id."""
    return job_folder(jobs_folder(home), job_id)


def _called(remover: str) -> str:
    """What an artist calls a remover: what its title begins with."""
    engine = removers().get(remover)
    return engine.title.partition(":")[0] if engine is not None else remover[:180]


def settled(shot: Shot, remover: str, settings: Mapping[str, Any]) -> dict[str, Any]:
    """The settings with what the artist left to the program decided as the shot is now.

    The edge of a tracked mask is a guess, so its surroundings may be refilled too. A mask that was
    imported or painted says exactly what may change: then nothing outside it does.
    """
    decided = dict(settings)
    engine = removers().get(remover)
    known = engine.settings.model_fields if engine is not None else {}
    tracked = any(item.visible and item.confidence for item in shot.document.objects)
    if "grow" in known and not tracked and decided.get("grow", "auto") == "auto":
        decided["grow"] = 0
    if "prompt" in known and not decided.get("prompt"):
        decided["prompt"] = shot.document.scene_prompt
    return decided


def _start(
    shot: Shot, remover: str, settings: Mapping[str, Any], frames: tuple[int, int]
) -> Take | None:
    """The take that a removal starts from; None if it starts from the plate."""
    engine = removers().get(remover)
    if engine is None or "take" not in engine.settings.model_fields:
        return None
    return chosen_take(shot, settings.get("take", "auto"), frames)


def _plate_now(shot: Shot) -> PlateRef:
    """The shot's plate with the path it is found at now, for the job runs from elsewhere.

    Raises:
        VoidError: it, or the shot, was moved to where its path is not UTF-8.
    """
    path = str(shot.plate_path.absolute())
    for kept in (shot.plate_path.absolute(), shot.folder.absolute()):
        check_path(kept)
    return shot.document.plate.model_copy(update={"path": path, "relative": None})


def _checked(shot: Shot, frames: tuple[int, int] | None) -> tuple[int, int]:
    first, last = frames or shot.document.range
    if not 0 <= first <= last < shot.count:
        offset = shot.document.first_number
        raise VoidError(
            f"There are no frames {first + offset}-{last + offset}",
            f"The plate has {offset}-{shot.count - 1 + offset}",
        )
    return first, last


def _quadmasks(shot: Shot, first: int, last: int) -> dict[int, bytes]:
    """PNGs of the levels of every frame that has some."""
    # Packed frames may be taken from any thread; only a store of our own may unpack them here.
    scratch = MaskStore(shot.size, 1)
    masks = {}
    for index in range(first, last + 1):
        summary = shot.masks.summary(index)
        if summary.remove or summary.affected:
            scratch.set_blob(0, shot.masks.blob(index))
            masks[index] = encode_png(levels_from_field(scratch.field(0)))
    return masks


def _write(
    spec: TrackSpec | RemoveSpec,
    masks: Mapping[int, bytes],
    home: Path | None,
    take: Take | None = None,
) -> Path:
    folder = jobs_folder(home) / spec.id
    with staged_folder(folder) as staged:
        for name in ("inputs/masks", "outputs", "checkpoints"):
            (staged / name).mkdir(parents=True)
        for index, png in masks.items():
            _write_synced(staged / "inputs" / "masks" / f"{index:06d}.png", png)
        if take is not None:
            hold_take(take, spec.frames, staged)
        write_json(staged / "job.json", spec.model_dump(mode="json"))
    return folder


def _write_synced(path: Path, data: bytes) -> None:
    with open(path, "wb") as stream:
        stream.write(data)
        stream.flush()
        os.fsync(stream.fileno())
