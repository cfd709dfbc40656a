"""Who is at work on a folder: a lock that the system releases when its process dies.

The exclusion is the operating system's file lock. What the file says (process id and start time)
is for readers, who must be able to tell a running owner from one that is gone without taking the
lock themselves. A process id alone would not do: ids are used again.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import psutil

from void_studio.files import explain

_MAX_BYTES = 4096
# Start times are compared with this tolerance: they are derived from the boot time, which some
# systems adjust by a fraction of a second when the clock is set.
_START_TOLERANCE_S = 1.0


@dataclass(frozen=True)
class Owner:
    """One process of one machine.

    Attributes:
        pid: Process id.
        started: Its start time, Unix seconds.
        machine: The host name of its machine.
    """

    pid: int
    started: float
    machine: str

    @classmethod
    def this_process(cls) -> Owner:
        return cls(os.getpid(), psutil.Process().create_time(), socket.gethostname())

    @property
    def alive(self) -> bool:
        """Whether it still runs; a process of another machine counts as running."""
        if self.machine != socket.gethostname():
            return True
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= _START_TOLERANCE_S
            return bool(same and process.status() != psutil.STATUS_ZOMBIE)
        except psutil.NoSuchProcess:
            return False
        except psutil.AccessDenied:
            return True


class ProcessLock:
    """An exclusive lock on a file, held by this process until ``release`` or its death."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._handle: int | None = None

    def acquire(self) -> bool:
        """Takes the lock and writes this process's identity; False if another holds it.

        Raises:
            VoidError: the lock file cannot be created.
        """
        try:
            handle = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o600)
        except OSError as error:
            raise explain(error, f"Could not lock {self._path}") from error
        try:
            if not _try_lock(handle):
                os.close(handle)
                return False
            os.ftruncate(handle, 0)
            os.lseek(handle, 0, os.SEEK_SET)
            os.write(handle, json.dumps(asdict(Owner.this_process())).encode())
        except OSError as error:
            os.close(handle)
            raise explain(error, f"Could not lock {self._path}") from error
        self._handle = handle
        return True

    def release(self) -> None:
        """Gives the lock back. The empty file stays: removing it would let two processes in."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.ftruncate(handle, 0)
            os.close(handle)


def lock_owner(path: Path) -> Owner | None:
    """The running process that holds the lock at ``path``, or None."""
    try:
        with open(path, "rb") as stream:
            said: Any = json.loads(stream.read(_MAX_BYTES))
        owner = Owner(int(said["pid"]), float(said["started"]), str(said["machine"]))
    except (OSError, ValueError, TypeError, KeyError):
        return None
    return owner if owner.alive else None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool:
        try:
            # A byte far behind the content, because Windows forbids reading a locked range.
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True
