"""Where a job stands, folded from its events."""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import Self

from pydantic import BaseModel, ConfigDict

from void_studio.errors import VoidError
from void_studio.worker.events import Event, read_events
from void_studio.worker.folders import cancel_asked
from void_studio.worker.locks import lock_owner
from void_studio.worker.spec import TrackSpec, read_spec

MAX_WARNINGS = 100


class JobState(StrEnum):
    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"
    CANCELLED = "cancelled"
    INTERRUPTED = "interrupted"

    @property
    def active(self) -> bool:
        """Whether it will change by itself."""
        return self in (JobState.QUEUED, JobState.RUNNING)


class JobError(BaseModel):
    """Why a job stopped; the fields of ``VoidError``."""

    model_config = ConfigDict(frozen=True)

    what: str
    why: str = ""
    remedy: str = ""

    @classmethod
    def of(cls, error: VoidError) -> Self:
        return cls(what=error.what, why=error.why, remedy=error.remedy)


class JobStatus(BaseModel):
    """What a jobs list shows of one job.

    Attributes:
        id, kind, label, shot, created: As in the spec; empty when ``job.json`` cannot be read.
        folder: The job's folder.
        state: Where it stands.
        step, total: Progress in frames; ``total`` is 0 until it is known.
        message: The stage it is in, e.g. "Aligning".
        eta_s: Seconds to the end as far as can be told, while it runs.
        memory_bytes: Largest resident memory seen of the process that runs it.
        started, finished: Unix seconds of the latest run.
        frames: How many results are on disk.
        objects: Ids of the objects that a track follows.
        warnings: The latest 100.
        error: Why it failed or was interrupted.
    """

    id: str
    kind: str = ""
    label: str = ""
    shot: str = ""
    created: float = 0.0
    folder: Path
    state: JobState = JobState.QUEUED
    step: int = 0
    total: int = 0
    message: str = ""
    eta_s: float | None = None
    memory_bytes: int = 0
    started: float | None = None
    finished: float | None = None
    frames: int = 0
    objects: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()
    error: JobError | None = None


class StatusReader:
    """Keeps the status of one job up to date, reading only what was appended since.

    Attributes:
        submitted: Unix seconds of the latest submission to a worker; None if there was none.
        attempts: How often it was started since.
    """

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._offset = 0
        self._results: set[tuple[str, int]] = set()
        self._status = JobStatus(id=folder.name, folder=folder)
        self.submitted: float | None = None
        self.attempts = 0
        try:
            spec = read_spec(folder)
        except VoidError as error:
            self._broken: JobError | None = JobError.of(error)
        else:
            self._broken = None
            for name in ("id", "kind", "label", "shot", "created"):
                setattr(self._status, name, getattr(spec, name))
            if isinstance(spec, TrackSpec):
                self._status.objects = tuple(item.id for item in spec.objects)

    @property
    def lost(self) -> bool:
        """Whether its last word was that it runs: it does, or its process is gone."""
        return self._status.state is JobState.RUNNING

    def read(self) -> JobStatus:
        """The status now; a job that cannot be read has failed, and says why."""
        if self._broken is None:
            try:
                return self._read()
            except VoidError as error:
                broken = JobError.of(error)
        else:
            broken = self._broken
        return self._status.model_copy(update={"state": JobState.FAILED, "error": broken})

    def _read(self) -> JobStatus:
        self._fold_new()
        if self._status.state is JobState.RUNNING and not self._runs():
            # A run appends its last state before it lets go of the lock: look once more.
            self._fold_new()
        status = self._status.model_copy(update={"frames": len(self._results)})
        if status.state is JobState.RUNNING and not self._runs():
            status.state = JobState.INTERRUPTED
        if status.state in (JobState.QUEUED, JobState.INTERRUPTED) and cancel_asked(self._folder):
            status.state = JobState.CANCELLED
        if status.state is not JobState.RUNNING:
            status.eta_s = None
        return status

    def _runs(self) -> bool:
        return lock_owner(self._folder / "run.lock") is not None

    def _fold_new(self) -> None:
        for event in read_events(self._folder / "events.jsonl", self._offset):
            self._offset = event["next"]
            try:
                self._fold_one(event)
            except (KeyError, TypeError, ValueError):
                continue  # an event of a later version, or a damaged one

    def _fold_one(self, event: Event) -> None:
        status = self._status
        match event["type"]:
            case "state":
                self._fold_state(JobState(event["state"]), float(event["t"]))
            case "progress":
                status.step, status.total = int(event["step"]), int(event["total"])
                status.message = str(event.get("message", ""))
                eta = event.get("eta_s")
                status.eta_s = None if eta is None else float(eta)
                status.memory_bytes = max(status.memory_bytes, int(event.get("rss", 0)))
            case "frame":
                self._results.add((str(event.get("object", "")), int(event["index"])))
            case "warning":
                status.warnings = (*status.warnings, str(event["text"]))[-MAX_WARNINGS:]
            case "error":
                status.error = JobError.model_validate(event)

    def _fold_state(self, state: JobState, time: float) -> None:
        status = self._status
        status.state = state
        if state is JobState.QUEUED:
            self.submitted, self.attempts = time, 0
        if state is JobState.RUNNING:
            self.attempts += 1
            status.started, status.warnings = time, ()
        if state.active:
            status.error, status.finished = None, None
        else:
            status.finished = time
        if state is JobState.DONE:
            status.step = status.total


def job_status(folder: Path) -> JobStatus:
    """Where the job in ``folder`` stands now; a job that cannot be read reads as failed.

    Raises:
        VoidError: there is no such folder.
    """
    if not folder.is_dir():
        raise VoidError(f"There is no job {folder.name}", f"{folder} is not a folder")
    return StatusReader(folder).read()
