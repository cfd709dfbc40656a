"""Following jobs: a thread for each hears of it, and the window's thread is told."""

from __future__ import annotations

import contextlib
import threading
from dataclasses import dataclass
from pathlib import Path

from PySide6.QtCore import QObject, Signal

from void_studio.app.background import as_void_error
from void_studio.app.running import RunningPreview
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost
from void_studio.quadmask.tracks import pack_mask
from void_studio.shot.document import Prompt
from void_studio.worker.events import Event
from void_studio.worker.outputs import DAMAGED
from void_studio.worker.results import TrackResult
from void_studio.worker.spec import RemoveSpec, TrackSpec, read_spec
from void_studio.worker.status import JobStatus

WAIT_S = 1.0
"""How long a follower waits for news in one request; also how long closing may take."""

_Told = tuple[Event | None, Event | None]


@dataclass(frozen=True)
class TrackedFrame:
    """One frame of a track that arrived.

    Attributes:
        size: (width, height) of the mask in pixels.
        blob: The mask by ``pack_mask``: many may wait, and unpacked ones would fill the memory.
        prompts: The clicks of the object that the job was made with.
    """

    job_id: str
    result: TrackResult
    size: tuple[int, int]
    blob: bytes
    prompts: tuple[Prompt, ...]


class Following(QObject):
    """Lives on the window's thread.

    Signals:
        status: The JobStatus of a job that has news; the last one says how it ended.
        tracked: A TrackedFrame.
        previewed: A RunningPreview: what a removal looks like so far.
        failed: A VoidError: a job is out of sight.
    """

    status = Signal(object)
    tracked = Signal(object)
    previewed = Signal(object)
    failed = Signal(object)

    def __init__(self, host: LocalHost, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._host = host
        self._threads: dict[str, threading.Thread] = {}
        self._ending: list[threading.Thread] = []
        self._closing = threading.Event()
        self.status.connect(self._on_status)

    def follow(self, job_id: str, folder: Path) -> bool:
        """Follows a job from its first event on; False if that is being done already."""
        followed = self._threads.get(job_id)
        if self._closing.is_set() or (followed is not None and followed.is_alive()):
            return False
        thread = threading.Thread(
            target=self._follow, args=(job_id, folder), name=f"follow-{job_id}"
        )
        self._threads[job_id] = thread
        thread.start()
        return True

    def close(self) -> None:
        """Closes the host and ends every thread; the jobs go on."""
        self._closing.set()
        self._host.close()
        for thread in (*self._threads.values(), *self._ending):
            thread.join()

    def _on_status(self, status: JobStatus) -> None:
        """A job that has ended may be run again, and followed anew, while its thread ends."""
        if not status.state.active and status.id in self._threads:
            self._ending = [thread for thread in self._ending if thread.is_alive()]
            self._ending.append(self._threads.pop(status.id))

    def _follow(self, job_id: str, folder: Path) -> None:
        """Runs until the job has ended; one that has is replayed."""
        since = 0
        progress: Event | None = None
        try:
            spec = read_spec(folder)
            while not self._closing.is_set():
                events = self._host.events(job_id, since, WAIT_S)
                preview, progress = _latest(events, progress)
                for event in events:
                    since = event["next"]
                    if event["type"] == "frame" and isinstance(spec, TrackSpec):
                        frame = _tracked(job_id, folder, spec, event)
                        if frame is not None:
                            self.tracked.emit(frame)
                status = self._host.status(job_id)
                if status.state.active:
                    self._show(spec, folder, *preview)
                    if events:
                        self.status.emit(status)
                elif not events:
                    # That it has ended is told last: until then more frames may be on their way.
                    self.status.emit(status)
                    return
        except Exception as error:
            if not self._closing.is_set():
                self.failed.emit(as_void_error(error, "Lost sight of a job"))

    def _show(
        self,
        spec: TrackSpec | RemoveSpec,
        folder: Path,
        event: Event | None,
        progress: Event | None,
    ) -> None:
        """Reads what the latest ``preview`` event announces: those before it are outdated."""
        if event is not None and isinstance(spec, RemoveSpec):
            # A file that is damaged, or replaced in the meantime, is followed by another.
            with contextlib.suppress(VoidError, *DAMAGED):
                self.previewed.emit(RunningPreview.of(spec, folder, event, progress))


def _latest(events: list[Event], progress: Event | None) -> tuple[_Told, Event | None]:
    """The last ``preview`` with the ``progress`` before it, and the last ``progress``.

    Args:
        progress: The last one before the events.
    """
    preview: _Told = None, None
    for event in events:
        if event["type"] == "progress":
            progress = event
        elif event["type"] == "preview":
            preview = event, progress
    return preview, progress


def _tracked(job_id: str, folder: Path, spec: TrackSpec, event: Event) -> TrackedFrame | None:
    """What a ``frame`` event announces; None if the event is damaged or of no object of the job."""
    try:
        result = TrackResult.of(folder, event)
    except DAMAGED:
        return None
    item = next((item for item in spec.objects if item.id == result.object_id), None)
    if item is None or result.index >= spec.plate.count:
        return None
    blob = pack_mask(result.mask(spec.plate.size))
    return TrackedFrame(job_id, result, spec.plate.size, blob, item.prompts)
