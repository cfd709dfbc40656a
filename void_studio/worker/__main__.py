"""``python -m void_studio.worker --home DIR``: the process that does the work for one home."""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import signal
import socket
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING

from void_studio.errors import VoidError
from void_studio.worker.address import EXIT_RUNS_ALREADY, new_token, publish, withdraw
from void_studio.worker.click_lane import ClickLane
from void_studio.worker.home import jobs_folder, worker_folder
from void_studio.worker.job_queue import JobQueue
from void_studio.worker.lane_process import LaneProcess, lane_command
from void_studio.worker.locks import ProcessLock

if TYPE_CHECKING:
    from void_studio.worker.guard import Guard

DEFAULT_IDLE_S = 120.0
WARM_IDLE_S = 1800.0
"""How long a worker that keeps models loaded waits for the next removal."""

_GRACE_S = 2


def main(arguments: list[str]) -> int:
    """Serves until it is stopped or idle; returns the exit code."""
    parser = argparse.ArgumentParser(prog="python -m void_studio.worker")
    parser.add_argument("--home", type=Path, required=True, help="folder of jobs and worker files")
    parser.add_argument(
        "--idle", type=float, default=DEFAULT_IDLE_S, help="seconds without work before it ends"
    )
    options = parser.parse_args(arguments)
    home = options.home.absolute()
    try:
        folder = worker_folder(home)
        lock = ProcessLock(folder / "worker.lock")
        if not lock.acquire():
            return EXIT_RUNS_ALREADY
        try:
            asyncio.run(_serve(home, folder, options.idle))
        finally:
            lock.release()
    except VoidError as error:
        print(error, file=sys.stderr)
        return 1
    except KeyboardInterrupt:
        pass
    return 0


async def _serve(home: Path, folder: Path, idle_s: float) -> None:
    import uvicorn

    from void_studio.worker.guard import Guard
    from void_studio.worker.service import Service

    log = folder / "worker.log"
    clicks = ClickLane(LaneProcess(lane_command("clicks"), log))
    queue = JobQueue(
        jobs_folder(home), LaneProcess(lane_command("jobs"), log), make_room=clicks.make_room
    )

    def stop() -> None:
        server.should_exit = True

    service = Service(queue, clicks, stop)
    guard = Guard(service.app(), new_token(folder), closing=lambda: server.should_exit)
    config = uvicorn.Config(
        guard,
        log_config=None,
        access_log=False,
        server_header=False,
        http="h11",
        ws="none",
        loop="asyncio",
        timeout_graceful_shutdown=_GRACE_S,
    )
    server = uvicorn.Server(config)
    # uvicorn ends in order and then raises the signal again; without this it would end us there,
    # before the files below are cleared away.
    signal.signal(signal.SIGTERM, lambda *_: stop())
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listening:
        publish(folder, listening.getsockname()[1])
        watch = asyncio.create_task(_stop_when_idle(guard, queue, idle_s, stop))
        try:
            await server.serve(sockets=[listening])
        finally:
            watch.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await watch
            withdraw(folder)


async def _stop_when_idle(
    guard: Guard, queue: JobQueue, idle_s: float, stop: Callable[[], None]
) -> None:
    while True:
        if queue.busy or guard.pending:
            guard.latest = time.monotonic()
        patience = max(idle_s, WARM_IDLE_S) if queue.warm else idle_s
        left = guard.latest + patience - time.monotonic()
        if left <= 0:
            stop()
            return
        await asyncio.sleep(min(1.0, left))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
