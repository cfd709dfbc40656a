"""What a running job tells beyond frames: previews, facts, an estimate for a stage that counts."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from void_studio.files import read_image
from void_studio.remove.protocol import Preview
from void_studio.worker import report
from void_studio.worker.events import EventLog, read_events
from void_studio.worker.report import EtaClock, JobReporter


def preview(value: int) -> Preview:
    pictures = np.full((3, 4, 6, 3), value, np.uint8)
    pictures[1] += 1
    return Preview(pictures, (0, 1, 5), (10, 20, 60, 40))


def test_a_preview_is_one_strip_and_an_event(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.jsonl") as log:
        reporter = JobReporter(tmp_path, log, lambda: None)
        reporter.progress(6, 30, "Denoising 6/30")
        reporter.progress(7, 30, "Denoising 7/30")
        reporter.preview(preview(50))
    *_, before, event = read_events(tmp_path / "events.jsonl")
    assert before["message"] == "Denoising 7/30"
    assert (event["type"], event["step"]) == ("preview", 7)
    assert (event["starts"], event["box"]) == ([0, 1, 5], [10, 20, 60, 40])
    strip = read_image(tmp_path / event["file"])
    assert np.array_equal(strip.reshape(*event["shape"], 3), preview(50).pictures)


def test_previews_are_thinned_out(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = 0.0
    monkeypatch.setattr(report.time, "monotonic", lambda: now)
    with EventLog(tmp_path / "events.jsonl") as log:
        reporter = JobReporter(tmp_path, log, lambda: None)
        for step in range(40):
            now = step * 0.1
            reporter.preview(preview(step))
    assert len(read_events(tmp_path / "events.jsonl")) == 8
    assert read_image(tmp_path / report.PREVIEW_FILE).min() == 35


def test_facts_told_again_replace_the_ones_before(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.jsonl") as log:
        reporter = JobReporter(tmp_path, log, lambda: None)
        reporter.record({"memory": "resident", "steps": 30})
        reporter.record({"memory": "offload"})
    assert reporter.facts == {"memory": "offload", "steps": 30}


def test_a_stage_that_counts_in_its_name_is_one_stage() -> None:
    now = 0.0
    clock = EtaClock(lambda: now)
    assert clock.left(0, 10, "Denoising 0/10") is None
    now = 3.0
    assert clock.left(1, 10, "Denoising 1/10") == pytest.approx(27)
    assert clock.left(2, 10, "Decoding 1/4") is None


def test_a_remover_that_knows_the_time_left_is_believed(tmp_path: Path) -> None:
    with EventLog(tmp_path / "events.jsonl") as log:
        reporter = JobReporter(tmp_path, log, lambda: None)
        for step, left_s in enumerate([math.inf, 61.24, None]):
            reporter.progress(step, 3, "abc"[step], left_s)
    told = read_events(tmp_path / "events.jsonl")
    assert [event["eta_s"] for event in told] == [None, 61.2, None]
