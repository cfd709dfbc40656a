"""Paths that are not UTF-8 never end a job in an error nobody foresaw."""

from __future__ import annotations

from pathlib import Path

import pytest

from void_studio.errors import VoidError
from void_studio.shot.shot import Shot
from void_studio.worker.events import EventLog, read_events
from void_studio.worker.jobs import create_remove_job, create_track_job

NOT_UTF8 = "caf\udce9"


def test_an_event_says_what_can_be_said(tmp_path: Path) -> None:
    path = tmp_path / "events.jsonl"
    with EventLog(path) as log:
        log.add("warning", text=NOT_UTF8)
        log.add("warning", text="more")
    events = read_events(path)
    assert [event["text"] for event in events] == ["caf?", "more"]


def test_a_shot_that_was_moved_there_makes_no_job(masked: Shot, tmp_path: Path) -> None:
    masked.close()
    moved = tmp_path / f"{NOT_UTF8}.void"
    masked.folder.rename(moved)
    with Shot.open(moved, read_only=True) as shot:
        with pytest.raises(VoidError, match="UTF-8"):
            create_track_job(shot, [shot.document.objects[0].id])
        with pytest.raises(VoidError, match="UTF-8"):
            create_remove_job(shot)
