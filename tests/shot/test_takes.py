"""Takes: adopted whole and once, and the plate bit for bit outside the patch."""

from __future__ import annotations

import json
import tempfile
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cv2
import hypothesis.strategies as st
import numpy as np
import pytest
from hypothesis import given, settings
from numpy.typing import NDArray

from tests.shot.small import SIZE, plate_picture
from void_studio import files
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.media.plate import open_plate
from void_studio.progress import CancelToken, Silent
from void_studio.remove.composite import apply_patch
from void_studio.remove.protocol import Patch
from void_studio.shot.deliver import deliver_take
from void_studio.shot.shot import Shot
from void_studio.shot.take import Take, TakeRecord, patch_path, read_record, write_record
from void_studio.shot.takes import TakeLibrary, TakeSource

Picture = NDArray[Any]


def patch_rgba(dtype: type, size: tuple[int, int] = (20, 16), seed: int = 0) -> Picture:
    """A random patch with pixels that are clear, solid and in between."""
    rng = np.random.default_rng(seed)
    full = np.iinfo(dtype).max
    rgba = rng.integers(0, full, (size[1], size[0], 4), dtype, endpoint=True)
    rgba[:4, :, 3] = 0
    rgba[-8:, :, 3] = full
    return rgba


def write_outputs(
    folder: Path,
    patches: dict[int, tuple[int, int]],
    rgba: Picture | None = None,
    **fields: Any,
) -> Path:
    """The outputs of a job that is done."""
    (folder / "patches").mkdir(parents=True)
    for index in patches:
        picture = patch_rgba(np.uint8, seed=index) if rgba is None else rgba
        patch_path(folder, index).write_bytes(encode_png(picture))
    record = TakeRecord(
        **{
            "job_id": folder.name,
            "remover": "clean-plate",
            "label": "Clean plate",
            "created": 1.5,
            "settings": {"grow": 3},
            "content_id": "c",
            "size": SIZE,
            "frames": (0, 5),
            "patches": patches,
        }
        | fields
    )
    write_record(folder, record)
    return folder


def take_of(folder: Path, rgba: Picture, corner: tuple[int, int]) -> Take:
    return Take.open(write_outputs(folder, {1: corner}, rgba))


@pytest.mark.parametrize("plate_type", [np.uint8, np.uint16])
@pytest.mark.parametrize("patch_type", [np.uint8, np.uint16])
def test_outside_alpha_the_plate_is_untouched(
    tmp_path: Path, plate_type: type, patch_type: type
) -> None:
    rng = np.random.default_rng(3)
    full = np.iinfo(plate_type).max
    plate = rng.integers(0, full, (SIZE[1], SIZE[0], 3), plate_type, endpoint=True)
    rgba = patch_rgba(patch_type)
    before = plate.copy()
    take = take_of(tmp_path / "job", rgba, (30, 25))
    result = take.compose(1, plate)
    assert result.dtype == plate.dtype
    assert np.array_equal(plate, before)
    alpha = np.zeros((SIZE[1], SIZE[0]), np.int64)
    alpha[25:41, 30:50] = rgba[..., 3]
    assert np.array_equal(result[alpha == 0], plate[alpha == 0])
    solid = rgba[..., 3] == np.iinfo(patch_type).max
    inside = result[25:41, 30:50][solid].astype(np.float64) / full
    wanted = rgba[..., :3][solid] / np.iinfo(patch_type).max
    assert np.abs(inside - wanted).max() <= 0.5 / min(full, np.iinfo(patch_type).max) + 1e-9
    if plate_type == patch_type:
        assert np.array_equal(result[25:41, 30:50][solid], rgba[..., :3][solid])


@settings(max_examples=30)
@given(st.integers(0, 2**32 - 1), st.sampled_from([np.uint8, np.uint16]))
def test_it_is_what_the_removers_composite_is(seed: int, dtype: type) -> None:
    rng = np.random.default_rng(seed)
    full = np.iinfo(dtype).max
    plate = rng.integers(0, full, (SIZE[1], SIZE[0], 3), dtype, endpoint=True)
    width, height = int(rng.integers(1, SIZE[0])), int(rng.integers(1, SIZE[1]))
    x, y = int(rng.integers(0, SIZE[0] - width + 1)), int(rng.integers(0, SIZE[1] - height + 1))
    rgba = rng.integers(0, full, (height, width, 4), dtype, endpoint=True)
    with tempfile.TemporaryDirectory() as name:
        result = take_of(Path(name) / "job", rgba, (x, y)).compose(1, plate)
    assert np.array_equal(result, apply_patch(plate, Patch(1, x, y, rgba)))


def test_a_frame_without_a_patch_is_the_plate(tmp_path: Path) -> None:
    take = take_of(tmp_path / "job", patch_rgba(np.uint8), (0, 0))
    plate = plate_picture(0)
    assert take.compose(0, plate) is plate
    small = np.ascontiguousarray(plate[::2, ::2])
    assert take.compose_scaled(0, small) is small


@pytest.mark.parametrize("scale", [0.5, 1 / 3, 0.73, 0.1])
@pytest.mark.parametrize("corner", [(0, 0), (31, 23), (SIZE[0] - 20, SIZE[1] - 16)])
def test_a_small_picture_is_the_composite_made_small(
    tmp_path: Path, scale: float, corner: tuple[int, int]
) -> None:
    plate = plate_picture(1)
    rgba = np.zeros((16, 20, 4), np.uint8)
    rgba[..., :3] = (250, 20, 90)
    rgba[..., 3] = 255
    take = take_of(tmp_path / "job", rgba, corner)
    size = round(SIZE[0] * scale), round(SIZE[1] * scale)

    def small(picture: Picture) -> Picture:
        return cv2.resize(picture, size, interpolation=cv2.INTER_AREA)

    result = take.compose_scaled(1, small(plate))
    wanted = small(take.compose(1, plate)).astype(int)
    difference = np.abs(result.astype(int) - wanted)
    changed = (wanted != small(plate)).any(axis=-1)
    assert difference[changed].mean() < 12
    kernel = np.ones((3, 3), np.uint8)
    far = cv2.dilate(changed.astype(np.uint8), kernel) == 0
    assert difference[far].max(initial=0) == 0


def test_at_full_size_the_small_picture_is_the_composite(tmp_path: Path) -> None:
    take = take_of(tmp_path / "job", patch_rgba(np.uint8), (7, 9))
    plate = plate_picture(1)
    assert np.array_equal(take.compose_scaled(1, plate), take.compose(1, plate))


def test_a_take_is_read_like_a_plate(plate: Path, tmp_path: Path) -> None:
    take = take_of(tmp_path / "job", patch_rgba(np.uint8), (7, 9))
    source = TakeSource(open_plate(plate), take)
    assert (source.count, source.size) == (6, SIZE)
    assert np.array_equal(source.read_rgb8(1), take.compose(1, plate_picture(1)))
    assert source.read_rgb8(1, (40, 28)).shape == (28, 40, 3)
    assert np.array_equal(source.read_rgb8(0), plate_picture(0))
    source.close()


def test_another_size_of_plate_is_refused(tmp_path: Path) -> None:
    take = take_of(tmp_path / "job", patch_rgba(np.uint8), (7, 9))
    with pytest.raises(VoidError, match="It was made for 80x56"):
        take.compose(1, np.zeros((10, 10, 3), np.uint8))


def truncate(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:60])


@pytest.mark.parametrize(
    "damage",
    [
        lambda path: path.unlink(),
        lambda path: path.write_bytes(b""),
        truncate,
        lambda path: path.write_bytes(encode_png(np.zeros((16, 20, 3), np.uint8))),
        lambda path: path.write_bytes(encode_png(np.zeros((16, 75, 4), np.uint8))),
    ],
)
def test_a_damaged_patch_is_an_error_and_no_picture(
    tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    take = take_of(tmp_path / "job", patch_rgba(np.uint8), (7, 9))
    damage(patch_path(take.folder, 1))
    with pytest.raises(VoidError, match=r"000001\.png"):
        take.compose(1, plate_picture(1))


def test_outputs_become_the_next_take(shot: Shot, tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4), 2: (5, 6)})
    (outputs / "thumbnail.png").write_bytes(encode_png(plate_picture(0)))
    (outputs / "secret.txt").write_text("not part of a take")
    ref = shot.takes.adopt(outputs)
    assert (ref.number, ref.folder, ref.label) == (1, "001-clean-plate", "Clean plate")
    assert shot.document.takes == (ref,)
    assert list(shot.takes.list()) == [ref]
    take = shot.takes.get(1)
    assert sorted(str(p.relative_to(take.folder)) for p in take.folder.rglob("*.*")) == [
        "patches/000001.png",
        "patches/000002.png",
        "take.json",
        "thumbnail.png",
    ]
    assert take.record.number == 1
    assert take.record.settings == {"grow": 3}
    mine = Take.open(outputs)
    assert np.array_equal(take.compose(1, plate_picture(1)), mine.compose(1, plate_picture(1)))
    assert read_record(outputs).number == 0


def test_adopting_again_returns_the_same_take(shot: Shot, tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4)})
    first = shot.takes.adopt(outputs)
    assert shot.takes.adopt(outputs) == first
    assert TakeLibrary(shot.folder).adopt(outputs) == first
    assert shot.document.takes == (first,)


def test_adopting_at_once_from_several_threads_is_adopting_once(shot: Shot, tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4)})
    start = threading.Barrier(4)
    refs = []

    def adopt() -> None:
        start.wait(60)
        refs.append(shot.takes.adopt(outputs))

    threads = [threading.Thread(target=adopt) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(60)
    assert len(set(refs)) == 1
    assert len(shot.document.takes) == 1


def test_numbers_are_never_used_again(shot: Shot, tmp_path: Path) -> None:
    for number in (1, 2):
        ref = shot.takes.adopt(write_outputs(tmp_path / f"job-{number}", {1: (3, 4)}))
        assert ref.number == number
    removed = shot.folder / "takes" / ref.folder
    removed.rename(tmp_path / "removed")
    assert shot.takes.adopt(write_outputs(tmp_path / "job-3", {})).number == 3


def test_the_list_is_what_the_folder_holds(shot: Shot, tmp_path: Path) -> None:
    for number in (1, 2, 3):
        shot.takes.adopt(write_outputs(tmp_path / f"job-{number}", {1: (3, 4)}))
    shot.close()
    (shot.folder / "takes" / "001-clean-plate").rename(tmp_path / "removed")
    (shot.folder / "takes" / "003-clean-plate" / "take.json").write_bytes(b"{")
    with Shot.open(shot.folder) as again:
        assert [ref.number for ref in again.document.takes] == [2]
        assert again.warnings == ["The take 003-clean-plate cannot be read"]
        with pytest.raises(VoidError):
            again.takes.get(3)
        with pytest.raises(VoidError, match="no take 1"):
            again.takes.get(1)


@pytest.mark.parametrize(
    "damage",
    [
        lambda folder: (folder / "take.json").unlink(),
        lambda folder: (folder / "take.json").write_bytes(b"{}"),
        lambda folder: patch_path(folder, 2).unlink(),
        lambda folder: truncate_short(patch_path(folder, 2)),
        lambda folder: patch_path(folder, 2).write_bytes(encode_png(np.zeros((9, 9), np.uint8))),
        lambda folder: link(patch_path(folder, 2), patch_path(folder, 1)),
        lambda folder: link_folder(folder / "patches"),
        lambda folder: edit(folder, patches={"1": [79, 4]}),
        lambda folder: edit(folder, patches={"1": [-1, 4]}),
        lambda folder: edit(folder, patches={"../../1": [0, 0]}),
        lambda folder: edit(folder, size=[10**9, 10**9]),
        lambda folder: edit(folder, schema_version=2),
    ],
)
def test_outputs_that_are_not_whole_leave_nothing(
    shot: Shot, tmp_path: Path, damage: Callable[[Path], object]
) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4), 2: (5, 6)})
    damage(outputs)
    with pytest.raises(VoidError):
        shot.takes.adopt(outputs)
    assert [p.name for p in (shot.folder / "takes").iterdir() if p.is_dir()] == []
    assert shot.document.takes == ()


def test_a_shot_that_is_read_only_adopts_nothing(shot: Shot, tmp_path: Path) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4)})
    with (
        Shot.open(shot.folder, read_only=True) as reader,
        pytest.raises(VoidError, match="read-only"),
    ):
        reader.takes.adopt(outputs)
    assert list(shot.takes.list()) == []


def test_golden_take_of_version_1_means_what_it_meant() -> None:
    take = Take.open(Path(__file__).parent / "golden" / "take-v1")
    record = take.record
    assert (record.number, record.job_id, record.remover) == (2, "a1b2", "clean-plate")
    assert record.settings == {"grow": 3, "feather": 1.5}
    assert record.patches == {12: (100, 50), 13: (101, 50)}
    assert record.size == (4096, 2160)
    assert record.ref("002-clean-plate").frames == (12, 211)


def truncate_short(path: Path) -> None:
    path.write_bytes(path.read_bytes()[:20])


def link(path: Path, target: Path) -> None:
    path.unlink()
    path.symlink_to(target)


def link_folder(path: Path) -> None:
    path.rename(path.with_name("elsewhere"))
    path.symlink_to("elsewhere")


def edit(folder: Path, **fields: Any) -> None:
    path = folder / "take.json"
    path.write_text(json.dumps(json.loads(path.read_bytes()) | fields))


def test_a_full_disk_leaves_no_half_take(
    shot: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    outputs = write_outputs(tmp_path / "job-a", {1: (3, 4)})

    def full(*args: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patch:
        patch.setattr(files.shutil, "copyfile", full)
        with pytest.raises(VoidError, match="Free some space"):
            shot.takes.adopt(outputs)
    assert list(shot.takes.list()) == []
    assert [p for p in (shot.folder / "takes").iterdir() if p.is_dir()] == []
    assert shot.takes.adopt(outputs).number == 1


def test_exported_images_have_the_numbers_of_the_artist(shot: Shot, tmp_path: Path) -> None:
    shot.number_from(86400)
    shot.takes.adopt(write_outputs(tmp_path / "job", {1: (4, 4)}))
    deliver_take(shot, 1, tmp_path / "out", Silent(), CancelToken())
    names = sorted(path.name for path in (tmp_path / "out").iterdir())
    assert names[0] == "frame.086400.png"
    assert names[-1] == f"frame.{86400 + shot.count - 1:06d}.png"
