"""After an edit of a shape only the part of a frame that it is about is brought up to date."""

from __future__ import annotations

from typing import Any

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.polygons import raster
from tests.shot.small import COUNT, SIZE, disc
from void_studio.quadmask import shapes
from void_studio.quadmask.bits import TRACKED
from void_studio.shot.document import MaskShape, Role
from void_studio.shot.shot import Shot

PLACES = st.tuples(st.floats(-20, SIZE[0] + 20, width=16), st.floats(-20, SIZE[1] + 20, width=16))
POLYGONS = st.lists(PLACES, min_size=3, max_size=6).map(tuple)
FRAMES = st.integers(0, COUNT - 1)
SHAPES = st.builds(
    lambda which, plane, flags, span, keys: MaskShape(
        id=f"shape-{which}",
        name="Shape",
        plane=plane,
        adds=flags[0],
        interpolated=flags[1],
        visible=flags[2],
        frames=(min(span), max(span)),
        keys=keys,
    ),
    st.integers(0, 2),
    st.sampled_from(["remove", "affected", "both"]),
    st.tuples(st.booleans(), st.booleans(), st.booleans()),
    st.tuples(FRAMES, FRAMES),
    st.dictionaries(FRAMES, POLYGONS, min_size=1, max_size=3),
)
EDITS = st.lists(
    st.one_of(SHAPES, FRAMES, st.sampled_from(["undo", "redo", "forget", "move"])),
    min_size=1,
    max_size=14,
)


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(EDITS, st.data())
def test_every_frame_is_what_all_of_it_derived_anew_is(
    shot: Shot, edits: list[Any], data: st.DataObject
) -> None:
    for old in shot.document.shapes:
        shot.remove_shape(old.id)
    if not shot.document.objects:
        item = shot.add_object("ball", Role.REMOVE)
        shot.apply_track(item.id, {2: (disc(30, 20, 15), 1.0), 3: (disc(50, 30, 15), 1.0)})
    shown: list[tuple[int, Any]] = []
    shot.history.listeners.append(
        lambda change: shown.extend((index, change.rect_on(index)) for index in change.frames)
    )
    before = {index: shot.masks.field(index).copy() for index in range(COUNT)}
    for edit in edits:
        if isinstance(edit, MaskShape):
            shot.put_shape(edit, "Put", joins=data.draw(st.booleans()))
        elif isinstance(edit, int):
            shot.masks.field(edit)
        elif edit == "undo" and shot.document.shapes:
            shot.history.undo()
        elif edit == "redo":
            shot.history.redo()
        elif edit == "forget" and shot.document.shapes:
            shot.remove_shape(shot.document.shapes[-1].id)
        elif edit == "move" and shot.document.shapes:
            shape = shot.document.shapes[0]
            index = min(shape.keys)
            points = tuple((x, min(y + 5, 90.0)) for x, y in shape.keys[index])
            moved = shape.model_copy(update={"keys": {**shape.keys, index: points}})
            shot.put_shape(moved, "Move", joins=True)
    shot.history.listeners.pop()
    partly = [shot.masks.field(index).copy() for index in range(COUNT)]
    for index, rect in shown:
        if rect is None:
            before[index] = partly[index]
        else:
            before[index][rect.slices] = partly[index][rect.slices]
    shot.masks.outdate(range(COUNT))
    for index, field in enumerate(partly):
        assert np.array_equal(field & TRACKED, shot.masks.field(index) & TRACKED)
        assert np.array_equal(field, before[index]), "nothing changed but what was announced"


@given(POLYGONS, st.data())
def test_two_polygons_differ_only_where_it_is_said(points: Any, data: st.DataObject) -> None:
    other = list(points)
    for at in data.draw(st.sets(st.integers(0, len(points) - 1))):
        other[at] = data.draw(PLACES)
    rect = shapes.difference(points, tuple(other), SIZE)
    differ = raster(points, SIZE) ^ raster(tuple(other), SIZE)
    differ[rect.slices] = False
    assert not differ.any()
