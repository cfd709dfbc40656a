"""Progress on standard error."""

from __future__ import annotations

import sys

ERASE_LINE = "\r\x1b[K"


class Progress:
    """A Reporter: one line that is rewritten on a terminal, else a line for every tenth."""

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._said: tuple[str, int] | None = None

    def progress(self, step: int, total: int, message: str = "") -> None:
        if not total:
            return
        line = f"{message} {step}/{total}".strip()
        if self._live:
            end = "\n" if step >= total else ""
            print(f"{ERASE_LINE}{line}", end=end, file=sys.stderr, flush=True)
            return
        tenth = message, step * 10 // total
        if tenth != self._said:
            self._said = tenth
            print(line, file=sys.stderr, flush=True)

    def warning(self, text: str) -> None:
        start = ERASE_LINE if self._live else ""
        print(f"{start}warning: {text}", file=sys.stderr, flush=True)
