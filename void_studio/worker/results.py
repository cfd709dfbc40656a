"""Puts what jobs made into the shot: tracks frame by frame as they come, takes when they are done.

Everything here may be done again, after a crash for example, and changes nothing then.
"""

from __future__ import annotations

import contextlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import read_json, write_json
from void_studio.quadmask.png import decode_mask_png
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.document import Prompt, TakeRef
from void_studio.shot.png import read_bounded
from void_studio.shot.shot import Shot
from void_studio.shot.take import RECORD_NAME
from void_studio.worker.events import Event
from void_studio.worker.folders import job_folders
from void_studio.worker.home import jobs_folder
from void_studio.worker.outputs import DAMAGED, finished_frames, tracked_frame
from void_studio.worker.spec import RemoveSpec, TrackObject, TrackSpec, read_spec


@dataclass(frozen=True)
class TrackResult:
    """The mask of one object on one frame, on disk.

    Attributes:
        object_id: The object.
        index: The plate index.
        confidence: How sure the tracker is, 0 to 1.
        path: A grey PNG of the plate's size, 0 or 255.
    """

    object_id: str
    index: int
    confidence: float
    path: Path

    @classmethod
    def of(cls, folder: Path, event: Event) -> TrackResult:
        """What a ``frame`` event of the track job in ``folder`` announces.

        Raises:
            KeyError, TypeError, ValueError: the event is damaged.
        """
        object_id, index, confidence = tracked_frame(event)
        # The path is made here: what an event says is not trusted to stay inside the job.
        path = folder / "outputs" / Path(object_id).name / f"{index:06d}.png"
        return cls(object_id, index, confidence, path)

    def mask(self, size: tuple[int, int]) -> NDArray[np.bool_]:
        """The mask, bool (H, W). Takes tens of milliseconds at 4K: not for the window's thread.

        Raises:
            VoidError: the file is missing, damaged or not of ``size`` (width, height).
        """
        data = read_bounded(self.path, size[0] * size[1] * 2 + 2**20)
        mask: NDArray[np.bool_] = decode_mask_png(data, size, str(self.path)) >= 128
        return mask


@dataclass
class Adopted:
    """What a job gave to a shot.

    Attributes:
        frames: Object id to how many frames of its track changed.
        take: The take, of a removal that is done.
    """

    frames: dict[str, int] = field(default_factory=dict)
    take: TakeRef | None = None


def track_results(folder: Path) -> Iterator[TrackResult]:
    """All masks that the track job in ``folder`` has made so far."""
    for event in finished_frames(folder):
        with contextlib.suppress(*DAMAGED):
            yield TrackResult.of(folder, event)


def adopt_results(shot: Shot, folder: Path) -> Adopted:
    """Puts everything the job in ``folder`` has made into the shot, on the thread that edits it.

    A track is one undo step per object, also of a job that did not end; objects that the shot no
    longer has are left out. A take is adopted when its job is done.

    Raises:
        VoidError: the job is of another plate, or a result is damaged.
    """
    spec = read_spec(folder)
    if spec.plate.content_id != shot.document.plate.content_id:
        raise VoidError(
            f"The results of {spec.label} do not fit this shot", "They are of another plate"
        )
    if isinstance(spec, RemoveSpec):
        outputs = folder / "outputs"
        done = (outputs / RECORD_NAME).is_file()
        return Adopted(take=shot.takes.adopt(outputs) if done else None)
    adopted = Adopted()
    for item in spec.objects:
        if shot.document.object(item.id) is not None:
            adopted.frames[item.id] = _adopt_track(shot, folder, item)
    return adopted


def mark_adopted(folder: Path) -> None:
    """Remembers that the shot has, and has saved, what the job has made so far."""
    write_json(folder / "adopted.json", {"frames": len(finished_frames(folder))})


def pending_jobs(shot: Shot, home: Path | None = None) -> list[Path]:
    """Folders of the jobs of this shot whose results it has not saved yet, the oldest first."""
    pending = []
    for folder in reversed(job_folders(jobs_folder(home))):
        try:
            spec = read_spec(folder)
        except VoidError:
            continue
        if Path(spec.shot) == shot.folder.absolute() and _has_news(folder, spec):
            pending.append(folder)
    return pending


def _has_news(folder: Path, spec: TrackSpec | RemoveSpec) -> bool:
    marker = folder / "adopted.json"
    try:
        saved = int(read_json(marker)["frames"]) if marker.exists() else 0
    except (VoidError, ValueError, TypeError, KeyError):
        saved = 0
    if isinstance(spec, RemoveSpec):
        return not marker.exists() and (folder / "outputs" / RECORD_NAME).is_file()
    return len(finished_frames(folder)) > saved


def is_news(shot: Shot, result: TrackResult, blob: bytes, prompts: Sequence[Prompt]) -> bool:
    """Whether a shot should take in a result: it lacks it, and the artist has not corrected it.

    A frame whose clicks are no more those of the job was corrected after it began: what the shot
    has there is later than the result.

    Args:
        blob: The mask of the result, by ``pack_mask``.
        prompts: The clicks of the object that the job was made with.
    """
    item = shot.document.object(result.object_id)
    index = result.index
    if item is None or _on_frame(item.prompts, index) != _on_frame(prompts, index):
        return False
    held = shot.tracks.blob(item.id, index)
    return held != blob or item.confidence.get(index) != result.confidence


def _on_frame(prompts: Sequence[Prompt], index: int) -> list[Prompt]:
    return [prompt for prompt in prompts if prompt.frame == index]


def _adopt_track(shot: Shot, folder: Path, item: TrackObject) -> int:
    edit = shot.begin_track(item.id)
    changed = 0
    for result in track_results(folder):
        if result.object_id != item.id:
            continue
        blob = pack_mask(result.mask(shot.size))
        if is_news(shot, result, blob, item.prompts):
            edit.put_packed(result.index, blob, result.confidence)
            changed += 1
    edit.finish()
    return changed
