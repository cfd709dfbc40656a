"""Finding the worker of a home, starting it, ending it: at most one runs, whoever asks."""

from __future__ import annotations

import contextlib
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import psutil

from void_studio import __version__
from void_studio.errors import VoidError
from void_studio.files import explain
from void_studio.process_lock import Holder
from void_studio.worker.address import EXIT_RUNS_ALREADY, Address, find_worker
from void_studio.worker.home import worker_folder
from void_studio.worker.locks import ProcessLock, lock_owner

_START_S = 30.0
_END_S = 10.0
_POLL_S = 0.02
_RACE_S = 0.2
_MAX_LOG_BYTES = 2 * 2**20
_LOG_TAIL = 600

# Workers started here and not yet waited for: they outlive us, but must not become zombies while
# we live.
_started: list[subprocess.Popen[bytes]] = []
_started_lock = threading.Lock()


def find_or_start(home: Path, idle_s: float | None = None) -> Address:
    """The worker of ``home``, started when none runs; one of another version is ended first.

    Raises:
        VoidError: it cannot be started, or does not come up in time.
    """
    folder = worker_folder(home)
    address = _current(folder)
    if address is not None:
        return address
    with _alone(folder):
        deadline = time.monotonic() + _START_S
        while True:
            address = _current(folder)
            if address is not None:
                return address
            if lock_owner(folder / "worker.lock") is not None:
                # One that starts, or ends, or is of another version.
                address = _wait_for(folder, None)
                if address is not None and address.version == __version__:
                    return address
                stop_worker(home)
            process = _spawn(home, folder, idle_s)
            address = _wait_for(folder, process)
            if address is not None:
                return address
            # It lost the race against one that somebody else started, or that has not ended yet.
            lost = process.poll() == EXIT_RUNS_ALREADY
            if not lost or time.monotonic() > deadline:
                raise _not_started(folder, process)
            time.sleep(_RACE_S)


def wait_until_ended(home: Path, address: Address, given_up: threading.Event) -> None:
    """Waits until the worker that answered at ``address`` has let go of its home.

    Returns all the same after a while, or when ``given_up`` is set.
    """
    lock = worker_folder(home) / "worker.lock"
    deadline = time.monotonic() + _END_S
    while time.monotonic() < deadline:
        owner = lock_owner(lock)
        if owner is None or owner.pid != address.pid or given_up.wait(_POLL_S):
            return


def stop_worker(home: Path) -> None:
    """Ends the worker of ``home`` if one runs: in order, else by force.

    Raises:
        VoidError: it cannot be ended.
    """
    folder = worker_folder(home)
    owner = lock_owner(folder / "worker.lock")
    if owner is None:
        return
    process = _process_of(owner)
    if process is None:
        return
    try:
        process.terminate()
        try:
            process.wait(_END_S)
        except psutil.TimeoutExpired:
            # Its lanes end with it: their input does.
            process.kill()
            process.wait(_END_S)
    except psutil.NoSuchProcess:
        pass
    except (psutil.AccessDenied, psutil.TimeoutExpired) as error:
        raise VoidError(
            "Could not end the worker", str(error), f"End process {owner.pid} yourself"
        ) from error
    finally:
        _reap()


def worker_command() -> list[str]:
    """The command that starts a worker, without its options."""
    # -P: a file in the current folder must not stand in for a module.
    return [sys.executable, "-P", "-m", "void_studio.worker"]


def _current(folder: Path) -> Address | None:
    address = find_worker(folder)
    return address if address is not None and address.version == __version__ else None


def _process_of(owner: Holder) -> psutil.Process | None:
    try:
        return psutil.Process(owner.pid) if not owner.gone else None
    except psutil.NoSuchProcess:
        return None


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Of several programs that start at once, one starts the worker and the others join it."""
    lock = ProcessLock(folder / "start.lock")
    deadline = time.monotonic() + _START_S
    while not lock.acquire():
        if time.monotonic() > deadline:
            raise VoidError(
                "The worker could not be started",
                "Another program has been starting it for too long",
                "Close other windows of Void Studio and try again",
            )
        time.sleep(_POLL_S)
    try:
        yield
    finally:
        lock.release()


def _spawn(home: Path, folder: Path, idle_s: float | None) -> subprocess.Popen[bytes]:
    command = [*worker_command(), "--home", str(home)]
    if idle_s is not None:
        command += ["--idle", str(idle_s)]
    log_path = folder / "worker.log"
    try:
        keeps = log_path.exists() and log_path.stat().st_size <= _MAX_LOG_BYTES
        with open(log_path, "ab" if keeps else "wb") as log:
            process = subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                cwd=home,
                # Neither Ctrl-C in a terminal nor the end of the window ends it.
                start_new_session=True,
            )
    except OSError as error:
        raise explain(error, "Could not start the worker") from error
    _reap(process)
    return process


def _reap(process: subprocess.Popen[bytes] | None = None) -> None:
    with _started_lock:
        if process is not None:
            _started.append(process)
        _started[:] = [item for item in _started if item.poll() is None]


def _wait_for(folder: Path, process: subprocess.Popen[bytes] | None) -> Address | None:
    """The worker once it has said where it answers; None when it ended or takes too long."""
    deadline = time.monotonic() + (_START_S if process else _END_S)
    while time.monotonic() < deadline:
        address = find_worker(folder)
        if address is not None:
            return address
        if process is not None and process.poll() is not None:
            return None
        if process is None and lock_owner(folder / "worker.lock") is None:
            return None
        time.sleep(_POLL_S)
    return None


def _not_started(folder: Path, process: subprocess.Popen[bytes]) -> VoidError:
    log = folder / "worker.log"
    if process.poll() is None:
        process.kill()
        process.wait()
        why = f"It did not answer within {_START_S:.0f} seconds"
    else:
        why = ""
        with contextlib.suppress(OSError):
            why = log.read_bytes()[-_LOG_TAIL:].decode(errors="replace").strip()
    _reap()
    return VoidError(
        "Could not start the worker", why, f"Run void-studio doctor; the whole log is {log}"
    )
