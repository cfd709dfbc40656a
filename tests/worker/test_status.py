"""A status is what the events say, and whether somebody is at work."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from void_studio.shot.shot import Shot
from void_studio.worker.events import EventLog
from void_studio.worker.jobs import JobState, create_remove_job, job_status
from void_studio.worker.locks import ProcessLock
from void_studio.worker.report import EtaClock, JobReporter
from void_studio.worker.status import StatusReader


@pytest.fixture
def folder(masked: Shot) -> Path:
    return create_remove_job(masked)


def say(folder: Path, *events: tuple[str, dict[str, Any]]) -> None:
    with EventLog(folder / "events.jsonl") as log:
        for kind, fields in events:
            log.add(kind, **fields)


RUNNING = ("state", {"state": "running"})


def test_running_needs_somebody_at_work(folder: Path) -> None:
    say(folder, RUNNING, ("progress", {"step": 2, "total": 10, "eta_s": 4.0, "rss": 5000}))
    status = job_status(folder)
    assert (status.state, status.eta_s) == (JobState.INTERRUPTED, None)
    lock = ProcessLock(folder / "run.lock")
    assert lock.acquire()
    status = job_status(folder)
    assert (status.state, status.step, status.total) == (JobState.RUNNING, 2, 10)
    assert (status.eta_s, status.memory_bytes) == (4.0, 5000)
    lock.release()
    assert job_status(folder).state is JobState.INTERRUPTED


def test_a_new_run_forgets_the_error_of_the_last(folder: Path) -> None:
    say(
        folder,
        RUNNING,
        ("warning", {"text": "dark"}),
        ("error", {"what": "It broke", "why": "", "remedy": "Mend it", "trace": "..."}),
        ("state", {"state": "failed"}),
    )
    status = job_status(folder)
    assert status.state is JobState.FAILED
    assert status.warnings == ("dark",)
    assert status.error is not None
    assert status.error.remedy == "Mend it"
    assert status.finished is not None
    say(folder, ("state", {"state": "queued"}))
    status = job_status(folder)
    assert (status.state, status.error, status.finished) == (JobState.QUEUED, None, None)


def test_a_reader_keeps_up_without_reading_again(folder: Path) -> None:
    reader = StatusReader(folder)
    assert reader.read().state is JobState.QUEUED
    assert reader.submitted is None
    say(folder, ("state", {"state": "queued"}), RUNNING, RUNNING)
    reader.read()
    assert reader.submitted is not None
    assert (reader.attempts, reader.lost) == (2, True)
    say(folder, *[("frame", {"index": i % 3, "file": "x"}) for i in range(7)])
    assert reader.read().frames == 3
    say(folder, ("state", {"state": "done"}))
    assert reader.read().state is JobState.DONE
    assert not reader.lost


def test_events_that_make_no_sense_are_passed_over(folder: Path) -> None:
    say(
        folder,
        ("state", {"state": "levitating"}),
        ("progress", {"step": "x", "total": 3}),
        ("frame", {}),
        ("error", {"why": 3}),
        ("warning", {}),
        ("novelty", {}),
        ("state", {"state": "failed"}),
    )
    status = job_status(folder)
    assert (status.state, status.frames, status.step) == (JobState.FAILED, 0, 0)


def test_events_that_cannot_be_read_are_a_failure(folder: Path) -> None:
    (folder / "events.jsonl").mkdir()
    status = job_status(folder)
    assert status.state is JobState.FAILED
    assert status.error is not None
    assert "events.jsonl" in status.error.what


def test_many_warnings_stay_bounded(folder: Path) -> None:
    say(folder, *[("warning", {"text": str(number)}) for number in range(150)])
    warnings = job_status(folder).warnings
    assert (len(warnings), warnings[-1]) == (100, "149")


def test_eta_follows_the_latest_speed() -> None:
    now = 0.0
    clock = EtaClock(lambda: now)
    assert clock.left(0, 100, "Tracking") is None
    now = 2.0
    assert clock.left(1, 100, "Tracking") == pytest.approx(198)
    for step in range(2, 60):
        now += 0.5
        left = clock.left(step, 100, "Tracking")
    assert left == pytest.approx((100 - 59) * 0.5, abs=0.1)
    assert clock.left(0, 10, "Refilling") is None
    now += 1
    assert clock.left(2, 10, "Refilling") == pytest.approx(4)
    assert clock.left(10, 10, "Refilling") == 0


def test_progress_is_thinned_out_but_its_last_word_is_kept(folder: Path) -> None:
    news: list[None] = []
    with EventLog(folder / "events.jsonl") as log:
        reporter = JobReporter(folder, log, lambda: news.append(None))
        for step in range(1000):
            reporter.progress(step, 1000, "Refilling")
        written = len(news)
        assert 1 <= written < 100
        reporter.flush()
        reporter.flush()
        assert len(news) == written + 1
    status = job_status(folder)
    assert (status.step, status.total, status.message) == (999, 1000, "Refilling")
    assert status.memory_bytes > 2**20
