"""Jobs as the window sees them: made from the shot, sent to the worker, known by their status."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

from PySide6.QtCore import QObject, QTimer, QUrl, Signal
from PySide6.QtGui import QDesktopServices

from void_studio.app.background import Background
from void_studio.app.following import Following
from void_studio.app.intake import Intake, is_of
from void_studio.app.job_list import progress_of, row_of
from void_studio.app.panels.jobs import JobRow
from void_studio.app.running import RunningPreview
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import create_remove_job, create_track_job
from void_studio.worker.results import pending_jobs
from void_studio.worker.spec import Direction
from void_studio.worker.status import JobState, JobStatus

KEEP_WARM_MS = 60_000
"""How often the worker hears that the window is open; it ends after two minutes without a word."""

_NEWS_MS = 100


class Jobs(QObject):
    """The jobs of this machine.

    Signals:
        rows_changed: The list or a status changed; at most ten times a second.
        take_made: A removal of the open shot became the take of this number.
        tracked: The object of this id has been tracked to the end.
        previewed: A RunningPreview of the open shot's removal.
        removal_ended: A removal of the open shot has ended without becoming a take.
        told: What became of a job that nobody need worry about, and what can be done.
    """

    rows_changed = Signal()
    take_made = Signal(int)
    tracked = Signal(str)
    previewed = Signal(object)
    removal_ended = Signal()
    told = Signal(str, str)

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
        self._starting = False
        self._following = Following(host, self)
        self._intake = Intake(session, background, self._jobs.get, self)
        self._following.status.connect(self._on_status)
        self._following.tracked.connect(self._intake.add)
        self._following.previewed.connect(self._on_previewed)
        self._following.failed.connect(session.failed)
        self._intake.not_taken.connect(self.removal_ended)
        self._intake.take_made.connect(self.take_made)
        self._intake.tracked.connect(self.tracked)
        self._pulse = QTimer(self, interval=KEEP_WARM_MS)
        self._pulse.timeout.connect(self._keep_warm)
        self._pulse.start()
        self._news = QTimer(self, interval=_NEWS_MS, singleShot=True)
        self._news.timeout.connect(self.rows_changed)
        session.shot_changed.connect(self._on_shot_changed)

    def close(self) -> None:
        """Stops following; the worker and its jobs go on."""
        self._following.close()
        self._pulse.stop()
        self._intake.forget()

    def _tell(self) -> None:
        if not self._news.isActive():
            self._news.start()

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
            self._starting = True
            self.rows_changed.emit()
            self._make(
                "Could not start the removal", lambda: create_remove_job(shot, remover, settings)
            )

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

    def _make(self, what: str, create: Callable[[], Path]) -> None:
        def failed(error: VoidError) -> None:
            self._starting = False
            self.rows_changed.emit()
            self._session.failed.emit(error)

        self._background.run(what, lambda: self.host.submit(create()), self._begin, failed)

    # -- what became of it -----------------------------------------------------------------

    def _begin(self, status: JobStatus) -> None:
        """Follows a job, from its first event on."""
        if status.kind == "remove":
            self._starting = False
        if self._following.follow(status.id, status.folder):
            self._jobs[status.id] = status.model_copy(update={"state": JobState.QUEUED})
            self._tell()

    def _on_status(self, status: JobStatus) -> None:
        before = self._jobs.get(status.id)
        self._jobs[status.id] = status
        self._tell()
        if status.state.active or (before is not None and not before.state.active):
            return
        if status.state is JobState.FAILED and status.error is not None:
            error = status.error
            self._session.failed.emit(VoidError(error.what, error.why, error.remedy))
        if status.state is JobState.CANCELLED and status.kind == "remove":
            how = "Jobs > Run Again continues where it stopped"
            self.told.emit(f"“{status.label}” was stopped", how)
        for warning in status.warnings:
            self._session.noticed.emit(warning)
        self._intake.job_ended(status)

    def _on_previewed(self, preview: RunningPreview) -> None:
        job = self.removal()
        if job is not None and job.id == preview.job_id:
            self.previewed.emit(preview)

    def _on_shot_changed(self) -> None:
        """Picks up jobs that ran while the shot was closed."""
        self._intake.forget()
        shot = self._session.shot
        if shot is not None:
            self._background.run(
                "Could not start the worker",
                lambda: self._warm_up(shot),
                lambda found: self._pick_up(shot, found),
                self._session.failed.emit,
            )

    def _warm_up(self, shot: Shot) -> tuple[list[JobStatus], set[str]]:
        """The shot's jobs, and the ids of those that have made something it has not saved."""
        news = {folder.name for folder in pending_jobs(shot, self.host.home)}
        mine = [job for job in self.host.jobs() if is_of(shot, job)]
        self.host.warm_up(shot.plate_path)
        return mine, news

    def _pick_up(self, shot: Shot, found: tuple[list[JobStatus], set[str]]) -> None:
        if self._session.shot is not shot:
            return
        jobs, news = found
        for job in jobs:
            if job.id in news or job.state.active or job.state is JobState.INTERRUPTED:
                self._begin(job)
            else:
                self._jobs.setdefault(job.id, job)
            if job.state.active and job.started is not None:
                self.told.emit(f"“{job.label}” goes on", "")
            if job.state is JobState.INTERRUPTED:
                self._session.noticed.emit(
                    f"“{job.label}” was interrupted: run it again from the Jobs list to continue it"
                )

    # -- the list --------------------------------------------------------------------------

    def rows(self) -> list[JobRow]:
        """The rows of the jobs list, the newest first."""
        jobs = (job for job in self._jobs.values() if job.id not in self._hidden)
        return [row_of(job) for job in sorted(jobs, key=lambda job: job.id, reverse=True)]

    @property
    def removing(self) -> bool:
        """Whether a removal of the open shot is being made ready, waits or runs."""
        return self._starting or self.removal() is not None

    def removal(self) -> JobStatus | None:
        """The removal of the open shot that waits or runs."""
        shot = self._session.shot
        running = (job for job in self._jobs.values() if job.kind == "remove" and job.state.active)
        return next((job for job in running if is_of(shot, job)), None)

    def removal_progress(self) -> tuple[float | None, str]:
        """How far the removal of this shot is, 0 to 1, in words; (None, "") when none runs."""
        if self._starting:
            return None, "Starting…"
        job = self.removal()
        return progress_of(job) if job is not None else (None, "")

    def tracking(self, object_id: str) -> str:
        """How far the track of an object is, in words; empty when none runs."""
        for job in self._jobs.values():
            if job.kind == "track" and job.state.active and object_id in job.objects:
                return f"tracking {job.step} of {job.total}" if job.total else "waiting to track"
        return ""

    def reveal(self, job_id: str) -> None:
        """Opens the job's folder."""
        job = self._jobs.get(job_id)
        if job is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(job.folder)))

    def clear(self) -> None:
        """Hides jobs that have ended from the list; their folders stay."""
        self._hidden.update(job.id for job in self._jobs.values() if not job.state.active)
        self.rows_changed.emit()
