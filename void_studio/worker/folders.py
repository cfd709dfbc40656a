"""Job folders: which there are, and the file that asks a job to stop."""

from __future__ import annotations

import os
import re
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.worker.spec import ID_PATTERN

MAX_LISTED = 500

_ID = re.compile(ID_PATTERN)


def is_job_id(text: str) -> bool:
    """Whether ``text`` can name a job: nothing that leads out of the jobs folder does."""
    return _ID.fullmatch(text) is not None


def job_folder(jobs: Path, job_id: str) -> Path:
    """The folder of a job. Raises VoidError if there is none of that id in ``jobs``."""
    folder = jobs / job_id
    if not is_job_id(job_id) or folder.is_symlink() or not (folder / "job.json").is_file():
        raise VoidError(f"There is no job {job_id[:80]}", "", "See: void-studio job list")
    return folder


def job_folders(jobs: Path) -> list[Path]:
    """The latest 500 job folders in ``jobs``, the newest first; their names sort by time.

    Raises:
        VoidError: the folder cannot be read.
    """
    try:
        names = sorted((entry.name for entry in os.scandir(jobs)), reverse=True)
    except FileNotFoundError:
        return []
    except OSError as error:
        raise explain(error, f"Could not read {jobs}") from error
    folders = (jobs / name for name in names if is_job_id(name))
    return [folder for folder in folders if (folder / "job.json").is_file()][:MAX_LISTED]


def request_cancel(folder: Path) -> None:
    """Asks whoever runs the job in ``folder``, or will, to stop.

    Raises:
        VoidError: the folder cannot be written.
    """
    try:
        (folder / "cancel").touch()
    except OSError as error:
        raise explain(error, f"Could not cancel the job in {folder}") from error


def forget_cancel(folder: Path) -> None:
    """Takes back a request to cancel.

    Raises:
        VoidError: the folder cannot be written.
    """
    try:
        (folder / "cancel").unlink(missing_ok=True)
    except OSError as error:
        raise explain(error, f"Could not change the job in {folder}") from error


def cancel_asked(folder: Path) -> bool:
    """Whether somebody asked the job in ``folder`` to stop."""
    return (folder / "cancel").exists()
