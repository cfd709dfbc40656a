"""What all jobs have in common: the plate they were made for, and the results that are there."""

from __future__ import annotations

import contextlib
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


def finished_frames(folder: Path) -> list[Event]:
    """The latest ``frame`` event of every result whose file is there."""
    latest: dict[str, Event] = {}
    for event in read_events(folder / "events.jsonl"):
        if event["type"] == "frame":
            latest[str(event["file"])] = event
    return [event for file, event in latest.items() if (folder / file).is_file()]


def clear_leftovers(folder: Path) -> None:
    """Removes the temporary files of a run that was killed while it wrote."""
    for leftover in (folder / "outputs").rglob(".void-*"):
        with contextlib.suppress(OSError):
            leftover.unlink()
