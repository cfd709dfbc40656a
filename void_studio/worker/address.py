"""Where the one worker of a home answers, and the token: files that only the owner reads."""

from __future__ import annotations

import contextlib
import os
import secrets
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from void_studio import __version__
from void_studio.errors import VoidError
from void_studio.files import explain, read_json, write_json
from void_studio.worker.locks import lock_owner

EXIT_RUNS_ALREADY = 3
"""How the process of a worker ends when another one of the same home runs."""

_MAX_TOKEN_BYTES = 200


@dataclass(frozen=True)
class Address:
    """A worker that runs.

    Attributes:
        port: On 127.0.0.1.
        token: What every request must carry.
        version: The worker's version of Void Studio.
        pid: The worker's process id.
    """

    port: int
    token: str
    version: str
    pid: int


def new_token(folder: Path) -> str:
    """Makes the token of a worker that starts, in a file with mode 0600.

    Raises:
        VoidError: the file cannot be written.
    """
    token = secrets.token_urlsafe(32)
    path = folder / "token"
    try:
        path.unlink(missing_ok=True)
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with open(handle, "w") as stream:
            stream.write(token)
    except OSError as error:
        raise explain(error, f"Could not write {path}") from error
    return token


def publish(folder: Path, port: int) -> None:
    """Says where the worker of this process answers. Raises VoidError if it cannot be written."""
    write_json(folder / "address.json", {"port": port, "version": __version__, "pid": os.getpid()})


def withdraw(folder: Path) -> None:
    """Removes what ``publish`` and ``new_token`` wrote."""
    for name in ("address.json", "token"):
        with contextlib.suppress(OSError):
            (folder / name).unlink()


def find_worker(folder: Path) -> Address | None:
    """The worker that runs and has said where it answers; None where there is none.

    The lock is what counts: files of a worker that was killed are not believed.
    """
    owner = lock_owner(folder / "worker.lock")
    if owner is None:
        return None
    try:
        said: Any = read_json(folder / "address.json")
        with open(folder / "token", encoding="ascii") as stream:
            token = stream.read(_MAX_TOKEN_BYTES)
        address = Address(int(said["port"]), token, str(said["version"]), int(said["pid"]))
    except (VoidError, OSError, ValueError, TypeError, KeyError):
        return None
    return address if address.pid == owner.pid and token else None
