"""A shot comes back as it was left; what is broken is told and costs as little as possible."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from tests.shot.small import COUNT, SIZE, disc, paint, state_of, write_plate
from void_studio import files
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.shot import shot as shot_module
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot


def worked_on(shot: Shot) -> str:
    """Puts something of everything into a shot and closes it."""
    item = shot.add_object("Ball", Role.REMOVE)
    shot.add_prompt(item.id, Prompt(frame=1, x=20, y=20))
    shot.apply_track(item.id, {i: (disc(20 + i, 20, 8), 0.5) for i in range(3)})
    paint(shot, 1, disc(50, 30, 9))
    shot.set_scene_prompt("Un café vide.")
    shot.close()
    return item.id


def edit_json(folder: Path, **changes: Any) -> None:
    path = folder / "shot.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | changes))


def files_of(folder: Path) -> dict[str, bytes]:
    return {
        str(path.relative_to(folder)): path.read_bytes()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }


def test_a_shot_comes_back_as_it_was_left(shot: Shot) -> None:
    worked_on(shot)
    before = state_of(shot)
    with Shot.open(shot.folder) as again:
        assert state_of(again) == before
        assert again.warnings == []
        assert not again.unsaved
        assert again.history.steps() == shot.history.steps()
        with again.open_plate() as plate:
            assert plate.size == again.size == SIZE
            assert plate.count == again.count == COUNT


def test_opening_and_closing_writes_nothing(shot: Shot) -> None:
    worked_on(shot)
    before = files_of(shot.folder)
    Shot.open(shot.folder).close()
    assert files_of(shot.folder) == before


def test_only_changed_frames_are_written(shot: Shot) -> None:
    worked_on(shot)
    with Shot.open(shot.folder) as again:
        before = {
            path: path.stat().st_ino for path in shot.folder.rglob("*.*") if path.suffix == ".png"
        }
        paint(again, 2, disc(9, 9, 4))
        assert again.save() == 3  # its step, the index, the mask
        changed = {path.name for path, inode in before.items() if path.stat().st_ino != inode}
        assert changed == {"000002.png"}


def test_what_becomes_empty_is_removed(shot: Shot) -> None:
    worked_on(shot)
    with Shot.open(shot.folder) as again:
        again.remove_object(again.document.objects[0].id)
        again.save()
        assert list((shot.folder / "tracks").iterdir()) == []
        names = {path.name for path in (shot.folder / "masks").iterdir()}
        assert names == {"000001.png"}
        again.history.undo()
    with Shot.open(shot.folder) as again:
        assert again.tracks.frames(again.document.objects[0].id) == [0, 1, 2]


def test_a_shot_and_its_plate_move_together(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(tmp_path / "plates", moved / "plates")
    shutil.move(shot.folder, moved / "diner.void")
    with Shot.open(moved / "diner.void") as again:
        assert again.plate_path == moved / "plates" / "diner"
        assert again.warnings == []
        assert again.unsaved  # the absolute path
    assert json.loads((moved / "diner.void" / "shot.json").read_bytes())["plate"]["path"] == str(
        moved / "plates" / "diner"
    )


def test_a_shot_moves_away_from_its_plate(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    moved = tmp_path / "a" / "b" / "c" / "d" / "diner.void"
    moved.parent.mkdir(parents=True)
    shutil.move(shot.folder, moved)
    with Shot.open(moved) as again:
        assert again.plate_path == tmp_path / "plates" / "diner"
        assert again.document.plate.relative is None


def test_the_right_content_is_preferred_to_the_nearer_place(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    moved = tmp_path / "elsewhere"
    moved.mkdir()
    shutil.move(shot.folder, moved / "diner.void")
    write_plate(moved / "plates" / "diner", seed=5)
    with Shot.open(moved / "diner.void") as again:
        assert again.plate_path == tmp_path / "plates" / "diner"
        assert again.warnings == []


def test_a_nearer_place_that_cannot_be_read_is_passed_over(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    moved = tmp_path / "elsewhere"
    (moved / "plates" / "diner").mkdir(parents=True)
    shutil.move(shot.folder, moved / "diner.void")
    with Shot.open(moved / "diner.void") as again:
        assert again.plate_path == tmp_path / "plates" / "diner"


def test_a_missing_plate_is_explained_and_relinked(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    before = state_of(shot)
    shutil.move(tmp_path / "plates", tmp_path / "archive")
    with pytest.raises(VoidError) as caught:
        Shot.open(shot.folder)
    assert "missing" in caught.value.what
    assert str(tmp_path / "plates" / "diner") in caught.value.why
    assert "relink" in caught.value.remedy
    with Shot.open(shot.folder, plate=tmp_path / "archive" / "diner") as again:
        assert again.warnings == []
        assert state_of(again)[1:] == before[1:]
    with Shot.open(shot.folder) as again:
        assert again.plate_path == tmp_path / "archive" / "diner"


def test_another_plate_of_the_same_size_opens_with_a_warning(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    shutil.rmtree(tmp_path / "plates")
    write_plate(tmp_path / "plates" / "diner", seed=7)
    with Shot.open(shot.folder) as again:
        assert len(again.warnings) == 1
        assert "content changed" in again.warnings[0]


def test_a_plate_that_does_not_fit_is_refused(shot: Shot, tmp_path: Path) -> None:
    worked_on(shot)
    other = write_plate(tmp_path / "short", count=COUNT - 1)
    with pytest.raises(VoidError) as caught:
        Shot.open(shot.folder, plate=other)
    assert f"It has {COUNT - 1} frames" in caught.value.why
    Shot.open(shot.folder).close()


@pytest.mark.parametrize(
    "damage",
    [
        lambda data: b"",
        lambda data: data[: len(data) // 2],
        lambda data: data[:40],
        lambda data: b"not a picture" * 99,
        lambda data: encode_png(np.zeros((10, 10), np.uint8)),
        lambda data: encode_png(np.zeros((SIZE[1], SIZE[0], 3), np.uint8)),
        lambda data: encode_png(np.zeros((SIZE[1], SIZE[0]), np.uint16)),
        lambda data: data[:16] + (10**6).to_bytes(4, "big") + (10**6).to_bytes(4, "big"),
    ],
)
def test_a_damaged_mask_costs_its_frame_and_is_kept(shot: Shot, damage: Any) -> None:
    worked_on(shot)
    before = state_of(shot)
    path = shot.folder / "masks" / "000001.png"
    broken = damage(path.read_bytes())
    path.write_bytes(broken)
    with Shot.open(shot.folder) as again:
        assert len(again.warnings) == 1
        assert "000001.png.damaged" in again.warnings[0]
        assert not path.exists()
        assert path.with_name("000001.png.damaged").read_bytes() == broken
        assert again.document == before[0]
        assert np.array_equal(again.masks.field(0), disc(20, 20, 8))
        paint(again, 1, disc(9, 9, 4))
    with Shot.open(shot.folder) as again:
        assert again.warnings == []
        assert again.masks.summary(1).painted


def test_a_mask_whose_painted_pixels_are_lost_keeps_its_track(shot: Shot) -> None:
    worked_on(shot)
    (shot.folder / "masks" / "000001.png").write_bytes(b"")
    with Shot.open(shot.folder) as again:
        assert np.array_equal(again.masks.field(1), disc(21, 20, 8))


def test_a_damaged_track_is_told_and_kept(shot: Shot) -> None:
    object_id = worked_on(shot)
    (shot.folder / "tracks" / object_id / "000002.png").write_bytes(b"xx")
    with Shot.open(shot.folder) as again:
        assert len(again.warnings) == 1
        assert again.tracks.frames(object_id) == [0, 1]


def test_reading_only_leaves_damaged_files_where_they_are(shot: Shot) -> None:
    worked_on(shot)
    path = shot.folder / "masks" / "000001.png"
    path.write_bytes(b"broken")
    with Shot.open(shot.folder, read_only=True) as again:
        assert len(again.warnings) == 1
    assert path.read_bytes() == b"broken"


def test_strange_files_in_the_folders_do_no_harm(shot: Shot) -> None:
    worked_on(shot)
    before = state_of(shot)
    (shot.folder / "masks" / "Thumbs.db").write_bytes(b"x")
    (shot.folder / "masks" / "12.png").write_bytes(b"x")
    (shot.folder / "masks" / f"{COUNT:06d}.png").write_bytes(b"x")
    (shot.folder / "tracks" / "orphan").mkdir()
    (shot.folder / "tracks" / "orphan" / "000000.png").write_bytes(b"x")
    with Shot.open(shot.folder) as again:
        assert state_of(again) == before
        assert len(again.warnings) == 1
        assert "the plate does not have" in again.warnings[0]


@pytest.mark.parametrize("data", [b"", b"{", b"[1]", b"\x89PNG", b'{"schema_version": 99}'])
def test_a_broken_document_is_refused_and_nothing_is_touched(shot: Shot, data: bytes) -> None:
    worked_on(shot)
    (shot.folder / "shot.json").write_bytes(data)
    before = files_of(shot.folder)
    with pytest.raises(VoidError):
        Shot.open(shot.folder)
    assert files_of(shot.folder) == before


def test_what_is_no_shot_is_refused(tmp_path: Path) -> None:
    for path in (tmp_path, tmp_path / "missing.void", Path(__file__)):
        with pytest.raises(VoidError, match="is not a shot"):
            Shot.open(path)
    assert list(tmp_path.iterdir()) == []


def test_a_shot_is_made_whole_or_not_at_all(plate: Path, tmp_path: Path) -> None:
    with pytest.raises(VoidError, match="cannot have the frames 2-99"):
        Shot.create(plate, tmp_path / "a.void", frames=(2, 99))
    with pytest.raises(VoidError):
        Shot.create(tmp_path / "missing.mov", tmp_path / "a.void")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plates"]
    with Shot.create(plate, tmp_path / "a.void", frames=(1, 3)) as made:
        assert made.document.range == (1, 3)
        assert made.count == COUNT
    with pytest.raises(VoidError, match="already exists"):
        Shot.create(plate, tmp_path / "a.void")


def test_a_full_disk_makes_no_half_shot(
    plate: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(handle: int) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.os, "fsync", full)
        with pytest.raises(VoidError, match="Free some space"):
            Shot.create(plate, tmp_path / "a.void")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["plates"]


@pytest.mark.parametrize("name", ["x" * 300 + ".void", "/".join(["y" * 200] * 30)])
def test_names_that_are_too_long_are_explained(plate: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(VoidError) as caught:
        Shot.create(plate, tmp_path / name)
    assert "shorter" in caught.value.remedy
    with pytest.raises(VoidError, match="is not a shot"):
        Shot.open(tmp_path / name)


def test_a_plate_path_that_makes_no_sense_is_a_missing_plate(shot: Shot) -> None:
    worked_on(shot)
    ref = json.loads((shot.folder / "shot.json").read_bytes())["plate"]
    for path in ("x" * 5000, "\0", "", "/dev/null/x"):
        edit_json(shot.folder, plate=ref | {"path": path, "relative": "../" + path})
        with pytest.raises(VoidError):
            Shot.open(shot.folder)


@pytest.mark.skipif(os.name == "nt", reason="paths are text there")
def test_a_plate_whose_name_is_no_text_is_refused(plate: Path, tmp_path: Path) -> None:
    odd = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9"))
    plate.rename(odd)
    with pytest.raises(VoidError) as caught:
        Shot.create(odd, tmp_path / "a.void")
    assert "Rename" in caught.value.remedy
    str(caught.value).encode()


def test_halves_of_characters_do_not_stop_saving(shot: Shot) -> None:
    item = shot.add_object("Caf\udce9", Role.REMOVE)
    shot.rename_object(item.id, "\ud83d")
    shot.set_scene_prompt("\udcff")
    shot.close()
    with Shot.open(shot.folder) as again:
        assert again.document.objects[0].name == "?"


def test_a_shot_that_was_deleted_closes_when_nothing_was_edited(shot: Shot) -> None:
    shutil.rmtree(shot.folder)
    shot.close()


def test_names_need_not_be_ascii(plate: Path, tmp_path: Path) -> None:
    folder = tmp_path / "Café – 撮影 ☂" / "Übung 7.void"
    moved = tmp_path / "プレート"
    plate.rename(moved)
    made = Shot.create(moved, folder)
    item = made.add_object("Fußgänger 歩行者", Role.REMOVE)
    made.apply_track(item.id, {0: (disc(9, 9, 5), 1.0)})
    before = state_of(made)
    made.close()
    with Shot.open(folder) as again:
        assert state_of(again) == before


def test_edits_of_a_shot_that_is_read_only_stay_in_memory(shot: Shot) -> None:
    worked_on(shot)
    before = files_of(shot.folder)
    with Shot.open(shot.folder, read_only=True) as again:
        paint(again, 0, disc(9, 9, 5))
        with pytest.raises(VoidError, match="read-only"):
            again.save()
    assert files_of(shot.folder) == before


def test_a_single_image_of_a_run_stays_the_way_to_the_plate(tmp_path: Path) -> None:
    folder = write_plate(tmp_path / "both")
    for path in list(folder.iterdir()):
        shutil.copy(path, folder / path.name.replace("plate", "other"))
    chosen = folder / "other.1001.png"
    with Shot.create(chosen, tmp_path / "a.void") as made:
        assert made.count == COUNT
    with Shot.open(tmp_path / "a.void") as again:
        assert again.plate_path == chosen


def test_what_the_first_opening_learns_of_the_plate_serves_the_next(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    with shot.open_plate() as first:
        picture = first.read(1)

    def refuse(*args: object) -> None:
        raise AssertionError("the plate was read through again")

    monkeypatch.setattr(shot_module, "open_plate", refuse)
    with shot.open_plate() as again, shot.open_plate() as another:
        assert again is not another, "each thread has its own"
        assert np.array_equal(again.read(1), picture)
        assert np.array_equal(another.read(1), picture)
