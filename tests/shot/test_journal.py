"""The history on disk: it comes back, and is never applied to what it does not fit."""

from __future__ import annotations

import json
import shutil
import tempfile
from collections.abc import Callable
from functools import partial
from pathlib import Path

import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings

from tests.shot.artist import EDITS, PAINT, Artist
from tests.shot.small import COUNT, SIZE, State, disc, paint, state_of, write_plate
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask.bits import TRACKED, Plane, Rect
from void_studio.quadmask.history import TileDiff
from void_studio.quadmask.paint import fill_mask
from void_studio.shot import journal, step_file
from void_studio.shot.document import MaskShape, Prompt, Role
from void_studio.shot.history import Change
from void_studio.shot.parts import Painted
from void_studio.shot.shot import Shot, Stroke

TRIANGLE = ((4.0, 6.0), (50.0, 9.0), (20.0, 48.0))
MOVED = tuple((x + 20, y + 3) for x, y in TRIANGLE)


def everything(shot: Shot) -> list[State]:
    """Makes an edit of every kind; returns the states between them, the first one first."""
    states = [state_of(shot)]

    def done() -> None:
        states.append(state_of(shot))

    ball = shot.add_object("Ball", Role.REMOVE).id
    done()
    shot.apply_track(ball, {i: (disc(20 + 5 * i, 25, 9), 0.5) for i in range(4)})
    done()
    shot.apply_click(ball, [Prompt(frame=1, x=30, y=25)], 1, disc(30, 25, 12))
    done()
    paint(shot, 2, disc(30, 30, 6), Plane.AFFECTED)
    done()
    with shot.edit_frames("Batch") as batch:
        for index in (0, 2, 0):
            batch.apply(index, partial(fill_mask, table=PAINT, mask=disc(index * 9 + 9, 30, 9)))
    done()
    spread = shot.begin_spread("Spread")
    spread.begin_with(stroke_of(shot, 3))
    for index in (4, 5):
        old, field = shot.masks.take_copy(index)
        fill_mask(field, PAINT, disc(40, 40, 9))
        assert spread.put(index, old, shot.masks.packed(field), Rect(0, 0, *SIZE))
    spread.finish()
    done()
    keys = {1: TRIANGLE, 4: MOVED}
    shape = MaskShape(id="s-1", name="S", plane="affected", frames=(1, 4), keys=keys)
    shot.put_shape(shape, "Draw S")
    done()
    shot.set_locked([2, 3], True)
    done()
    shot.set_role(ball, Role.AFFECTED)
    done()
    shot.set_locked([3], False)
    done()
    shot.put_shape(shape.model_copy(update={"adds": False, "keys": {2: MOVED}}), "Cut")
    done()
    shot.set_marker(4, "Lands")
    done()
    shot.rename_object(ball, "Bowl")
    done()
    shot.set_range(1, 4)
    done()
    shot.set_scene_prompt("An empty table")
    done()
    shot.set_visible(ball, False)
    done()
    shot.remove_object(ball)
    done()
    shot.remove_shape("s-1")
    done()
    return states


def stroke_of(shot: Shot, index: int) -> Stroke:
    stroke = shot.begin_stroke(index, "Paint")
    stroke.touch(Rect(0, 0, *SIZE))
    fill_mask(stroke.field, PAINT, disc(40, 40, 9))
    return stroke


def test_every_kind_of_edit_is_undone_and_redone_after_a_restart(shot: Shot) -> None:
    states = everything(shot)
    names = shot.history.steps()
    shot.close()
    with Shot.open(shot.folder) as again:
        assert again.history.steps() == names
        assert state_of(again) == states[-1]
        for expected in reversed(states[:-1]):
            assert again.history.undo()
            assert state_of(again) == expected
        assert again.history.undo() is None
    with Shot.open(shot.folder) as once_more:
        assert (once_more.history.position, once_more.history.steps()) == (0, names)
        for expected in states[1:]:
            assert once_more.history.redo()
            assert state_of(once_more) == expected


def test_what_was_undone_and_then_replaced_is_gone_from_the_disk(shot: Shot) -> None:
    for index in range(3):
        paint(shot, index, disc(20, 20, 5))
    shot.save()
    shot.history.undo()
    shot.history.undo()
    paint(shot, 5, disc(9, 9, 3))
    shot.save()
    paint(shot, 4, disc(9, 9, 3))
    shot.save()
    left = sorted(path.name for path in (shot.folder / "history").glob("*.step"))
    assert left == ["000001.step", "000004.step", "000005.step"]


def test_steps_that_are_only_on_disk_are_undone(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(journal, "HELD_BYTES", 2000)
    states = []
    for number in range(12):
        states.append(state_of(shot))
        paint(shot, number % COUNT, disc(5 * number, 20, 9))
        shot.save()
    assert sum(step.parts is not None for step in shot.history.done) < 6
    for expected in reversed(states):
        assert shot.history.undo()
        assert state_of(shot) == expected


def test_the_limit_holds_on_disk_too(shot: Shot) -> None:
    shot.history.limit_bytes = 20 * 2**10
    rng = np.random.default_rng(3)
    for number in range(60):
        paint(shot, number % COUNT, rng.random((SIZE[1], SIZE[0])) < 0.5)
        shot.save()
    files = list((shot.folder / "history").glob("*.step"))
    assert sum(path.stat().st_size for path in files) <= 21 * 2**10
    assert len(files) <= len(shot.history.steps()) + 1


def test_steps_are_checked_unless_the_masks_are_as_they_were_left(shot: Shot) -> None:
    ball = shot.add_object("Ball", Role.REMOVE).id
    paint(shot, 2, disc(30, 20, 9))
    shot.apply_track(ball, {i: (disc(34, 20, 9), 1.0) for i in range(3)})
    shot.close()
    with Shot.open(shot.folder) as again:
        assert not any(step.earlier for step in again.history.done)
        again.set_visible(ball, False)
    painted_elsewhere(shot.folder)
    with Shot.open(shot.folder) as once_more:
        assert all(step.earlier for step in once_more.history.done)


def test_a_shot_closed_under_the_pen_is_checked(shot: Shot) -> None:
    paint(shot, 2, disc(36, 36, 9), Plane.AFFECTED)
    stroke_of(shot, 2)
    shot.close()
    with Shot.open(shot.folder) as again:
        assert all(step.earlier for step in again.history.done)
        before = state_of(again)
        assert again.history.undo() is None
        assert state_of(again) == before


def damaged_step(folder: Path) -> None:
    path = folder / "history" / "000003.step"
    data = bytearray(path.read_bytes())
    data[-1] ^= 1
    path.write_bytes(data)


def missing_step(folder: Path) -> None:
    (folder / "history" / "000003.step").unlink()


def other_mask(folder: Path) -> None:
    (folder / "masks" / "000002.png").unlink()


def painted_elsewhere(folder: Path) -> None:
    field = disc(34, 22, 3) * np.uint8(48)
    (folder / "masks" / "000002.png").write_bytes(encode_png(field))


DAMAGE: list[Callable[[Path], None]] = [damaged_step, missing_step, other_mask, painted_elsewhere]


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_step_that_does_not_fit_is_dropped_with_what_is_older(
    shot: Shot, damage: Callable[[Path], None]
) -> None:
    for index in range(5):
        paint(shot, index, disc(30, 20, 9))
    shot.close()
    damage(shot.folder)
    with Shot.open(shot.folder) as again:
        heard: list[str] = []
        changes: list[Change] = []
        again.history.notices.append(heard.append)
        again.history.listeners.append(changes.append)
        assert again.history.undo()
        assert again.history.undo()
        before = state_of(again)
        assert again.history.undo() is None
        assert state_of(again) == before
        assert heard
        assert "Paint (frame 1003)”, and 2 earlier steps cannot be taken back" in heard[0]
        assert len(heard) == 1
        assert changes[-1] == Change("")
        assert (again.history.position, len(again.history.steps())) == (0, 2)
        assert again.history.redo()
        assert again.history.redo()
    with Shot.open(shot.folder) as once_more:
        assert len(once_more.history.steps()) == 2


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b'{"version": 99}', b'{"version": 1}'])
def test_an_index_that_cannot_be_read_is_a_warning(shot: Shot, data: bytes) -> None:
    paint(shot, 1, disc(9, 9, 5))
    shot.close()
    (shot.folder / "history" / "index.json").write_bytes(data)
    with Shot.open(shot.folder) as again:
        assert "undo history" in again.warnings[0]
        assert again.history.steps() == []
        paint(again, 1, disc(40, 20, 5))
        assert again.history.undo()
        assert np.array_equal(again.masks.field(1) == 12, disc(9, 9, 5))


def test_the_history_of_a_plate_of_another_length_is_left(shot: Shot, tmp_path: Path) -> None:
    paint(shot, 5, disc(9, 9, 5))
    shot.set_range(0, 2)
    shot.close()
    shorter = write_plate(tmp_path / "shorter", count=4)
    with Shot.open(shot.folder, plate=shorter) as again:
        assert any("another plate" in warning for warning in again.warnings)
        assert again.history.steps() == []
        paint(again, 1, disc(40, 20, 5))
    with Shot.open(shot.folder, plate=shorter) as once_more:
        assert len(once_more.history.steps()) == 1


def test_reading_only_undoes_in_memory_and_writes_nothing(shot: Shot) -> None:
    states = everything(shot)
    shot.close()
    before = {path: path.read_bytes() for path in shot.folder.rglob("*") if path.is_file()}
    with Shot.open(shot.folder, read_only=True) as reader:
        while reader.history.undo():
            pass
        assert state_of(reader) == states[0]
        with pytest.raises(VoidError):
            reader.save()
    assert {p: p.read_bytes() for p in shot.folder.rglob("*") if p.is_file()} == before


def test_a_shot_without_a_history_opens(shot: Shot) -> None:
    paint(shot, 1, disc(9, 9, 5))
    shot.close()
    shutil.rmtree(shot.folder / "history")
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        assert again.history.steps() == []
        paint(again, 1, disc(40, 20, 5))
    assert json.loads((shot.folder / "history" / "index.json").read_bytes())["position"] == 1


# Scripts of edits of all kinds, with undo, redo, saving and opening again in between.
ACTIONS = st.tuples(
    st.sampled_from([*EDITS, "undo", "undo", "redo", "save", "reopen"]),
    st.integers(0, COUNT - 1),
    st.integers(0, 2**16),
)


@pytest.fixture(scope="module")
def plate_folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return write_plate(tmp_path_factory.mktemp("plates") / "plate")


@settings(max_examples=30)
@given(st.lists(ACTIONS, max_size=18))
def test_any_script_is_undone_and_redone_exactly_across_restarts(
    plate_folder: Path, actions: list[tuple[str, int, int]]
) -> None:
    with tempfile.TemporaryDirectory() as name:
        artist = Artist(Shot.create(plate_folder, Path(name) / "a.void"))
        states, at = [state_of(artist.shot)], 0
        for action, index, seed in actions:
            history = artist.shot.history
            if action == "undo":
                at -= history.undo() is not None
            elif action == "redo":
                at += history.redo() is not None
            elif action == "save":
                artist.shot.save()
            elif action == "reopen":
                artist.shot.close()
                artist.shot = Shot.open(artist.shot.folder)
                assert artist.shot.warnings == []
            else:
                top = history.next_id
                artist.perform(action, index, seed)
                if history.next_id != top:
                    states, at = [*states[: at + 1], state_of(artist.shot)], at + 1
            assert state_of(artist.shot) == states[at]
            assert artist.shot.history.position == at
        for expected in reversed(states[:at]):
            assert artist.shot.history.undo()
            assert state_of(artist.shot) == expected
        assert artist.shot.history.undo() is None
        artist.shot.close()
        with Shot.open(artist.shot.folder) as again:
            for expected in states[1:]:
                assert again.history.redo()
                assert state_of(again) == expected
            assert again.history.redo() is None


def test_tracked_bits_are_no_part_of_what_must_fit(shot: Shot) -> None:
    ball = shot.add_object("Ball", Role.REMOVE).id
    paint(shot, 2, disc(30, 20, 9))
    shot.apply_track(ball, {2: (disc(34, 20, 9), 1.0)})
    shot.close()
    with Shot.open(shot.folder) as again:
        assert again.history.undo()
        again.masks.field(2)[...] |= TRACKED
        assert again.history.undo()
        assert not (again.masks.field(2) & 12).any()


def test_a_step_of_more_than_a_picture_is_refused_before_anything_is_allocated() -> None:
    whole = [Rect(0, 0, 64, 48)] * 2
    diff = TileDiff((48, 64), whole, b"", 0)
    with pytest.raises(VoidError, match="more pixels"):
        step_file.decode(step_file.encode([Painted(((0, diff),))]), "a step")


def test_a_step_that_is_too_large_is_refused(shot: Shot, monkeypatch: pytest.MonkeyPatch) -> None:
    paint(shot, 1, disc(9, 9, 5))
    shot.close()
    monkeypatch.setattr(journal, "_MOST_STEP_BYTES", 50)
    with Shot.open(shot.folder) as again:
        heard: list[str] = []
        again.history.notices.append(heard.append)
        assert again.history.undo() is None
        assert len(heard) == 1
