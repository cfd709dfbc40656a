"""The timeline's small pictures, in the real window."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QSize

from tests.app.conftest import Hand
from tests.patience import PATIENCE_MS
from void_studio.app import timeline_feed


def test_thumbnails_come_one_by_one_and_the_latest_request_wins(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline, gate = hand.window.desk.timeline, threading.Event()
    shown: list[tuple[int, int]] = []
    monkeypatch.setattr(
        timeline, "set_thumbnail", lambda index, image: shown.append((index, image.width()))
    )
    monkeypatch.setattr(hand.window.session.pictures, "plate", lambda index: None)

    def slow(plate: Any, indices: list[int], box: tuple[int, int]) -> Iterator[tuple[int, Any]]:
        for index in indices:
            if index == 3:
                gate.wait(PATIENCE_MS / 1000)
            yield index, np.zeros((box[1], box[0], 3), np.uint8)

    monkeypatch.setattr(timeline_feed, "thumbnails", slow)
    timeline.thumbnails_wanted.emit([2, 3, 4], QSize(36, 20))
    hand.wait(lambda: (2, 36) in shown)
    timeline.thumbnails_wanted.emit([5, 6], QSize(54, 30))
    gate.set()
    hand.wait(lambda: {(5, 54), (6, 54)} <= set(shown))
    hand.wait(lambda: hand.window.studio.heavy.idle)
    assert not {(3, 36), (4, 36)} & set(shown)
