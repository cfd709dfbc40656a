"""The benchmark measures what it says: what is slow, blocks or leaks shows in its rows."""

from __future__ import annotations

import json
import time
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.app.conftest import Hand as Fingers
from tests.app.conftest import QuietHost
from void_studio.app.bench import blocking, memory, playing
from void_studio.app.bench.blocking import longest_turn
from void_studio.app.bench.hand import Hand
from void_studio.app.bench.memory import memory_rows
from void_studio.app.bench.painting import dabs
from void_studio.app.bench.rows import row_of
from void_studio.app.bench.run import Effort, window_rows
from void_studio.app.bench.starting import close_row
from void_studio.app.bench.viewing import steps
from void_studio.app.session import Session
from void_studio.app.viewer.canvas import Canvas
from void_studio.app.window import MainWindow

SLOW_MS = 20
LEAK_MIB = 2


def burn(milliseconds: float) -> None:
    until = time.perf_counter() + milliseconds / 1000
    while time.perf_counter() < until:
        pass


@pytest.fixture
def bench(hand: Fingers) -> Hand:
    return Hand(hand.window)


@pytest.fixture
def slow_painting(monkeypatch: pytest.MonkeyPatch) -> None:
    paint = Canvas.paint

    def slow(canvas: Canvas, *arguments: Any) -> None:
        burn(SLOW_MS)
        paint(canvas, *arguments)

    monkeypatch.setattr(Canvas, "paint", slow)


@pytest.mark.usefixtures("slow_painting")
def test_a_slow_painting_shows_in_dabs_and_steps(bench: Hand) -> None:
    samples = dabs(bench, 4)
    assert len(samples) == 4
    assert min(samples) >= SLOW_MS
    bench.fill_cache(4)
    assert min(steps(bench, 4, 4)) >= SLOW_MS


def test_a_blocked_loop_shows_with_its_place(bench: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    move = Session.set_index

    def slow(session: Session, index: int, direction: int = 0) -> None:
        burn(6 * SLOW_MS)
        move(session, index, direction)

    monkeypatch.setattr(Session, "set_index", slow)
    turn = longest_turn(bench, lambda: bench.trigger("next"))
    assert turn.ms >= 5 * SLOW_MS
    assert turn.cpu_ms >= SLOW_MS


def test_a_leak_shows_in_the_memory_gained(bench: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    end, leaked = Session.end_stroke, []

    def leaking(session: Session, *arguments: Any, **options: Any) -> None:
        leaked.append(np.ones(LEAK_MIB << 20, np.uint8))
        end(session, *arguments, **options)

    monkeypatch.setattr(Session, "end_stroke", leaking)
    monkeypatch.setattr(memory, "RESTED_S", 0.1)
    _, gained, _ = memory_rows(bench, 2, 22)
    assert len(leaked) == 22
    assert gained.median > 6 * LEAK_MIB
    assert gained.over


def test_frames_that_were_not_on_screen_are_counted() -> None:
    assert playing.dropped([0, 1, 2, 3, 0, 1, 2], 4, due=8) == 0
    assert playing.dropped([0, 2, 3, 1], 4, due=4) == 2
    assert playing.dropped([0, 1], 4, due=24) == 20


@pytest.mark.usefixtures("private_home")
def test_every_row_is_measured(
    window: MainWindow, clip: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(blocking, "PLAY_S", 0.2)
    monkeypatch.setattr(memory, "RESTED_S", 0.1)
    effort = Effort(
        samples=8, rounds=1, play_s=0.3, strokes=(2, 4), hd_size=(320, 180), hd_frames=6
    )
    assert isinstance(window.studio.jobs.host, QuietHost)
    rows = list(window_rows(Hand(window), clip, tmp_path, effort, lambda text: None))
    names = [row.name for row in rows]
    assert len(set(names)) == len(names)
    for said in (
        "open to first frame",
        "brush dab, 600 px, at 4:1",
        "step to a cached frame",
        "undo a stroke",
        "redo a stroke",
        "switch the level",
        "switch the tool",
        "switch how the mask is shown",
        "swap A and B",
        "drag the wipe",
        "zoom",
        "pan",
        "step to an uncached next frame",
        "memory",
        "event loop blocked by saving",
        "dropped playing",
    ):
        assert any(name.startswith(said) for name in names), said
    for row in json.loads(json.dumps([asdict(row) for row in rows])):
        assert {"name", "unit", "median", "p95", "limit"} <= set(row)
        assert row["limit"] is not None


def test_the_window_is_gone_before_it_saves(bench: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    flush = Session.flush
    seen: list[bool] = []

    def watched(session: Session, timeout: float = 10.0) -> bool:
        seen.append(bench.window.isVisible())
        return flush(session, timeout)

    monkeypatch.setattr(Session, "flush", watched)
    row = close_row(bench)
    assert row.median > 0
    assert seen
    assert not any(seen)


def test_rows_are_median_and_p95() -> None:
    row = row_of("x", "ms", [float(value) for value in range(1, 101)], 90)
    assert (row.median, row.p95) == (50.5, 95.05)
    assert "over" in row.lines
    assert "over" not in row_of("x", "ms", [1.0], 3).lines
