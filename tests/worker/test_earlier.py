"""A removal that starts from a take has it in its job, and what is in the job does not change."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import numpy as np
import pytest

from tests.worker.clip import COUNT, picture
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.shot.shot import Shot
from void_studio.shot.take import TakeRecord, patch_path, write_record
from void_studio.worker.earlier import TAKE_FOLDER, held_take
from void_studio.worker.jobs import create_remove_job, read_spec
from void_studio.worker.spec import RemoveSpec


def add_take(
    shot: Shot, folder: Path, remover: str = "void-pass1", frames: tuple[int, int] = (0, COUNT - 1)
) -> int:
    """Gives the shot a take of one red patch on frame 4; its number."""
    (folder / "patches").mkdir(parents=True)
    rgba = np.full((8, 8, 4), 255, np.uint8)
    rgba[..., 1:3] = 0
    patch_path(folder, 4).write_bytes(encode_png(rgba))
    plate = shot.document.plate
    record = TakeRecord(
        job_id=folder.name,
        remover=remover,
        content_id=plate.content_id,
        size=plate.size,
        frames=frames,
        patches={4: (3, 2)},
    )
    write_record(folder, record)
    return shot.takes.adopt(folder).number


def settings_of(folder: Path) -> dict[str, object]:
    spec = read_spec(folder)
    assert isinstance(spec, RemoveSpec)
    return spec.settings


def test_the_latest_take_of_pass_1_is_held(masked: Shot, tmp_path: Path) -> None:
    add_take(masked, tmp_path / "a")
    latest = add_take(masked, tmp_path / "b")
    add_take(masked, tmp_path / "c", "clean-plate")
    folder = create_remove_job(masked, "void-pass2")
    assert settings_of(folder)["take"] == latest
    shutil.rmtree(masked.takes.folder)
    take = held_take(folder)
    assert take is not None
    result = take.compose(4, picture(4))
    assert (result[2:10, 3:11] == (255, 0, 0)).all()
    result[2:10, 3:11] = picture(4)[2:10, 3:11]
    assert np.array_equal(result, picture(4))


def test_a_take_may_be_chosen_and_only_its_frames_are_held(masked: Shot, tmp_path: Path) -> None:
    first = add_take(masked, tmp_path / "a")
    add_take(masked, tmp_path / "b")
    folder = create_remove_job(masked, "void-pass2", {"take": first}, frames=(5, 6))
    assert settings_of(folder)["take"] == first
    take = held_take(folder)
    assert take is not None
    assert (take.number, take.record.patches) == (first, {})


def test_it_is_copied_where_it_cannot_be_linked(
    masked: Shot, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    number = add_take(masked, tmp_path / "a")
    source = patch_path(masked.takes.get(number).folder, 4)
    linked = patch_path(create_remove_job(masked, "void-pass2") / TAKE_FOLDER, 4)
    assert linked.samefile(source)

    def refused(*_: object) -> None:
        raise OSError(18, "Invalid cross-device link")

    monkeypatch.setattr(os, "link", refused)
    copied = patch_path(create_remove_job(masked, "void-pass2") / TAKE_FOLDER, 4)
    assert not copied.samefile(source)
    assert copied.read_bytes() == source.read_bytes()


@pytest.mark.parametrize("chosen", ["auto", 7])
def test_without_a_take_there_is_no_job(masked: Shot, private_home: Path, chosen: object) -> None:
    with pytest.raises(VoidError):
        create_remove_job(masked, "void-pass2", {"take": chosen})
    assert not list(private_home.glob("jobs/*"))


def test_a_take_of_other_frames_is_refused(masked: Shot, tmp_path: Path) -> None:
    add_take(masked, tmp_path / "a", frames=(2, 5))
    with pytest.raises(VoidError, match="does not cover"):
        create_remove_job(masked, "void-pass2")
    create_remove_job(masked, "void-pass2", frames=(3, 5))


def test_the_description_of_the_shot_is_in_the_job(masked: Shot) -> None:
    masked.set_scene_prompt("An empty wall.")
    first = create_remove_job(masked, "void-pass1", {"prompt": ""})
    masked.set_scene_prompt("Something else.")
    assert settings_of(first)["prompt"] == "An empty wall."
    own = create_remove_job(masked, "void-pass1", {"prompt": "A door."})
    assert settings_of(own)["prompt"] == "A door."
    assert "prompt" not in settings_of(create_remove_job(masked))


def test_a_draft_says_so_in_its_label(masked: Shot) -> None:
    label = read_spec(create_remove_job(masked, "void-pass1", {"quality": "draft"})).label
    assert label == "Remove with VOID Pass 1 (draft)"
