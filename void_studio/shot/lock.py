"""Who has a shot open: one process may write it, and everybody else is told which.

Shots live on network shares, so two things are asked. The system's file lock decides on one
machine. What the file says decides where the share does not carry file locks between machines, and
is what the artist is told.
"""

from __future__ import annotations

from pathlib import Path

from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.process_lock import Holder, LockFile, read_holder

LOCK_NAME = "shot.lock"


def holder_of(folder: Path) -> Holder | None:
    """Who the lock file of a shot names: a running writer, or one that ended without closing it."""
    return read_holder(folder / LOCK_NAME)


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
        try:
            self._file = LockFile(folder / LOCK_NAME)
        except OSError as error:
            raise explain(error, f"Could not open {folder} for writing") from error
        try:
            if _is_taken(self._file):
                raise _held(folder, self._file.found)
            self.crashed = self._file.found is not None
            self._file.sign()
        except OSError as error:
            self._file.give_up()
            raise explain(error, f"Could not open {folder} for writing") from error
        except VoidError:
            self._file.give_up()
            raise

    def release(self) -> None:
        """Gives the lock back."""
        self._file.release()


def _is_taken(file: LockFile) -> bool:
    if file.granted is False:
        return True
    if file.found is None or file.found.gone:
        return False
    # A file lock that was granted proves a holder of this machine to be gone.
    return not (file.granted and file.found.here)


def _held(folder: Path, holder: Holder | None) -> VoidError:
    if holder is None:
        why = "Another process has it open"
    else:
        where = "this machine" if holder.here else holder.machine
        why = f"Process {holder.pid} on {where} has it open"
    remedy = "Close it there, or open it read-only"
    if holder is not None and not holder.here:
        remedy += f". If {holder.machine} no longer runs, delete {folder / LOCK_NAME}"
    return VoidError(f"{folder} is in use", why, remedy)
