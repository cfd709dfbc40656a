"""Locks that end with the process that holds them, and who that is.

The exclusion is the operating system's file lock. What the file says (machine, process id, start
time) is for readers, who must be able to tell a running holder from one that is gone without
taking the lock themselves, and for shares that do not carry file locks between machines. A process
id alone would not do: ids are used again.
"""

from __future__ import annotations

import json
import os
import socket
import sys
from pathlib import Path
from typing import Any, NamedTuple, Self

import psutil

_MAX_BYTES = 4096
# Start times are compared with this tolerance: they are derived from the boot time, which some
# systems adjust by a fraction of a second when the clock is set.
_START_TOLERANCE_S = 1.0


class Holder(NamedTuple):
    """One process of one machine; ``started`` in Unix seconds."""

    machine: str
    pid: int
    started: float

    @classmethod
    def this_process(cls) -> Self:
        return cls(socket.gethostname(), os.getpid(), psutil.Process().create_time())

    @property
    def here(self) -> bool:
        """Whether it is a process of this machine."""
        return self.machine == socket.gethostname()

    @property
    def gone(self) -> bool:
        """Whether it certainly runs no more; of another machine nothing is certain."""
        if not self.here:
            return False
        try:
            process = psutil.Process(self.pid)
            same = abs(process.create_time() - self.started) <= _START_TOLERANCE_S
            return not same or process.status() == psutil.STATUS_ZOMBIE
        except psutil.NoSuchProcess:
            return True
        except psutil.AccessDenied:
            return False


def read_holder(path: Path) -> Holder | None:
    """Who a lock file names, running or not; None if it names nobody or cannot be read."""
    try:
        with open(path, "rb") as stream:
            return _parse(stream.read(_MAX_BYTES))
    except OSError:
        return None


class LockFile:
    """An open lock file. Every method but ``release`` may raise OSError.

    Attributes:
        path: The file.
        granted: True if the system gave the lock to this process, False if another holds it, None
            if there are no file locks here.
        found: Whom the file named when it was opened: a holder that runs, or one that ended
            without releasing.
    """

    def __init__(self, path: Path, mode: int = 0o666) -> None:
        """Opens the file, making it with ``mode`` if need be, and tries to lock it."""
        flags = os.O_RDWR | os.O_CREAT | getattr(os, "O_BINARY", 0)
        self.path = path
        self._handle: int | None = os.open(path, flags, mode)
        try:
            self.granted = _try_lock(self._handle)
            os.lseek(self._handle, 0, os.SEEK_SET)
            self.found = _parse(os.read(self._handle, _MAX_BYTES))
        except OSError:
            self.give_up()
            raise

    def sign(self) -> None:
        """Writes that this process is the holder."""
        assert self._handle is not None
        os.ftruncate(self._handle, 0)
        os.lseek(self._handle, 0, os.SEEK_SET)
        os.write(self._handle, json.dumps(Holder.this_process()._asdict()).encode())

    def give_up(self) -> None:
        """Closes the file and leaves what it says."""
        if self._handle is not None:
            handle, self._handle = self._handle, None
            os.close(handle)

    def release(self) -> None:
        """Gives the lock back. The empty file stays: removing it could let two processes in."""
        if self._handle is not None:
            os.ftruncate(self._handle, 0)
            self.give_up()


def _parse(data: bytes) -> Holder | None:
    try:
        said: Any = json.loads(data)
        # Shots of the first versions say "host".
        machine = said["machine"] if "machine" in said else said["host"]
        return Holder(str(machine), int(said["pid"]), float(said["started"]))
    except (ValueError, TypeError, KeyError):
        return None


if sys.platform == "win32":
    import msvcrt

    def _try_lock(handle: int) -> bool | None:
        try:
            # A byte far behind the content, because Windows forbids reading a locked range.
            os.lseek(handle, 1 << 20, os.SEEK_SET)
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        except OSError:
            return False
        return True
else:
    import fcntl

    def _try_lock(handle: int) -> bool | None:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        except OSError:
            return None
        return True
