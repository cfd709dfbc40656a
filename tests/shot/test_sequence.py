"""VOID sequence folders: every level survives, and what does not fit is refused."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import av
import cv2
import numpy as np
import pytest
from numpy.typing import NDArray

from tests.shot.small import disc, paint, plate_picture
from void_studio.errors import Cancelled, VoidError
from void_studio.media.plate import open_plate
from void_studio.media.writer import VideoWriter
from void_studio.progress import CancelToken
from void_studio.quadmask.bits import Plane
from void_studio.quadmask.levels import levels_from_field
from void_studio.quadmask.video import probe_quadmask, read_quadmask, write_quadmask
from void_studio.shot.document import Prompt, Role
from void_studio.shot.sequence import export_quadmask, export_sequence, import_sequence
from void_studio.shot.shot import Shot

SIZE = (80, 56)
COUNT = 7
RATE = Fraction(12)
Levels = NDArray[np.uint8]

POINTS = {"0": [[20, 20], [25, 30]], "3": [[40, 11]]}


def levels(index: int) -> Levels:
    """A mask with all four levels; frame 0 has nothing affected."""
    picture = np.full((SIZE[1], SIZE[0]), 255, np.uint8)
    removed = disc(20 + 3 * index, 25, 9)
    if index:
        affected = np.zeros_like(removed)
        affected[14:28, 20:50] = True
        picture[affected] = 127
        picture[affected & removed] = 63
    picture[removed & (picture == 255)] = 0
    return picture


def write_sequence(folder: Path, size: tuple[int, int] = SIZE, count: int = COUNT) -> Path:
    """A VOID sequence folder; the mask has ``size`` and ``count``."""
    folder.mkdir()
    with VideoWriter(folder / "input_video.mp4", SIZE, RATE) as writer:
        for index in range(COUNT):
            writer.write(plate_picture(index))
    frames = (cv2.resize(levels(i), size, interpolation=cv2.INTER_NEAREST) for i in range(count))
    write_quadmask(folder / "quadmask_0.mp4", frames, size, RATE)
    (folder / "prompt.json").write_text(json.dumps({"bg": "Ein leerer Tisch – 空"}))
    info = {"total_frames": COUNT, "points_by_frame": POINTS}
    (folder / "segmentation_info.json").write_text(json.dumps(info))
    return folder


@pytest.fixture
def sequence(tmp_path: Path) -> Path:
    return write_sequence(tmp_path / "sequence")


def mask_of(shot: Shot, index: int) -> Levels:
    return levels_from_field(shot.masks.field(index))


def test_a_sequence_becomes_a_shot(sequence: Path, tmp_path: Path) -> None:
    shot, report = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        assert report.quadmask == sequence / "quadmask_0.mp4"
        assert (report.frames, report.pixels) == (COUNT, COUNT * SIZE[0] * SIZE[1])
        assert (report.snapped, report.prompts, report.warnings) == (0, 3, ())
        assert (shot.size, shot.count, shot.rate) == (SIZE, COUNT, RATE)
        assert shot.document.range == (0, COUNT - 1)
        assert shot.document.scene_prompt == "Ein leerer Tisch – 空"
        removed, affected = shot.document.objects
        assert (removed.name, removed.role) == ("quadmask remove", Role.REMOVE)
        assert (affected.name, affected.role) == ("quadmask affected", Role.AFFECTED)
        assert removed.prompts[2] == Prompt(frame=3, x=40, y=11)
        assert shot.tracks.frames(removed.id) == list(range(COUNT))
        assert shot.tracks.frames(affected.id) == list(range(1, COUNT))
        for index in range(COUNT):
            assert np.array_equal(mask_of(shot, index), levels(index))
        assert shot.plate_path == sequence / "input_video.mp4"
        assert not shot.unsaved


def test_the_imported_mask_is_tracked_and_follows_its_objects(
    sequence: Path, tmp_path: Path
) -> None:
    import_sequence(sequence, tmp_path / "a.void")[0].close()
    with Shot.open(tmp_path / "a.void") as shot:
        assert shot.warnings == []
        assert not (shot.masks.summaries() & 4).any()
        shot.remove_object(shot.document.objects[1].id)
        for index in range(COUNT):
            wanted = np.where(np.isin(levels(index), (0, 63)), 0, 255)
            assert np.array_equal(mask_of(shot, index), wanted)
        shot.history.undo()
        for index in range(COUNT):
            assert np.array_equal(mask_of(shot, index), levels(index))


def test_exported_and_imported_again_it_is_the_same(sequence: Path, tmp_path: Path) -> None:
    shot, _ = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        paint(shot, 2, disc(60, 40, 9), Plane.AFFECTED)
        shot.add_prompt(shot.document.objects[0].id, Prompt(frame=4, x=3, y=2, include=False))
        wanted = [mask_of(shot, index) for index in range(COUNT)]
        export_sequence(shot, tmp_path / "out")
        document = shot.document
    out = tmp_path / "out"
    assert sorted(path.name for path in out.iterdir()) == [
        "input_video.mp4",
        "prompt.json",
        "quadmask_0.mp4",
        "segmentation_info.json",
    ]
    copied = (out / "input_video.mp4").read_bytes()
    assert copied == (sequence / "input_video.mp4").read_bytes()
    info = json.loads((out / "segmentation_info.json").read_bytes())
    assert info["points_by_frame"] == POINTS
    assert (info["total_frames"], info["num_points"], info["fps"]) == (COUNT, 3, 12.0)
    assert (info["frame_width"], info["frame_height"]) == SIZE
    assert info["primary_frames"] == [0, 3]
    again, report = import_sequence(out, tmp_path / "b.void")
    with again:
        assert report.snapped == 0
        assert again.document.scene_prompt == document.scene_prompt
        assert again.document.objects[0].prompts == document.objects[0].prompts
        for index in range(COUNT):
            assert np.array_equal(mask_of(again, index), wanted[index])


def test_a_range_is_exported_from_its_first_frame(sequence: Path, tmp_path: Path) -> None:
    shot, _ = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        shot.set_range(2, 4)
        export_sequence(shot, tmp_path / "out")
    with open_plate(tmp_path / "out" / "input_video.mp4") as plate:
        assert (plate.count, plate.size, plate.info.rate) == (3, SIZE, RATE)
        with open_plate(sequence / "input_video.mp4") as source:
            difference = plate.read(1).astype(int) - source.read(3)
        assert np.abs(difference).mean() < 4
    masks = [frame for frame, _ in read_quadmask(tmp_path / "out" / "quadmask_0.mp4")]
    assert len(masks) == 3
    assert np.array_equal(masks[0], levels(2))
    info = json.loads((tmp_path / "out" / "segmentation_info.json").read_bytes())
    assert info["points_by_frame"] == {"1": [[40, 11]]}


def test_a_shot_of_images_is_exported_too(shot: Shot, tmp_path: Path) -> None:
    item = shot.add_object("Ball", Role.INTEGRAL)
    shot.apply_track(item.id, {1: (disc(20, 20, 9), 1.0)})
    export_sequence(shot, tmp_path / "out")
    with open_plate(tmp_path / "out" / "input_video.mp4") as plate:
        assert (plate.count, plate.size) == (shot.count, shot.size)
    assert not (tmp_path / "out" / "segmentation_info.json").exists()
    masks = [frame for frame, _ in read_quadmask(tmp_path / "out" / "quadmask_0.mp4")]
    assert np.array_equal(masks[1] == 0, disc(20, 20, 9))
    assert (masks[0] == 255).all()


def test_a_lossy_mask_is_snapped_and_counted(sequence: Path, tmp_path: Path) -> None:
    noisy = [np.clip(levels(i).astype(int) + (i % 3 - 1) * 5, 0, 255) for i in range(COUNT)]
    frames = [picture.astype(np.uint8) for picture in noisy]
    write_quadmask(sequence / "quadmask_0.mp4", frames, SIZE, RATE)
    shot, report = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        assert report.snapped == sum(
            int((frame != levels(i)).sum()) for i, frame in enumerate(frames)
        )
        for index in range(COUNT):
            assert np.array_equal(mask_of(shot, index), levels(index))


@pytest.mark.parametrize(
    ("size", "count"), [((40, 28), COUNT), (SIZE, COUNT - 1), (SIZE, COUNT + 2), ((56, 80), COUNT)]
)
def test_a_mask_that_does_not_fit_is_refused(
    tmp_path: Path, size: tuple[int, int], count: int
) -> None:
    folder = write_sequence(tmp_path / "sequence", size, count)
    with pytest.raises(VoidError) as caught:
        import_sequence(folder, tmp_path / "a.void")
    assert "does not fit" in caught.value.what
    assert f"{count} frames of {size[0]}x{size[1]}" in caught.value.why
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sequence"]


@pytest.mark.parametrize("name", ["input_video.mp4", "quadmask_0.mp4"])
def test_a_folder_that_is_no_sequence_is_refused(sequence: Path, tmp_path: Path, name: str) -> None:
    (sequence / name).unlink()
    with pytest.raises(VoidError):
        import_sequence(sequence, tmp_path / "a.void")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sequence"]


@pytest.mark.parametrize("name", ["input_video.mp4", "quadmask_0.mp4"])
@pytest.mark.parametrize("part", [0.0, 0.5])
def test_a_truncated_video_is_refused(
    sequence: Path, tmp_path: Path, name: str, part: float
) -> None:
    path = sequence / name
    data = path.read_bytes()
    path.write_bytes(data[: int(len(data) * part)])
    with pytest.raises(VoidError):
        import_sequence(sequence, tmp_path / "a.void")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sequence"]


@pytest.mark.parametrize(
    ("name", "content", "warning"),
    [
        ("prompt.json", "{", "not valid JSON"),
        ("prompt.json", "[]", "does not say"),
        ("prompt.json", '{"bg": 7}', "does not say"),
        ("segmentation_info.json", "{", "not valid JSON"),
        ("segmentation_info.json", "[]", "does not hold clicks"),
        ("segmentation_info.json", '{"points_by_frame": 5}', "does not hold clicks"),
        ("segmentation_info.json", '{"points_by_frame": {"a": [[1, 2]]}}', "does not hold"),
        ("segmentation_info.json", '{"points_by_frame": {"1": [[1]]}}', "does not hold"),
        ("segmentation_info.json", '{"points_by_frame": {"1": [[1e9, 2]]}}', "does not hold"),
        ("segmentation_info.json", '{"points_by_frame": {"1": [[80, 2]]}}', "1 clicks"),
        ("segmentation_info.json", '{"points_by_frame": {"7": [[1, 2]]}}', "1 clicks"),
    ],
)
def test_words_and_clicks_that_cannot_be_read_are_left_out_and_told(
    sequence: Path, tmp_path: Path, name: str, content: str, warning: str
) -> None:
    (sequence / name).write_text(content)
    shot, report = import_sequence(sequence, tmp_path / "a.void")
    shot.close()
    assert len(report.warnings) == 1
    assert warning in report.warnings[0]


def test_words_and_clicks_may_be_absent(sequence: Path, tmp_path: Path) -> None:
    (sequence / "prompt.json").unlink()
    (sequence / "segmentation_info.json").unlink()
    shot, report = import_sequence(sequence, tmp_path / "a.void")
    shot.close()
    assert report.warnings == ()
    assert shot.document.scene_prompt == ""


class CancelAt:
    """A reporter that asks to stop at a step."""

    def __init__(self, token: CancelToken, step: int) -> None:
        self._token, self._step = token, step

    def progress(self, step: int, total: int, message: str = "") -> None:
        assert step <= total == COUNT
        if step == self._step:
            self._token.cancel()

    def warning(self, text: str) -> None:
        raise AssertionError(text)


def test_cancelling_leaves_nothing(sequence: Path, tmp_path: Path) -> None:
    token = CancelToken()
    with pytest.raises(Cancelled):
        import_sequence(sequence, tmp_path / "a.void", CancelAt(token, 3), token)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["sequence"]
    shot, _ = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        token = CancelToken()
        with pytest.raises(Cancelled):
            export_sequence(shot, tmp_path / "out", CancelAt(token, 3), token)
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.void", "sequence"]


def test_nothing_is_overwritten(sequence: Path, tmp_path: Path) -> None:
    shot, _ = import_sequence(sequence, tmp_path / "a.void")
    with shot:
        with pytest.raises(VoidError, match="already exists"):
            export_sequence(shot, sequence)
        with pytest.raises(VoidError, match="already exists"):
            import_sequence(sequence, tmp_path / "a.void")


def pyav_grey(path: Path) -> Iterator[Levels]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="gray")


def pyav_rgb(path: Path) -> Iterator[Levels]:
    with av.open(str(path)) as container:
        for frame in container.decode(video=0):
            yield frame.to_ndarray(format="rgb24")[..., 0]


def opencv(path: Path) -> Iterator[Levels]:
    video: Any = cv2.VideoCapture(str(path))
    while True:
        found, picture = video.read()
        if not found:
            break
        yield cv2.cvtColor(picture, cv2.COLOR_BGR2GRAY)
    video.release()


def assert_equal(read: Iterable[Levels], wanted: Iterable[Levels]) -> None:
    for picture, expected in zip(read, wanted, strict=True):
        assert np.array_equal(picture, expected)


@pytest.mark.clips
@pytest.mark.parametrize("name", ["BigBen", "ducky-float"])
def test_real_masks_keep_every_level_for_every_reader(
    clips: Path, tmp_path: Path, name: str
) -> None:
    shot, report = import_sequence(clips / name, tmp_path / "a.void")
    assert report.snapped == 0
    assert report.warnings == ()
    out = tmp_path / "quadmask_0.mp4"
    with shot:
        export_quadmask(shot, out)
    wanted = [frame for frame, _ in read_quadmask(report.quadmask)]
    assert probe_quadmask(out) == probe_quadmask(report.quadmask)
    assert {int(level) for frame in wanted for level in np.unique(frame)} >= {0, 127, 255}
    for reader in (pyav_grey, pyav_rgb, opencv):
        assert_equal(reader(out), wanted)


@pytest.mark.clips
@pytest.mark.parametrize("name", ["lime", "moving_ball"])
def test_the_first_frames_of_4k_masks_keep_every_level(
    clips: Path, tmp_path: Path, name: str
) -> None:
    wanted = []
    for frame, report in read_quadmask(clips / name / "quadmask_0.mp4"):
        assert report.snapped == 0
        wanted.append(frame)
        if len(wanted) == 4:
            break
    height, width = wanted[0].shape
    folder = tmp_path / "sequence"
    folder.mkdir()
    with VideoWriter(folder / "input_video.mp4", (width, height), RATE) as writer:
        for _ in wanted:
            writer.write(np.zeros((height, width, 3), np.uint8))
    write_quadmask(folder / "quadmask_0.mp4", wanted, (width, height), RATE)
    shot, _ = import_sequence(folder, tmp_path / "a.void")
    with shot:
        export_quadmask(shot, tmp_path / "out.mp4")
    for reader in (pyav_grey, pyav_rgb, opencv):
        assert_equal(reader(tmp_path / "out.mp4"), wanted)
