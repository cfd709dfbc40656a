"""Who is at work on a folder: a lock that the system releases when its process dies."""

from __future__ import annotations

from pathlib import Path

from void_studio.files import explain
from void_studio.process_lock import Holder, LockFile, read_holder


class ProcessLock:
    """An exclusive lock on a file, held by this process until ``release`` or its death."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file: LockFile | None = None

    def acquire(self) -> bool:
        """Takes the lock and writes this process's identity; False if another holds it.

        Raises:
            VoidError: the lock file cannot be created or locked.
        """
        try:
            file = LockFile(self._path, 0o600)
        except OSError as error:
            raise explain(error, f"Could not lock {self._path}") from error
        if file.granted is False:
            file.give_up()
            return False
        try:
            if file.granted is None:
                # Without file locks two could be at work at once.
                raise OSError("This disk does not support file locks")
            file.sign()
        except OSError as error:
            file.give_up()
            raise explain(error, f"Could not lock {self._path}") from error
        self._file = file
        return True

    def release(self) -> None:
        """Gives the lock back."""
        if self._file is not None:
            self._file.release()
            self._file = None


def lock_owner(path: Path) -> Holder | None:
    """The running process that holds the lock at ``path``, or None.

    A process of another machine counts as running.
    """
    holder = read_holder(path)
    return holder if holder is not None and not holder.gone else None
