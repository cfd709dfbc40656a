"""The job kind ``track``: from clicks to one mask per object and frame."""

from __future__ import annotations

import contextlib
from collections import defaultdict
from pathlib import Path
from typing import Any

import numpy as np

from void_studio.files import encode_png, read_json, write_atomic, write_json
from void_studio.segment.protocol import Direction, SegmentSession
from void_studio.segment.registry import get_segmenter
from void_studio.shot.document import Prompt
from void_studio.worker.outputs import (
    DAMAGED,
    clear_leftovers,
    finished_frames,
    open_checked,
    tracked_frame,
)
from void_studio.worker.report import JobCancel, JobReporter
from void_studio.worker.spec import TrackObject, TrackSpec


def track(folder: Path, spec: TrackSpec, reporter: JobReporter, cancel: JobCancel) -> None:
    """Runs the job in ``folder``.

    An object that is finished is left alone. One that is not is tracked again from its clicks, for
    a frame follows from the one before; its masks that are there are kept, being the same.

    Raises:
        VoidError: the plate is not the one of the spec, or the segmenter cannot track it.
        Cancelled: the job was asked to stop.
    """
    segmenter = get_segmenter(spec.segmenter)
    outputs = folder / "outputs"
    outputs.mkdir(exist_ok=True)
    clear_leftovers(folder)
    record_path = outputs / "track.json"
    record: dict[str, Any] = read_json(record_path) if record_path.exists() else {"objects": {}}
    done: dict[str, dict[int, float]] = defaultdict(dict)
    for event in finished_frames(folder):
        with contextlib.suppress(*DAMAGED):
            object_id, index, found = tracked_frame(event)
            done[object_id][index] = found
    left = [item for item in spec.objects if item.id not in record["objects"]]
    with open_checked(spec.plate) as plate:
        session = segmenter.open(plate)
        try:
            for item in left:
                _track_one(folder, spec, item, session, done[item.id], reporter, cancel)
                confidence = {str(index): value for index, value in sorted(done[item.id].items())}
                record["objects"][item.id] = {"name": item.name, "confidence": confidence}
                write_json(record_path, record)
        finally:
            session.close()


def _track_one(
    folder: Path,
    spec: TrackSpec,
    item: TrackObject,
    session: SegmentSession,
    done: dict[int, float],
    reporter: JobReporter,
    cancel: JobCancel,
) -> None:
    """Tracks one object; adds what it finds to ``done``, plate index to confidence."""
    target = folder / "outputs" / item.id
    target.mkdir(exist_ok=True)
    total = len(expected_frames(spec, item))
    message = f"Tracking {item.name}"
    reporter.progress(0, total, message)
    by_frame: dict[int, list[Prompt]] = defaultdict(list)
    for prompt in item.prompts:
        by_frame[prompt.frame].append(prompt)
    for frame, prompts in sorted(by_frame.items()):
        cancel.check()
        session.set_prompts(item.id, frame, prompts)
    found = session.track(item.id, spec.frames, spec.direction, cancel)
    for step, frame_found in enumerate(found, 1):
        index = frame_found.index
        if index not in done:
            path = target / f"{index:06d}.png"
            write_atomic(path, encode_png(frame_found.mask.view(np.uint8) * np.uint8(255)))
            # As JSON writes it and reads it, so that a run that continues says the same.
            confidence = round(float(frame_found.confidence), 6)
            done[index] = confidence
            reporter.frame(index, path.relative_to(folder), object=item.id, confidence=confidence)
        reporter.progress(step, max(step, total), message)
        cancel.check()


def expected_frames(spec: TrackSpec, item: TrackObject) -> range:
    """The plate indices that tracking in the direction of the spec should reach."""
    first, last = spec.frames
    prompted = [prompt.frame for prompt in item.prompts if first <= prompt.frame <= last]
    if prompted and spec.direction is Direction.FORWARD:
        first = min(prompted)
    if prompted and spec.direction is Direction.BACKWARD:
        last = max(prompted)
    return range(first, last + 1)
