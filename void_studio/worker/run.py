"""Runs one job to its end in this process, continuing what earlier runs left."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from pathlib import Path

from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken
from void_studio.remove.weights.places import looking_first_in
from void_studio.worker.events import EventLog
from void_studio.worker.folders import forget_cancel
from void_studio.worker.locks import ProcessLock
from void_studio.worker.report import JobCancel, JobReporter
from void_studio.worker.spec import TrackSpec, read_spec
from void_studio.worker.status import JobState, JobStatus, job_status

_TRACE_CHARACTERS = 8000


def run_job(
    folder: Path, cancel: CancelToken | None = None, notify: Callable[[], None] = lambda: None
) -> JobStatus:
    """Runs the job in ``folder``; a request to cancel from before this call is forgotten.

    Results that earlier runs put into ``outputs`` are kept and not made again; a job that is done
    is left as it is. What goes wrong with the work itself is in the status, not raised.

    Args:
        notify: Called after every event that was written.

    Raises:
        VoidError: the folder is no job, runs already, or cannot be written.
    """
    return _locked(folder, cancel, notify, forget=True)


def continue_job(
    folder: Path, cancel: CancelToken | None = None, notify: Callable[[], None] = lambda: None
) -> JobStatus:
    """As ``run_job``, but honours a request to cancel that is already there."""
    return _locked(folder, cancel, notify, forget=False)


def _locked(
    folder: Path, cancel: CancelToken | None, notify: Callable[[], None], forget: bool
) -> JobStatus:
    spec = read_spec(folder)
    lock = ProcessLock(folder / "run.lock")
    if not lock.acquire():
        raise VoidError(
            f"The job {spec.label} runs already",
            "Another process is working on it",
            "Wait for it, or cancel it first",
        )
    try:
        if forget:
            # Only now: a request to cancel may be meant for another run that holds the lock.
            forget_cancel(folder)
        if job_status(folder).state is not JobState.DONE:
            with EventLog(folder / "events.jsonl") as log:
                _run(folder, JobReporter(folder, log, notify), JobCancel(folder, cancel))
        return job_status(folder)
    finally:
        lock.release()


def _run(folder: Path, reporter: JobReporter, cancel: JobCancel) -> None:
    reporter.add("state", state=JobState.RUNNING)
    try:
        cancel.check()
        try:
            _work(folder, reporter, cancel)
        finally:
            reporter.flush()
    except Cancelled:
        reporter.add("state", state=JobState.CANCELLED)
    except KeyboardInterrupt:
        reporter.add("state", state=JobState.INTERRUPTED)
        raise
    except VoidError as error:
        _fail(reporter, error)
    except MemoryError:
        _fail(
            reporter,
            VoidError(
                "The job ran out of memory",
                "",
                "Close other programs or choose fewer frames, then run it again: it continues",
            ),
        )
    except Exception as error:
        unforeseen = VoidError(
            "The job stopped at an error nobody foresaw",
            f"{type(error).__name__}: {error}"[:500],
            "Run it again: it continues. If it stops again, please report it with events.jsonl",
        )
        _fail(reporter, unforeseen, traceback.format_exc()[-_TRACE_CHARACTERS:])
    else:
        reporter.add("state", state=JobState.DONE)


def _work(folder: Path, reporter: JobReporter, cancel: JobCancel) -> None:
    # The engines are imported only in the process that runs a job.
    spec = read_spec(folder)
    if isinstance(spec, TrackSpec):
        from void_studio.worker.track import track

        track(folder, spec, reporter, cancel)
    else:
        from void_studio.worker.removal import remove

        with looking_first_in(Path(name) for name in spec.models):
            remove(folder, spec, reporter, cancel)


def _fail(reporter: JobReporter, error: VoidError, trace: str = "") -> None:
    fields = {"what": error.what, "why": error.why, "remedy": error.remedy}
    reporter.add("error", **fields, **({"trace": trace} if trace else {}))
    reporter.add("state", state=JobState.FAILED)
