"""Jobs in words: what a row of the jobs list says."""

from __future__ import annotations

from void_studio.app.panels.jobs import JobRow
from void_studio.errors import VoidError
from void_studio.worker.status import JobState, JobStatus


def row_of(job: JobStatus) -> JobRow:
    """The row of a job."""
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


def progress_of(job: JobStatus) -> tuple[float, str]:
    """How far a job is, 0 to 1, and what it does."""
    fraction = job.step / job.total if job.total else 0.0
    count = f" {job.step} of {job.total}" if job.total else "…"
    return fraction, (job.message or "Waiting") + count


def _said(job: JobStatus) -> str:
    """What a job does now, or what came of it."""
    if job.state is JobState.DONE:
        return f"{job.frames} frame{'s' if job.frames != 1 else ''}"
    if job.state is JobState.RUNNING and job.total:
        return f"{job.message} {job.step} of {job.total}"
    return job.message
