"""``events.jsonl``: what happened to a job, one JSON object per line, only ever appended to.

Every event has ``t`` (Unix seconds) and ``type``:

- ``state``: ``state`` is queued, running, done, failed, cancelled or interrupted.
- ``progress``: ``step`` of ``total``, ``message``, ``eta_s`` (seconds or null), ``rss`` (bytes).
- ``frame``: one result is on disk: ``index``, ``file`` (relative to the job), and for a track
  ``object`` and ``confidence`` (0 to 1).
- ``preview``: what a removal looks like so far: ``file`` (relative to the job) is a PNG that is
  replaced by the next one, pictures of ``shape`` (n, height, width) below each other. Picture i
  holds from plate index ``starts[i]`` until the next and fills ``box`` (x, y, width, height) of the
  plate. ``step`` is that of the ``progress`` before it.
- ``warning``: ``text``.
- ``error``: ``what``, ``why``, ``remedy``; ``trace`` for failures that nobody foresaw.

A reader adds ``next``: the offset in bytes behind the event, from where to read on.
"""

from __future__ import annotations

import json
import math
import os
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from void_studio.files import explain

Event = dict[str, Any]

MAX_LINE_BYTES = 64 * 1024
_CHUNK_BYTES = 1 << 20


class EventLog:
    """Appends events; each is one write, so that readers and a second writer never see halves."""

    def __init__(self, path: Path) -> None:
        self._path = path
        try:
            self._handle = os.open(path, os.O_RDWR | os.O_CREAT | os.O_APPEND, 0o666)
            size = os.fstat(self._handle).st_size
            # A writer that was killed in the middle of a line must not swallow the next event.
            self._torn = size > 0 and _last_byte(self._handle, size) != b"\n"
        except OSError as error:
            raise explain(error, f"Could not write {path}") from error

    def add(self, kind: str, **fields: Any) -> None:
        """Appends one event of type ``kind``; a change of state is also forced to the disk.

        Raises:
            VoidError: the disk is full, and so on.
        """
        line = json.dumps({"t": round(time.time(), 3), "type": kind, **fields}, ensure_ascii=False)
        # A path in a message may not be UTF-8; what is worth saying is said all the same.
        data = (b"\n" if self._torn else b"") + line.encode(errors="replace") + b"\n"
        try:
            written = os.write(self._handle, data)
            self._torn = written < len(data)
            if self._torn:
                written += os.write(self._handle, data[written:])
                self._torn = written < len(data)
            if kind == "state":
                os.fsync(self._handle)
        except OSError as error:
            raise explain(error, f"Could not write {self._path}") from error

    def close(self) -> None:
        os.close(self._handle)

    def __enter__(self) -> EventLog:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()


def read_events(path: Path, since: int = 0, limit: int = 1_000_000) -> list[Event]:
    """At most ``limit`` events from the offset ``since`` on; a line still being written waits.

    Lines that are not events (torn by a crash) are skipped. A missing file holds no events.

    Raises:
        VoidError: the file cannot be read.
    """
    events: list[Event] = []
    try:
        with open(path, "rb") as stream:
            stream.seek(since)
            for line, offset in _lines(stream, since):
                if (event := _parsed(line)) is not None:
                    events.append({**event, "next": offset})
                    if len(events) >= limit:
                        break
    except FileNotFoundError:
        pass
    except OSError as error:
        raise explain(error, f"Could not read {path}") from error
    return events


def _lines(stream: BinaryIO, offset: int) -> Iterator[tuple[bytes, int]]:
    """Whole lines and the offset behind each; a line beyond the limit comes as b""."""
    rest = b""
    overlong = False
    while chunk := stream.read(_CHUNK_BYTES):
        *whole, rest = (rest + chunk).split(b"\n")
        for line in whole:
            offset += len(line) + 1
            yield (b"" if overlong or len(line) > MAX_LINE_BYTES else line), offset
            overlong = False
        if len(rest) > MAX_LINE_BYTES:
            offset += len(rest)
            rest = b""
            overlong = True


def _parsed(line: bytes) -> Event | None:
    try:
        value = json.loads(line, parse_float=_finite, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        return None
    return value if isinstance(value, dict) and isinstance(value.get("type"), str) else None


def _finite(text: str) -> float | None:
    """A number; None where it is beyond all, which no answer of the service can hold."""
    value = float(text)
    return value if math.isfinite(value) else None


def _last_byte(handle: int, size: int) -> bytes:
    os.lseek(handle, size - 1, os.SEEK_SET)
    return os.read(handle, 1)
