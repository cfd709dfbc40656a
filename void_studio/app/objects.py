"""Objects as the artist works with them: clicks that become masks, names, roles, tracking."""

from __future__ import annotations

from collections import defaultdict

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject

from void_studio.app.jobs import Jobs
from void_studio.app.panels.objects import ObjectRow
from void_studio.app.session import Session
from void_studio.errors import VoidError
from void_studio.shot.document import Prompt, Role, ShotObject
from void_studio.worker.spec import Direction


class Objects(QObject):
    """Edits of the objects of the open shot.

    A click shows at once; it becomes part of the shot together with the mask that it gives, as
    one step of the history. Clicks made while a mask is on its way join it: the latest wins.
    """

    def __init__(self, session: Session, jobs: Jobs, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._session = session
        self._jobs = jobs
        self._pending: defaultdict[tuple[str, int], list[Prompt]] = defaultdict(list)
        self._tickets: defaultdict[tuple[str, int], int] = defaultdict(int)
        session.shot_changed.connect(self._pending.clear)

    # -- clicks ----------------------------------------------------------------------------

    def prompts(self, index: int) -> list[Prompt]:
        """The current object's clicks on a frame, those included whose mask is on its way."""
        item = self._session.current_object()
        if item is None:
            return []
        return [p for p in item.prompts if p.frame == index] + self._pending[item.id, index]

    def click(self, prompt: Prompt) -> None:
        """Adds a click to the current object, or to a new one, and asks for the frame's mask."""
        session = self._session
        if session.refuses(prompt.frame):
            return
        item = session.current_object() or session.add_object()
        if item is None:
            return
        if not prompt.include and not any(p.include for p in self.prompts(prompt.frame)):
            session.noticed.emit(
                "Point at the object first: an exclude click takes away from what was included"
            )
            return
        self._pending[item.id, prompt.frame].append(prompt)
        session.objects_changed.emit()
        self._ask(item.id, prompt.frame, self.prompts(prompt.frame))

    def take_back_click(self) -> bool:
        """Takes the last click on the current frame back; False if there is none."""
        session = self._session
        item, shot = session.current_object(), session.shot
        if item is None or shot is None or not self.prompts(session.index):
            return False
        if session.refuses(session.index):
            return True
        left = self.prompts(session.index)[:-1]
        self._pending.pop((item.id, session.index), None)
        if any(prompt.include for prompt in left):
            self._ask(item.id, session.index, left)
        else:
            self._new_ticket((item.id, session.index))
            nothing = np.zeros((shot.size[1], shot.size[0]), np.bool_)
            shot.apply_click(item.id, [], session.index, nothing)
        return True

    def _new_ticket(self, key: tuple[str, int]) -> int:
        """Makes every answer for this object and frame that is still to come an outdated one."""
        self._tickets[key] += 1
        return self._tickets[key]

    def _ask(self, object_id: str, frame: int, prompts: list[Prompt]) -> None:
        session = self._session
        shot = session.shot
        if shot is None:
            return
        key = object_id, frame
        ticket = self._new_ticket(key)

        def done(mask: NDArray[np.bool_]) -> None:
            if ticket != self._tickets[key] or session.shot is not shot:
                return
            self._pending.pop((object_id, frame), None)
            if shot.document.object(object_id) is None or session.refuses(frame):
                session.objects_changed.emit()
            else:
                shot.apply_click(object_id, prompts, frame, mask)

        def failed(error: VoidError) -> None:
            if ticket == self._tickets[key] and session.shot is shot:
                self._pending.pop((object_id, frame), None)
                session.objects_changed.emit()
                session.failed.emit(error)

        plate = shot.plate_path
        host = self._jobs.host
        session.background.run(
            "Could not make a mask from the click",
            lambda: host.segment_click(plate, frame, prompts),
            done,
            failed,
        )

    # -- tracking --------------------------------------------------------------------------

    def track(self, direction: Direction) -> None:
        """Tracks the current object from its clicks: both ways, or from this frame on or back."""
        session = self._session
        shot, item = session.shot, session.current_object()
        if shot is None or item is None:
            session.noticed.emit("Pick the click tool (C) and click the thing to remove first")
            return
        first, last = shot.document.range
        frames = {
            "both": (first, last),
            "forward": (min(session.index, last), last),
            "backward": (first, max(session.index, first)),
        }[direction]
        self._jobs.track(item.id, direction, frames)

    # -- edits -----------------------------------------------------------------------------

    def rename(self, object_id: str, name: str) -> None:
        shot = self._session.shot
        if shot is not None and name.strip():
            shot.rename_object(object_id, name.strip()[:200])

    def set_role(self, object_id: str, role: str) -> None:
        if self._session.shot is not None:
            self._session.shot.set_role(object_id, Role(role))

    def set_visible(self, object_id: str, visible: bool) -> None:
        if self._session.shot is not None:
            self._session.shot.set_visible(object_id, visible)

    def delete(self, object_id: str) -> None:
        if self._session.shot is not None:
            self._session.shot.remove_object(object_id)

    def delete_current(self) -> None:
        item = self._session.current_object()
        if item is not None:
            self.delete(item.id)

    def rows(self) -> list[ObjectRow]:
        """The rows of the objects panel."""
        shot = self._session.shot
        if shot is None:
            return []
        return [self._row(item) for item in shot.document.objects]

    def _row(self, item: ShotObject) -> ObjectRow:
        shot = self._session.shot
        assert shot is not None
        frames = len(shot.tracks.frames(item.id))
        clicks = len(item.prompts)
        parts = []
        if clicks:
            parts.append(f"{clicks} click{'s' if clicks != 1 else ''}")
        if frames:
            parts.append(f"mask on {frames} frame{'s' if frames != 1 else ''}")
        if any(waiting for (owner, _), waiting in self._pending.items() if owner == item.id):
            parts.append("finding its edge…")
        tracking = self._jobs.tracking(item.id)
        if tracking:
            parts = [tracking]
        sure = item.confidence.values()
        return ObjectRow(
            id=item.id,
            name=item.name,
            role=item.role.value,
            detail=" · ".join(parts) or "not clicked yet",
            confidence=min(sure) if sure else None,
            visible=item.visible,
            prompts=clicks,
        )
