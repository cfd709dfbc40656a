"""The benchmark measures what it says: a painting that is slow shows."""

from __future__ import annotations

import json
import time
from typing import Any

import pytest
from PySide6.QtWidgets import QApplication

from tests.app.conftest import Hand
from void_studio.app.bench import Bench, Row, row_of
from void_studio.app.viewer.canvas import Canvas

SLOW_MS = 20


def test_a_slow_painting_shows(hand: Hand, monkeypatch: pytest.MonkeyPatch) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    paint = Canvas.paint

    def slow(canvas: Canvas, *arguments: Any) -> None:
        until = time.perf_counter() + SLOW_MS / 1000
        paint(canvas, *arguments)
        while time.perf_counter() < until:
            pass

    monkeypatch.setattr(Canvas, "paint", slow)
    samples = Bench(app, hand.window).dabs(6)
    assert len(samples) == 6
    assert min(samples) >= SLOW_MS


def test_rows_are_median_and_p95() -> None:
    row = row_of("x", "ms", [float(value) for value in range(1, 101)], 90)
    assert (row.median, row.p95) == (50.5, 95.05)
    assert "over" in row.line
    assert "over" not in Row("x", "ms", 1, 2, 3).line
    assert json.loads(json.dumps(row.__dict__))["limit"] == 90
