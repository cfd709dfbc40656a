"""How long a test waits for what must happen: long, because a busy machine is no failed test."""

from __future__ import annotations

PATIENCE_S = 60.0
PATIENCE_MS = 60_000
