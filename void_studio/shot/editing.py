"""The edits of a shot: each is one named undo step, and the quadmask follows."""

from __future__ import annotations

import re
import secrets
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.quadmask.store import MaskStore
from void_studio.quadmask.tracks import TrackStore
from void_studio.shot.core import ShotCore
from void_studio.shot.document import (
    MOST_NUMBER,
    Marker,
    MaskShape,
    Prompt,
    Role,
    ShotDocument,
    ShotObject,
)
from void_studio.shot.edits import FrameEdits, Stroke, TrackEdit
from void_studio.shot.history import History, Part, Step
from void_studio.shot.parts import DocumentFields, Locked, ObjectFields, Presence, Shaped
from void_studio.shot.shape_preview import ShapePreview
from void_studio.shot.spread import Spread


class EditableShot:
    """A shot in memory. Edit it from one thread.

    Every edit is announced to ``history.listeners``. An object id that the shot does not have is a
    VoidError everywhere.
    """

    def __init__(self, core: ShotCore) -> None:
        self._core = core
        self._running: dict[str, TrackEdit] = {}

    @property
    def document(self) -> ShotDocument:
        """The current document. It never changes: an edit replaces it."""
        return self._core.document

    @property
    def masks(self) -> MaskStore:
        """The bit field of every frame."""
        return self._core.masks

    @property
    def tracks(self) -> TrackStore:
        """The masks of every object. Change them through ``begin_track`` or ``apply_track``."""
        return self._core.tracks

    @property
    def history(self) -> History:
        return self._core.history

    def number(self, index: int) -> int:
        """The frame number artists see for a plate index."""
        return self._core.number(index)

    def object(self, object_id: str) -> ShotObject:
        """The object with this id; VoidError if there is none."""
        item = self.document.object(object_id)
        if item is None:
            raise VoidError(f"There is no object {object_id} in this shot")
        return item

    # Objects

    def add_object(self, name: str, role: Role) -> ShotObject:
        """Adds an object at the end of the list."""
        item = ShotObject(id=self._new_id(name), name=_text(name, 200), role=role)
        self._do(f"Add {name}", Presence(len(self.document.objects), item, {}, added=True))
        return item

    def remove_object(self, object_id: str) -> None:
        """Removes an object with its clicks and its track."""
        item = self.object(object_id)
        tracks = {
            index: self.tracks.blob(object_id, index) for index in self.tracks.frames(item.id)
        }
        position = self.document.objects.index(item)
        self._do(f"Delete {item.name}", Presence(position, item, tracks, added=False))

    def rename_object(self, object_id: str, name: str) -> None:
        old = self.object(object_id).name
        self._edit_object(f"Rename {old} to {name}", object_id, {"name": _text(name, 200)})

    def set_role(self, object_id: str, role: Role) -> None:
        """Says what an object is to the removal; its track moves to the bit of its role."""
        name = f"Make {self.object(object_id).name} {Role(role).value}"
        self._edit_object(name, object_id, {"role": Role(role)})

    def set_visible(self, object_id: str, visible: bool) -> None:
        """Says whether an object's track counts in the quadmask."""
        name = f"{'Show' if visible else 'Hide'} {self.object(object_id).name}"
        self._edit_object(name, object_id, {"visible": visible})

    def add_prompt(self, object_id: str, prompt: Prompt) -> None:
        """Adds a click to an object."""
        item = self.object(object_id)
        verb = "Add point to" if prompt.include else "Exclude point from"
        name = f"{verb} {item.name} (frame {self.number(prompt.frame)})"
        self._edit_object(name, object_id, {"prompts": (*item.prompts, prompt)})

    def set_prompts(self, object_id: str, prompts: Sequence[Prompt]) -> None:
        """Replaces all clicks of an object."""
        item = self.object(object_id)
        self._edit_object(f"Set points of {item.name}", object_id, {"prompts": tuple(prompts)})

    def apply_click(
        self, object_id: str, prompts: Sequence[Prompt], frame: int, mask: NDArray[np.bool_]
    ) -> None:
        """Makes ``prompts`` the object's clicks on a frame, with the mask they give: one step.

        Without clicks the frame's mask goes. A track that runs leaves the frame as it is now.

        Args:
            mask: (H, W) bool, the object on plate index ``frame``.

        Raises:
            VoidError: the frame is locked.
        """
        item = self.object(object_id)
        self._core.check_unlocked(frame)
        if object_id in self._running:
            self._running[object_id].leave(frame)
        others = [prompt for prompt in item.prompts if prompt.frame != frame]
        name = f"Click {item.name} (frame {self.number(frame)})"
        with self.history.group(name):
            self.set_prompts(object_id, [*others, *prompts])
            edit = TrackEdit(self._core, object_id, name)
            if prompts:
                edit.put(frame, mask, 1.0)
            elif frame in self._core.object_frames(object_id):
                edit.remove([frame])
            edit.finish()

    # Tracks

    def begin_track(self, object_id: str, name: str = "") -> TrackEdit:
        """Starts to take in a track frame by frame, and ends one of the object that runs.

        Args:
            name: For the Edit menu.
        """
        item = self.object(object_id)
        if item.id in self._running:
            self._running.pop(item.id).finish()
        edit = TrackEdit(self._core, item.id, name or f"Track {item.name}")
        self._running[item.id] = edit
        return edit

    def apply_track(
        self,
        object_id: str,
        masks: Mapping[int, tuple[NDArray[np.bool_], float]],
        name: str = "",
    ) -> None:
        """Takes in a track at once.

        Args:
            masks: Plate index to the mask, (H, W) bool, and the confidence, 0 to 1.
            name: For the Edit menu.
        """
        edit = self.begin_track(object_id, name)
        for index, (mask, confidence) in masks.items():
            edit.put(index, mask, confidence)
        edit.finish()

    # Masks

    def begin_stroke(self, index: int, name: str) -> Stroke:
        """Begins an edit of one frame's mask.

        VoidError if the frame is locked or another stroke is not finished.
        """
        return Stroke(self._core, index, f"{name} (frame {self.number(index)})")

    @contextmanager
    def edit_frames(self, name: str) -> Iterator[FrameEdits]:
        """A batch edit of masks as one undo step; all of it is taken back if the block raises."""
        edits = FrameEdits(self._core, name)
        try:
            yield edits
        except BaseException:
            edits.cancel()
            raise
        edits.finish()

    def begin_spread(self, name: str) -> Spread:
        """Begins an edit through many frames that is made elsewhere, as one undo step."""
        return Spread(self._core, name)

    # Mask shapes, locked frames, markers

    def new_shape_id(self, name: str) -> str:
        """An id for a new mask shape, unlike any that ever was in the shot."""
        return self._new_id(name)

    def put_shape(self, shape: MaskShape, name: str, joins: bool = False) -> None:
        """Adds a mask shape, or replaces the one with its id, as one step called ``name``.

        Args:
            joins: The newest step goes on, if it is of this shape and name.

        Raises:
            VoidError: it goes beyond the plate.
        """
        last = self.document.plate.count - 1
        if shape.frames[1] > last or any(index > last for index in shape.keys):
            raise VoidError(
                f"{shape.name} goes beyond the plate", f"Its last frame is {self.number(last)}"
            )
        self._set_shape(name, shape.id, shape, joins)

    def preview_shape(self, shape_id: str, index: int) -> ShapePreview:
        """Lets a frame's mask follow a shape that is being dragged, before ``put_shape``."""
        shape = self.document.shape(shape_id)
        if shape is None:
            raise VoidError(f"There is no mask shape {shape_id} in this shot")
        return ShapePreview(self._core, shape, index)

    def remove_shape(self, shape_id: str) -> None:
        """Removes a mask shape; VoidError if there is none with this id."""
        shape = self.document.shape(shape_id)
        if shape is None:
            raise VoidError(f"There is no mask shape {shape_id} in this shot")
        self._set_shape(f"Delete {shape.name}", shape_id, None)

    def is_locked(self, index: int) -> bool:
        """Whether a frame's mask is kept as it is."""
        return self._core.is_locked(index)

    def set_locked(self, frames: Iterable[int], locked: bool) -> None:
        """Keeps the masks of frames as they are, or lets them be edited and follow tracks again.

        A frame whose tracks changed since somebody looked is brought up to date first, which takes
        some milliseconds each.
        """
        changed = sorted({index for index in frames if self.is_locked(index) != locked})
        if not changed:
            return
        where = f"frame {self.number(changed[0])}"
        if len(changed) > 1:
            where = f"{len(changed)} frames, {self.number(changed[0])}-{self.number(changed[-1])}"
        held = {index: self.masks.blob(index) for index in changed}
        self._do(f"{'Lock' if locked else 'Unlock'} {where}", Locked(held, locked))

    def set_marker(self, index: int, name: str | None) -> None:
        """Marks a frame, names its marker anew, or removes it if ``name`` is None."""
        others = [marker for marker in self.document.markers if marker.frame != index]
        verb = "Remove"
        if name is not None:
            verb = "Set" if len(others) == len(self.document.markers) else "Rename"
            others.append(Marker(frame=index, name=_text(name, 200)))
            others.sort(key=lambda marker: marker.frame)
        self._edit_document(
            f"{verb} marker (frame {self.number(index)})", {"markers": tuple(others)}
        )

    def _set_shape(
        self, name: str, shape_id: str, put: MaskShape | None, joins: bool = False
    ) -> None:
        old = self.document.shape(shape_id)
        if old == put:
            return
        shapes = self.document.shapes
        position = len(shapes) if old is None else shapes.index(old)
        edit = Shaped(shape_id, position, old, put)
        begun = self.history.newest(name) if joins else None
        first = begun.parts[0] if begun is not None and begun.parts else None
        if begun is not None and isinstance(first, Shaped) and first.after == old is not None:
            with self.history.editing:
                change = edit.apply(self._core, forward=True, check=False)
                begun.parts = [replace(first, after=put)]
                self.history.grown(begun)
            self.history.announce(replace(change, name=name))
        else:
            self._do(name, edit)

    # The shot

    def set_range(self, first: int, last: int) -> None:
        """Sets the first and last plate index of the shot. VoidError if they are not in order."""
        count = self.document.plate.count
        if not 0 <= first <= last < count:
            raise VoidError(
                f"The shot cannot go from frame {self.number(first)} to {self.number(last)}",
                f"The plate has frames {self.number(0)} to {self.number(count - 1)}",
            )
        self._edit_document("Set range", {"range": (first, last)})

    def number_from(self, first: int | None) -> None:
        """Says which number plate index 0 has; None for the plate's own."""
        if first is not None and abs(first) > MOST_NUMBER:
            raise VoidError(f"Frames cannot be numbered from {first}")
        fallback = self.document.plate.first_frame if first is None else first
        self._edit_document(f"Number frames from {fallback}", {"numbered_from": first})

    def set_scene_prompt(self, text: str) -> None:
        """Says what the scene looks like without what is removed."""
        self._edit_document("Edit scene description", {"scene_prompt": _text(text, 10_000)})

    def _new_id(self, name: str) -> str:
        # Readable for people in the folder, and unlike any id that was ever removed.
        slug = re.sub(r"[^a-z0-9]+", "-", name.lower()).strip("-")[:24] or "object"
        return f"{slug}-{secrets.token_hex(4)}"

    def _edit_document(self, name: str, fields: dict[str, Any]) -> None:
        before = {field: getattr(self.document, field) for field in fields}
        if before != fields:
            self._do(name, DocumentFields(before, fields))

    def _edit_object(self, name: str, object_id: str, fields: dict[str, Any]) -> None:
        item = self.object(object_id)
        before = {field: getattr(item, field) for field in fields}
        if before != fields:
            self._do(name, ObjectFields(object_id, before, fields))

    def _do(self, name: str, part: Part) -> None:
        """Makes an edit, as one step."""
        with self.history.editing:
            change = part.apply(self._core, forward=True, check=False)
            self.history.push(Step(name, [part]))
        self.history.announce(replace(change, name=name))


def _text(text: str, limit: int) -> str:
    """What of a text can be kept in a document; a command line may hold halves of characters."""
    return text[:limit].encode(errors="replace").decode()
