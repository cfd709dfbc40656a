"""What the hand takes hold of in the timeline: handles, flags, the scroll bar, marks that cling."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPointF, Qt
from PySide6.QtGui import (
    QContextMenuEvent,
    QHelpEvent,
    QMouseEvent,
    QNativeGestureEvent,
    QPointingDevice,
)
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QLineEdit
from pytestqt.qtbot import QtBot

from void_studio.app.theme import apply_theme
from void_studio.app.timeline import Lane, TakeSpan, Timeline, marks

COUNT = 200
LEFT, MIDDLE = Qt.MouseButton.LeftButton, Qt.MouseButton.MiddleButton
NONE, SHIFT = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ShiftModifier
PRESS, MOVE, RELEASE, DOUBLE = (
    QEvent.Type.MouseButtonPress,
    QEvent.Type.MouseMove,
    QEvent.Type.MouseButtonRelease,
    QEvent.Type.MouseButtonDblClick,
)


@pytest.fixture
def timeline(qtbot: QtBot, qapp: QApplication) -> Timeline:
    apply_theme(qapp)
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(1100, 260)
    widget.set_frames(COUNT, 1001, Fraction(24))
    keys = np.zeros(COUNT, np.uint8)
    keys[50] = 2
    widget.set_lanes([Lane("keys", "both", keys, lambda state: f"{state} keys", style="diamonds")])
    with qtbot.waitActive(widget):
        widget.show()
        widget.activateWindow()
    return widget


def _send(
    timeline: Timeline,
    kind: QEvent.Type,
    at: QPointF,
    keys: Qt.KeyboardModifier = NONE,
    button: Qt.MouseButton = LEFT,
) -> None:
    caused = Qt.MouseButton.NoButton if kind == MOVE else button
    held = Qt.MouseButton.NoButton if kind == RELEASE else button
    place = QPointF(timeline.mapToGlobal(at.toPoint()))
    QApplication.sendEvent(timeline, QMouseEvent(kind, at, place, caused, held, keys))


def _drag(
    timeline: Timeline,
    start: QPointF,
    frames: float,
    keys: Qt.KeyboardModifier = NONE,
    release: bool = True,
) -> None:
    """Drags from ``start`` so many frames to the right."""
    end = start + QPointF(frames * timeline.scale.frame_width, 0)
    _send(timeline, PRESS, start, keys)
    _send(timeline, MOVE, (start + end) / 2, keys)
    _send(timeline, MOVE, end, keys)
    if release:
        _send(timeline, RELEASE, end, keys)


def _handle(timeline: Timeline, which: str) -> QPointF:
    return marks.handles(timeline.rows, timeline.range, timeline.scale)[which].center()


def _flag(timeline: Timeline, index: int) -> QPointF:
    row = next(row for row in timeline.rows if row.kind == "markers")
    return QPointF(timeline.scale.centre_of(index) + 1, row.top + row.height / 2)


def _plate(timeline: Timeline, index: int) -> QPointF:
    row = next(row for row in timeline.rows if row.kind == "plate")
    return QPointF(timeline.scale.centre_of(index), row.top + row.height / 2)


def test_in_and_out_are_dragged_live_and_said_once(timeline: Timeline) -> None:
    said: list[tuple[int, int]] = []
    scrubs: list[int] = []
    timeline.range_chosen.connect(lambda first, last: said.append((first, last)))
    timeline.scrubbed.connect(scrubs.append)
    _drag(timeline, _handle(timeline, "in"), 20, release=False)
    assert timeline.range == (20, COUNT - 1)
    assert said == []
    _send(timeline, RELEASE, _handle(timeline, "in"))
    _drag(timeline, _handle(timeline, "out"), -30)
    assert timeline.range == (20, COUNT - 31)
    assert said == [(20, COUNT - 1), (20, COUNT - 31)]
    QApplication.processEvents()
    assert scrubs == []


def test_in_and_out_do_not_pass_each_other(timeline: Timeline) -> None:
    timeline.set_range(50, 60)
    _drag(timeline, _handle(timeline, "in"), 100)
    assert timeline.range == (60, 60)
    timeline.set_range(50, 60)
    _drag(timeline, _handle(timeline, "out"), -100)
    assert timeline.range == (50, 50)


def test_escape_lets_go_of_a_handle(timeline: Timeline) -> None:
    said: list[int] = []
    timeline.range_chosen.connect(lambda first, last: said.append(first))
    timeline.setFocus()
    _drag(timeline, _handle(timeline, "in"), 20, release=False)
    QTest.keyClick(timeline, Qt.Key.Key_Escape)
    assert timeline.range == (0, COUNT - 1)
    _send(timeline, RELEASE, _handle(timeline, "in"))
    assert said == []


def test_a_handle_clings_to_marks_with_shift(timeline: Timeline) -> None:
    _drag(timeline, _handle(timeline, "in"), 49, SHIFT)
    assert timeline.range[0] == 50
    timeline.set_range(0, COUNT - 1)
    _drag(timeline, _handle(timeline, "in"), 49)
    assert timeline.range[0] == 49


def test_what_is_dragged_slowly_does_not_cling_to_itself(timeline: Timeline) -> None:
    timeline.set_markers({100: "", 20: ""})
    said: list[int] = []
    timeline.marker_moved.connect(lambda before, after: said.append(after))
    for start in (_flag(timeline, 100), _handle(timeline, "in")):
        _send(timeline, PRESS, start, SHIFT)
        for step in range(1, 8):
            along = QPointF(step * timeline.scale.frame_width, 0)
            _send(timeline, MOVE, start + along, SHIFT)
        _send(timeline, RELEASE, start + along, SHIFT)
    assert said == [107]
    assert timeline.range[0] == 7


@pytest.mark.parametrize(("keys", "frame"), [(SHIFT, 50), (NONE, 51)])
def test_a_scrub_clings_to_marks_with_shift(
    timeline: Timeline, keys: Qt.KeyboardModifier, frame: int
) -> None:
    said: list[int] = []
    timeline.scrubbed.connect(said.append)
    _send(timeline, PRESS, _plate(timeline, 51), keys)
    _send(timeline, RELEASE, _plate(timeline, 51), keys)
    assert said[-1] == frame


def test_a_marker_is_dragged_live_and_said_once(timeline: Timeline) -> None:
    timeline.set_markers({30: "glass", 90: ""})
    said: list[tuple[int, int]] = []
    timeline.marker_moved.connect(lambda before, after: said.append((before, after)))
    _drag(timeline, _flag(timeline, 30), 10, release=False)
    assert said == []
    _send(timeline, RELEASE, _flag(timeline, 40))
    assert said == [(30, 40)]


def test_a_click_on_a_flag_goes_there(timeline: Timeline) -> None:
    timeline.set_markers({30: "glass"})
    said: list[int] = []
    timeline.scrubbed.connect(said.append)
    timeline.marker_moved.connect(lambda before, after: said.append(-1))
    _drag(timeline, _flag(timeline, 30), 0)
    assert said == [30]


@pytest.mark.parametrize(
    ("key", "named"), [(Qt.Key.Key_Return, ["lime falls"]), (Qt.Key.Key_Escape, [])]
)
def test_a_double_click_names_a_marker(
    qtbot: QtBot, timeline: Timeline, key: Qt.Key, named: list[str]
) -> None:
    timeline.set_markers({30: "glass"})
    said: list[str] = []
    timeline.marker_named.connect(lambda index, name: said.append(name))
    _drag(timeline, _flag(timeline, 30), 0)
    _send(timeline, DOUBLE, _flag(timeline, 30))
    _send(timeline, RELEASE, _flag(timeline, 30))
    field = timeline.findChild(QLineEdit)
    assert field is not None
    qtbot.waitUntil(field.hasFocus)
    assert field.text() == "glass"
    QTest.keyClicks(field, "lime falls")
    QTest.keyClick(field, key)
    assert not field.isVisible()
    assert said == named


def test_leaving_the_name_keeps_it(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.set_markers({30: ""})
    said: list[tuple[int, str]] = []
    timeline.marker_named.connect(lambda index, name: said.append((index, name)))
    timeline.name_marker(30)
    field = timeline.findChild(QLineEdit)
    assert field is not None
    qtbot.waitUntil(field.hasFocus)
    QTest.keyClicks(field, "glass falls")
    timeline.setFocus()
    assert said == [(30, "glass falls")]


def test_a_frame_without_a_marker_has_no_name(timeline: Timeline) -> None:
    timeline.name_marker(30)
    field = timeline.findChild(QLineEdit)
    assert field is not None
    assert not field.isVisible()


def _bar(timeline: Timeline) -> tuple[float, float, float]:
    """Left and right end and height of the scroll bar's handle."""
    start, width = timeline.scale.scroll_handle()
    return start, start + width, timeline.height() - 4.0


def test_the_scroll_bar_moves_along_the_shot(timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    shown = timeline.scale.shown
    start, stop, y = _bar(timeline)
    at = QPointF((start + stop) / 2, y)
    _send(timeline, PRESS, at)
    _send(timeline, MOVE, at + QPointF(timeline.scale.width / 2, 0))
    _send(timeline, RELEASE, at)
    assert timeline.scale.first == pytest.approx(COUNT / 2, abs=1)
    assert timeline.scale.shown == shown


def test_the_ends_of_the_scroll_bar_zoom(timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    before = timeline.scale
    start, stop, y = _bar(timeline)
    _send(timeline, PRESS, QPointF(stop - 1, y))
    _send(timeline, MOVE, QPointF(stop - 1 + before.width / 4, y))
    _send(timeline, RELEASE, QPointF(stop, y))
    assert timeline.scale.first == before.first
    assert timeline.scale.shown == pytest.approx(before.shown + COUNT / 4)
    right = timeline.scale.first + timeline.scale.shown
    start, stop, y = _bar(timeline)
    _send(timeline, PRESS, QPointF(start + 1, y))
    _send(timeline, MOVE, QPointF(start + 1 + before.width / 8, y))
    _send(timeline, RELEASE, QPointF(start, y))
    assert timeline.scale.first + timeline.scale.shown == pytest.approx(right)
    assert timeline.scale.first == pytest.approx(before.first + COUNT / 8)


def test_a_press_beside_the_handle_brings_it_there(timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    at = QPointF(timeline.scale.left + timeline.scale.width * 0.75, timeline.height() - 4.0)
    _send(timeline, PRESS, at)
    _send(timeline, RELEASE, at)
    middle = timeline.scale.first + timeline.scale.shown / 2
    assert middle == pytest.approx(COUNT * 0.75, abs=1)


def test_the_middle_button_takes_the_frames_along(timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    scale = timeline.scale
    at = _plate(timeline, 30)
    _send(timeline, PRESS, at, button=MIDDLE)
    _send(timeline, MOVE, at - QPointF(10 * scale.frame_width, 0), button=MIDDLE)
    _send(timeline, RELEASE, at, button=MIDDLE)
    assert timeline.scale.first == pytest.approx(scale.first + 10)


def test_a_pinch_zooms_at_the_pointer(timeline: Timeline) -> None:
    at = _plate(timeline, 30)
    event = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(timeline.mapToGlobal(at.toPoint())),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(timeline, event)
    assert timeline.scale.shown == pytest.approx(COUNT / 1.5)
    assert timeline.scale.index_at(at.x()) == 30


def test_a_menu_is_asked_for_a_frame(timeline: Timeline) -> None:
    said: list[int] = []
    timeline.menu_wanted.connect(lambda index, place: said.append(index))
    at = _plate(timeline, 30).toPoint()
    for reason in (QContextMenuEvent.Reason.Mouse, QContextMenuEvent.Reason.Keyboard):
        event = QContextMenuEvent(reason, at, timeline.mapToGlobal(at), NONE)
        timeline.set_current(70)
        QApplication.sendEvent(timeline, event)
    assert said == [30, 70]


def _said_at(timeline: Timeline, monkeypatch: pytest.MonkeyPatch, at: QPointF) -> str:
    said: list[str] = []
    monkeypatch.setattr(
        "void_studio.app.timeline.timeline.QToolTip.showText",
        lambda place, words, widget: said.append(words),
    )
    at_pixel = at.toPoint()
    tip = QHelpEvent(QEvent.Type.ToolTip, at_pixel, timeline.mapToGlobal(at_pixel))
    QApplication.sendEvent(timeline, tip)
    return said[-1]


def _row(timeline: Timeline, kind: str, index: int) -> QPointF:
    row = next(row for row in timeline.rows if row.kind == kind)
    return QPointF(timeline.scale.centre_of(index), row.top + row.height / 2)


def test_a_tip_says_what_the_lane_is_at_the_frame(
    timeline: Timeline, monkeypatch: pytest.MonkeyPatch
) -> None:
    timeline.set_confidence([0.9, 0.2])
    timeline.set_takes([TakeSpan("001  clean plate", 0, 9), TakeSpan("002", 0, 9, running=0.25)])
    timeline.set_markers({50: "here"})
    for kind, index, words in (
        ("lane", 50, ["1051", "00:00:02:02", "2 keys"]),
        ("lane", 3, ["1004", "0 keys"]),
        ("plate", 50, ["1051", "here", "2 keys"]),
        ("confidence", 1, ["0.20", "unsure"]),
        ("confidence", 9, ["not tracked"]),
        ("cached", 9, ["decoded"]),
        ("takes", 9, ["002", "25%"]),
    ):
        said = _said_at(timeline, monkeypatch, _row(timeline, kind, index))
        for word in words:
            assert word in said, (kind, index)
    assert "In 1001" in _said_at(timeline, monkeypatch, _handle(timeline, "in"))


def test_a_hundred_thousand_frames_are_marked_as_quickly(timeline: Timeline) -> None:
    count = 100_000
    timeline.set_frames(count, 1001, Fraction(24))
    keys = np.ones(count, np.uint8)
    timeline.set_lanes([Lane("keys", "both", keys, str, style="diamonds")])
    timeline.set_confidence(np.where(np.arange(count) % 2, 0.1, 0.9))
    timeline.set_markers(dict.fromkeys(range(0, count, 100), "x"))
    assert not timeline.grab().isNull()
    assert timeline.scale.index_at(_plate(timeline, 99_999).x()) >= 99_900


def test_a_button_that_went_up_elsewhere_lets_go(timeline: Timeline, qtbot: QtBot) -> None:
    at, nothing = QPointF(400, 60), Qt.MouseButton.NoButton
    ended: list[bool] = []
    timeline.scrub_finished.connect(lambda: ended.append(True))
    _send(timeline, PRESS, at)
    assert timeline.scrubbing
    with qtbot.waitSignal(timeline.scrubbed):
        _send(timeline, MOVE, at + QPointF(40, 0))
    reached: list[int] = []
    timeline.scrubbed.connect(reached.append)
    _send(timeline, MOVE, at + QPointF(200, 0), button=nothing)
    assert not timeline.scrubbing
    assert ended == [True]
    _send(timeline, RELEASE, at + QPointF(200, 0))
    assert ended == [True]
    assert reached == []
