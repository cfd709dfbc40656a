"""Progress on standard error."""

from __future__ import annotations

import re
import sys

ERASE_LINE = "\r\x1b[K"

_COUNT = re.compile(r"[\s\d/]*\d$")


class Progress:
    """A Reporter: one line that is rewritten on a terminal, else a line for every tenth.

    A stage that counts by itself, as in "Denoising 3/30", is followed by the share of the whole.
    """

    def __init__(self) -> None:
        self._live = sys.stderr.isatty()
        self._said: tuple[str, int] | None = None

    def progress(self, step: int, total: int, message: str = "") -> None:
        if not total:
            return
        stage = _COUNT.sub("", message)
        share = f"{step * 100 // total} %" if stage != message else f"{step}/{total}"
        line = f"{message} {share}".strip()
        if self._live:
            end = "\n" if step >= total else ""
            print(f"{ERASE_LINE}{line}", end=end, file=sys.stderr, flush=True)
            return
        tenth = stage, step * 10 // total
        if tenth != self._said:
            self._said = tenth
            print(line, file=sys.stderr, flush=True)

    def warning(self, text: str) -> None:
        start = ERASE_LINE if self._live else ""
        print(f"{start}warning: {text}", file=sys.stderr, flush=True)
