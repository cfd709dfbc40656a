"""Where this user's jobs and the worker's own files are."""

from __future__ import annotations

from pathlib import Path

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.home import home_folder


def jobs_folder(home: Path | None = None) -> Path:
    """The folder that holds one folder per job, created when absent.

    Raises:
        VoidError: it cannot be created.
    """
    return _made((home or home_folder()) / "jobs")


def worker_folder(home: Path | None = None) -> Path:
    """The folder of the worker's address, token, locks and log; only its owner may enter it.

    Raises:
        VoidError: it cannot be created.
    """
    folder = _made((home or home_folder()) / "worker")
    try:
        folder.chmod(0o700)
    except OSError as error:
        raise explain(error, f"Could not protect {folder}") from error
    return folder


def _made(folder: Path) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except (FileExistsError, NotADirectoryError) as error:
        raise VoidError(
            f"Could not create {folder}",
            "A file is in its place",
            "Move that file away, or set VOID_STUDIO_HOME to another folder",
        ) from error
    except OSError as error:
        raise explain(error, f"Could not create {folder}") from error
    return folder
