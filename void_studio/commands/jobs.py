"""``job run``, ``job list`` and ``job cancel``."""

from __future__ import annotations

import argparse
from pathlib import Path
from typing import Any

from void_studio.commands.following import run_here
from void_studio.commands.outcome import Outcome, frames
from void_studio.commands.progress import Progress
from void_studio.commands.shots import opened
from void_studio.errors import VoidError
from void_studio.worker.home import jobs_folder
from void_studio.worker.jobs import (
    adopt_results,
    find_job,
    job_status,
    list_jobs,
    mark_adopted,
    request_cancel,
)
from void_studio.worker.status import JobState


def run(options: argparse.Namespace) -> Outcome:
    say = Progress()
    status = run_here(options.folder, say)
    facts: dict[str, Any] = status.model_dump(mode="json")
    text = f"{status.id}: {status.state}, {frames(status.frames)}"
    # A job of another machine is run for that machine, whose shot it is.
    if options.folder.absolute().parent == jobs_folder().absolute():
        shot = Path(status.shot)
        facts["adopted"] = _adopt(shot, options.folder, say)
        if facts["adopted"]:
            text += f", now in {shot}"
    return Outcome(facts, text)


def list_(options: argparse.Namespace) -> Outcome:
    jobs = list_jobs()
    rows = [f"{job.id}  {job.state:<11}  {job.step:>4}/{job.total:<4}  {job.label}" for job in jobs]
    return Outcome(
        {"jobs": [job.model_dump(mode="json") for job in jobs]}, "\n".join(rows) or "no jobs"
    )


def cancel(options: argparse.Namespace) -> Outcome:
    folder = find_job(options.id)
    status = job_status(folder)
    if status.state.active or status.state is JobState.INTERRUPTED:
        # Whoever runs it looks for this, the worker as well as another command.
        request_cancel(folder)
        status = job_status(folder)
    return Outcome({"id": status.id, "state": status.state}, f"{status.id}: {status.state}")


def _adopt(folder: Path, job: Path, say: Progress) -> bool:
    """Puts what a job made into its shot; where that cannot be, the shot's next opening does."""
    try:
        with opened(folder, say) as shot:
            adopt_results(shot, job)
            shot.save()
            mark_adopted(job)
    except VoidError as error:
        say.warning(f"The result is not in the shot yet, opening it will take it in. {error}")
        return False
    return True
