"""Who has a shot open: one process may write it, and everybody else is told which.

Shots live on network shares, so two things are asked. The system's file lock, which ends with its
process, decides on one machine. What the file says (host, process id, start time) decides where the
share does not carry file locks between machines, and is what the artist is told.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

import psutil

from void_studio.errors import VoidError
from void_studio.files import explain

LOCK_NAME = "shot.lock"

_MAX_BYTES = 4096
# Start times are derived from the boot time, which some systems adjust when the clock is set.
_START_TOLERANCE_S = 1.0


class Holder(NamedTuple):
    """One process of one machine; ``started`` in Unix seconds."""

    host: str
    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Self:
        return cls(socket.gethostname(), os.getpid(), psutil.Process().create_time())

    @property
    def gone(self) -> bool:
        """Whether it certainly runs no more; of another machine nothing is certain."""
        if self.host != socket.gethostname():
            return False
        try:
            started: float = psutil.Process(self.pid).create_time()
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False
        return abs(started - self.started) > _START_TOLERANCE_S


def holder_of(folder: Path) -> Holder | None:
    """Who the lock file of a shot names: a running writer, or one that ended without closing it."""
    try:
        with open(folder / LOCK_NAME, "rb") as stream:
            return _parse(stream.read(_MAX_BYTES))
    except OSError:
        return None


class ShotLock:
    """The right to write a shot, held until ``release`` or the end of this process.

    Attributes:
        crashed: Whether the last writer ended without closing the shot.
    """

    def __init__(self, folder: Path) -> None:
        """Takes the lock.

        Raises:
            VoidError: another process has the shot open, or the folder cannot be written.
        """
        self._path = folder / LOCK_NAME
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0), 0o666)
        except OSError as error:
            raise explain(error, f"Could not open {folder} for writing") from error
        try:
            alone = _lock(handle)
            holder = _parse(os.read(handle, _MAX_BYTES))
            # A file lock that was granted proves a holder of this machine to be gone.
            if alone is False or (
                holder and not (alone and holder.host == socket.gethostname()) and not holder.gone
            ):
                raise _held(folder, holder)
            self.crashed = holder is not None
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, json.dumps(Holder.this_process()._asdict()).encode())
        except OSError as error:
            os.close(handle)
            raise explain(error, f"Could not open {folder} for writing") from error
        except VoidError:
            os.close(handle)
            raise
        self._handle: int | None = handle

    def release(self) -> None:
        """Gives the lock back. The empty file stays: removing it could let two processes in."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.ftruncate(handle, 0)
            os.close(handle)


def _held(folder: Path, holder: Holder | None) -> VoidError:
    if holder is None:
        why = "Another process has it open"
    elif holder.host == socket.gethostname():
        why = f"Process {holder.pid} on this machine has it open"
    else:
        why = f"Process {holder.pid} on {holder.host} has it open"
    remedy = "Close it there, or open it read-only"
    if holder is not None and holder.host != socket.gethostname():
        remedy += f". If {holder.host} no longer runs, delete {folder / LOCK_NAME}"
    return VoidError(f"{folder} is in use", why, remedy)


def _parse(data: bytes) -> Holder | None:
    try:
        said: Any = json.loads(data)
        return Holder(str(said["host"]), int(said["pid"]), float(said["started"]))
    except (ValueError, TypeError, KeyError):
        return None


if sys.platform == "win32":

    def _lock(handle: int) -> bool | None:
        return None
else:
    import fcntl

    def _lock(handle: int) -> bool | None:
        """True if the lock was granted, False if it is taken, None if there are no locks here."""
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
