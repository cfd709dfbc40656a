"""The window, driven by mouse and keys."""

from __future__ import annotations

import shutil
import threading
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, QPointF, Qt, QUrl
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog
from pytestqt.qtbot import QtBot

from tests.app.conftest import COUNT, RATE, SIZE, Hand, ball_at
from void_studio import files
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.viewer import Compare
from void_studio.app.window import MainWindow
from void_studio.errors import VoidError
from void_studio.media.writer import VideoWriter
from void_studio.quadmask.bits import EFFECTIVE, Plane, plane_mask
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def test_opens_a_clip_and_shows_its_first_frame(hand: Hand) -> None:
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    assert shot.count == COUNT
    assert shot.size == SIZE
    image = window.viewer.grab().toImage()
    x, y = ball_at(0)
    at = hand.point(x, y) * window.viewer.devicePixelRatioF()
    colour = image.pixelColor(at)
    assert colour.red() > 150
    assert colour.green() < 100


def test_steps_and_jumps(hand: Hand) -> None:
    session = hand.window.session
    for key, expected in (
        ("Right", 1),
        ("Right", 2),
        ("Left", 1),
        ("End", COUNT - 1),
        ("Right", COUNT - 1),
        ("Home", 0),
        ("Shift+Right", 10),
    ):
        hand.key(key)
        assert session.index == expected, key
    assert hand.window.desk.timeline.current == 10


def test_plays_and_stops(hand: Hand) -> None:
    session, player = hand.window.session, hand.window.studio.player
    hand.wait(lambda: len(session.pictures.cached()) == COUNT)
    hand.key("Space")
    hand.wait(lambda: session.index >= 4)
    hand.key("Space")
    assert player.speed == 0
    here = session.index
    assert hand.window.desk.timeline.current == here


def test_in_and_out_are_the_range_of_the_shot(hand: Hand) -> None:
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    window.session.set_index(3)
    hand.key("I")
    window.session.set_index(7)
    hand.key("O")
    assert shot.document.range == (3, 7)
    assert window.desk.timeline.range == (3, 7)
    hand.key("O")
    hand.key("Ctrl+Z")
    assert shot.document.range == (3, COUNT - 1)
    hand.key("Ctrl+Shift+Z")
    window.session.set_index(9)
    hand.key("I")
    assert shot.document.range == (9, COUNT - 1), "an in behind the out drops the out"
    window.session.set_index(2)
    hand.key("O")
    assert shot.document.range == (0, 2), "an out before the in drops the in"
    hand.key("Ctrl+Shift+X")
    assert shot.document.range == (0, COUNT - 1)
    assert window.desk.timeline.range == (0, COUNT - 1)


def test_plays_inside_in_and_out(hand: Hand) -> None:
    session = hand.window.session
    hand.wait(lambda: len(session.pictures.cached()) == COUNT)
    assert session.shot is not None
    session.shot.set_range(4, 6)
    seen: list[int] = []
    session.frame_changed.connect(seen.append)
    hand.key("Space")
    hand.wait(lambda: len(seen) > 5)
    hand.key("K")
    assert set(seen) == {4, 5, 6}


def test_timeline_keys(hand: Hand) -> None:
    timeline = hand.window.desk.timeline
    hand.key("Ctrl++")
    closer = timeline.scale
    assert not closer.is_whole
    hand.key("Ctrl+-")
    assert timeline.scale.shown > closer.shown
    hand.key("Ctrl++")
    hand.key("Ctrl+0")
    assert timeline.scale.is_whole


def test_brush_paints_the_chosen_plane_and_undo_restores(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    hand.key("2")
    session.brush.set_size(16)
    hand.drag((100, 60), (140, 60), (180, 60))
    field = session.field()
    assert field is not None
    affected = plane_mask(field, Plane.AFFECTED)
    assert affected[60, 100:180].all()
    assert not affected[60 + 12, 100:180].any()
    assert not plane_mask(field, Plane.REMOVE).any()
    painted = field.copy()
    assert "Paint affected" in hand.window.actions_by_name["undo"].text()
    hand.key("Ctrl+Z")
    assert not session.field().any()  # type: ignore[union-attr]
    hand.key("Ctrl+Shift+Z")
    assert np.array_equal(session.field(), painted)  # type: ignore[arg-type]


def test_alt_and_the_eraser_clear(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    session.brush.set_size(30)
    hand.drag((100, 60), (200, 60))
    hand.drag((100, 60), (120, 60), alt=True)
    hand.key("E")
    hand.drag((180, 60), (200, 60))
    remove = plane_mask(session.field(), Plane.REMOVE)  # type: ignore[arg-type]
    assert remove[60, 150]
    assert not remove[60, 105]
    assert not remove[60, 195]


def test_x_swaps_painting_and_erasing(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    hand.drag((100, 60), (130, 60))
    hand.key("X")
    hand.drag((100, 60), (130, 60))
    assert not EFFECTIVE[session.field()].any()  # type: ignore[index]


def test_polygon_fills(hand: Hand) -> None:
    session = hand.window.session
    hand.key("P")
    hand.key("1")
    for place in ((60, 40), (160, 40), (160, 120), (60, 120)):
        hand.click(*place)
    hand.key("Return")
    remove = plane_mask(session.field(), Plane.REMOVE)  # type: ignore[arg-type]
    assert remove[80, 110]
    assert not remove[20, 110]
    assert remove.sum() == pytest.approx(100 * 80, rel=0.03)


def test_grid_sets_whole_cells(hand: Hand) -> None:
    session = hand.window.session
    hand.key("D")
    hand.key("2")
    hand.drag((10, 10), (40, 10))
    affected = plane_mask(session.field(), Plane.AFFECTED)  # type: ignore[arg-type]
    rows = np.flatnonzero(affected.any(axis=1))
    assert rows[0] == 0
    assert rows[-1] + 1 == int(1 * SIZE[1] / 8)
    assert affected[rows[0] : rows[-1] + 1, 5:40].all()


def test_mask_commands(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    session.brush.set_size(20)
    hand.drag((100, 60), (140, 60))
    before = int(plane_mask(session.field(), Plane.REMOVE).sum())  # type: ignore[arg-type]

    def area() -> int:
        return int(plane_mask(session.field(), Plane.REMOVE).sum())  # type: ignore[arg-type]

    hand.key("Ctrl+]")
    hand.wait(lambda: area() > before)
    hand.key("Ctrl+[")
    hand.wait(lambda: abs(area() - before) < 40)
    hand.key("Right")
    assert area() == 0
    hand.key("Ctrl+Left")
    hand.wait(lambda: area() > 0)
    hand.key("Ctrl+Shift+Backspace")
    hand.wait(lambda: area() == 0)


def test_a_mask_from_a_track_is_on_screen_at_once(hand: Hand) -> None:
    """Tracked bits are derived when a frame is read: nobody but the viewer reads it here."""
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    item = shot.add_object("Wall", Role.REMOVE)
    assert session.flush()
    shown: list[bool] = []
    field = session.field()
    assert field is not None
    session.mask_changed.connect(lambda _: shown.append(bool(field.any())))
    shot.apply_track(item.id, {0: (np.ones((SIZE[1], SIZE[0]), np.bool_), 1.0)})
    assert shown == [True]


def test_undo_of_another_frame_goes_there(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    hand.drag((100, 60), (140, 60))
    hand.key("End")
    hand.key("Ctrl+Z")
    assert session.index == 0


def test_mask_views_and_labels(hand: Hand) -> None:
    viewer = hand.window.viewer
    for key, view in (
        ("Shift+2", MaskView.LEVELS),
        ("Shift+3", MaskView.MATTE),
        ("Shift+4", MaskView.NONE),
        ("Shift+1", MaskView.OVERLAY),
    ):
        hand.key(key)
        assert viewer.mask_view is view


def test_zoom_fit_and_one_to_one(hand: Hand) -> None:
    viewer = hand.window.viewer
    assert viewer.transform is not None
    fitted = viewer.transform.zoom
    hand.key("Ctrl+1")
    assert viewer.transform.zoom == 1.0
    hand.key("F")
    assert viewer.transform.zoom == pytest.approx(fitted)


def test_everything_is_there_when_the_shot_is_opened_again(hand: Hand, clip: Path) -> None:
    window = hand.window
    hand.key("B")
    hand.drag((100, 60), (180, 60))
    field = window.session.field().copy()  # type: ignore[union-attr]
    folder = window.session.shot.folder  # type: ignore[union-attr]
    assert window.session.flush()
    window.session.close_shot()
    with Shot.open(folder) as again:
        assert np.array_equal(again.masks.field(0), field)
    hand.open(clip)
    assert np.array_equal(window.session.field(), field)  # type: ignore[arg-type]


def test_an_error_is_shown_in_the_window(window: MainWindow, tmp_path: Path, hand: Hand) -> None:
    broken = tmp_path / "broken.mp4"
    broken.write_bytes(b"this is not a film")
    window.open_path(broken)
    hand.wait(lambda: bool(window.desk.messages.messages))
    message = window.desk.messages.messages[-1]
    assert message.level == "error"
    assert "broken.mp4" in message.what + message.why
    assert window.session.shot is not None, "the shot that was open stays open"


def test_a_shot_without_its_plate_is_relinked(
    window: MainWindow, clip: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    here, there = tmp_path / "here.mp4", tmp_path / "elsewhere" / "there.mp4"
    there.parent.mkdir()
    shutil.copy(clip, here)
    folder = tmp_path / "moved.void"
    Shot.create(here, folder).close()
    here.rename(there)
    hand, relink = Hand(window, qtbot), window.actions_by_name["relink"]
    assert not relink.isEnabled()
    window.open_path(folder)
    hand.wait(lambda: bool(window.desk.messages.messages))
    message = window.desk.messages.messages[-1]
    assert "is missing" in message.what
    assert "File > Relink Plate" in message.remedy
    assert relink.isEnabled()

    relink.trigger()
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.fileSelected.emit(str(there))
    dialog.close()
    hand.wait(lambda: window.session.pictures.plate(0) is not None)
    shot = window.session.shot
    assert shot is not None
    assert (shot.folder, shot.plate_path) == (folder, there)
    assert not relink.isEnabled()
    window.session.close_shot()
    with Shot.open(folder) as again:
        assert again.plate_path == there, "it is kept"


def test_a_plate_that_does_not_fit_leaves_the_shot_to_be_relinked(
    window: MainWindow, clip: Path, tmp_path: Path, qtbot: QtBot
) -> None:
    copy, other = tmp_path / "copy.mp4", tmp_path / "other.mp4"
    shutil.copy(clip, copy)
    with VideoWriter(other, (64, 48), RATE) as writer:
        writer.write(np.zeros((48, 64, 3), np.uint8))
    folder = tmp_path / "moved.void"
    Shot.create(copy, folder).close()
    copy.unlink()
    hand = Hand(window, qtbot)
    window.open_path(folder)
    hand.wait(lambda: window.session.opener.lost == folder)
    window.commands.files.relink(other)
    hand.wait(lambda: any("is not the plate" in m.what for m in window.desk.messages.messages))
    assert window.session.shot is None
    window.commands.files.relink(clip)
    hand.wait(lambda: window.session.shot is not None)


def test_exclude_without_include_explains(hand: Hand) -> None:
    hand.key("C")
    hand.click(200, 60, alt=True)
    assert any("Point at the object first" in m.what for m in hand.window.desk.messages.messages)


def test_without_a_take_there_is_only_a(hand: Hand) -> None:
    window = hand.window
    assert not window.actions_by_name["show_b"].isEnabled()
    hand.key("S")
    assert window.viewer.compare is Compare.A


def test_objects_are_edited(hand: Hand) -> None:
    window = hand.window
    hand.key("Ctrl+N")
    shot = window.session.shot
    assert shot is not None
    item = window.session.current_object()
    assert item is not None
    window.desk.objects_panel.renamed.emit(item.id, "Ball")
    window.desk.objects_panel.role_changed.emit(item.id, "affected")
    assert shot.document.objects[0].name == "Ball"
    assert shot.document.objects[0].role is Role.AFFECTED
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Z")
    hand.key("Ctrl+Z")
    assert shot.document.objects == ()


def test_opening_the_open_clip_again_keeps_it(hand: Hand, clip: Path) -> None:
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    hand.window.open_path(clip)
    hand.window.open_path(shot.folder)
    hand.window.open_path(shot.folder / "shot.json")
    assert session.shot is shot
    assert hand.window.desk.messages.messages == []


def test_a_dropped_clip_is_opened(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(clip))])
    where = QPointF(300, 300)
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    copy = Qt.DropAction.CopyAction
    enter = QDragEnterEvent(where.toPoint(), copy, data, left, none)
    QApplication.sendEvent(window, enter)
    assert enter.isAccepted()
    QApplication.sendEvent(window, QDropEvent(where, copy, data, left, none))
    qtbot.waitUntil(lambda: window.session.shot is not None, timeout=60_000)
    assert window.session.shot is not None
    assert window.session.shot.plate_path == clip


def test_copies_in_a_row_find_what_was_copied(hand: Hand) -> None:
    """Step and copy, as fast as keys come: no frame of the chain is left out."""
    session = hand.window.session
    hand.key("B")
    hand.drag((100, 60), (140, 60))
    painted = session.field().copy()  # type: ignore[union-attr]
    for _ in range(COUNT - 1):
        hand.key("Right")
        hand.key("Ctrl+Left")
    shot = session.shot
    assert shot is not None
    hand.wait(lambda: bool((shot.masks.summaries() & 1).all()))
    for index in range(COUNT):
        assert np.array_equal(EFFECTIVE[shot.masks.field(index)], EFFECTIVE[painted])


def test_keys_are_shortcuts_again_after_the_jobs_tab(hand: Hand) -> None:
    window = hand.window
    window.desk.tabs.setCurrentIndex(1)
    window.desk.jobs_panel.setFocus()
    window.desk.tabs.setCurrentIndex(0)
    assert window.viewer.hasFocus()
    hand.key("B")
    assert window.actions_by_name["tool_brush"].isChecked()


def test_commands_that_need_a_shot_wait_for_one(window: MainWindow) -> None:
    for name in ("track_both", "run", "export_sequence", "grow", "play"):
        assert not window.actions_by_name[name].isEnabled(), name


def test_what_was_opened_is_listed(hand: Hand, clip: Path) -> None:
    menu = hand.window.desk.recent
    menu.aboutToShow.emit()
    assert [action.text() for action in menu.actions()] == [f"{clip.parent.name}/{clip.name}"]


@pytest.mark.parametrize(("level", "role"), [("1", Role.REMOVE), ("2", Role.AFFECTED)])
def test_what_is_clicked_is_of_the_level_that_is_chosen(hand: Hand, level: str, role: Role) -> None:
    hand.key("C")
    hand.key(level)
    assert role.value in hand.window.desk.hint.text().split("  ")[0]
    hand.click(100, 80)
    item = hand.window.session.current_object()
    assert item is not None
    assert item.role is role


def test_clicks_on_two_frames_both_count(hand: Hand) -> None:
    """The first answer comes after the second click was made."""
    window = hand.window
    shot = window.session.shot
    assert shot is not None
    host = window.studio.jobs.host
    gate = threading.Event()
    answer = host.segment_click

    def late(*arguments: Any, **named: Any) -> Any:
        gate.wait(30)
        return answer(*arguments, **named)

    host.segment_click = late  # type: ignore[method-assign]
    hand.key("C")
    hand.click(*ball_at(0))
    hand.key("End")
    hand.click(*ball_at(COUNT - 1))
    gate.set()
    hand.wait(lambda: len(shot.document.objects[0].prompts) == 2)
    for index in (0, COUNT - 1):
        x, y = ball_at(index)
        assert EFFECTIVE[shot.masks.field(index)][y, x] == 1


def test_a_command_that_ends_under_the_pen_waits_for_it(hand: Hand) -> None:
    session = hand.window.session
    viewer = hand.window.viewer
    hand.key("B")
    hand.drag((60, 60), (80, 60))
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mousePress(viewer, left, none, hand.point(100, 120))
    hand.key("Ctrl+]")
    hand.wait(lambda: [row.state for row in session.frames.rows()] == ["queued"])
    QTest.mouseMove(viewer, hand.point(160, 120))
    QTest.mouseRelease(viewer, left, none, hand.point(160, 120))
    shot = session.shot
    assert shot is not None
    hand.wait(lambda: "Grow" in (shot.history.undo_name or ""))
    hand.key("Ctrl+Z")
    assert "Paint" in (shot.history.undo_name or "")
    assert session.flush()
    folder, field = shot.folder, shot.masks.field(0).copy()
    assert EFFECTIVE[field[120, 130]] == 1
    with Shot.open(folder, read_only=True) as saved:
        assert np.array_equal(saved.masks.field(0), field)


def test_closing_with_work_that_cannot_be_saved_asks_first(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = hand.window

    def full(*_: object) -> None:
        raise VoidError("Could not write", "No space left on device", "Free some space")

    monkeypatch.setattr(files, "write_atomic", full)
    hand.key("B")
    hand.drag((60, 60), (80, 60))
    hand.wait(lambda: window.session.save_trouble() is not None)
    assert not window.close()
    assert window.isVisible()
    monkeypatch.undo()
    assert window.session.flush()
    assert window.session.save_trouble() is None
