"""A job from its folder to its end: on this machine's worker, or in this process."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from void_studio.commands.outcome import JobEnded
from void_studio.commands.progress import Progress
from void_studio.hosts.local import LocalHost
from void_studio.worker.events import read_events
from void_studio.worker.run import run_job
from void_studio.worker.status import JobState, JobStatus, job_status


def follow(folder: Path, say: Progress) -> JobStatus:
    """Submits a job to the worker and follows it to its end; Ctrl+C cancels it.

    Raises:
        JobEnded: it did not end as done.
        VoidError: the worker cannot be started or was lost.
    """
    with LocalHost() as host:
        try:
            host.submit(folder)
            for event in host.follow(folder.name):
                _tell(event, say)
        except KeyboardInterrupt:
            host.cancel(folder.name)
            # Its last word comes within a frame; a second Ctrl+C does not wait for it.
            for _ in host.follow(folder.name):
                pass
        return _checked(host.status(folder.name))


def run_here(folder: Path, say: Progress) -> JobStatus:
    """Runs or continues a job in this process; Ctrl+C interrupts it.

    Raises:
        JobEnded: it did not end as done.
        VoidError: there is no job in ``folder``, or it runs already.
    """
    log = folder / "events.jsonl"
    read = log.stat().st_size if log.exists() else 0

    def tell() -> None:
        nonlocal read
        for event in read_events(log, read):
            read = event["next"]
            _tell(event, say)

    try:
        return _checked(run_job(folder, notify=tell))
    except KeyboardInterrupt:
        return _checked(job_status(folder))


def _tell(event: dict[str, Any], say: Progress) -> None:
    if event["type"] == "progress":
        say.progress(event["step"], event["total"], event.get("message", ""))
    elif event["type"] == "warning":
        say.warning(event["text"])


def _checked(status: JobStatus) -> JobStatus:
    if status.state is JobState.DONE:
        return status
    again = f"To continue it: void-studio job run {status.folder}"
    if status.error is None:
        raise JobEnded(status.id, f"{status.label} was {status.state}", "", again)
    error = status.error
    remedy = f"{error.remedy.rstrip('.')}. {again}" if error.remedy else again
    raise JobEnded(status.id, error.what, error.why, remedy)
