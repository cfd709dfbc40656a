"""How a running job tells its progress: events, no more often than anybody could read them."""

from __future__ import annotations

import math
import re
import time
from collections import deque
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import psutil
from pydantic import JsonValue

from void_studio.files import encode_png, write_atomic
from void_studio.progress import CancelToken
from void_studio.remove.protocol import Preview
from void_studio.worker.events import EventLog
from void_studio.worker.folders import cancel_asked

PROGRESS_INTERVAL_S = 0.2
CANCEL_POLL_S = 0.1
PREVIEW_INTERVAL_S = 0.5
PREVIEW_FILE = Path("preview") / "strip.png"
_ETA_WINDOW = 24
_COUNT = re.compile(r"[\s\d/]*\d$")


class EtaClock:
    """Estimates the time left from the latest steps, so that a slow start is soon forgotten."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._seen: deque[tuple[float, int]] = deque(maxlen=_ETA_WINDOW)
        self._stage = ""

    def left(self, step: int, total: int, stage: str) -> float | None:
        """Seconds from ``step`` to ``total`` of ``stage``; None while nothing can be told.

        A stage that counts at its end, as in "Denoising 3/30", is one stage.
        """
        stage = _COUNT.sub("", stage)
        if stage != self._stage or (self._seen and step < self._seen[-1][1]):
            self._seen.clear()
        self._stage = stage
        now = self._clock()
        if not self._seen or step > self._seen[-1][1]:
            self._seen.append((now, step))
        first_time, first_step = self._seen[0]
        if step <= first_step:
            return None
        return round((now - first_time) / (step - first_step) * max(0, total - step), 1)


class JobReporter:
    """A RemovalReporter that writes the events of the job in ``folder``.

    Attributes:
        facts: What the work recorded so far.
    """

    def __init__(self, folder: Path, log: EventLog, notify: Callable[[], None]) -> None:
        self.facts: dict[str, JsonValue] = {}
        self._folder = folder
        self._log = log
        self._notify = notify
        self._eta = EtaClock()
        self._process = psutil.Process()
        self._last = 0.0
        self._previewed = -PREVIEW_INTERVAL_S
        self._step = 0
        self._stage: tuple[int, str] | None = None
        self._unsaid: dict[str, Any] | None = None

    def progress(
        self, step: int, total: int, message: str = "", left_s: float | None = None
    ) -> None:
        eta = self._eta.left(step, total, message)
        if left_s is not None:
            eta = round(left_s, 1) if math.isfinite(left_s) else None
        self._step = step
        self._unsaid = {"step": step, "total": total, "message": message, "eta_s": eta}
        now = time.monotonic()
        stage = total, _COUNT.sub("", message)
        if stage != self._stage or now - self._last >= PROGRESS_INTERVAL_S:
            self._last, self._stage = now, stage
            self.flush()

    def flush(self) -> None:
        """Writes the latest progress if it came too soon after the one before."""
        unsaid, self._unsaid = self._unsaid, None
        if unsaid is not None:
            self.add("progress", **unsaid, rss=self._process.memory_info().rss)

    def warning(self, text: str) -> None:
        self.add("warning", text=text[:2000])

    def preview(self, preview: Preview) -> None:
        """Writes the pictures below each other into one file; one that comes too soon is left."""
        now = time.monotonic()
        if now - self._previewed < PREVIEW_INTERVAL_S:
            return
        self._previewed = now
        # The progress before a preview says of which step it is.
        self.flush()
        count, height, width = preview.pictures.shape[:3]
        path = self._folder / PREVIEW_FILE
        path.parent.mkdir(exist_ok=True)
        write_atomic(path, encode_png(preview.pictures.reshape(count * height, width, 3)))
        self.add(
            "preview",
            step=self._step,
            file=PREVIEW_FILE.as_posix(),
            starts=preview.starts,
            box=preview.box,
            shape=(count, height, width),
        )

    def record(self, facts: Mapping[str, JsonValue]) -> None:
        self.facts.update(facts)

    def frame(self, index: int, file: Path, **fields: Any) -> None:
        """One result is on disk at ``file``, relative to the job's folder."""
        self.add("frame", index=index, file=file.as_posix(), **fields)

    def add(self, kind: str, **fields: Any) -> None:
        """Appends any event and wakes whoever listens."""
        self._log.add(kind, **fields)
        self._notify()


class JobCancel(CancelToken):
    """Cancelled by its owner in this process, or by the file ``cancel`` in the job's folder."""

    def __init__(self, folder: Path, outer: CancelToken | None) -> None:
        super().__init__()
        self._folder = folder
        self._outer = outer
        self._looked = -CANCEL_POLL_S

    @property
    def cancelled(self) -> bool:
        if self._event.is_set():
            return True
        now = time.monotonic()
        # The folder may be on a network share, and this is asked in inner loops.
        looks = now - self._looked >= CANCEL_POLL_S
        if looks:
            self._looked = now
        if (self._outer is not None and self._outer.cancelled) or (
            looks and cancel_asked(self._folder)
        ):
            self._event.set()
        return self._event.is_set()
