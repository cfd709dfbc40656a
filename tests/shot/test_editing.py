"""Every edit is one named step, follows into the quadmask, and is undone bit for bit."""

from __future__ import annotations

import tempfile
from collections.abc import Callable
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from tests.shot.small import COUNT, FIRST, SIZE, disc, paint, state_of, write_plate
from void_studio.errors import VoidError
from void_studio.quadmask.bits import TRACKED, Plane, plane_mask
from void_studio.shot.document import Prompt, Role
from void_studio.shot.history import Change
from void_studio.shot.shot import Shot


def tracked_object(shot: Shot, name: str = "Ball", role: Role = Role.REMOVE) -> str:
    item = shot.add_object(name, role)
    masks = {index: (disc(20 + 5 * index, 25, 9), 0.5) for index in range(1, 4)}
    shot.apply_track(item.id, masks)
    return item.id


Edit = tuple[str, Callable[[Shot, str], object]]
EDITS: list[Edit] = [
    ("Add Cup", lambda shot, _: shot.add_object("Cup", Role.INTEGRAL)),
    ("Delete Ball", lambda shot, ball: shot.remove_object(ball)),
    ("Rename Ball to Bowl", lambda shot, ball: shot.rename_object(ball, "Bowl")),
    ("Make Ball affected", lambda shot, ball: shot.set_role(ball, Role.AFFECTED)),
    ("Hide Ball", lambda shot, ball: shot.set_visible(ball, False)),
    (
        f"Add point to Ball (frame {FIRST + 2})",
        lambda shot, ball: shot.add_prompt(ball, Prompt(frame=2, x=3, y=4)),
    ),
    (
        f"Exclude point from Ball (frame {FIRST})",
        lambda shot, ball: shot.add_prompt(ball, Prompt(frame=0, x=3, y=4, include=False)),
    ),
    ("Track Ball", lambda shot, ball: shot.apply_track(ball, {2: (disc(9, 9, 5), 0.25)})),
    ("Click", lambda shot, ball: shot.apply_track(ball, {5: (disc(9, 9, 5), 1)}, "Click")),
    (f"Paint (frame {FIRST + 1})", lambda shot, _: paint(shot, 1, disc(30, 20, 8))),
    ("Set range", lambda shot, _: shot.set_range(1, 2)),
    ("Edit scene description", lambda shot, _: shot.set_scene_prompt("An empty table.")),
]


@pytest.mark.parametrize(("name", "edit"), EDITS, ids=[name for name, _ in EDITS])
def test_each_edit_is_one_named_step_that_undoes_and_redoes(
    shot: Shot, name: str, edit: Callable[[Shot, str], object]
) -> None:
    ball = tracked_object(shot)
    paint(shot, 2, disc(30, 30, 6), Plane.AFFECTED)
    before = state_of(shot)
    last = shot.history.undo_name
    heard: list[Change] = []
    shot.history.listeners.append(heard.append)
    edit(shot, ball)
    after = state_of(shot)
    assert after != before
    assert [change.name for change in heard] == [name]
    assert shot.history.undo_name == name
    shot.history.undo()
    assert shot.history.undo_name == last
    assert shot.history.redo_name == name
    assert state_of(shot) == before
    shot.history.redo()
    assert state_of(shot) == after
    shot.history.undo()
    assert state_of(shot) == before


@pytest.mark.parametrize(("name", "edit"), EDITS, ids=[name for name, _ in EDITS])
def test_the_change_names_every_frame_whose_mask_changed(
    shot: Shot, name: str, edit: Callable[[Shot, str], object]
) -> None:
    ball = tracked_object(shot)
    fields = [shot.masks.field(index).copy() for index in range(COUNT)]
    heard: list[Change] = []
    shot.history.listeners.append(heard.append)
    edit(shot, ball)
    changed = {i for i in range(COUNT) if not np.array_equal(fields[i], shot.masks.field(i))}
    assert changed <= heard[0].frames
    shot.history.undo()
    assert changed <= heard[1].frames


# A script of edits on two objects, with undo and redo in between.
ACTIONS = st.one_of(
    st.tuples(st.just("paint"), st.integers(0, COUNT - 1), st.booleans(), st.booleans()),
    st.tuples(st.just("track"), st.integers(0, 1), st.integers(0, COUNT - 1)),
    st.tuples(st.just("role"), st.integers(0, 1), st.sampled_from(list(Role))),
    st.tuples(st.just("visible"), st.integers(0, 1), st.booleans()),
    st.tuples(st.just("remove"), st.integers(0, 1)),
    st.tuples(st.just("batch"), st.integers(0, COUNT - 2)),
    st.tuples(st.just("undo")),
    st.tuples(st.just("redo")),
)


def expected_tracked(shot: Shot, index: int) -> np.ndarray:
    """The tracked bits by their definition."""
    bits = np.zeros((SIZE[1], SIZE[0]), np.uint8)
    for item in shot.document.objects:
        mask = shot.tracks.get(item.id, index)
        if mask is not None and item.visible:
            bits |= mask * np.uint8(1 if item.role in (Role.REMOVE, Role.INTEGRAL) else 2)
    return bits


@settings(max_examples=25)
@given(st.lists(ACTIONS, max_size=14), st.integers(0, 2**32 - 1))
def test_any_script_undoes_to_every_state_it_went_through(
    actions: list[tuple[object, ...]], seed: int
) -> None:
    rng = np.random.default_rng(seed)
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        shot = Shot.create(write_plate(folder / "plate"), folder / "a.void")
        ids = [shot.add_object("A", Role.REMOVE).id, shot.add_object("B", Role.ARTIFACT).id]
        shot.history.clear()
        states, at = [state_of(shot)], 0
        for action in actions:
            kind, *values = action
            if kind in ("undo", "redo"):
                moved = shot.history.undo() if kind == "undo" else shot.history.redo()
                at += 0 if moved is None else (-1 if kind == "undo" else 1)
            elif perform(shot, ids, str(kind), values, rng):
                states, at = [*states[: at + 1], state_of(shot)], at + 1
            assert state_of(shot) == states[at]
            for index in range(COUNT):
                tracked = shot.masks.field(index) & TRACKED
                assert np.array_equal(tracked, expected_tracked(shot, index))
        while shot.history.undo():
            at -= 1
            assert state_of(shot) == states[at]
        assert at == 0
        while shot.history.redo():
            at += 1
            assert state_of(shot) == states[at]
        shot.close()


def perform(
    shot: Shot, ids: list[str], kind: str, values: list[object], rng: np.random.Generator
) -> bool:
    """Does one action of the script; whether it became a step."""
    steps: list[Change] = []
    top = shot.history.done[-1] if shot.history.done else None
    shape = disc(int(rng.integers(SIZE[0])), int(rng.integers(SIZE[1])), int(rng.integers(1, 20)))
    if kind == "paint":
        index, value, remove = values
        plane = Plane.REMOVE if remove else Plane.AFFECTED
        paint(shot, int(str(index)), shape, plane, bool(value))
    elif kind == "batch":
        first = int(str(values[0]))
        with shot.edit_frames("Batch") as batch:
            for index in (first, first + 1, first):
                batch.apply(index, lambda field: np.bitwise_or(field, 12, out=field, where=shape))
    else:
        object_id = ids[int(str(values[0]))]
        if shot.document.object(object_id) is None:
            return False
        if kind == "track":
            shot.apply_track(object_id, {int(str(values[1])): (shape, float(rng.random()))})
        elif kind == "role":
            shot.set_role(object_id, Role(str(values[1])))
        elif kind == "visible":
            shot.set_visible(object_id, bool(values[1]))
        elif kind == "remove":
            shot.remove_object(object_id)
    assert not steps
    return (shot.history.done[-1] if shot.history.done else None) is not top


def test_tracking_and_roles_leave_paint_alone(shot: Shot) -> None:
    ball = tracked_object(shot)
    paint(shot, 2, disc(30, 30, 12), Plane.REMOVE, False)
    paint(shot, 2, disc(10, 10, 5), Plane.AFFECTED)
    painted = shot.masks.field(2) & ~np.uint8(TRACKED)
    shot.apply_track(ball, {2: (disc(40, 40, 10), 1.0)})
    shot.set_role(ball, Role.ARTIFACT)
    shot.set_visible(ball, False)
    shot.remove_object(ball)
    assert np.array_equal(shot.masks.field(2) & ~np.uint8(TRACKED), painted)
    assert not (shot.masks.field(2) & TRACKED).any()


def test_the_roles_choose_the_plane(shot: Shot) -> None:
    mask = disc(40, 20, 10)
    for role, plane in [
        (Role.REMOVE, Plane.REMOVE),
        (Role.INTEGRAL, Plane.REMOVE),
        (Role.AFFECTED, Plane.AFFECTED),
        (Role.ARTIFACT, Plane.AFFECTED),
    ]:
        item = shot.add_object(role.value, role)
        shot.apply_track(item.id, {3: (mask, 1.0)})
        for other in Plane:
            wanted = mask if other is plane else np.zeros_like(mask)
            assert np.array_equal(plane_mask(shot.masks.field(3), other), wanted)
        shot.remove_object(item.id)


def test_an_edit_that_changes_nothing_is_no_step(shot: Shot) -> None:
    ball = tracked_object(shot)
    name = shot.history.undo_name
    shot.rename_object(ball, "Ball")
    shot.set_role(ball, Role.REMOVE)
    shot.set_visible(ball, True)
    shot.set_prompts(ball, [])
    shot.set_range(0, COUNT - 1)
    shot.set_scene_prompt("")
    shot.begin_stroke(0, "Nothing").finish()
    with shot.edit_frames("Nothing"):
        pass
    assert shot.history.undo_name == name


def test_unknown_objects_and_bad_ranges_are_explained(shot: Shot) -> None:
    for edit in (
        lambda: shot.remove_object("x"),
        lambda: shot.set_role("x", Role.REMOVE),
        lambda: shot.begin_track("x"),
        lambda: shot.add_prompt("x", Prompt(frame=0, x=0, y=0)),
    ):
        with pytest.raises(VoidError, match="no object x"):
            edit()
    for first, last in ((3, 2), (-1, 2), (0, COUNT)):
        with pytest.raises(VoidError) as caught:
            shot.set_range(first, last)
        assert f"frames {FIRST} to {FIRST + COUNT - 1}" in caught.value.why


def test_ids_are_never_used_again(shot: Shot) -> None:
    seen = set()
    for _ in range(20):
        item = shot.add_object("Same name / ../../x", Role.REMOVE)
        assert item.id not in seen
        seen.add(item.id)
        shot.remove_object(item.id)


def test_memory_of_many_strokes_is_bounded(shot: Shot) -> None:
    shot.history.limit_bytes = 64 * 2**10
    rng = np.random.default_rng(1)
    for number in range(300):
        paint(shot, number % COUNT, rng.random((SIZE[1], SIZE[0])) < 0.5)
    assert shot.history.bytes <= 64 * 2**10
    undone = 0
    while shot.history.undo():
        undone += 1
    assert 10 < undone < 300


def test_frames_are_numbered_anew_and_stay_so_with_another_plate(
    shot: Shot, tmp_path: Path
) -> None:
    shot.number_from(86400)
    assert shot.number(2) == 86402
    shot.set_marker(2, "")
    assert shot.history.undo_name == "Set marker (frame 86402)"
    shot.close()
    moved = shot.plate_path.rename(tmp_path / f"moved{shot.plate_path.suffix}")
    with Shot.open(shot.folder, plate=moved) as again:
        assert again.number(2) == 86402
        again.number_from(None)
        assert again.number(2) == FIRST + 2
        again.history.undo()
        assert again.number(2) == 86402
        with pytest.raises(VoidError, match="numbered from"):
            again.number_from(10**10)
