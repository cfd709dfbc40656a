"""What made each take, read from its record in the background, in an artist's words."""

from __future__ import annotations

import time
from collections.abc import Iterable, Mapping
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from void_studio.app.remover_rows import title_of
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.shot.document import TakeRef
from void_studio.shot.shot import Shot
from void_studio.shot.take import TakeRecord

DRAFT = "draft (approximate)"

_Records = dict[int, TakeRecord | None]


class TakeNotes(QObject):
    """The records of the open shot's takes; each is read once.

    Signals:
        changed: More is known.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._records: _Records = {}
        self._busy = False
        session.shot_changed.connect(self._forget)
        session.takes_changed.connect(self._read)

    def title(self, take: TakeRef) -> str:
        """What made a take: the remover, and whether it is a draft."""
        words = [title_of(take.remover)]
        record = self._records.get(take.number)
        if record is not None and record.settings.get("quality") == "draft":
            words.append(DRAFT)
        elif record is not None and record.facts.get("approximate"):
            words.append("approximate")
        return " · ".join(words)

    def tip(self, number: int) -> str:
        """All that is recorded of a take, a line for each fact; empty while it is not known."""
        record = self._records.get(number)
        return "" if record is None else "\n".join(f"{k}: {v}" for k, v in facts_of(record))

    def _forget(self) -> None:
        self._records = {}
        self._read()

    def _read(self) -> None:
        shot = self._session.shot
        if shot is None or self._busy:
            return
        unread = [take.number for take in shot.document.takes if take.number not in self._records]
        if unread:
            self._busy = True
            self._session.background.run(
                "Could not read the takes",
                partial(_records, shot, unread),
                partial(self._done, shot),
            )

    def _done(self, shot: Shot, records: _Records) -> None:
        self._busy = False
        if self._session.shot is shot:
            self._records.update(records)
            self.changed.emit()
        self._read()


def facts_of(record: TakeRecord) -> list[tuple[str, str]]:
    """What made a take, as (label, value)."""
    settings, facts = record.settings, record.facts
    plan = facts.get("plan")
    lines = [("Take", f"{record.number:03d}, {title_of(record.remover)}")]
    if settings.get("quality") == "draft":
        lines.append(("Quality", DRAFT))
    if record.created:
        lines.append(("Made", time.strftime("%Y-%m-%d %H:%M", time.localtime(record.created))))
    if record.prompt:
        lines.append(("Scene", record.prompt))
    if isinstance(plan, Mapping):
        lines += _of_plan(plan)
    lines += _told(facts, _FACTS)
    if record.seed is not None:
        lines.append(("Seed", str(record.seed)))
    seconds = facts.get("seconds")
    timings: Mapping[str, Any] = seconds if isinstance(seconds, Mapping) else record.timings
    lines += [(name, _took(took)) for name, took in timings.items()]
    return lines


_FACTS = {
    "steps": "Steps",
    "guidance": "Guidance",
    "mask_levels": "Mask levels",
    "mask_edges": "Mask edges",
    "memory": "Memory",
    "device": "On",
    "precision": "Precision",
    "flow": "Motion by",
    "noise": "Noise",
    "weights": "Weights",
}
"""What of the facts an artist reads, and how it is called."""


def _told(facts: Mapping[str, Any], names: Mapping[str, str]) -> Iterable[tuple[str, str]]:
    for key, label in names.items():
        if key in facts:
            yield label, _words(facts[key])


def _of_plan(plan: Mapping[str, Any]) -> list[tuple[str, str]]:
    lines = []
    crop, size = plan.get("crop"), plan.get("size")
    if isinstance(crop, list) and len(crop) == 4:
        lines.append(("Crop", f"{crop[2]}×{crop[3]} at {crop[0]}, {crop[1]}"))
    if isinstance(size, list) and len(size) == 2:
        lines.append(("Model size", f"{size[0]}×{size[1]}"))
    if "padded" in plan:
        windows = plan.get("windows")
        count = len(windows) if isinstance(windows, list) else 1
        many = f"{count} window{'s' if count != 1 else ''}"
        lines.append(("Frames of the model", f"{plan['padded']} in {many}"))
    return lines


def _words(value: Any) -> str:
    if isinstance(value, Mapping):
        return ", ".join(f"{key} {_words(inner)}" for key, inner in value.items())
    if isinstance(value, list):
        return ", ".join(_words(inner) for inner in value)
    return _number(value)


def _took(seconds: Any) -> str:
    return f"{seconds:.1f} s" if isinstance(seconds, int | float) else str(seconds)


def _number(value: Any) -> str:
    return f"{value:.4g}" if isinstance(value, float) else str(value)


def _records(shot: Shot, numbers: Iterable[int]) -> _Records:
    """On any thread; None for a take that cannot be read."""
    found: _Records = {}
    for number in numbers:
        try:
            found[number] = shot.takes.get(number).record
        except VoidError:
            found[number] = None
    return found
