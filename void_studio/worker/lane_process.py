"""The worker's side of a lane: start it when needed, talk to it, notice its death, end it."""

from __future__ import annotations

import asyncio
import contextlib
import json
import os
import signal
import sys
from asyncio.subprocess import PIPE, Process
from pathlib import Path
from typing import Any

from void_studio.errors import VoidError

# A 16k mask as base64 of a PNG fits.
_MAX_LINE_BYTES = 64 * 2**20
_END_GRACE_S = 2.0


class LaneDied(Exception):
    """The lane's process ended while an answer was due.

    Attributes:
        why: One sentence for the artist.
    """

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


class LaneProcess:
    """One lane. Used from one asyncio task at a time, except ``kill``."""

    def __init__(self, command: list[str], log: Path) -> None:
        self._command = command
        self._log = log
        self._process: Process | None = None

    @property
    def pid(self) -> int | None:
        """The process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.returncode is None else None

    async def send(self, message: dict[str, Any]) -> None:
        """Sends one request, starting the process when it does not run.

        Raises:
            VoidError: the process cannot be started.
            LaneDied: it ended before it read the request.
        """
        process = await self._running()
        assert process.stdin is not None
        try:
            process.stdin.write(json.dumps(message).encode() + b"\n")
            await process.stdin.drain()
        except (BrokenPipeError, ConnectionResetError):
            raise await self._died(process) from None

    async def receive(self) -> dict[str, Any]:
        """The next line of the answer.

        Raises:
            LaneDied: the process ended instead.
        """
        process = self._process
        assert process is not None
        assert process.stdout is not None
        try:
            line = await process.stdout.readline()
            message: dict[str, Any] = json.loads(line)
        except (ValueError, ConnectionResetError):  # the end, half a line, or an endless one
            raise await self._died(process) from None
        return message

    def kill(self) -> None:
        """Ends the process and all it started, at once; ``receive`` then raises LaneDied."""
        if self._process is not None:
            _kill_group(self._process)

    async def close(self) -> None:
        """Lets the process end by itself, for a moment; then ends it."""
        process, self._process = self._process, None
        if process is None:
            return
        assert process.stdin is not None
        process.stdin.close()
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(process.wait(), _END_GRACE_S)
        _kill_group(process)
        await process.wait()

    async def _running(self) -> Process:
        if self._process is None or self._process.returncode is not None:
            try:
                with open(self._log, "ab") as log:
                    self._process = await asyncio.create_subprocess_exec(
                        *self._command,
                        stdin=PIPE,
                        stdout=PIPE,
                        stderr=log,
                        limit=_MAX_LINE_BYTES,
                        start_new_session=True,
                    )
            except OSError as error:
                raise VoidError("Could not start the process that does the work", str(error)) from (
                    error
                )
        return self._process

    async def _died(self, process: Process) -> LaneDied:
        _kill_group(process)
        code = await process.wait()
        self._process = None
        return LaneDied(describe_exit(code))


def describe_exit(code: int) -> str:
    """Why a process ended, from its return code, in words."""
    if code >= 0:
        return f"Its process ended unexpectedly (exit code {code})"
    try:
        name = signal.Signals(-code).name
    except ValueError:
        name = f"signal {-code}"
    cause = {
        "SIGKILL": "most often because the machine ran out of memory",
        "SIGSEGV": "a fault in a library",
        "SIGABRT": "a fault in a library",
        "SIGBUS": "a full or damaged disk, or a fault in a library",
    }.get(name, "")
    return f"Its process was ended by {name}" + (f": {cause}" if cause else "")


def lane_command(kind: str) -> list[str]:
    """The command of the lane ``jobs`` or ``clicks``."""
    # -P: a file in the current folder must not stand in for a module.
    return [sys.executable, "-P", "-m", "void_studio.worker.lane", kind]


def _kill_group(process: Process) -> None:
    with contextlib.suppress(ProcessLookupError, PermissionError):
        if sys.platform == "win32":
            process.kill()
        else:
            os.killpg(process.pid, signal.SIGKILL)
