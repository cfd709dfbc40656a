"""What every test shares: the real clips, a private home, and a check for leaked threads."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from hypothesis import settings

from tests.patience import PATIENCE_S

# The same examples on every machine, and no clock: a busy machine is not a failed law.
settings.register_profile("house", deadline=None, derandomize=True)
settings.load_profile("house")

# Started in the background of a shell, programs ignore Ctrl+C, and so would all that tests start.
signal.signal(signal.SIGINT, signal.default_int_handler)

CLIPS = Path(__file__).parents[2] / "shared" / "clips"


@pytest.fixture
def clips() -> Path:
    """The folder of real shots; the test is skipped where it is absent."""
    if not CLIPS.is_dir():
        pytest.skip(f"the real shots are not here ({CLIPS})")
    return CLIPS


@pytest.fixture(autouse=True)
def private_home(tmp_path_factory: pytest.TempPathFactory, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Keeps jobs, workers and settings of a test away from the user's own."""
    home = tmp_path_factory.mktemp("home")
    monkeypatch.setenv("VOID_STUDIO_HOME", str(home))
    return home


@pytest.fixture(autouse=True)
def no_leaked_threads() -> Iterator[None]:
    """Fails a test that leaves a thread running."""
    before = set(threading.enumerate())
    yield
    deadline = time.monotonic() + PATIENCE_S
    for thread in set(threading.enumerate()) - before:
        thread.join(max(0.0, deadline - time.monotonic()))
    leaked = [t for t in threading.enumerate() if t not in before and t.is_alive()]
    assert not leaked, f"threads left running: {[t.name for t in leaked]}"
