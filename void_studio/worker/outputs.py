"""What all jobs have in common: the plate they were made for, and the results that are there."""

from __future__ import annotations

import contextlib
import os
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.media.plate import Plate, open_plate
from void_studio.shot.document import PlateRef
from void_studio.worker.events import Event, read_events


def open_checked(reference: PlateRef) -> Plate:
    """Opens the plate of a job.

    Raises:
        VoidError: it cannot be opened, or it is not the one the job was made for.
    """
    plate = open_plate(Path(reference.path))
    if plate.info.content_id != reference.content_id or plate.info.count != reference.count:
        plate.close()
        raise VoidError(
            f"{reference.path} changed",
            "It is not the plate that the job was made for",
            "Put the plate back, or make the job again",
        )
    return plate


# What reading a damaged event, or one of a later version, raises.
DAMAGED = (KeyError, TypeError, ValueError, OverflowError)


def tracked_frame(event: Event) -> tuple[str, int, float]:
    """Object id, plate index and confidence, 0 to 1, of a ``frame`` event of a track.

    Raises:
        KeyError, TypeError, ValueError, OverflowError: the event is damaged; see ``DAMAGED``.
    """
    index, confidence = int(event["index"]), float(event["confidence"])
    if index < 0 or not 0 <= confidence <= 1:
        raise ValueError(f"frame {index} with a confidence of {confidence}")
    return str(event["object"]), index, confidence


def finished_frames(folder: Path) -> list[Event]:
    """The latest ``frame`` event of every result whose file is there; all have an ``index``.

    Damaged events are passed over.
    """
    latest: dict[str, Event] = {}
    for event in read_events(folder / "events.jsonl"):
        if event["type"] == "frame":
            with contextlib.suppress(*DAMAGED):
                int(event["index"])
                latest[str(event["file"])] = event
    # os.path asks without raising, also for a name that is too long or holds a NUL.
    return [event for file, event in latest.items() if os.path.isfile(folder / file)]  # noqa: PTH113


def clear_leftovers(folder: Path) -> None:
    """Removes the temporary files of a run that was killed while it wrote."""
    for kept in ("outputs", "checkpoints", "preview"):
        for leftover in (folder / kept).rglob(".void-*"):
            with contextlib.suppress(OSError):
                leftover.unlink()
