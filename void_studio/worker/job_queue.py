"""The jobs of one worker, one at a time, first come first served; it survives its lane's death."""

from __future__ import annotations

import asyncio
import contextlib
from collections import deque
from collections.abc import Awaitable, Callable
from pathlib import Path

from void_studio.errors import VoidError
from void_studio.remove.registry import WITH_MODELS
from void_studio.worker.events import EventLog
from void_studio.worker.folders import (
    cancel_asked,
    forget_cancel,
    job_folder,
    job_folders,
    request_cancel,
)
from void_studio.worker.lane_process import LaneDied, LaneProcess
from void_studio.worker.locks import lock_owner
from void_studio.worker.spec import RemoveSpec, read_spec
from void_studio.worker.status import JobError, JobState, JobStatus, StatusReader

# A job that took the whole worker down this often is not started by itself again.
MAX_ATTEMPTS = 3
_OWNER_GONE_S = 10.0
_OWNER_POLL_S = 0.1


class Pulse:
    """Wakes everybody who waits for news."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def beat(self) -> None:
        self._event.set()
        self._event = asyncio.Event()

    async def wait(self, timeout: float) -> None:
        """Returns at the next beat, or after ``timeout`` seconds."""
        with contextlib.suppress(TimeoutError):
            await asyncio.wait_for(self._event.wait(), timeout)


class JobQueue:
    """Runs submitted jobs in the jobs lane.

    Attributes:
        news: Beats when any job's events or state changed.
    """

    def __init__(
        self,
        jobs: Path,
        lane: LaneProcess,
        cancel_grace_s: float = 10.0,
        make_room: Callable[[], Awaitable[None]] | None = None,
    ) -> None:
        """``make_room`` is called before a removal that works with large models."""
        self.news = Pulse()
        self._make_room = make_room
        self._lane_is_warm = False
        self._jobs = jobs
        self._lane = lane
        self._cancel_grace_s = cancel_grace_s
        self._readers: dict[str, StatusReader] = {}
        self._waiting: deque[str] = deque()
        self._running: str | None = None
        self._arrived = asyncio.Event()
        # Errors that could not be written into their job, e.g. because the disk is full.
        self._unwritten: dict[str, JobError] = {}

    @property
    def busy(self) -> bool:
        return self._running is not None or bool(self._waiting)

    @property
    def warm(self) -> bool:
        """Whether models are loaded that the next job would have to load again."""
        return self._lane_is_warm and self._lane.pid is not None

    def recover(self) -> None:
        """Queues what an earlier worker left behind: jobs that waited, and those it ran."""
        left = []
        for folder in job_folders(self._jobs):
            reader = self._reader(folder.name)
            status = reader.read()
            if reader.submitted is None or status.state is JobState.CANCELLED:
                continue
            if status.state is JobState.QUEUED or reader.lost:
                left.append((reader.submitted, folder.name))
        for _, job_id in sorted(left):
            if self._reader(job_id).attempts >= MAX_ATTEMPTS:
                self._stopped(
                    job_id,
                    JobState.INTERRUPTED,
                    JobError(
                        what="The job was interrupted",
                        why=f"The worker was lost {MAX_ATTEMPTS} times while it ran",
                        remedy="Free some memory or choose fewer frames, then run it again",
                    ),
                )
            else:
                self._waiting.append(job_id)
        if self._waiting:
            self._arrived.set()

    def statuses(self) -> list[JobStatus]:
        """All jobs, the newest first."""
        return [self.status(folder.name) for folder in job_folders(self._jobs)]

    def status(self, job_id: str) -> JobStatus:
        """One job.

        Raises:
            VoidError: there is none of that id.
        """
        self.folder(job_id)
        status = self._reader(job_id).read()
        if status.state is JobState.INTERRUPTED and self._has(job_id):
            return status.model_copy(update={"state": JobState.QUEUED})
        unwritten = self._unwritten.get(job_id)
        if unwritten is not None and not status.state.active:
            return status.model_copy(update={"state": JobState.FAILED, "error": unwritten})
        return status

    def folder(self, job_id: str) -> Path:
        """The folder of a job; raises VoidError if there is none of that id."""
        return job_folder(self._jobs, job_id)

    def submit(self, job_id: str) -> JobStatus:
        """Queues a job; one that waits, runs or is done is left alone.

        Raises:
            VoidError: there is no such job, or its folder cannot be written.
        """
        status = self.status(job_id)
        if self._has(job_id) or status.state in (JobState.RUNNING, JobState.DONE):
            return status
        folder = self.folder(job_id)
        forget_cancel(folder)
        with EventLog(folder / "events.jsonl") as log:
            log.add("state", state=JobState.QUEUED)
        self._unwritten.pop(job_id, None)
        self._waiting.append(job_id)
        self._arrived.set()
        self.news.beat()
        return self.status(job_id)

    def cancel(self, job_id: str) -> JobStatus:
        """Asks a job to stop; the one that runs is ended by force if it does not in time."""
        status = self.status(job_id)
        if job_id in self._waiting:
            self._waiting.remove(job_id)
            self._stopped(job_id, JobState.CANCELLED)
        elif status.state in (JobState.RUNNING, JobState.INTERRUPTED) or job_id == self._running:
            request_cancel(self.folder(job_id))
        self.news.beat()
        return self.status(job_id)

    async def run(self) -> None:
        """Runs jobs until the task is cancelled."""
        while True:
            await self._arrived.wait()
            if not self._waiting:
                self._arrived.clear()
                continue
            self._running = self._waiting.popleft()
            try:
                await self._run_one(self._running)
            except Exception as error:
                # Whatever it is, the jobs behind it must run.
                known = error if isinstance(error, VoidError) else _unforeseen(error)
                self._stopped(self._running, JobState.FAILED, JobError.of(known))
            finally:
                self._running = None
                self.news.beat()

    async def close(self) -> None:
        """Ends the lane; a job that runs is continued by the next worker."""
        await self._lane.close()

    def _has(self, job_id: str) -> bool:
        return job_id == self._running or job_id in self._waiting

    async def _run_one(self, job_id: str) -> None:
        folder = self.folder(job_id)
        await self._wait_for_owner(folder)
        if self._make_room is not None and _wants_room(folder):
            await self._make_room()
        force = asyncio.create_task(self._force_cancel(folder))
        try:
            await self._lane.send({"folder": str(folder)})
            while "end" not in (message := await self._lane.receive()):
                self.news.beat()
            self._lane_is_warm = bool(message.get("warm"))
            if "error" in message:
                self._stopped(job_id, JobState.FAILED, JobError.model_validate(message["error"]))
        except LaneDied as death:
            self._lane_is_warm = False
            if cancel_asked(folder):
                self._stopped(job_id, JobState.CANCELLED)
            else:
                error = JobError(
                    what="The job was interrupted",
                    why=death.why,
                    remedy="Run it again: it continues with the frames that are done",
                )
                self._stopped(job_id, JobState.INTERRUPTED, error)
        finally:
            force.cancel()

    async def _wait_for_owner(self, folder: Path) -> None:
        """A lane of a worker that was killed needs a moment to notice that it is alone."""
        for _ in range(int(_OWNER_GONE_S / _OWNER_POLL_S)):
            if lock_owner(folder / "run.lock") is None:
                return
            await asyncio.sleep(_OWNER_POLL_S)

    async def _force_cancel(self, folder: Path) -> None:
        while not cancel_asked(folder):
            await self.news.wait(1.0)
        await asyncio.sleep(self._cancel_grace_s)
        self._lane.kill()

    def _stopped(self, job_id: str, state: JobState, error: JobError | None = None) -> None:
        """Writes into a job that does not run why it does not."""
        folder = self._jobs / job_id
        if lock_owner(folder / "run.lock") is not None:
            return  # another program runs it, and says itself how it ends
        try:
            with EventLog(folder / "events.jsonl") as log:
                if error is not None:
                    log.add("error", **error.model_dump())
                log.add("state", state=state)
        except VoidError:
            if error is not None:
                self._unwritten[job_id] = error

    def _reader(self, job_id: str) -> StatusReader:
        if job_id not in self._readers:
            self._readers[job_id] = StatusReader(self.folder(job_id))
        return self._readers[job_id]


def _wants_room(folder: Path) -> bool:
    spec = read_spec(folder)
    return isinstance(spec, RemoveSpec) and spec.remover in WITH_MODELS


def _unforeseen(error: Exception) -> VoidError:
    return VoidError("The job could not be run", f"{error!r}"[:500], "Run it again: it continues")
