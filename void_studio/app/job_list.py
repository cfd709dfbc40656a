"""Jobs in words: what a row of the jobs list says."""

from __future__ import annotations

from void_studio.app.panels.jobs import JobRow
from void_studio.errors import VoidError
from void_studio.worker.status import JobState, JobStatus


def row_of(job: JobStatus) -> JobRow:
    """The row of a job."""
    fraction = job.step / job.total if job.total else None
    return JobRow(
        id=job.id,
        label=job.label,
        state=job.state.value,
        fraction=1.0 if job.state is JobState.DONE else fraction,
        message=_said(job),
        eta=_time_left(job),
        error=str(VoidError(job.error.what, job.error.why, job.error.remedy)) if job.error else "",
    )


def progress_of(job: JobStatus) -> tuple[float, str]:
    """How far a job is, 0 to 1, and what it does."""
    fraction = job.step / job.total if job.total else 0.0
    share = f" · {fraction:.0%}" if job.total else "…"
    left = f" · {eta}" if (eta := _time_left(job)) else ""
    return fraction, (job.message or "Waiting to start") + share + left


def _said(job: JobStatus) -> str:
    """What a job does now, or what came of it."""
    if job.state is JobState.DONE:
        return f"{job.frames} frame{'s' if job.frames != 1 else ''}"
    if job.state is JobState.RUNNING and job.total:
        return f"{job.message} · {job.step / job.total:.0%}"
    return job.message


def _time_left(job: JobStatus) -> str:
    if job.eta_s is None or job.state is not JobState.RUNNING:
        return ""
    minutes, seconds = divmod(round(job.eta_s), 60)
    return f"{minutes}:{seconds:02d} left"
