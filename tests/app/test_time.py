"""Going through time in the real window: markers, in and out, loops, edited frames, the menu."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QInputDialog, QLineEdit, QMenu

from tests.app.conftest import COUNT, Hand
from void_studio.app.playback import Loop
from void_studio.app.timeline import Timeline, marks
from void_studio.quadmask.bits import IS_PAINTED_REMOVE, PAINTED_REMOVE, Rect
from void_studio.shot.document import MaskShape, Role
from void_studio.shot.shot import Shot

LEFT = Qt.MouseButton.LeftButton


def _shot(hand: Hand) -> Shot:
    shot = hand.window.session.shot
    assert shot is not None
    return shot


def _markers(hand: Hand) -> dict[int, str]:
    return {marker.frame: marker.name for marker in _shot(hand).document.markers}


def _place(timeline: Timeline, kind: str, index: int) -> QPoint:
    row = next(row for row in timeline.rows if row.kind == kind)
    return QPoint(round(timeline.scale.centre_of(index)) + 1, row.top + row.height // 2)


def _drag(timeline: Timeline, start: QPoint, end: QPoint) -> None:
    QTest.mousePress(timeline, LEFT, Qt.KeyboardModifier.NoModifier, start)
    QTest.mouseMove(timeline, (start + end) / 2)
    QTest.mouseMove(timeline, end)
    QTest.mouseRelease(timeline, LEFT, Qt.KeyboardModifier.NoModifier, end)


def test_a_key_sets_and_clears_a_marker(hand: Hand) -> None:
    session, timeline = hand.window.session, hand.window.desk.timeline
    session.set_index(4)
    hand.key("Shift+M")
    assert _markers(hand) == {4: ""}
    assert any(row.kind == "markers" for row in timeline.rows)
    hand.key("Shift+M")
    assert _markers(hand) == {}
    assert not any(row.kind == "markers" for row in timeline.rows)
    hand.key("Ctrl+Z")
    assert _markers(hand) == {4: ""}


@pytest.mark.parametrize(("on", "back"), [("Ctrl+Down", "Ctrl+Up"), ("Ctrl+PgDown", "Ctrl+PgUp")])
def test_keys_go_from_marker_to_marker(hand: Hand, on: str, back: str) -> None:
    session = hand.window.session
    for index in (2, 6, 9):
        _shot(hand).set_marker(index, "")
    visited = []
    for key in (on, on, on, on, back, back, back):
        hand.key(key)
        visited.append(session.index)
    assert visited == [2, 6, 9, 9, 6, 2, 2]


def test_a_dragged_marker_is_one_step(hand: Hand) -> None:
    timeline = hand.window.desk.timeline
    _shot(hand).set_marker(3, "pour")
    _drag(timeline, _place(timeline, "markers", 3), _place(timeline, "markers", 8))
    assert _markers(hand) == {8: "pour"}
    hand.key("Ctrl+Z")
    assert _markers(hand) == {3: "pour"}


def test_a_marker_is_named_where_it_stands(hand: Hand) -> None:
    timeline = hand.window.desk.timeline
    _shot(hand).set_marker(3, "")
    place = _place(timeline, "markers", 3)
    QTest.mouseClick(timeline, LEFT, Qt.KeyboardModifier.NoModifier, place)
    QTest.mouseDClick(timeline, LEFT, Qt.KeyboardModifier.NoModifier, place)
    field = timeline.findChild(QLineEdit)
    assert field is not None
    hand.wait(field.hasFocus)
    QTest.keyClicks(field, "jkl")
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert _markers(hand) == {3: "jkl"}
    assert hand.window.studio.player.speed == 0, "letters are a name and not keys"


def test_in_is_dragged_as_one_step(hand: Hand) -> None:
    window, timeline = hand.window, hand.window.desk.timeline
    grip = marks.handles(timeline.rows, timeline.range, timeline.scale)["in"].center().toPoint()
    frames = QPoint(round(timeline.scale.frame_width * 4), 0)
    _drag(timeline, grip, grip + frames)
    assert _shot(hand).document.range == (4, COUNT - 1)
    played: list[int] = []
    window.studio.player.advanced.connect(played.append)
    hand.key("Ctrl+Shift+P")  # in real time a busy machine drops the first
    hand.key("L")
    hand.wait(lambda: bool(played))
    hand.key("K")
    assert played[0] == 4, "what is played begins there"
    hand.key("Ctrl+Z")
    assert _shot(hand).document.range == (0, COUNT - 1)
    assert timeline.range == (0, COUNT - 1)


def test_edited_frames_are_painted_or_keyed_ones(hand: Hand) -> None:
    session, shot = hand.window.session, _shot(hand)
    stroke = shot.begin_stroke(3, "Paint")
    rect = Rect(0, 0, 10, 10)
    stroke.touch(rect)
    stroke.field[rect.slices] |= IS_PAINTED_REMOVE | PAINTED_REMOVE
    stroke.finish()
    triangle = ((0.0, 0.0), (90.0, 0.0), (0.0, 90.0))
    shot.put_shape(
        MaskShape(id="k", name="k", plane="affected", frames=(0, 11), keys={7: triangle}), "Add"
    )
    visited = []
    for key in ("Alt+Right", "Alt+Right", "Alt+Right", "Alt+Left", "Alt+Left"):
        hand.key(key)
        visited.append(session.index)
    assert visited == [3, 7, 7, 3, 3]
    shown = hand.window.desk.timeline
    hand.wait(lambda: {"painted", "keys"} <= {row.name for row in shown.rows})


def test_unsure_frames_are_the_dips_of_the_tracker(hand: Hand) -> None:
    session, shot = hand.window.session, _shot(hand)
    item = shot.add_object("ball", Role.REMOVE)
    mask = np.ones(shot.size[::-1], np.bool_)
    sure = dict.fromkeys(range(COUNT), 1.0) | {3: 0.4, 4: 0.2, 5: 0.45, 9: 0.1}
    shot.apply_track(item.id, {index: (mask, value) for index, value in sure.items()})
    session.set_current_object(item.id)
    visited = []
    for key in ("Alt+Down", "Alt+Down", "Alt+Down", "Alt+Up", "Alt+Up"):
        hand.key(key)
        visited.append(session.index)
    assert visited == [4, 9, 4, 9, 4]
    hand.window.studio.jobs.tracked.emit(item.id)
    said = hand.window.desk.messages.messages[-1]
    assert said.what == "ball is tracked"
    assert "2 places: Alt+Down" in said.remedy


def test_the_loop_goes_round_its_three_kinds(hand: Hand) -> None:
    player, action = hand.window.studio.player, hand.window.actions_by_name["loop"]
    seen = [(player.loop, action.iconText())]
    icons = [action.icon().pixmap(20).toImage()]
    for _ in range(3):
        hand.key("Ctrl+L")
        seen.append((player.loop, action.iconText()))
        icons.append(action.icon().pixmap(20).toImage())
    kinds = [Loop.LOOP, Loop.PING_PONG, Loop.NONE, Loop.LOOP]
    assert seen == [(kind, str(kind)) for kind in kinds]
    assert icons[0] != icons[1] != icons[2] != icons[3] == icons[0]


def test_every_frame_is_a_switch(hand: Hand) -> None:
    player = hand.window.studio.player
    hand.key("Ctrl+Shift+P")
    assert player.every_frame
    hand.wait(lambda: len(hand.window.session.pictures.cached()) == COUNT)
    shown: list[int] = []
    player.advanced.connect(shown.append)
    hand.key("L")
    hand.wait(lambda: len(shown) > COUNT)
    hand.key("K")
    assert player.speed == 0
    assert player.dropped == 0
    assert shown[:COUNT] == [*range(1, COUNT), 0]
    hand.key("Ctrl+Shift+P")
    assert not player.every_frame


def test_j_and_l_play_faster_each_time(hand: Hand) -> None:
    player = hand.window.studio.player
    speeds = []
    for key in ("L", "L", "J", "J", "J", "K"):
        hand.key(key)
        speeds.append(player.speed)
    assert speeds == [1, 2, -1, -2, -4, 0]


@pytest.mark.parametrize(
    ("typed", "index"), [("+5", 7), ("-1", 1), ("8", 8), ("0:03", 3), ("999", COUNT - 1)]
)
def test_a_typed_frame_is_gone_to(hand: Hand, typed: str, index: int) -> None:
    session, transport = hand.window.session, hand.window.desk.transport
    session.set_index(2)
    hand.key("G")
    field = transport.findChild(QLineEdit)
    assert field is not None
    hand.wait(field.hasFocus)
    QTest.keyClicks(field, typed)
    QTest.keyClick(field, Qt.Key.Key_Return)
    assert session.index == index


def test_a_fast_scrub_ends_on_the_frame_under_the_pointer(hand: Hand) -> None:
    window, timeline = hand.window, hand.window.desk.timeline
    places = [_place(timeline, "plate", index % COUNT) for index in range(0, 200, 7)]
    QTest.mousePress(timeline, LEFT, Qt.KeyboardModifier.NoModifier, places[0])
    for place in places:
        QTest.mouseMove(timeline, place)
    last = _place(timeline, "plate", 10)
    QTest.mouseMove(timeline, last)
    QTest.mouseRelease(timeline, LEFT, Qt.KeyboardModifier.NoModifier, last)
    assert window.session.index == 10
    assert timeline.current == 10
    hand.wait(lambda: window.session.pictures.plate(10) is not None)


def test_while_scrubbing_the_nearest_picture_stands_in(
    hand: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    window, timeline = hand.window, hand.window.desk.timeline
    pictures = window.session.pictures
    hand.wait(lambda: len(pictures.cached()) == COUNT)
    there, find = pictures.cached() - {3}, pictures.plate
    monkeypatch.setattr(pictures, "cached", lambda: there)
    monkeypatch.setattr(pictures, "plate", lambda index: find(index) if index in there else None)
    place = _place(timeline, "plate", 3)
    QTest.mousePress(timeline, LEFT, Qt.KeyboardModifier.NoModifier, place)
    hand.wait(lambda: window.session.index == 3)
    assert window.viewer.has_picture
    QTest.mouseRelease(timeline, LEFT, Qt.KeyboardModifier.NoModifier, place)
    assert not window.viewer.has_picture, "what the frame is not does not stay"


def _menu(hand: Hand, index: int, keyboard: bool = False) -> QMenu:
    timeline = hand.window.desk.timeline
    reason = QContextMenuEvent.Reason.Keyboard if keyboard else QContextMenuEvent.Reason.Mouse
    at = _place(timeline, "plate", index)
    event = QContextMenuEvent(reason, at, timeline.mapToGlobal(at), Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(timeline, event)
    hand.wait(lambda: isinstance(QApplication.activePopupWidget(), QMenu))
    menu = QApplication.activePopupWidget()
    assert isinstance(menu, QMenu)
    return menu


def _choose(hand: Hand, index: int, words: str, keyboard: bool = False) -> None:
    menu = _menu(hand, index, keyboard)
    action = next(a for a in menu.actions() if words in a.text().replace("&", ""))
    QTest.mouseClick(menu, LEFT, pos=menu.actionGeometry(action).center())
    hand.wait(lambda: QApplication.activePopupWidget() is None)


def test_the_menu_of_a_frame_does_what_it_says(hand: Hand) -> None:
    session, shot = hand.window.session, _shot(hand)
    _choose(hand, 6, "Go to 6")
    assert session.index == 6
    _choose(hand, 2, "Set In")
    _choose(hand, 9, "Set Out")
    assert shot.document.range == (2, 9)
    _choose(hand, 5, "Clear Range")
    assert shot.document.range == (0, COUNT - 1)
    _choose(hand, 4, "Set Marker")
    assert _markers(hand) == {4: ""}
    _choose(hand, 4, "Clear Marker")
    assert _markers(hand) == {}
    _choose(hand, 4, "Lock Frame")
    assert shot.is_locked(4)
    _choose(hand, 4, "Unlock Frame")
    assert not shot.is_locked(4)
    assert session.index == 6, "only what goes somewhere moves the playhead"


def test_the_menu_key_is_about_the_frame_on_screen(hand: Hand) -> None:
    hand.window.session.set_index(7)
    _choose(hand, 3, "Set Marker", keyboard=True)
    assert _markers(hand) == {7: ""}


def test_clearing_a_frame_from_its_menu_goes_there(hand: Hand) -> None:
    session, shot = hand.window.session, _shot(hand)
    stroke = shot.begin_stroke(5, "Paint")
    rect = Rect(0, 0, 10, 10)
    stroke.touch(rect)
    stroke.field[rect.slices] |= IS_PAINTED_REMOVE | PAINTED_REMOVE
    stroke.finish()
    _choose(hand, 5, "on this Frame")
    assert session.index == 5
    hand.wait(lambda: not (shot.masks.field(5) & PAINTED_REMOVE).any())


def test_the_page_turns_with_the_playhead(hand: Hand) -> None:
    timeline = hand.window.desk.timeline
    for _ in range(3):
        hand.key("Ctrl++")
    assert not timeline.scale.is_whole
    hand.key("End")
    assert COUNT - 1 in timeline.scale.visible
    hand.key("Home")
    assert 0 in timeline.scale.visible


def test_a_drag_on_the_scroll_bar_moves_along(hand: Hand) -> None:
    timeline = hand.window.desk.timeline
    hand.key("Ctrl++")
    hand.key("Ctrl++")
    start, width = timeline.scale.scroll_handle()
    at = QPointF(start + width / 2, timeline.height() - 4).toPoint()
    first = timeline.scale.first
    _drag(timeline, at, at + QPoint(timeline.width(), 0))
    assert timeline.scale.first > first
    assert hand.window.session.index == 0


def test_frames_are_numbered_as_the_artist_says(hand: Hand) -> None:
    window = hand.window
    window.actions_by_name["number_from"].trigger()
    dialog = window.findChild(QInputDialog)
    assert dialog is not None
    dialog.setIntValue(1001)
    dialog.accept()
    hand.wait(lambda: window.session.number(0) == 1001)
    assert window.desk.transport.findChild(QLineEdit).text() == "1001"
    window.commands.time.go_to_number(1004)
    assert window.session.index == 3
    hand.key("Ctrl+Z")
    assert window.session.number(0) == 0
