"""The host and its worker: jobs in order, cancelled, crashed and continued; clicks; one worker."""

from __future__ import annotations

import os
import signal
import threading
from itertools import pairwise
from pathlib import Path

import numpy as np
import pytest

from tests.hosts.conftest import MakeJob, assert_gone, until, worker_process, worker_processes
from tests.patience import PATIENCE_S
from tests.worker.clip import COUNT, HEIGHT, WIDTH
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import find_or_start
from void_studio.shot.document import Prompt
from void_studio.worker.jobs import JobState, request_cancel


def click(x: float, frame: int = 0) -> list[Prompt]:
    return [Prompt(frame=frame, x=x, y=10)]


def frames_made(folder: Path) -> int:
    patches = folder / "outputs" / "patches"
    return len(list(patches.glob("0*.png"))) if patches.exists() else 0


def test_a_job_is_followed_to_its_end(host: LocalHost, make_job: MakeJob) -> None:
    folder = make_job()
    assert host.submit(folder).state.active
    events = list(host.follow(folder.name))
    assert [e["state"] for e in events if e["type"] == "state"] == ["queued", "running", "done"]
    assert [e["index"] for e in events if e["type"] == "frame"] == list(range(COUNT))
    assert host.events(folder.name) == events
    assert host.events(folder.name, events[3]["next"]) == events[4:]
    status = host.status(folder.name)
    assert (status.state, status.frames, status.error) == (JobState.DONE, COUNT, None)
    assert host.submit(folder).state is JobState.DONE
    assert folder.name in {job.id for job in host.jobs()}


def test_jobs_run_one_at_a_time_in_order(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    jobs = [make_job(at=2, gate=str(gate)) for _ in range(3)]
    for job in jobs:
        host.submit(job)
    until(lambda: frames_made(jobs[0]) == 2, "the first job waits at its gate")
    assert [host.status(job.name).state for job in jobs] == ["running", "queued", "queued"]
    assert host.submit(jobs[1]).state is JobState.QUEUED
    gate.touch()
    starts = []
    for job in jobs:
        events = [e for e in host.follow(job.name) if e["type"] == "state"]
        assert [e["state"] for e in events] == ["queued", "running", "done"]
        starts.append((events[1]["t"], events[2]["t"]))
    assert starts == sorted(starts)
    assert all(end <= begin for (_, end), (begin, _) in pairwise(starts))


def test_a_waiting_job_is_cancelled_and_run_after_all(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    first, second = make_job(at=0, gate=str(gate)), make_job()
    host.submit(first)
    host.submit(second)
    assert host.cancel(second.name).state is JobState.CANCELLED
    gate.touch()
    list(host.follow(first.name))
    assert host.status(second.name).state is JobState.CANCELLED
    assert frames_made(second) == 0
    host.rerun(second.name)
    list(host.follow(second.name))
    assert host.status(second.name).state is JobState.DONE


def test_a_running_job_is_cancelled_within_a_frame(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    folder = make_job(at=3, gate=str(tmp_path / "never"))
    host.submit(folder)
    until(lambda: frames_made(folder) == 3, "the job waits at its gate")
    before = worker_processes(host.home)
    host.cancel(folder.name)
    list(host.follow(folder.name))
    assert host.status(folder.name).state is JobState.CANCELLED
    assert frames_made(folder) == 3
    assert worker_processes(host.home) == before, "the lane was not needed to be ended"


def test_a_deaf_job_is_cancelled_by_force_and_the_queue_goes_on(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    deaf = make_job(at=3, act="hang", once=str(tmp_path / "hung"))
    after = make_job()
    host.submit(deaf)
    host.submit(after)
    until((tmp_path / "hung").exists, "the job hangs")
    # As the command line does it: by the file alone.
    request_cancel(deaf)
    list(host.follow(after.name))
    assert host.status(after.name).state is JobState.DONE
    status = host.status(deaf.name)
    assert (status.state, status.error) == (JobState.CANCELLED, None)
    host.rerun(deaf.name)
    list(host.follow(deaf.name))
    assert host.status(deaf.name).state is JobState.DONE


@pytest.mark.parametrize(("act", "why"), [("killed", "memory"), ("segfault", "SIGSEGV")])
def test_a_crash_is_told_and_costs_neither_queue_nor_frames(
    host: LocalHost, make_job: MakeJob, tmp_path: Path, act: str, why: str
) -> None:
    crashing = make_job(at=4, act=act, once=str(tmp_path / "once"))
    after = make_job()
    host.submit(crashing)
    host.submit(after)
    list(host.follow(crashing.name))
    status = host.status(crashing.name)
    assert (status.state, status.frames) == (JobState.INTERRUPTED, 4)
    assert status.error is not None
    assert why in status.error.why
    assert status.error.remedy
    list(host.follow(after.name))
    assert host.status(after.name).state is JobState.DONE
    host.rerun(crashing.name)
    list(host.follow(crashing.name))
    status = host.status(crashing.name)
    assert (status.state, status.frames, status.error) == (JobState.DONE, COUNT, None)


def test_a_failure_is_told(host: LocalHost, make_job: MakeJob) -> None:
    folder = make_job(at=1, act="fail")
    host.submit(folder)
    list(host.follow(folder.name))
    status = host.status(folder.name)
    assert status.state is JobState.FAILED
    assert status.error is not None
    assert (status.error.what, status.error.remedy) == ("It failed", "Tell it otherwise")


def test_what_an_engine_prints_disturbs_nothing(host: LocalHost, make_job: MakeJob) -> None:
    folder = make_job(at=1, act="chatter")
    host.submit(folder)
    list(host.follow(folder.name))
    assert host.status(folder.name).frames == COUNT
    assert "not for you" in (host.home / "worker" / "worker.log").read_text()


def test_a_lost_worker_is_replaced_and_its_jobs_continue(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    gate = tmp_path / "gate"
    running, waiting = make_job(at=5, gate=str(gate)), make_job()
    host.submit(running)
    host.submit(waiting)
    until(lambda: frames_made(running) == 5, "the job waits at its gate")
    processes = worker_processes(host.home)
    os.kill(processes[0].pid, signal.SIGKILL)
    assert_gone(processes)
    gate.touch()
    events = list(host.follow(running.name))
    assert [e["state"] for e in events if e["type"] == "state"] == [
        "queued",
        "running",
        "running",
        "done",
    ]
    assert [e["index"] for e in events if e["type"] == "frame"] == list(range(COUNT))
    list(host.follow(waiting.name))
    assert host.status(waiting.name).state is JobState.DONE
    assert worker_process(host.home) != processes[0]


def test_clicks_become_masks(host: LocalHost, clip: Path) -> None:
    host.warm_up(clip)
    mask = host.segment_click(clip, 2, [*click(50, 2), *click(1, 3)])
    assert mask.shape == (HEIGHT, WIDTH)
    assert mask.dtype == np.bool_
    assert mask[:, : WIDTH // 2].all()
    assert not mask[:, WIDTH // 2 :].any()


def test_a_click_that_goes_wrong_says_so_and_the_next_one_works(
    host: LocalHost, clip: Path, tmp_path: Path
) -> None:
    for x, said in ((1, "SIGSEGV"), (2, "seconds"), (3, "told to"), (4, "ZeroDivision")):
        with pytest.raises(VoidError, match=said):
            host.segment_click(clip, 0, click(x))
        assert host.segment_click(clip, 0, click(50)).any()
    with pytest.raises(VoidError, match="no click on this frame"):
        host.segment_click(clip, 5, click(50))
    with pytest.raises(VoidError, match="no frame"):
        host.segment_click(clip, COUNT, click(50, COUNT))
    with pytest.raises(VoidError, match="There is no file"):
        host.segment_click(tmp_path / "gone.mp4", 0, click(50))


def test_many_threads_share_one_host(host: LocalHost, make_job: MakeJob, clip: Path) -> None:
    folder = make_job()
    failures: list[BaseException] = []

    def work() -> None:
        try:
            host.submit(folder)
            list(host.follow(folder.name))
            assert host.segment_click(clip, 0, click(50)).any()
            assert host.status(folder.name).state is JobState.DONE
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=work) for _ in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert failures == []


def test_hosts_that_start_at_once_share_one_worker(host: LocalHost) -> None:
    host.stop()
    pids: list[int] = []

    def begin() -> None:
        pids.append(find_or_start(host.home, 30).pid)

    threads = [threading.Thread(target=begin) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(PATIENCE_S)
    assert len(pids) == 4
    assert len(set(pids)) == 1


def test_closing_ends_followers_and_leaves_the_worker(
    home: Path, fake_engines: None, make_job: MakeJob, tmp_path: Path
) -> None:
    folder = make_job(at=1, gate=str(tmp_path / "gate"))
    host = LocalHost(home, idle_s=30)
    host.submit(folder)
    until(lambda: frames_made(folder) == 1, "the job waits at its gate")
    follower = threading.Thread(target=lambda: list(host.follow(folder.name)))
    follower.start()
    host.close()
    follower.join(PATIENCE_S)
    assert not follower.is_alive()
    with pytest.raises(VoidError):
        host.jobs()
    (tmp_path / "gate").touch()
    with LocalHost(home) as other:
        list(other.follow(folder.name))
        assert other.status(folder.name).state is JobState.DONE


def test_a_job_of_another_home_is_refused(
    host: LocalHost, make_job: MakeJob, tmp_path: Path
) -> None:
    folder = make_job()
    elsewhere = folder.rename(tmp_path / folder.name)
    with pytest.raises(VoidError, match="not a job of this machine's worker"):
        host.submit(elsewhere)
    with pytest.raises(VoidError, match="There is no job"):
        host.status(folder.name)
    with pytest.raises(VoidError, match="is not a job"):
        host.submit(tmp_path)
