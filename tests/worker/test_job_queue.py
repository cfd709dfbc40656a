"""The queue over a lane that is made of nothing: order, recovery, and errors that find no room."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Coroutine
from pathlib import Path
from typing import Any

import pytest

from tests.patience import PATIENCE_S
from void_studio.errors import VoidError
from void_studio.shot.shot import Shot
from void_studio.worker.events import EventLog
from void_studio.worker.job_queue import MAX_ATTEMPTS, JobQueue
from void_studio.worker.jobs import JobState, create_remove_job, job_status
from void_studio.worker.lane_process import LaneDied, LaneProcess, describe_exit
from void_studio.worker.status import StatusReader


class NoLane(LaneProcess):
    """Answers every request as ``answer`` says."""

    def __init__(self, answer: Callable[[Path], dict[str, Any]]) -> None:
        super().__init__([], Path())
        self.asked: list[str] = []
        self._answer = answer

    async def send(self, message: dict[str, Any]) -> None:
        self.asked.append(Path(message["folder"]).name)

    async def receive(self) -> dict[str, Any]:
        return self._answer(Path(self.asked[-1]))

    async def close(self) -> None:
        pass


def ends(_: Path) -> dict[str, Any]:
    return {"end": True}


@pytest.fixture
def folders(masked: Shot) -> list[Path]:
    return [create_remove_job(masked, frames=(index, index)) for index in range(4)]


def run(work: Coroutine[Any, Any, None]) -> None:
    asyncio.run(asyncio.wait_for(work, PATIENCE_S))


async def until_idle(queue: JobQueue) -> None:
    task = asyncio.create_task(queue.run())
    while queue.busy:
        await queue.news.wait(0.05)
    task.cancel()
    await asyncio.gather(task, return_exceptions=True)


def test_what_an_earlier_worker_left_is_queued_in_order(folders: list[Path]) -> None:
    waited, ran, never_submitted, ended = folders
    for folder, states in (
        (ran, ["queued", "running"]),
        (waited, ["queued"]),
        (ended, ["queued", "running", "failed"]),
    ):
        with EventLog(folder / "events.jsonl") as log:
            for state in states:
                log.add("state", state=state)
    # In the order of submission, which the clock may be too coarse to tell here.
    order = {f.name: StatusReader(f) for f in (ran, waited)}
    for reader in order.values():
        reader.read()

    async def work() -> None:
        lane = NoLane(ends)
        queue = JobQueue(ran.parent, lane)
        queue.recover()
        assert queue.status(ran.name).state is JobState.QUEUED
        assert queue.status(never_submitted.name).state is JobState.QUEUED
        await until_idle(queue)
        assert lane.asked == sorted(order, key=lambda name: (order[name].submitted, name))

    run(work())
    assert job_status(ended).state is JobState.FAILED


def test_a_job_that_ends_every_worker_is_not_queued_again(folders: list[Path]) -> None:
    folder = folders[0]
    with EventLog(folder / "events.jsonl") as log:
        log.add("state", state="queued")
        for _ in range(MAX_ATTEMPTS):
            log.add("state", state="running")

    async def work() -> None:
        queue = JobQueue(folder.parent, NoLane(ends))
        queue.recover()
        assert not queue.busy
        status = queue.status(folder.name)
        assert status.state is JobState.INTERRUPTED
        assert status.error is not None
        # The artist's word counts more.
        assert queue.submit(folder.name).state is JobState.QUEUED
        assert queue.busy

    run(work())


def test_a_lane_that_cannot_be_used_fails_the_job_and_not_the_queue(folders: list[Path]) -> None:
    answers: list[BaseException | dict[str, Any]] = [
        OSError("no more processes"),
        {"end": True, "error": {"what": "No room", "why": "Disk full", "remedy": "Make some"}},
        LaneDied("It fell over"),
        {"end": True},
    ]

    def answer(_: Path) -> dict[str, Any]:
        said = answers.pop(0)
        if isinstance(said, BaseException):
            raise said
        return said

    async def work() -> None:
        queue = JobQueue(folders[0].parent, NoLane(answer))
        for folder in folders:
            queue.submit(folder.name)
        await until_idle(queue)
        states = [queue.status(folder.name).state for folder in folders]
        assert states == ["failed", "failed", "interrupted", "queued"]
        errors = [queue.status(folder.name).error for folder in folders]
        assert [error.why if error else None for error in errors] == [
            "OSError('no more processes')",
            "Disk full",
            "It fell over",
            None,
        ]

    run(work())


def test_an_error_that_cannot_be_written_is_told_all_the_same(
    folders: list[Path], monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = folders[0]
    error = {"what": "Could not write", "why": "No space left on device", "remedy": "Free some"}
    real = EventLog.add

    def answer(_: Path) -> dict[str, Any]:
        # As a job that began and found the disk full.
        with EventLog(folder / "events.jsonl") as log:
            real(log, "state", state="running")
        monkeypatch.setattr(EventLog, "add", full)
        return {"end": True, "error": error}

    def full(*_: object, **__: object) -> None:
        raise VoidError("Could not write")

    async def work() -> None:
        queue = JobQueue(folder.parent, NoLane(answer))
        queue.submit(folder.name)
        await until_idle(queue)
        status = queue.status(folder.name)
        assert status.state is JobState.FAILED
        assert status.error is not None
        assert status.error.model_dump() == error
        monkeypatch.undo()
        assert queue.submit(folder.name).error is None

    run(work())


@pytest.mark.parametrize(
    ("code", "said"),
    [
        (-9, "memory"),
        (-11, "SIGSEGV"),
        (-200, "signal 200"),
        (1, "exit code 1"),
        (0, "exit code 0"),
    ],
)
def test_exits_are_put_into_words(code: int, said: str) -> None:
    assert said in describe_exit(code)


def test_room_is_made_before_a_removal_with_models_only(masked: Shot) -> None:
    light = create_remove_job(masked)
    heavy = create_remove_job(masked, "void-pass1")
    told: list[str] = []

    async def make_room() -> None:
        told.append("room")

    def answer(folder: Path) -> dict[str, Any]:
        told.append(folder.name)
        return {"end": True}

    async def work() -> None:
        queue = JobQueue(light.parent, NoLane(answer), make_room=make_room)
        queue.submit(light.name)
        queue.submit(heavy.name)
        await until_idle(queue)

    run(work())
    assert told == [light.name, "room", heavy.name]


def test_it_is_warm_while_a_lane_that_keeps_models_lives(folders: list[Path]) -> None:
    answers: list[dict[str, Any]] = [{"end": True, "warm": True}, {"end": True, "warm": False}]

    class Living(NoLane):
        pid = 1  # type: ignore[assignment]

    async def work() -> None:
        queue = JobQueue(folders[0].parent, lane := Living(lambda _: answers.pop(0)))
        assert not queue.warm
        queue.submit(folders[0].name)
        await until_idle(queue)
        assert queue.warm
        lane.pid = None  # type: ignore[assignment]
        assert not queue.warm
        lane.pid = 1  # type: ignore[assignment]
        queue.submit(folders[1].name)
        await until_idle(queue)
        assert not queue.warm

    run(work())
