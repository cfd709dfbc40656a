"""The timeline in a real window: scrubbing, what is repainted, what is shown."""

from __future__ import annotations

from fractions import Fraction

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QObject, QPoint, QPointF, QRect, QSize, Qt
from PySide6.QtGui import QColor, QImage, QMouseEvent, QPaintEvent, QRegion, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from void_studio.app.theme import PALETTE, apply_theme
from void_studio.app.timeline import Lane, TakeSpan, Timeline

COUNT = 46
QUIET_MS = 50
Left = Qt.MouseButton.LeftButton


class Painted(QObject):
    """Remembers which parts of a widget were painted."""

    def __init__(self, widget: Timeline) -> None:
        super().__init__(widget)
        self.region = QRegion()
        self.rects: list[QRect] = []
        widget.installEventFilter(self)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if isinstance(event, QPaintEvent):
            self.region += event.region()
            self.rects += list(event.region())
        return False


@pytest.fixture
def timeline(qtbot: QtBot, qapp: QApplication) -> Timeline:
    apply_theme(qapp)
    widget = Timeline()
    qtbot.addWidget(widget)
    widget.resize(1100, 220)
    widget.set_frames(COUNT, 1001, Fraction(12))
    widget.set_lanes(_lanes(remove=range(COUNT)))
    with qtbot.waitExposed(widget):
        widget.show()
    qtbot.waitUntil(lambda: not widget.visibleRegion().isEmpty())
    _settle(qtbot, widget)
    return widget


def _settle(qtbot: QtBot, widget: Timeline) -> None:
    """Until the window system has nothing more to be painted."""
    painted = Painted(widget)

    def nothing_was_painted() -> bool:
        painted.region = QRegion()
        QTest.qWait(QUIET_MS)
        return painted.region.isEmpty()

    qtbot.waitUntil(nothing_was_painted)


def _lanes(**frames: range) -> list[Lane]:
    lanes = []
    for name, role in (("remove", "remove"), ("affected", "affected"), ("painted", "keep")):
        states = np.zeros(COUNT, np.uint8)
        states[list(frames.get(name, ()))] = 1
        lanes.append(Lane(name, role, states, say))
    return lanes


def say(state: int) -> str:
    return "there" if state else "not there"


def _at(timeline: Timeline, index: int) -> QPoint:
    row = next(row for row in timeline.rows if row.kind == "plate")
    return QPoint(round(timeline.scale.centre_of(index)), row.top + row.height // 2)


def _picture(timeline: Timeline) -> QImage:
    image = QImage(timeline.size(), QImage.Format.Format_RGB32)
    timeline.render(image)
    return image


def _colour_at(timeline: Timeline, kind: str, index: int, lane: int = 0) -> str:
    row = next(row for row in timeline.rows if row.kind == kind and row.which == lane)
    x = round(timeline.scale.centre_of(index)) + 4  # beside the playhead
    return QColor(_picture(timeline).pixel(x, row.top + row.height // 2)).name()


def _send(timeline: Timeline, kind: QEvent.Type, at: QPoint) -> None:
    button = Qt.MouseButton.NoButton if kind == QEvent.Type.MouseMove else Left
    place = QPointF(timeline.mapToGlobal(at))
    event = QMouseEvent(kind, QPointF(at), place, button, Left, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(timeline, event)


def test_scrubbing_says_only_the_latest_frame_of_a_turn(qtbot: QtBot, timeline: Timeline) -> None:
    said: list[str | int] = []
    timeline.scrub_started.connect(lambda: said.append("started"))
    timeline.scrubbed.connect(said.append)
    timeline.scrub_finished.connect(lambda: said.append("finished"))
    _send(timeline, QEvent.Type.MouseButtonPress, _at(timeline, 3))
    for index in range(4, 30):
        _send(timeline, QEvent.Type.MouseMove, _at(timeline, index))
    assert said == ["started"]
    QApplication.processEvents()
    assert said == ["started", 29]
    _send(timeline, QEvent.Type.MouseMove, _at(timeline, 35))
    _send(timeline, QEvent.Type.MouseButtonRelease, _at(timeline, 35))
    assert said == ["started", 29, 35, "finished"]


def test_the_last_position_is_said_before_the_scrub_ends(qtbot: QtBot, timeline: Timeline) -> None:
    said: list[str | int] = []
    timeline.scrubbed.connect(said.append)
    timeline.scrub_finished.connect(lambda: said.append("finished"))
    qtbot.mouseClick(timeline, Left, pos=_at(timeline, 40))
    assert said == [40, "finished"]


def test_dragging_beyond_the_ends_stays_on_the_shot(qtbot: QtBot, timeline: Timeline) -> None:
    with qtbot.waitSignal(timeline.scrubbed) as first:
        qtbot.mousePress(timeline, Left, pos=QPoint(2, 10))
    assert first.args == [0]
    with qtbot.waitSignal(timeline.scrubbed) as last:
        qtbot.mouseMove(timeline, QPoint(timeline.width() - 1, 10))
    assert last.args == [COUNT - 1]
    qtbot.mouseRelease(timeline, Left)


def test_moving_the_playhead_paints_two_strips(qtbot: QtBot, timeline: Timeline) -> None:
    painted = Painted(timeline)
    timeline.set_current(30)
    qtbot.waitUntil(lambda: not painted.region.isEmpty())
    for index in (0, 30):
        assert painted.region.contains(QPoint(_at(timeline, index).x(), timeline.height() - 2))
    assert not painted.region.contains(_at(timeline, 15))
    area = sum(rect.width() * rect.height() for rect in painted.rects)
    assert area < 0.05 * timeline.width() * timeline.height()
    QApplication.processEvents()
    painted.region = QRegion()
    timeline.set_current(30)
    QApplication.processEvents()
    assert painted.region.isEmpty()


def test_a_changed_lane_is_the_only_row_painted(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.set_lanes(_lanes(remove=range(COUNT), painted=range(20, 22)))
    _settle(qtbot, timeline)
    painted = Painted(timeline)
    timeline.set_lanes(_lanes(remove=range(COUNT), painted=range(20, 24)))
    qtbot.waitUntil(lambda: not painted.region.isEmpty())
    lanes = [row for row in timeline.rows if row.kind == "lane"]
    assert [row.name for row in lanes] == ["remove", "painted"]
    assert painted.region.boundingRect().top() == lanes[1].top
    assert painted.region.boundingRect().height() == lanes[1].height


def test_lanes_show_what_frames_carry(timeline: Timeline) -> None:
    timeline.set_lanes(_lanes(remove=range(10, 46), affected=range(5)))
    assert _colour_at(timeline, "lane", 30, 0) == PALETTE.remove
    assert _colour_at(timeline, "lane", 5, 0) == PALETTE.field
    assert _colour_at(timeline, "lane", 2, 1) == PALETTE.affected
    assert _colour_at(timeline, "lane", 30, 1) == PALETTE.field


def test_cached_frames_are_a_bar(timeline: Timeline) -> None:
    timeline.set_cached(bytes([1] * 20 + [0] * 26))
    assert _colour_at(timeline, "cached", 10) == PALETTE.cached
    assert _colour_at(timeline, "cached", 30) == PALETTE.field


def test_frames_outside_the_range_are_dimmed(timeline: Timeline) -> None:
    timeline.set_range(10, 20)
    assert _colour_at(timeline, "lane", 15) == PALETTE.remove
    assert _colour_at(timeline, "lane", 30) != PALETTE.remove


def test_arrays_of_another_length_are_fitted(timeline: Timeline) -> None:
    timeline.set_cached([1] * 500)
    timeline.set_confidence([0.5])
    timeline.set_lanes([Lane("remove", "remove", np.ones(3, np.uint8), say)])
    timeline.set_markers({-1: "", 2: "here", 500: ""})
    assert _colour_at(timeline, "lane", 2) == PALETTE.remove
    assert _colour_at(timeline, "lane", 10) == PALETTE.field
    assert any(row.kind == "markers" for row in timeline.rows)


@pytest.mark.parametrize("count", [0, 1, 2, 100_000])
def test_any_length_can_be_shown(timeline: Timeline, count: int) -> None:
    timeline.set_frames(count, 0, Fraction(24000, 1001))
    timeline.set_confidence(np.full(count, 0.3))
    timeline.set_lanes([Lane("remove", "remove", np.ones(count, np.uint8), say)])
    timeline.set_takes([TakeSpan("001", 0, max(0, count - 1))])
    timeline.set_current(max(0, count - 1))
    assert not _picture(timeline).isNull()


def test_thumbnails_are_asked_for_once(qtbot: QtBot, timeline: Timeline) -> None:
    asked: list[tuple[list[int], QSize]] = []
    timeline.thumbnails_wanted.connect(lambda frames, size: asked.append((frames, size)))
    # Those of the fixture's shot may have been asked for already.
    timeline.set_frames(COUNT, 1001, Fraction(12))
    qtbot.waitUntil(lambda: bool(asked))
    frames, size = asked[0]
    row = next(row for row in timeline.rows if row.kind == "plate")
    assert frames[0] == 0
    assert size.height() >= row.height * timeline.devicePixelRatioF()
    red = QImage(size, QImage.Format.Format_RGB32)
    red.fill(QColor("#ff0000"))
    for index in frames:
        timeline.set_thumbnail(index, red)
    assert _colour_at(timeline, "plate", 20) == "#ff0000"
    timeline.resize(timeline.width() + 200, timeline.height())
    qtbot.waitUntil(lambda: len(asked) == 2)
    assert not set(asked[1][0]) & set(frames)


def test_control_and_wheel_zoom_at_the_pointer(timeline: Timeline) -> None:
    at = _at(timeline, 30)
    _wheel(timeline, at, QPoint(0, 240), Qt.KeyboardModifier.ControlModifier)
    assert timeline.scale.shown < COUNT
    assert timeline.scale.index_at(at.x()) == 30
    timeline.show_all()
    assert timeline.scale.is_whole


def _wheel(
    timeline: Timeline, at: QPoint, turned: QPoint, modifiers: Qt.KeyboardModifier
) -> QWheelEvent:
    event = QWheelEvent(
        QPointF(at),
        QPointF(timeline.mapToGlobal(at)),
        QPoint(),
        turned,
        Qt.MouseButton.NoButton,
        modifiers,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(timeline, event)
    return event


def test_zoomed_in_the_page_turns_to_the_playhead(timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    assert 40 not in timeline.scale.visible
    timeline.set_current(40)
    assert 40 in timeline.scale.visible


def test_dragging_past_the_edge_pans_when_zoomed(qtbot: QtBot, timeline: Timeline) -> None:
    timeline.zoom_at_playhead(4)
    first = timeline.scale.first
    qtbot.mousePress(timeline, Left, pos=QPoint(timeline.width() // 2, 10))
    qtbot.mouseMove(timeline, QPoint(timeline.width() - 2, 10))
    qtbot.waitUntil(lambda: timeline.scale.first > first)
    qtbot.mouseRelease(timeline, Left)


@pytest.mark.parametrize(
    ("key", "goes_to"),
    [
        (Qt.Key.Key_Left, 9),
        (Qt.Key.Key_Right, 11),
        (Qt.Key.Key_Home, 0),
        (Qt.Key.Key_End, COUNT - 1),
    ],
)
def test_keys_step_and_go_to_the_ends(
    qtbot: QtBot, timeline: Timeline, key: Qt.Key, goes_to: int
) -> None:
    timeline.set_current(10)
    with qtbot.waitSignal(timeline.scrubbed) as said:
        qtbot.keyClick(timeline, key)
    assert said.args == [goes_to]


def test_the_least_height_is_the_same_whatever_there_is_to_show(timeline: Timeline) -> None:
    least = timeline.minimumHeight()
    timeline.set_takes([TakeSpan(f"{n:03}", 0, 45) for n in range(12)])
    timeline.set_lanes(_lanes(remove=range(3), affected=range(3), painted=range(3)))
    assert len([row for row in timeline.rows if row.kind == "takes"]) == 3
    assert timeline.minimumHeight() == least


def test_what_nothing_is_on_is_folded_away(timeline: Timeline) -> None:
    assert [row.kind for row in timeline.rows] == ["ruler", "cached", "plate", "lane"]
    timeline.set_confidence([0.9])
    timeline.set_takes([TakeSpan("001", 0, 45)])
    timeline.set_markers({3: ""})
    kinds = [row.kind for row in timeline.rows]
    assert kinds == ["ruler", "markers", "cached", "plate", "lane", "confidence", "takes"]
    timeline.set_markers({})
    timeline.set_lanes(_lanes())
    assert [row.kind for row in timeline.rows][:4] == ["ruler", "cached", "plate", "confidence"]


def test_another_shot_forgets_the_one_before(timeline: Timeline) -> None:
    timeline.set_current(30)
    timeline.set_frames(10, 1, Fraction(25))
    assert timeline.current == 0
    assert timeline.scale.is_whole
    assert not any(row.kind == "lane" for row in timeline.rows)
