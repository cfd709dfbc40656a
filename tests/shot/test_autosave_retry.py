"""A save that failed is tried again without an edit, and without haste."""

from __future__ import annotations

import errno
import os
import threading
import time
from itertools import pairwise

import pytest

from tests.shot.small import disc, paint
from void_studio.errors import VoidError
from void_studio.shot.autosave import Autosaver
from void_studio.shot.shot import Shot

WAIT = 30.0
RETRY_S = 0.05


def test_saving_goes_on_by_itself_when_the_disk_is_back(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = os.fsync
    tried: list[float] = []
    thrice, saved = threading.Event(), threading.Event()
    errors: list[VoidError] = []

    def full(handle: int) -> None:
        tried.append(time.monotonic())
        if len(tried) == 3:
            thrice.set()
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    saver = Autosaver(shot, lambda _: saved.set(), errors.append, retry_s=RETRY_S)
    try:
        paint(shot, 0, disc(9, 9, 5))
        assert thrice.wait(WAIT)
        assert all(b - a >= RETRY_S for a, b in pairwise(tried[:3]))
        assert len(errors) == 1
        monkeypatch.setattr(os, "fsync", real)
        assert saved.wait(WAIT)
        assert saver.error is None
        assert not shot.unsaved
    finally:
        saver.close()


def test_closing_does_not_wait_for_the_next_try(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    failed = threading.Event()

    def full(handle: int) -> None:
        raise OSError(errno.ENOSPC, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", full)
        saver = Autosaver(shot, None, lambda _: failed.set(), retry_s=3600.0)
        paint(shot, 0, disc(9, 9, 5))
        assert failed.wait(WAIT)
    assert saver.close()
