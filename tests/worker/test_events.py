"""events.jsonl: appended to by one, read by others while it grows, and after any crash."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from void_studio.worker.events import MAX_LINE_BYTES, EventLog, read_events


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "events.jsonl"


def steps(path: Path, since: int = 0) -> list[int]:
    return [event["step"] for event in read_events(path, since)]


def test_reads_what_was_added_from_any_offset(path: Path) -> None:
    with EventLog(path) as log:
        for step in range(5):
            log.add("progress", step=step)
    events = read_events(path)
    assert [event["step"] for event in events] == [0, 1, 2, 3, 4]
    assert steps(path, events[2]["next"]) == [3, 4]
    assert steps(path, events[-1]["next"]) == []


def test_a_missing_file_holds_no_events(path: Path) -> None:
    assert read_events(path) == []


def test_a_line_still_being_written_waits(path: Path) -> None:
    with EventLog(path) as log:
        log.add("progress", step=0)
    since = read_events(path)[-1]["next"]
    with open(path, "ab") as stream:
        stream.write(b'{"type": "progress", "st')
    assert steps(path) == [0]
    assert steps(path, since) == []
    with open(path, "ab") as stream:
        stream.write(b'ep": 1}\n')
    assert steps(path, since) == [1]


def test_a_torn_line_costs_itself_only(path: Path) -> None:
    with EventLog(path) as log:
        log.add("progress", step=0)
    with open(path, "ab") as stream:
        stream.write(b'{"type": "progress", "step": 1')
    with EventLog(path) as log:
        log.add("progress", step=2)
    assert steps(path) == [0, 2]


def test_a_number_beyond_all_is_none(path: Path) -> None:
    path.write_bytes(b'{"type": "progress", "step": 1, "a": NaN, "b": -Infinity, "c": [1e999]}\n')
    [event] = read_events(path)
    assert (event["step"], event["a"], event["b"], event["c"]) == (1, None, None, [None])


def test_an_endless_line_is_left_out(path: Path) -> None:
    with open(path, "wb") as stream:
        stream.write(b'"' + b"x" * (40 * MAX_LINE_BYTES) + b'"\n')
    with EventLog(path) as log:
        log.add("progress", step=1)
    assert steps(path) == [1]
    assert read_events(path)[0]["next"] == path.stat().st_size


def test_the_limit_is_kept_and_reading_goes_on_behind_it(path: Path) -> None:
    with EventLog(path) as log:
        for step in range(10):
            log.add("progress", step=step)
    first = read_events(path, limit=4)
    assert len(first) == 4
    assert steps(path, first[-1]["next"]) == [4, 5, 6, 7, 8, 9]


@settings(max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(st.binary(max_size=30), max_size=8), st.integers(0, 200))
def test_no_content_breaks_a_reader(path: Path, lines: list[bytes], since: int) -> None:
    whole = {"type": "state", "state": "done"}
    path.write_bytes(b"\n".join(lines) + b"\n" + json.dumps(whole).encode() + b"\n")
    events = read_events(path)
    assert events[-1]["state"] == "done"
    assert all(isinstance(event["type"], str) for event in events)
    read_events(path, since)
