"""What happens to the disk and to the files of a shot while the window has it open, and between."""

from __future__ import annotations

import errno
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import cv2
import numpy as np
import pytest
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand, QuietHost, shown_window
from void_studio.app.panels.object_row import ObjectItem
from void_studio.app.window import MainWindow
from void_studio.quadmask.bits import EFFECTIVE
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def shot_of(hand: Hand) -> Shot:
    assert hand.window.session.shot is not None
    return hand.window.session.shot


def stroke(hand: Hand, y: float) -> None:
    hand.key("B")
    hand.drag((60, y), (120, y))


def painted(shot: Shot, *heights: int) -> bool:
    return all(EFFECTIVE[shot.masks.field(0)[y, 90]] == 1 for y in heights)


def saved(hand: Hand) -> bool:
    return not shot_of(hand).unsaved and hand.window.desk.saved.text() == "saved"


def said(hand: Hand) -> str:
    return "\n".join(message.text for message in hand.window.desk.messages.messages)


def full(*_: object, **__: object) -> Any:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_disk_that_is_full_when_the_history_is_written(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    stroke(hand, 40)
    hand.wait(lambda: saved(hand))
    with monkeypatch.context() as patch:
        patch.setattr(Path, "write_bytes", full)
        stroke(hand, 80)
        hand.wait(lambda: hand.window.session.save_trouble() is not None)
        hand.wait(lambda: "No space left" in said(hand))
        # The artist goes on, undo included.
        stroke(hand, 120)
        hand.key("Ctrl+Z")
        hand.key("Ctrl+Shift+Z")
        assert painted(shot_of(hand), 40, 80, 120)
        assert hand.window.desk.saved.text() != "saved"
    stroke(hand, 160)
    hand.wait(lambda: saved(hand))
    folder = shot_of(hand).folder
    hand.window.session.close_shot()
    with Shot.open(folder) as again:
        assert again.warnings == []
        assert painted(again, 40, 80, 120, 160)
        for _ in range(4):
            assert again.history.undo()
        assert not again.masks.field(0).any()


def test_a_folder_that_is_gone_and_comes_back(hand: Hand) -> None:
    stroke(hand, 40)
    hand.wait(lambda: saved(hand))
    folder = shot_of(hand).folder
    away = folder.with_name("away")
    folder.rename(away)
    stroke(hand, 80)
    hand.wait(lambda: "moved or deleted" in said(hand))
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Shift+Z")
    assert painted(shot_of(hand), 40, 80)
    away.rename(folder)
    stroke(hand, 120)
    hand.wait(lambda: saved(hand))
    hand.window.session.close_shot()
    with Shot.open(folder) as again:
        assert painted(again, 40, 80, 120)


def test_a_folder_that_is_gone_for_good(hand: Hand) -> None:
    stroke(hand, 40)
    hand.wait(lambda: saved(hand))
    folder = shot_of(hand).folder
    shutil.rmtree(folder)
    stroke(hand, 80)
    hand.wait(lambda: "moved or deleted" in said(hand))
    hand.window.session.close_shot()
    assert not folder.exists()


@pytest.fixture
def other_window(qtbot: QtBot, private_home: Path) -> Iterator[MainWindow]:
    yield from shown_window(qtbot, private_home, QuietHost())


def test_two_windows_do_not_write_one_shot(
    hand: Hand, clip: Path, request: pytest.FixtureRequest
) -> None:
    stroke(hand, 40)
    other: MainWindow = request.getfixturevalue("other_window")
    other.open_path(clip)
    hand.wait(lambda: bool(other.desk.messages.messages))
    assert "in use" in other.desk.messages.messages[-1].what
    assert other.session.shot is None
    hand.window.session.close_shot()
    other.open_path(clip)
    hand.wait(lambda: other.session.shot is not None)
    assert other.session.shot is not None
    assert painted(other.session.shot, 40)


def test_masks_that_were_changed_in_between_are_what_counts(hand: Hand, clip: Path) -> None:
    for y in (40, 80, 120):
        stroke(hand, y)
    folder = shot_of(hand).folder
    hand.window.session.close_shot()
    path = folder / "masks" / "000000.png"
    field = cv2.imread(str(path), cv2.IMREAD_UNCHANGED)
    assert field is not None
    field[70:90] = 0
    path.write_bytes(cv2.imencode(".png", field)[1].tobytes())
    hand.open(clip)
    assert np.array_equal(shot_of(hand).masks.field(0), field)
    # The last stroke fits what is there, the one before it does not.
    hand.key("Ctrl+Z")
    assert not painted(shot_of(hand), 120)
    hand.key("Ctrl+Z")
    assert "cannot be taken back" in said(hand)
    assert painted(shot_of(hand), 40)
    stroke(hand, 160)
    hand.key("Ctrl+Z")
    assert not painted(shot_of(hand), 160)


@pytest.mark.parametrize(
    "data", [b"", b"VOIDSTEP", b"VOIDSTEP" + bytes(64), b"\xff" * 100_000], ids=range(4)
)
def test_a_history_that_cannot_be_read_is_said_and_painting_goes_on(
    hand: Hand, clip: Path, data: bytes
) -> None:
    stroke(hand, 40)
    folder = shot_of(hand).folder
    hand.window.session.close_shot()
    for path in (folder / "history").glob("*.step"):
        path.write_bytes(data)
    hand.open(clip)
    hand.key("Ctrl+Z")
    assert "cannot be taken back" in said(hand)
    assert painted(shot_of(hand), 40)
    stroke(hand, 80)
    hand.key("Ctrl+Z")
    assert not painted(shot_of(hand), 80)


NAMES = ["ball & <b>block</b>", "كرة حمراء", "球 🎈", "كرة ball &amp; \u202e"]


@pytest.mark.parametrize("name", NAMES, ids=range(len(NAMES)))
def test_names_are_shown_as_they_were_typed(
    window: MainWindow, qtbot: QtBot, clip: Path, tmp_path: Path, name: str
) -> None:
    hand = Hand(window, qtbot)
    plate = tmp_path / "plates" / f"{name.replace('/', '')}.mp4"
    plate.parent.mkdir()
    shutil.copyfile(clip, plate)
    hand.open(plate)
    session, actions = window.session, window.actions_by_name
    shot = shot_of(hand)
    assert plate.stem in window.windowTitle()
    assert plate.name in window.desk.plate_facts.text()

    item = shot.add_object("Object", Role.REMOVE)
    window.desk.objects_panel.renamed.emit(item.id, name)
    (row,) = window.desk.objects_panel.findChildren(ObjectItem)
    assert row.row.name == name
    assert actions["undo"].text() == f"&Undo Rename Object to {name}".replace(
        " & ", " && "
    ).replace("&amp;", "&&amp;")
    assert "<b>block" not in actions["undo"].toolTip().replace("<b>Undo</b>", "")
    hand.key("Shift+M")
    window.desk.timeline.marker_named.emit(0, name)
    shot.set_scene_prompt(name)
    actions["history"].trigger()
    assert shot.document.markers[0].name == name
    assert f"Rename Object to {name}" in shot.history.steps()
    folder = shot.folder
    session.close_shot()
    hand.open(plate)
    again = shot_of(hand)
    assert again.folder == folder
    assert (again.document.objects[0].name, again.document.scene_prompt) == (name, name)
    assert again.document.markers[0].name == name
    assert not window.grab().isNull()
