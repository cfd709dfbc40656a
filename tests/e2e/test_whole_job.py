"""The whole job by the command line: new, track, paint, run, export, and back in again."""

from __future__ import annotations

import json
from pathlib import Path

import cv2
import numpy as np
import pytest

from tests.ball import COUNT, RATE, SIZE, center, disc, pictures
from tests.e2e.conftest import Run, spawn, tree
from void_studio.files import encode_png
from void_studio.media.plate import open_plate
from void_studio.quadmask.bits import EFFECTIVE, TRACKED, Plane, Rect, paint_table
from void_studio.quadmask.paint import fill_mask
from void_studio.quadmask.video import read_quadmask
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def at(index: int) -> str:
    x, y = center(index)
    return f"{x},{y}@{index}"


def overlap(mask: np.ndarray, truth: np.ndarray) -> float:
    return float((mask & truth).sum() / (mask | truth).sum())


def paint(folder: Path, index: int) -> np.ndarray:
    """Paints a square as affected; returns it."""
    square = np.zeros((SIZE[1], SIZE[0]), bool)
    square[120:150, 40:90] = True
    with Shot.open(folder) as shot:
        stroke = shot.begin_stroke(index, "Paint")
        stroke.touch(Rect(0, 0, *SIZE))
        fill_mask(stroke.field, paint_table(Plane.AFFECTED, True), square)
        stroke.finish()
    return square


def fields(folder: Path) -> list[np.ndarray]:
    with Shot.open(folder, read_only=True) as shot:
        return [shot.masks.field(index).copy() for index in range(shot.count)]


@pytest.fixture(scope="module")
def shots(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("shots")


def test_from_a_clip_to_what_is_delivered(void: Run, clip: Path, shots: Path) -> None:
    shot = shots / "röll.void"
    ended = void("new", clip, "-o", shot)
    assert ended.code == 0
    assert ended.json == {"shot": str(shot), "frames": [0, COUNT - 1]}

    # Track: several points, and one that is excluded.
    words = ["track", shot, "--object", "Bäll", "--point", at(0), at(COUNT - 1)]
    ended = void(*words, "--point", "60,20@0:exclude")
    assert ended.code == 0, ended.err
    assert "Tracking Bäll" in ended.err, "progress goes to standard error"
    said = ended.json
    assert (said["name"], said["role"], said["frames"]) == ("Bäll", "remove", COUNT)
    assert 0.5 < said["mean_confidence"] <= 1
    tracked = fields(shot)
    for index, field in enumerate(tracked):
        assert overlap(EFFECTIVE[field] == 1, disc(index)) > 0.7

    # Paint; then track again, from clicks in a file and in another role: the paint stays.
    square = paint(shot, 5)
    clicks = shots / "segmentation_info.json"
    points = {str(i): [list(center(i))] for i in (0, 6)}
    clicks.write_text(json.dumps({"points_by_frame": points}))
    words = ["track", shot, "--object", "Bäll", "--points", clicks]
    again = void(*words, "--role", "affected")
    assert again.code == 0, again.err
    assert again.json["object"] == said["object"], "it is the same object"
    for index, field in enumerate(fields(shot)):
        painted = square & (index == 5)
        assert np.array_equal(field & ~np.uint8(TRACKED), np.where(painted, 48, 0))
        assert overlap(field & 3 == 2, disc(index)) > 0.7, "the track moved to its new role"

    # Without points it keeps its clicks, and without a role its role.
    assert void("track", shot, "--object", said["object"]).json["role"] == "affected"
    with Shot.open(shot, read_only=True) as opened:
        (item,) = opened.document.objects
        assert [(p.frame, p.x, p.y) for p in item.prompts] == [(0, *center(0)), (6, *center(6))]
    assert void("track", shot, "--object", "Bäll", "--role", "remove").json["role"] == "remove"

    # Remove, twice: the second take is the first again.
    for number in (1, 2):
        ended = void("run", shot, "--remover", "clean-plate", "--set", "feather=3")
        assert ended.code == 0, ended.err
        assert ended.json["take"] == number
        assert Path(ended.json["path"]).is_dir()
    takes = [Path(f"{shot}/takes/00{number}-clean-plate") for number in (1, 2)]
    patches = [{p.name: p.read_bytes() for p in (take / "patches").iterdir()} for take in takes]
    assert patches[0] == patches[1]
    assert len(patches[0]) == COUNT

    # Jobs: listed, the newest first; what is done stays done.
    jobs = void("job", "list").json["jobs"]
    assert [job["state"] for job in jobs] == ["done"] * 6
    assert [job["kind"] for job in jobs] == ["remove"] * 2 + ["track"] * 4
    assert jobs[0]["id"] == ended.json["job"]
    assert void("job", "cancel", jobs[0]["id"]).json["state"] == "done"
    before = tree(shot)
    rerun = void("job", "run", jobs[0]["folder"])
    assert rerun.code == 0
    assert rerun.json["state"] == "done"
    assert rerun.json["adopted"] is True
    assert tree(shot) == before, "a take is taken in once"

    # Deliver, in every form.
    for name in ("out.mp4", "out.mkv", "out.mov", "out"):
        ended = void("export", shot, "--take", 1, "-o", shots / name)
        assert ended.code == 0, ended.err
        assert ended.json == {"path": str(shots / name)}
    matte = EFFECTIVE[fields(shot)[5]] != 0
    with open_plate(clip) as plate, open_plate(shots / "out") as images:
        before_picture, after = plate.read(5), images.read(5)
    changed = (before_picture != after).any(axis=2)
    assert changed[disc(5)].mean() > 0.9
    near = cv2.dilate(matte.astype(np.uint8), np.ones((25, 25), np.uint8)) > 0
    assert not changed[~near].any(), "outside the matte the plate is untouched"
    for name in ("out.mp4", "out.mkv", "out.mov"):
        with open_plate(shots / name) as video:
            assert (video.info.count, video.info.size) == (COUNT, SIZE)
            assert video.info.rate == RATE
    assert void("export", shot, "--quadmask", shots / "mask.mp4").code == 0
    assert void("export", shot, "--sequence", shots / "sequence").code == 0
    assert (shots / "sequence" / "input_video.mp4").read_bytes() == clip.read_bytes()

    # And back in again: every level of every pixel.
    ended = void("import", shots / "sequence", "-o", shots / "again.void")
    assert ended.code == 0, ended.err
    assert (ended.json["frames"], ended.json["snapped"], ended.json["clicks"]) == (COUNT, 0, 2)
    for mine, other in zip(fields(shot), fields(shots / "again.void"), strict=True):
        assert np.array_equal(EFFECTIVE[mine], EFFECTIVE[other])
    assert void("run", shots / "again.void").json["take"] == 1


def test_a_range_of_frames_is_all_that_is_worked_on(void: Run, clip: Path, shots: Path) -> None:
    shot = shots / "part.void"
    assert void("new", clip, "-o", shot, "--frames", "3-6").json["frames"] == [3, 6]
    assert void("track", shot, "--object", "Ball", "--point", at(4)).json["frames"] == 4
    assert void("run", shot).json["frames"] == 4
    assert void("export", shot, "--sequence", shots / "part").code == 0
    with open_plate(shots / "part" / "input_video.mp4") as plate:
        assert plate.info.count == 4
    assert sum(1 for _ in read_quadmask(shots / "part" / "quadmask_0.mp4")) == 4


def test_a_deep_image_sequence_keeps_its_depth_and_numbers(void: Run, tmp_path: Path) -> None:
    (tmp_path / "plate").mkdir()
    grain = np.random.default_rng(3).integers(0, 65536, (*reversed(SIZE), 3), np.uint16)
    for index, picture in enumerate(pictures()):
        deep = picture.astype(np.uint16) * 257 ^ grain & 255
        (tmp_path / "plate" / f"roll.{1001 + index}.png").write_bytes(encode_png(deep))
    shot = tmp_path / "roll.void"
    assert void("new", tmp_path / "plate", "-o", shot, "--frames", "5").json["frames"] == [5, 5]
    assert void("track", shot, "--object", "Ball", "--point", at(5)).json["frames"] == 1
    assert void("run", shot).json["frames"] == 1
    assert void("export", shot, "--take", 1, "-o", tmp_path / "out").code == 0
    names = [f"{1001 + index}.png" for index in range(COUNT)]
    assert [path.name[-8:] for path in sorted((tmp_path / "out").iterdir())] == names
    with open_plate(tmp_path / "plate") as plate, open_plate(tmp_path / "out") as out:
        assert out.info.depth == 16
        for index in range(COUNT):
            changed = (plate.read(index) != out.read(index)).any(axis=2)
            assert changed[disc(5)].mean() > 0.9 if index == 5 else not changed.any()
    assert void("export", shot, "--sequence", tmp_path / "sequence").code == 0
    with open_plate(tmp_path / "sequence" / "input_video.mp4") as video:
        assert video.info.count == 1


def test_what_is_printed_for_people(
    clip: Path, shots: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    from void_studio.cli import main

    for words, text in (
        (["info", clip], "320"),
        (["new", clip, "-o", shots / "people.void"], "12 frames of röll.mp4"),
        (["export", shots / "people.void", "--quadmask", shots / "people.mp4"], "people.mp4"),
    ):
        assert main([str(word) for word in words]) == 0
        out = capfd.readouterr().out
        assert text in out
        assert "{" not in out


@pytest.mark.clips
def test_a_real_sequence_folder_keeps_every_pixel(void: Run, clips: Path, tmp_path: Path) -> None:
    source = clips / "ducky-float"
    ended = void("import", source, "-o", tmp_path / "ducky.void")
    assert ended.code == 0, ended.err
    assert ended.json["clicks"] > 10
    assert ended.json["warnings"] == []
    assert void("export", tmp_path / "ducky.void", "--sequence", tmp_path / "ducky").code == 0
    written = read_quadmask(tmp_path / "ducky" / "quadmask_0.mp4")
    count = 0
    for (levels, _), (again, report) in zip(
        read_quadmask(source / "trimask_quadmask.mp4"), written, strict=True
    ):
        assert np.array_equal(levels, again)
        assert report.snapped == 0
        count += 1
    assert count == ended.json["frames"]
    for name in ("input_video.mp4", "prompt.json"):
        mine, theirs = (folder / name for folder in (tmp_path / "ducky", source))
        if name.endswith(".json"):
            assert json.loads(mine.read_text()) == json.loads(theirs.read_text())
        else:
            assert mine.read_bytes() == theirs.read_bytes()
    said, original = (
        json.loads((folder / "segmentation_info.json").read_text())["points_by_frame"]
        for folder in (tmp_path / "ducky", source)
    )
    assert said == original
    with Shot.open(tmp_path / "ducky.void", read_only=True) as shot:
        assert [item.role for item in shot.document.objects] == [Role.REMOVE, Role.AFFECTED]


def test_a_process_of_its_own_says_the_same(clip: Path, void: Run) -> None:
    assert spawn("info", clip) == void("info", clip)
