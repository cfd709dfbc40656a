"""Jobs as the window sees them: made from the shot, sent to the worker, followed, taken in."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from void_studio.app.background import Background, as_void_error
from void_studio.app.panels.jobs import JobRow
from void_studio.app.panels.run import RemoverRow, SettingRow
from void_studio.app.panels.settings_form import Kind
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost
from void_studio.remove.registry import removers
from void_studio.shot.edits import TrackEdit
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import create_remove_job, create_track_job
from void_studio.worker.results import TrackResult, mark_adopted, pending_jobs
from void_studio.worker.spec import Direction, TrackSpec, read_spec
from void_studio.worker.status import JobState, JobStatus

KEEP_WARM_MS = 60_000
"""How often the worker hears that the window is open; it ends after two minutes without a word."""

WAIT_S = 1.0
"""How long a follower waits for news in one request; also how long closing may take."""


_KINDS: dict[str, Kind] = {"integer": "int", "number": "float", "boolean": "bool"}


@dataclass(frozen=True)
class _Tracked:
    """One frame of a track that arrived."""

    job_id: str
    result: TrackResult
    mask: NDArray[np.bool_]


class Jobs(QObject):
    """The jobs of this machine, and what becomes of their results in the open shot.

    Each active job is followed by a thread of its own; what arrives is taken into the shot on the
    window's thread, one frame a turn of the event loop.

    Signals:
        rows_changed: The list or a status changed.
        take_made: A removal of the open shot became the take of this number.
    """

    rows_changed = Signal()
    take_made = Signal(int)
    _status = Signal(object)
    _tracked = Signal(object)
    _trouble = Signal(object)

    def __init__(
        self,
        session: Session,
        background: Background,
        host: LocalHost,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self.host = host
        self._session = session
        self._background = background
        self._jobs: dict[str, JobStatus] = {}
        self._hidden: set[str] = set()
        self._followers: dict[str, threading.Thread] = {}
        self._closing = threading.Event()
        self._arrivals: deque[_Tracked] = deque()
        self._edits: dict[tuple[str, str], TrackEdit] = {}
        self._removals = removers()
        self._status.connect(self._on_status)
        self._tracked.connect(self._on_tracked)
        self._trouble.connect(session.failed)
        self._intake = QTimer(self, interval=0)
        self._intake.timeout.connect(self._take_in)
        self._pulse = QTimer(self, interval=KEEP_WARM_MS)
        self._pulse.timeout.connect(self._keep_warm)
        self._pulse.start()
        self._news = QTimer(self, interval=100, singleShot=True)
        self._news.timeout.connect(self.rows_changed)
        session.shot_changed.connect(self._on_shot_changed)
        session.mask_changed.connect(lambda _: self._news.isActive() or self._news.start())

    def close(self) -> None:
        """Stops following; the worker and its jobs go on."""
        self._closing.set()
        self.host.close()
        for thread in list(self._followers.values()):
            thread.join()
        self._intake.stop()
        self._pulse.stop()
        for edit in self._edits.values():
            edit.finish()

    def _keep_warm(self) -> None:
        if self._session.shot is not None:
            # Not said if it fails: nobody asked for anything.
            self._background.run("Could not reach the worker", self.host.start)

    # -- asking for work -------------------------------------------------------------------

    def track(self, object_id: str, direction: Direction, frames: tuple[int, int]) -> None:
        """Tracks an object over frames (first, last) of the open shot."""
        shot = self._session.shot
        if shot is not None:
            self._make(
                "Could not start tracking",
                lambda: create_track_job(shot, [object_id], direction=direction, frames=frames),
            )

    def run_removal(self, remover: str, settings: dict[str, Any]) -> None:
        """Removes what the quadmask of the open shot marks."""
        shot = self._session.shot
        if shot is not None:
            self._make(
                "Could not start the removal", lambda: create_remove_job(shot, remover, settings)
            )

    def _make(self, what: str, create: Callable[[], Path]) -> None:
        def work() -> JobStatus:
            return self.host.submit(create())

        self._background.run(what, work, self._begin, self._session.failed.emit)

    def _begin(self, status: JobStatus) -> None:
        """Follows a job, from its first event on."""
        old = self._followers.get(status.id)
        if old is not None and old.is_alive():
            return
        self._jobs[status.id] = status.model_copy(update={"state": JobState.QUEUED})
        self._news.start()
        thread = threading.Thread(
            target=self._follow, args=(status.id, status.folder), name=f"follow-{status.id}"
        )
        self._followers[status.id] = thread
        thread.start()

    def cancel(self, job_id: str) -> None:
        """Asks a job to stop."""
        self._background.run(
            "Could not cancel",
            lambda: self.host.cancel(job_id),
            self._on_status,
            self._session.failed.emit,
        )

    def cancel_running(self) -> None:
        """Asks every job that waits or runs to stop."""
        for job in self._jobs.values():
            if job.state.active:
                self.cancel(job.id)

    def rerun(self, job_id: str) -> None:
        """Continues a job that failed, was cancelled or interrupted."""
        self._background.run(
            "Could not run the job again",
            lambda: self.host.rerun(job_id),
            self._begin,
            self._session.failed.emit,
        )

    def reveal(self, job_id: str) -> None:
        """Opens the job's folder."""
        job = self._jobs.get(job_id)
        if job is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(job.folder)))

    def clear(self) -> None:
        """Hides jobs that have ended from the list; their folders stay."""
        self._hidden.update(job.id for job in self._jobs.values() if not job.state.active)
        self.rows_changed.emit()

    # -- following -------------------------------------------------------------------------

    def _follow(self, job_id: str, folder: Path) -> None:
        """Runs on the follower's thread until the job has ended; an ended one is replayed."""
        since = 0
        try:
            spec = read_spec(folder)
            while not self._closing.is_set():
                events = self.host.events(job_id, since, WAIT_S)
                for event in events:
                    since = event["next"]
                    if event["type"] == "frame" and isinstance(spec, TrackSpec):
                        result = TrackResult.of(folder, event)
                        self._tracked.emit(_Tracked(job_id, result, result.mask(spec.plate.size)))
                status = self.host.status(job_id)
                if events or not status.state.active:
                    self._status.emit(status)
                if not events and not status.state.active:
                    return
        except Exception as error:
            if not self._closing.is_set():
                self._trouble.emit(as_void_error(error, "Lost sight of a job"))

    def _on_status(self, status: JobStatus) -> None:
        before = self._jobs.get(status.id)
        self._jobs[status.id] = status
        if not self._news.isActive():
            self._news.start()
        if status.state.active or (before is not None and not before.state.active):
            return
        self._followers.pop(status.id, None)
        if status.state is JobState.FAILED and status.error is not None:
            error = status.error
            self._session.failed.emit(VoidError(error.what, error.why, error.remedy))
        for warning in status.warnings:
            self._session.noticed.emit(warning)
        if status.kind == "track":
            self._intake.start()
        elif status.state is JobState.DONE:
            self._adopt_take(status)

    # -- results ---------------------------------------------------------------------------

    def _is_mine(self, status: JobStatus) -> bool:
        shot = self._session.shot
        return shot is not None and Path(status.shot) == shot.folder.absolute()

    def _on_tracked(self, frame: _Tracked) -> None:
        self._arrivals.append(frame)
        self._intake.start()

    def _take_in(self) -> None:
        """Takes one arrived frame into the shot, then ends the edits of jobs that have ended."""
        if self._session.stroke_open:
            return
        if self._arrivals:
            frame = self._arrivals.popleft()
            status = self._jobs.get(frame.job_id)
            if status is None or self._is_mine(status):
                self._put(frame)
            return
        self._intake.stop()
        for key in list(self._edits):
            status = self._jobs.get(key[0])
            if status is not None and not status.state.active:
                self._edits.pop(key).finish()
                self._settle(status)

    def _put(self, frame: _Tracked) -> None:
        shot = self._session.shot
        result = frame.result
        if shot is None or shot.document.object(result.object_id) is None:
            return
        key = frame.job_id, result.object_id
        if key not in self._edits:
            self._edits[key] = shot.begin_track(result.object_id)
        self._edits[key].put(result.index, frame.mask, result.confidence)

    def _adopt_take(self, status: JobStatus) -> None:
        shot = self._session.shot
        if shot is None or not self._is_mine(status):
            return

        def done(number: int) -> None:
            if self._session.shot is shot:
                self.take_made.emit(number)
                self._settle(status)

        self._background.run(
            "Could not take in the result",
            lambda: shot.takes.adopt(status.folder / "outputs").number,
            done,
            self._session.failed.emit,
        )

    def _settle(self, status: JobStatus) -> None:
        """Remembers, once it is saved, that the shot has what the job made."""
        session = self._session

        def work() -> None:
            if session.flush():
                mark_adopted(status.folder)

        self._background.run("Could not save", work, None, session.failed.emit)

    def _on_shot_changed(self) -> None:
        """Drops what belongs to the last shot and picks up jobs that ran while this was closed."""
        self._arrivals.clear()
        for edit in self._edits.values():
            edit.finish()
        self._edits.clear()
        shot = self._session.shot
        if shot is None:
            return
        self._background.run(
            "Could not start the worker",
            lambda: self._warm_up(shot),
            lambda jobs: self._pick_up(shot, jobs),
            self._session.failed.emit,
        )

    def _warm_up(self, shot: Shot) -> list[JobStatus]:
        """Statuses of the shot's jobs that run, or have made something it has not saved."""
        news = {folder.name for folder in pending_jobs(shot, self.host.home)}
        mine = [job for job in self.host.jobs() if Path(job.shot) == shot.folder.absolute()]
        self.host.warm_up(shot.plate_path)
        return [
            job
            for job in mine
            if job.id in news or job.state.active or job.state is JobState.INTERRUPTED
        ]

    def _pick_up(self, shot: Shot, jobs: list[JobStatus]) -> None:
        if self._session.shot is not shot:
            return
        for job in jobs:
            self._begin(job)
            if job.state is JobState.INTERRUPTED:
                self._session.noticed.emit(
                    f"“{job.label}” was interrupted: run it again from the Jobs list to continue it"
                )

    # -- what the panels show --------------------------------------------------------------

    def rows(self) -> list[JobRow]:
        """The rows of the jobs list, the newest first."""
        jobs = (job for job in self._jobs.values() if job.id not in self._hidden)
        return [_row(job) for job in sorted(jobs, key=lambda job: job.id, reverse=True)]

    def removal_progress(self) -> tuple[float | None, str]:
        """How far the removal of this shot is, for the run panel; (None, "") when none runs."""
        for job in self._jobs.values():
            if job.kind == "remove" and job.state.active and self._is_mine(job):
                fraction = job.step / job.total if job.total else 0.0
                count = f" {job.step} of {job.total}" if job.total else "…"
                return fraction, (job.message or "Waiting") + count
        return None, ""

    def remover_rows(self) -> list[RemoverRow]:
        """The removers and their settings, for the run panel."""
        return [
            RemoverRow(
                name=remover.name,
                title=_heading(remover.name),
                description=remover.title,
                settings=tuple(
                    _setting(name, schema)
                    for name, schema in remover.settings.model_json_schema()["properties"].items()
                ),
            )
            for remover in self._removals.values()
        ]

    def summary(self) -> list[tuple[str, str]]:
        """What a run would work on."""
        shot = self._session.shot
        if shot is None:
            return []
        first, last = shot.document.range
        marked = int(np.count_nonzero(shot.masks.summaries()[first : last + 1] & 3))
        width, height = shot.size
        number = shot.document.plate.first_frame
        return [
            ("Frames", f"{first + number}–{last + number}"),
            ("With a mask", f"{marked} of {last - first + 1}"),
            ("Plate", f"{width}×{height}"),
            ("On", "this machine"),
        ]

    def reason_not_to_run(self) -> str | None:
        """Why the removal cannot run now, or None if it can."""
        shot = self._session.shot
        if shot is None:
            return "Open a clip first"
        if any(
            job.kind == "remove" and job.state.active and self._is_mine(job)
            for job in self._jobs.values()
        ):
            return "A removal of this shot is running"
        first, last = shot.document.range
        if not (shot.masks.summaries()[first : last + 1] & 3).any():
            return "Click an object or paint what is to go first"
        return None


def _row(job: JobStatus) -> JobRow:
    eta = ""
    if job.eta_s is not None and job.state is JobState.RUNNING:
        minutes, seconds = divmod(round(job.eta_s), 60)
        eta = f"{minutes}:{seconds:02d} left"
    fraction = job.step / job.total if job.total else None
    return JobRow(
        id=job.id,
        label=job.label,
        state=job.state.value,
        fraction=1.0 if job.state is JobState.DONE else fraction,
        message=_said(job),
        eta=eta,
        error=str(VoidError(job.error.what, job.error.why, job.error.remedy)) if job.error else "",
    )


def _said(job: JobStatus) -> str:
    """What a job does now, or what came of it."""
    if job.state is JobState.DONE:
        return f"{job.frames} frame{'s' if job.frames != 1 else ''}"
    if job.state is JobState.RUNNING and job.total:
        return f"{job.message} {job.step} of {job.total}"
    return job.message


def _heading(name: str) -> str:
    return name.replace("-", " ").replace("_", " ").capitalize()


def _setting(name: str, schema: dict[str, Any]) -> SettingRow:
    """A settings row from its JSON schema: one type, or a number that "auto" may stand for."""
    kinds = schema.get("anyOf", [schema])
    numbers = {**schema, **kinds[0]}
    choices = tuple(str(choice) for choice in schema.get("enum", ()))
    return SettingRow(
        key=name,
        label=_heading(name),
        kind="choice" if choices else _KINDS[numbers["type"]],
        default=schema["default"],
        minimum=numbers.get("minimum", 0),
        maximum=numbers.get("maximum", 1_000_000),
        choices=choices,
        tip=" ".join(schema.get("description", "").replace("``", "").split()),
        automatic=len(kinds) > 1,
    )
