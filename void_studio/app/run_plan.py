"""What a run with VOID would do, worked out off the window's thread before it is started."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any

from PySide6.QtCore import QObject, Signal

from void_studio.app.remover_rows import PASS_1, is_void
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.store import MaskStore
from void_studio.remove.conform import Box, Plan, frame_box, plan, union_box
from void_studio.remove.protocol import load_settings
from void_studio.remove.registry import get_remover
from void_studio.remove.void.forecast import APPROXIMATE_MODES, Forecast, forecast
from void_studio.remove.void.memory.modes import GIB, Machine, machine
from void_studio.remove.void.sees import Pass
from void_studio.remove.void.settings import Pass2Settings, VoidSettings
from void_studio.remove.weights.find import find_void
from void_studio.shot.shot import Shot

Lines = tuple[tuple[str, str], ...]
_Boxes = dict[int, tuple[bytes | None, Box | None]]

_HOURS = "hours, without a GPU"
_CHIPS = {"cuda": "GPU", "mps": "Apple GPU"}


@dataclass(frozen=True)
class RunOutlook:
    """What a run would do.

    Attributes:
        which: The pass.
        settings: With which settings.
        plan: What the model would see.
        lines: All of it as (label, value), for the artist.
    """

    which: Pass
    settings: VoidSettings
    plan: Plan
    lines: Lines


class RunPlan(QObject):
    """One is worked out at a time, and of those that wait only the latest.

    Signals:
        changed: ``outlook`` is another.

    Attributes:
        outlook: What the chosen remover would do with the open shot; None where nothing is marked,
            or the remover is not VOID.
    """

    changed = Signal()

    def __init__(self, session: Session, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self.outlook: RunOutlook | None = None
        self._wanted: tuple[str, dict[str, Any]] | None = None
        self._boxes: _Boxes = {}
        self._busy = self._again = False
        for signal in (session.lanes_changed, session.range_changed, session.numbering_changed):
            signal.connect(self.refresh)
        session.shot_changed.connect(self._forget)

    def want(self, remover: str, settings: Mapping[str, Any]) -> None:
        """Chooses the remover and its settings."""
        wanted = (remover, dict(settings)) if is_void(remover) else None
        if wanted != self._wanted:
            self._wanted = wanted
            self.refresh()

    def refresh(self, *_: object) -> None:
        """Works it out again: the mask, the range, the machine or the weights changed."""
        if self._busy:
            self._again = True
            return
        shot = self._session.shot
        if shot is None or self._wanted is None:
            self._set(None)
            return
        self._busy = True
        self._session.background.run(
            "Could not work out what a run would do",
            partial(_outlook, shot, *self._wanted, self._boxes),
            partial(self._done, shot),
            self._give_up,
        )

    def _forget(self) -> None:
        self._boxes = {}
        self._set(None)
        self.refresh()

    def _done(self, shot: Shot, outlook: RunOutlook | None) -> None:
        self._busy = False
        again, self._again = self._again, False
        if self._session.shot is shot and self._wanted is not None:
            self._set(outlook)
        if again:
            self.refresh()

    def _give_up(self, error: VoidError) -> None:
        self._done_with_error()
        self._session.failed.emit(error)

    def _done_with_error(self) -> None:
        self._busy = self._again = False
        self._set(None)

    def _set(self, outlook: RunOutlook | None) -> None:
        if outlook != self.outlook:
            self.outlook = outlook
            self.changed.emit()


def _outlook(
    shot: Shot, remover: str, settings: dict[str, Any], boxes: _Boxes
) -> RunOutlook | None:
    """On any thread; ``boxes`` keeps what is marked on frames that have not changed since."""
    box = _marked_box(shot, boxes)
    if box is None:
        return None
    which = Pass.ONE if remover == PASS_1 else Pass.TWO
    chosen = load_settings(get_remover(remover).settings, {**settings, **_grown(shot, settings)})
    assert isinstance(chosen, VoidSettings)
    made = plan(shot.size, shot.document.range, box, chosen)
    lines = [
        *made.lines(shot.document.first_number),
        ("Levels", _levels(which, chosen)),
        *_costs(which, chosen, made, machine()),
    ]
    return RunOutlook(which, chosen, made, tuple(lines))


def _grown(shot: Shot, settings: Mapping[str, Any]) -> dict[str, Any]:
    """What a job decides where ``grow`` is left to the program; see ``create_remove_job``."""
    tracked = any(item.visible and item.confidence for item in shot.document.objects)
    return {} if tracked or settings.get("grow", "auto") != "auto" else {"grow": 0}


def _marked_box(shot: Shot, boxes: _Boxes) -> Box | None:
    first, last = shot.document.range
    # Packed frames may be taken from any thread; only a store of our own may unpack them here.
    scratch = MaskStore(shot.size, 1)
    for index in range(first, last + 1):
        blob = shot.masks.blob(index)
        known = boxes.get(index)
        if known is not None and known[0] is blob:
            continue
        box = None
        if blob is not None:
            scratch.set_blob(0, blob)
            box = frame_box(levels_from_field(scratch.field(0)))
        boxes[index] = blob, box
    return union_box(boxes[index][1] for index in range(first, last + 1))


def _levels(which: Pass, settings: VoidSettings) -> str:
    trained = isinstance(settings, Pass2Settings) and settings.mask_levels == "as-trained"
    if which is Pass.ONE or trained:
        return "3: remove, affected, keep"
    return "2: remove or affected, keep"


def _costs(which: Pass, settings: VoidSettings, made: Plan, here: Machine) -> Lines:
    """Memory and time on a machine; less where the weights are not there to tell."""
    where = ("On", _machine_line(here))
    try:
        config = find_void(which).transformer_config
        told = forecast(which, settings, made, config, here)
    except VoidError:
        return (where, ("Time", _HOURS)) if here.device == "cpu" else (where,)
    return (
        ("Steps", f"{told.steps}{', draft (approximate)' if settings.quality == 'draft' else ''}"),
        where,
        ("Time", _time_line(settings, told, here)),
        ("Memory", _memory_line(settings, told, here)),
    )


def _machine_line(here: Machine) -> str:
    if here.device == "cpu":
        return "this machine's CPU"
    return f"this machine's {here.name or _CHIPS[here.device]}"


def _memory_line(settings: VoidSettings, told: Forecast, here: Machine) -> str:
    cost = told.chosen(settings.memory)
    on_gpu = here.device == "cuda"
    needed, free = (cost.gpu_bytes, here.free_bytes) if on_gpu else (cost.ram_bytes, here.ram_bytes)
    words = f"{needed / GIB:.1f} GiB, {cost.mode}"
    if cost.mode in APPROXIMATE_MODES:
        words += " (approximate)"
    only = "" if cost.mode in told.fitting else "only "
    return f"{words}; {only}{free / GIB:.1f} GiB free"


def _time_line(settings: VoidSettings, told: Forecast, here: Machine) -> str:
    seconds = told.chosen(settings.memory).seconds
    if seconds is not None:
        return f"about {_duration(seconds)}"
    if here.device == "cpu":
        return _HOURS
    return "not known for this GPU"


def _duration(seconds: float) -> str:
    if seconds < 90:
        return f"{max(1, round(seconds))} s"
    if seconds < 5400:
        return f"{round(seconds / 60)} min"
    return f"{seconds / 3600:.1f} h"
