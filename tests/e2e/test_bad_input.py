"""What cannot be used: one clear message, exit code 1, no traceback, nothing half-written."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.ball import COUNT, SIZE, write_clip
from tests.e2e import bad
from tests.e2e.conftest import ROOT, Run, command, spawn, tree
from tests.e2e.shots import POINT, masked_shot, sequence, write_mask
from void_studio.commands.progress import Progress
from void_studio.shot.shot import Shot


@pytest.fixture
def shot(clip: Path, tmp_path: Path) -> Path:
    return masked_shot(clip, tmp_path / "good.void")


# -- plates -------------------------------------------------------------------------------


@pytest.mark.parametrize("make", bad.PLATES, ids=lambda make: make.__name__)
def test_what_is_no_plate(make: Callable[[Path], Path], void: Run, tmp_path: Path) -> None:
    path = make(tmp_path)
    before = tree(tmp_path)
    assert path.name in void("info", path).error
    assert path.name in void("new", path, "-o", tmp_path / "made" / "shot.void").error
    assert void("import", path, "-o", tmp_path / "made" / "shot.void").error
    for words in (["track", path, "--object", "Ball", "--point", POINT], ["run", path]):
        assert void(*words).error
    assert void("export", path, "--quadmask", tmp_path / "mask.mp4").error
    assert void("job", "run", path).error
    assert void("job", "cancel", path).error
    assert tree(tmp_path) == before


@pytest.mark.parametrize(
    "make", [bad.empty, bad.truncated, bad.text, bad.sound, bad.huge_video, bad.missing]
)
@pytest.mark.parametrize("part", ["input_video.mp4", "quadmask_0.mp4"])
def test_a_sequence_with_a_part_that_cannot_be_used(
    make: Callable[[Path], Path], part: str, void: Run, clip: Path, tmp_path: Path
) -> None:
    folder = sequence(clip, tmp_path / "sequence")
    (folder / part).unlink()
    (tmp_path / "parts").mkdir()
    path = make(tmp_path / "parts")
    if path.exists():
        path.rename(folder / part)
    before = tree(tmp_path)
    assert "sequence" in void("import", folder, "-o", tmp_path / "shot.void").error
    assert tree(tmp_path) == before


@pytest.mark.parametrize("what", ["a mask", "size", "length", "one more", "cut", "room", "nothing"])
def test_a_sequence_whose_mask_does_not_fit(
    what: str, void: Run, clip: Path, tmp_path: Path
) -> None:
    folder = sequence(clip, tmp_path / "sequence")
    target = tmp_path / "shot.void"
    mask = folder / "quadmask_0.mp4"
    match what:
        case "a mask":
            mask.unlink()
        case "size":
            write_mask(mask, size=(SIZE[0] // 2, SIZE[1]))
        case "length":
            write_mask(mask, COUNT - 1)
        case "one more":
            write_mask(mask, COUNT + 1)
        case "cut":
            mask.write_bytes(mask.read_bytes()[:-100])
        case "room":
            target.mkdir()
        case "nothing":
            shutil.rmtree(folder)
            folder.mkdir()
    before = tree(tmp_path)
    assert void("import", folder, "-o", target).error
    assert tree(tmp_path) == before


def test_a_sequence_whose_notes_are_damaged_is_taken_without_them(
    void: Run, clip: Path, tmp_path: Path
) -> None:
    folder = sequence(clip, tmp_path / "sequence")
    (folder / "prompt.json").write_text("{")
    (folder / "segmentation_info.json").write_text('{"points_by_frame": 3}')
    ended = void("import", folder, "-o", tmp_path / "shot.void")
    assert ended.code == 0
    assert len(ended.json["warnings"]) == 2
    assert ended.err.count("warning: ") == 2


def test_frames_that_the_plate_does_not_have(void: Run, clip: Path, tmp_path: Path) -> None:
    assert "0-11" in void("new", clip, "-o", tmp_path / "a.void", "--frames", "3-12").error
    assert tree(tmp_path) == {}


# -- shots --------------------------------------------------------------------------------


def commands_on(shot: Path, out: Path) -> list[list[object]]:
    """Every command that needs a shot."""
    return [
        ["track", shot, "--object", "Ball", "--point", POINT],
        ["run", shot],
        ["export", shot, "--quadmask", out / "mask.mp4"],
        ["export", shot, "--sequence", out / "sequence"],
        ["export", shot, "--take", 1, "-o", out / "take.mp4"],
    ]


@pytest.mark.parametrize(
    "document",
    [b"", b"{", b"[]", b'{"schema_version": 99}', b'{"schema_version": 1}', b"\xff\xfe", b"1e999"],
)
def test_a_shot_whose_document_is_broken(
    document: bytes, void: Run, shot: Path, tmp_path: Path
) -> None:
    (shot / "shot.json").write_bytes(document)
    before = tree(tmp_path)
    for words in commands_on(shot, tmp_path):
        assert "good.void" in void(*words).error
    after = tree(tmp_path)
    after.pop("good.void/shot.lock", None)
    before.pop("good.void/shot.lock", None)
    assert after == before


def test_a_shot_whose_document_lies(void: Run, shot: Path, tmp_path: Path) -> None:
    said = json.loads((shot / "shot.json").read_text())
    for change in (
        {"range": [0, 10**9]},
        {"plate": {**said["plate"], "size": [10**6, 10**6]}},
        {"plate": {**said["plate"], "count": 10**12}},
        {"objects": [{**said["objects"][0], "id": "../../evil"}]},
        {"plate": {**said["plate"], "rate": "1/0"}},
    ):
        (shot / "shot.json").write_text(json.dumps({**said, **change}))
        for words in commands_on(shot, tmp_path):
            assert "good.void" in void(*words).error


@pytest.mark.parametrize(
    "make", [bad.missing, bad.empty, bad.truncated, bad.text, bad.sound, bad.huge_image]
)
def test_a_shot_whose_plate_is_gone_or_was_spoiled(
    make: Callable[[Path], Path], void: Run, clip: Path, tmp_path: Path
) -> None:
    plate = tmp_path / "plate.mp4"
    shutil.copyfile(clip, plate)
    shot = masked_shot(plate, tmp_path / "good.void")
    plate.unlink()
    path = make(tmp_path)
    if path.exists():
        path.rename(plate)
    before = tree(tmp_path)
    for words in commands_on(shot, tmp_path):
        assert "plate.mp4" in void(*words).error
    after = tree(tmp_path)
    assert after == before


def test_a_shot_that_is_open_elsewhere(void: Run, shot: Path, tmp_path: Path) -> None:
    with Shot.open(shot):
        for words in commands_on(shot, tmp_path)[:2]:
            ended = spawn(*words)
            assert f"Process {os.getpid()} on this machine has it open" in ended.error
            assert ended.json["error"]["remedy"]
        # To look at it is no harm.
        assert void("export", shot, "--quadmask", tmp_path / "mask.mp4").code == 0


def test_what_is_damaged_in_a_shot_is_said_and_kept(void: Run, shot: Path, tmp_path: Path) -> None:
    (shot / "masks" / "000003.png").write_bytes(b"garbage")
    (track,) = (shot / "tracks").iterdir()
    (track / "000004.png").write_bytes(b"")
    before = tree(shot)
    looked = void("export", shot, "--quadmask", tmp_path / "mask.mp4")
    assert (looked.code, looked.err.count("warning: ")) == (0, 2)
    assert tree(shot) == before, "who only looks changes nothing"
    assert void("run", shot).code == 0
    assert (shot / "masks" / "000003.png.damaged").read_bytes() == b"garbage"
    assert void("export", shot, "--quadmask", tmp_path / "mask.mp4").err.count("warning: ") == 0


def test_a_damaged_take(void: Run, taken: Path, tmp_path: Path) -> None:
    shot = shutil.copytree(taken, tmp_path / "shot.void")
    patch = shot / "takes" / "001-clean-plate" / "patches" / "000005.png"
    patch.write_bytes(patch.read_bytes()[:50])
    before = tree(tmp_path)
    for name in ("take.mp4", "take.mov", "take"):
        ended = void("export", shot, "--take", 1, "-o", tmp_path / name)
        assert "000005.png" in ended.error
        assert tree(tmp_path) == before
    (patch.parent.parent / "take.json").write_text("{")
    ended = void("export", shot, "--take", 1, "-o", tmp_path / "take.mp4")
    assert "take.json" in ended.error


def test_a_plate_of_another_content_is_said(void: Run, clip: Path, tmp_path: Path) -> None:
    plate = tmp_path / "plate.mp4"
    shutil.copyfile(clip, plate)
    shot = masked_shot(plate, tmp_path / "good.void")
    write_clip(plate, COUNT + 3)
    ended = void("export", shot, "--quadmask", tmp_path / "mask.mp4")
    assert ended.code == 0
    assert "its content changed" in ended.err


def test_what_the_shot_does_not_have(void: Run, clip: Path, shot: Path, tmp_path: Path) -> None:
    before = tree(tmp_path)
    assert "take 1" in void("export", shot, "--take", 1, "-o", tmp_path / "take.mp4").error
    assert "no clicks" in void("track", shot, "--object", "Box").error
    for point in ("320,90@0", "60,180@0", "60,90@12"):
        assert "plate" in void("track", shot, "--object", "Box", "--point", point).error
    only_out = ["--point", "60,90@0:exclude"]
    assert "no clicks" in void("track", shot, "--object", "Box", *only_out).error
    clicks = tmp_path / "clicks.json"
    for text in (
        "",
        "[1]",
        '{"points_by_frame": {"0": [[1]]}}',
        '{"points_by_frame": {"x": [[1, 1]]}}',
    ):
        clicks.write_text(text)
        assert "clicks.json" in void("track", shot, "--object", "Box", "--points", clicks).error
    clicks.unlink()
    assert "clicks.json" in void("track", shot, "--object", "Box", "--points", clicks).error
    assert tree(tmp_path) == before

    with Shot.create(clip, tmp_path / "bare.void"):
        pass
    assert "nothing to remove" in void("run", tmp_path / "bare.void").error


def test_clicks_that_are_not_on_the_plate_are_left_out(
    void: Run, shot: Path, tmp_path: Path
) -> None:
    clicks = tmp_path / "clicks.json"
    clicks.write_text(json.dumps({"points_by_frame": {"0": [[9999, 1]], "500": [[1, 1]]}}))
    ended = void("track", shot, "--object", "Box", "--points", clicks)
    assert "no clicks" in ended.error
    assert "warning: 2 clicks" in ended.err


# -- where to -----------------------------------------------------------------------------


def test_nothing_is_overwritten_and_the_plate_never(void: Run, taken: Path, tmp_path: Path) -> None:
    plate = taken.parent / "plate.mp4"
    there = tmp_path / "there"
    there.mkdir()
    (there / "mine.txt").write_text("mine")
    before = tree(tmp_path), tree(taken.parent), plate.read_bytes()
    for target in (there, taken):
        assert "exists" in void("new", plate, "-o", target).error
        assert "exists" in void("export", taken, "--sequence", target).error
    assert "exists" in void("export", taken, "--take", 1, "-o", there).error
    assert "plate itself" in void("export", taken, "--take", 1, "-o", plate).error
    assert "plate itself" in void("export", taken, "--quadmask", plate).error
    for suffix in ("txt", "png", "exe"):
        assert void("export", taken, "--take", 1, "-o", tmp_path / f"take.{suffix}").error
        assert void("export", taken, "--quadmask", tmp_path / f"mask.{suffix}").error
    assert void("export", taken, "--quadmask", tmp_path / "no" / "folder" / "mask.mp4").error
    assert (tree(tmp_path), tree(taken.parent), plate.read_bytes()) == before


def test_ctrl_c_leaves_nothing_behind(
    void: Run, clip: Path, taken: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    source = sequence(clip, tmp_path / "sequence")
    before = tree(tmp_path)

    def stop(self: Progress, step: int, total: int, message: str = "") -> None:
        if step == 4:
            raise KeyboardInterrupt

    monkeypatch.setattr(Progress, "progress", stop)
    for words in (
        ["import", source, "-o", tmp_path / "shot.void"],
        ["export", taken, "--quadmask", tmp_path / "mask.mp4"],
        ["export", taken, "--sequence", tmp_path / "out"],
        ["export", taken, "--take", 1, "-o", tmp_path / "take.mp4"],
        ["export", taken, "--take", 1, "-o", tmp_path / "take.mov"],
        ["export", taken, "--take", 1, "-o", tmp_path / "take"],
    ):
        assert void(*words).error == "void-studio: Stopped. It was interrupted."
        assert tree(tmp_path) == before


def test_any_name_will_do(void: Run, clip: Path, tmp_path: Path) -> None:
    folder = tmp_path
    while len(str(folder)) < 1500:
        folder = folder / ("длинное-имя-" * 8)
    folder.mkdir(parents=True)
    plate = folder / "фильм 映画 🎬 %03d.mp4"
    shutil.copyfile(clip, plate)
    shot = folder / "кадр 🎬.void"
    assert void("info", plate).json["path"] == str(plate)
    assert void("new", plate, "-o", shot).code == 0
    tracked = void("track", shot, "--object", "мяч 🎬", "--point", POINT)
    assert tracked.code == 0, tracked.err
    assert void("run", shot).code == 0
    for number, words in enumerate(commands_on(shot, folder)[2:]):
        assert void(*words).code == 0, number
    assert void("import", folder / "sequence", "-o", folder / "опять.void").code == 0
    assert void("export", shot, "--take", 1, "-o", folder / "кадры").code == 0


@pytest.mark.skipif(sys.platform != "linux", reason="names are text there")
def test_a_name_that_is_no_text(clip: Path, tmp_path: Path) -> None:
    plate = os.fsencode(tmp_path) + b"/caf\xe9.mp4"
    shutil.copyfile(os.fsencode(clip), plate)
    words = command("info", os.fsdecode(plate))
    shown = subprocess.run(words, cwd=ROOT, capture_output=True, timeout=120)
    assert (shown.returncode, shown.stderr) == (0, b"")
    assert b"/caf\\udce9.mp4" in shown.stdout


def test_a_shot_of_a_name_that_is_no_text(void: Run, clip: Path, tmp_path: Path) -> None:
    plate = tmp_path / "caf\udce9.mp4"
    shutil.copyfile(clip, plate)
    assert Path(void("info", plate).json["path"]) == plate
    assert "caf" in void("new", plate, "-o", tmp_path / "shot.void").error
    assert set(tree(tmp_path)) == {plate.name}


@pytest.mark.parametrize("where", ["x" * 300, "y/" * 3000 + "z"], ids=["name", "path"])
def test_a_target_that_the_system_refuses(
    where: str, void: Run, clip: Path, taken: Path, tmp_path: Path
) -> None:
    source = sequence(clip, tmp_path / "sequence")
    before = tree(tmp_path)
    target = tmp_path / where
    for words in (
        ["new", clip, "-o", target],
        ["import", source, "-o", target],
        ["export", taken, "--quadmask", f"{target}.mp4"],
        ["export", taken, "--sequence", target],
        ["export", taken, "--take", 1, "-o", f"{target}.mp4"],
        ["export", taken, "--take", 1, "-o", target],
    ):
        assert "long" in void(*words).error
    assert tree(tmp_path) == before
