"""An artist who makes edits of every kind as a script says, and what a shot is, to compare."""

from __future__ import annotations

import json
import zlib
from functools import partial

import numpy as np

from tests.polygons import raster
from tests.shot.small import COUNT, SIZE, disc, paint
from void_studio.quadmask.bits import Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask
from void_studio.quadmask.shapes import shape_at
from void_studio.shot.document import MaskShape, Prompt, Role
from void_studio.shot.shot import Shot

PAINT = paint_table(Plane.REMOVE, True)

EDITS = (
    *("paint", "batch", "spread", "track", "click", "role", "visible", "add", "remove"),
    *("shape", "cut", "lock", "unlock", "marker", "range", "text", "rename", "group"),
)


class Artist:
    """Performs scripts on a shot."""

    def __init__(self, shot: Shot) -> None:
        self.shot = shot

    def perform(self, action: str, index: int, seed: int) -> None:
        shot, rng = self.shot, np.random.default_rng(seed)
        mask = disc(int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1])), int(rng.integers(25)))
        ids = [item.id for item in shot.document.objects]
        chosen = ids[seed % len(ids)] if ids else ""
        if action == "paint" and not shot.is_locked(index):
            paint(shot, index, mask, list(Plane)[seed % 2], bool(seed & 2))
        elif action == "batch":
            with shot.edit_frames("Batch") as batch:
                for each in (index, (index + 1) % COUNT, index):
                    batch.apply(each, partial(fill_mask, table=PAINT, mask=np.roll(mask, each)))
        elif action == "spread":
            spread = shot.begin_spread("Spread")
            for each in range(index, COUNT):
                # As the window does: a frame that is just being brought up to date is made again.
                while not shot.is_locked(each):
                    old, field = shot.masks.take_copy(each)
                    fill_mask(field, PAINT, mask)
                    if spread.put(each, old, shot.masks.packed(field), Rect(0, 0, *SIZE)):
                        break
            spread.finish()
        elif action == "track" and chosen:
            shot.apply_track(chosen, {i: (np.roll(mask, i), 0.5) for i in range(index, COUNT)})
        elif action == "click" and chosen and not shot.is_locked(index):
            shot.apply_click(chosen, [Prompt(frame=index, x=seed % 80, y=3)], index, mask)
        elif action == "role" and chosen:
            shot.set_role(chosen, list(Role)[seed % 4])
        elif action == "visible" and chosen:
            shot.set_visible(chosen, bool(seed & 4))
        elif action == "add":
            shot.add_object(f"Object {seed}", list(Role)[seed % 4])
        elif action == "remove" and chosen:
            shot.remove_object(chosen)
        elif action in ("shape", "cut"):
            self._put_shape(action == "shape", index, seed, rng)
        elif action in ("lock", "unlock"):
            shot.set_locked({index, (index + 2) % COUNT}, action == "lock")
        elif action == "marker":
            shot.set_marker(index, None if seed % 3 == 0 else f"Marker {seed % 3}")
        elif action == "range":
            shot.set_range(min(index, seed % COUNT), max(index, seed % COUNT))
        elif action == "text":
            shot.set_scene_prompt(f"Scene {seed % 5}")
        elif action == "rename" and chosen:
            shot.rename_object(chosen, f"Name {seed % 5}")
        elif action == "undo":
            shot.history.undo()
        elif action == "redo":
            shot.history.redo()
        elif action == "group":
            with shot.history.group("Both"):
                shot.set_marker(index, "Group")
                shot.set_scene_prompt(f"Group {seed % 5}")

    def _put_shape(self, adds: bool, index: int, seed: int, rng: np.random.Generator) -> None:
        shot = self.shot
        points = [(float(x), float(y)) for x, y in rng.integers(-9, 80, (3 + seed % 3, 2))]
        old = shot.document.shape(f"shape-{seed % 3}")
        if old is not None and seed % 5 == 0:
            shot.remove_shape(old.id)
            return
        shape = MaskShape(
            id=f"shape-{seed % 3}",
            name="Shape",
            plane="remove" if seed & 8 else "affected",
            adds=adds,
            frames=(index, COUNT - 1),
            keys={**(old.keys if old else {}), index: tuple(points)},
        )
        shot.put_shape(shape, "Draw shape")


def script(seed: int, length: int = 40) -> list[tuple[str, int, int]]:
    """Edits of every kind, most of them strokes, with undo and redo: for ``Artist.perform``."""
    rng = np.random.default_rng(seed)
    actions = [*EDITS, *["paint"] * 6, *["undo"] * 4, *["redo"] * 2]
    return [
        (str(rng.choice(actions)), int(rng.integers(COUNT)), int(rng.integers(2**16)))
        for _ in range(length)
    ]


def digest(shot: Shot) -> int:
    """A number for all that an artist made; ids, which differ each time, do not count."""
    document = shot.document.model_dump(mode="json", exclude={"plate", "takes", "objects"})
    objects = [item.model_dump(mode="json", exclude={"id"}) for item in shot.document.objects]
    value = zlib.crc32(json.dumps([document, objects], sort_keys=True).encode())
    for index in range(shot.count):
        value = zlib.crc32(shot.masks.field(index).tobytes(), value)
        for at, item in enumerate(shot.document.objects):
            blob = shot.tracks.blob(item.id, index)
            if blob is not None:
                value = zlib.crc32(b"%d %d " % (at, index) + blob, value)
    return value


def expected_tracked(shot: Shot, index: int) -> np.ndarray:
    """The tracked bits of a frame that is not locked, by their definition."""
    bits = np.zeros(shot.size[::-1], np.uint8)
    for item in shot.document.objects:
        mask = shot.tracks.get(item.id, index)
        if mask is not None and item.visible:
            bits |= mask * np.uint8(1 if item.role.removes else 2)
    for shape in shot.document.shapes:
        bit = np.uint8(1 if shape.plane == "remove" else 2)
        points = shape_at(shape.keys, index, shape.interpolated)
        if points is not None and shape.visible and shape.frames[0] <= index <= shape.frames[1]:
            inside = raster(points, shot.size)
            bits[inside] = bits[inside] | bit if shape.adds else bits[inside] & ~bit
    return bits
