"""Every tool that paints, in the real window, with mouse, pen and keys."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QCoreApplication, QEvent, QPoint, QPointF, Qt
from PySide6.QtGui import QGuiApplication, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QToolButton
from pytestqt.qtbot import QtBot

from tests.app.conftest import SIZE, Hand, ball_at, shown_window
from tests.app.pen import Pen
from void_studio.app.brush import FrameSpan
from void_studio.app.tools.base import Area
from void_studio.app.tools.level import PaintLevel
from void_studio.app.tools.wand import WandTool
from void_studio.app.tools.wand_options import WandSettings
from void_studio.app.window import MainWindow
from void_studio.quadmask.bits import EFFECTIVE
from void_studio.quadmask.grid import cell_at, cell_rect

NO_BUTTON = Qt.MouseButton.NoButton
LEFT, RIGHT = Qt.MouseButton.LeftButton, Qt.MouseButton.RightButton
NONE, SHIFT, ALT, CONTROL = (
    Qt.KeyboardModifier.NoModifier,
    Qt.KeyboardModifier.ShiftModifier,
    Qt.KeyboardModifier.AltModifier,
    Qt.KeyboardModifier.ControlModifier,
)


def effective(hand: Hand, index: int | None = None) -> np.ndarray:
    session = hand.window.session
    assert session.shot is not None
    return EFFECTIVE[session.shot.masks.field(session.index if index is None else index)]


def undo_name(hand: Hand) -> str | None:
    shot = hand.window.session.shot
    assert shot is not None
    name = shot.history.undo_name
    return name.split(" (frame")[0] if name else None


def drag(hand: Hand, *places: tuple[float, float], keys: Any = NONE, button: Any = LEFT) -> None:
    """Drags with keys held all the while, as a hand does."""
    viewer = hand.window.viewer
    QTest.mouseMove(viewer, hand.point(*places[0]))
    QTest.mousePress(viewer, button, keys, hand.point(*places[0]))
    for place in places[1:]:
        move(hand, place, keys, button)
    QTest.mouseRelease(viewer, button, keys, hand.point(*places[-1]))


def move(hand: Hand, place: tuple[float, float], keys: Any = NONE, button: Any = LEFT) -> None:
    """Moves with keys held, which QTest does not."""
    send(hand, QEvent.Type.MouseMove, place, keys, Qt.MouseButton.NoButton, button)


def send(
    hand: Hand,
    kind: QEvent.Type,
    place: tuple[float, float],
    keys: Any = NONE,
    button: Any = LEFT,
    held: Any = LEFT,
) -> None:
    viewer, at = hand.window.viewer, hand.point(*place)
    where = QPointF(at), QPointF(viewer.mapToGlobal(at))
    QApplication.sendEvent(viewer, QMouseEvent(kind, *where, button, held, keys))


@pytest.fixture
def brush(hand: Hand) -> Hand:
    hand.key("B")
    hand.key("1")
    hand.window.session.brush.set_size(16)
    return hand


# -- brush and eraser --------------------------------------------------------------------------


def test_keys_change_size_and_hardness(brush: Hand) -> None:
    settings = brush.window.session.brush
    brush.key("]")
    assert settings.size == pytest.approx(19.2)
    brush.key("[")
    assert settings.size == pytest.approx(16)
    brush.key("{")
    assert settings.hardness == pytest.approx(0.9)
    brush.key("}")
    assert settings.hardness == pytest.approx(1)


@pytest.mark.parametrize(("keys", "button"), [(CONTROL, LEFT), (ALT, RIGHT)])
def test_a_drag_changes_the_size_and_paints_nothing(brush: Hand, keys: Any, button: Any) -> None:
    drag(brush, (100, 90), (110, 90), (120, 95), keys=keys, button=button)
    assert brush.window.session.brush.size == pytest.approx(56, abs=2)
    drag(brush, (100, 90), (85, 90), (80, 90), keys=keys, button=button)
    assert brush.window.session.brush.size == pytest.approx(16, abs=4)
    assert undo_name(brush) is None
    assert not effective(brush).any()
    brush.drag((100, 90), (110, 90))
    assert effective(brush)[90, 105] == 1, "it paints again after"


def test_shift_draws_straight_lines(brush: Hand) -> None:
    brush.click(40, 40)
    QTest.mouseClick(brush.window.viewer, LEFT, SHIFT, brush.point(240, 40))
    assert (effective(brush)[40, 40:240] == 1).all()
    drag(brush, (60, 100), (150, 150), (260, 100), keys=SHIFT)
    mask = effective(brush)
    assert (mask[100, 60:260] == 1).all(), "straight from press to release"
    assert not mask[140:].any(), "whatever the hand did between"
    assert undo_name(brush) == "Paint remove"


def test_a_line_begins_on_its_own_frame(brush: Hand) -> None:
    brush.click(40, 40)
    brush.key("Right")
    QTest.mouseClick(brush.window.viewer, LEFT, SHIFT, brush.point(240, 40))
    assert not effective(brush)[40, 60:220].any()
    assert effective(brush)[40, 240] == 1


def test_clicks_in_quick_succession_all_paint(brush: Hand) -> None:
    brush.click(100, 90)
    send(brush, QEvent.Type.MouseButtonDblClick, (160, 90))
    move(brush, (200, 90))
    send(brush, QEvent.Type.MouseButtonRelease, (200, 90))
    assert (effective(brush)[90, 160:200] == 1).all()
    assert not effective(brush)[90, 130]


def test_another_frame_ends_the_stroke_under_the_pen(brush: Hand) -> None:
    viewer = brush.window.viewer
    QTest.mousePress(viewer, LEFT, NONE, brush.point(60, 60))
    move(brush, (100, 60))
    brush.key("Right")
    move(brush, (200, 60))
    QTest.mouseRelease(viewer, LEFT, NONE, brush.point(200, 60))
    assert not effective(brush).any()
    assert effective(brush, 0)[60, 80] == 1
    assert not effective(brush, 0)[60, 150]


def test_a_press_stops_playing(brush: Hand) -> None:
    player = brush.window.studio.player
    brush.key("Space")
    assert player.speed
    brush.click(100, 60)
    assert not player.speed
    assert effective(brush)[60, 100] == 1


def test_a_locked_frame_stays_and_says_so(brush: Hand) -> None:
    session = brush.window.session
    assert session.shot is not None
    session.shot.set_locked([0], True)
    before = undo_name(brush)
    told: list[object] = []
    session.refused.connect(told.append)
    brush.drag((60, 60), (90, 60), (120, 60))
    assert not effective(brush).any()
    assert undo_name(brush) == before
    assert len(told) == 1, "once for a press"
    session.shot.set_locked([0], False)
    brush.drag((60, 60), (120, 60))
    assert effective(brush)[60, 90] == 1


def test_what_was_in_hand_is_remembered(
    qtbot: QtBot, private_home: Any, hand: Hand, clip: Any
) -> None:
    brush = hand.window.session.brush
    brush.set_size(33)
    brush.set_hardness(0.5)
    hand.key("2")
    hand.key("Shift+P")
    hand.window.close()
    for other in shown_window(qtbot, private_home, hand.window.studio.jobs.host):
        again = Hand(other, qtbot)
        again.open(clip)
        kept = other.session.brush
        assert (kept.size, kept.hardness, kept.pressure) == (33, 0.5, False)
        assert kept.level is PaintLevel.AFFECTED
        assert other.actions_by_name["level_affected"].isChecked()
        assert not other.actions_by_name["pressure"].isChecked()


# -- fills -------------------------------------------------------------------------------------


def test_the_lasso_fills_what_is_drawn_round(hand: Hand) -> None:
    hand.key("Q")
    hand.key("2")
    drag(hand, (60, 40), (160, 40), (160, 140), (60, 140))
    mask = effective(hand)
    assert mask[90, 110] == 2
    assert mask[40, 110] == 2
    assert not mask[150].any()
    assert undo_name(hand) == "Paint affected lasso"
    hand.key("Ctrl+Z")
    assert not effective(hand).any()


def test_escape_drops_a_lasso_and_a_rectangle(hand: Hand) -> None:
    viewer = hand.window.viewer
    for key in ("Q", "Shift+R"):
        hand.key(key)
        QTest.mousePress(viewer, LEFT, NONE, hand.point(60, 40))
        move(hand, (160, 40))
        move(hand, (160, 140))
        QTest.keyClick(viewer, Qt.Key.Key_Escape)
        QTest.mouseRelease(viewer, LEFT, NONE, hand.point(60, 140))
    assert undo_name(hand) is None


def test_a_pen_draws_a_lasso(hand: Hand) -> None:
    hand.key("Q")
    hand.key("1")
    Pen(hand).stroke((60, 40), (160, 40), (160, 140), (60, 140))
    assert effective(hand)[90, 110] == 1


def test_a_rectangle_fills_from_pixel_to_pixel(hand: Hand) -> None:
    hand.key("Shift+R")
    hand.key("1")
    drag(hand, (60, 40), (100, 90), (161, 111))
    ys, xs = np.nonzero(effective(hand))
    assert (xs.min(), ys.min()) == (pytest.approx(60, abs=1), pytest.approx(40, abs=1))
    assert (xs.max(), ys.max()) == (pytest.approx(161, abs=1), pytest.approx(111, abs=1))
    assert len(xs) == (xs.max() - xs.min() + 1) * (ys.max() - ys.min() + 1)
    assert undo_name(hand) == "Paint remove rectangle"


def test_shift_makes_it_a_square(hand: Hand) -> None:
    hand.key("Shift+R")
    drag(hand, (60, 40), (100, 60), (140, 60), keys=SHIFT)
    ys, xs = np.nonzero(effective(hand))
    assert xs.max() - xs.min() == ys.max() - ys.min()


def test_a_click_without_a_drag_is_no_rectangle(hand: Hand) -> None:
    hand.key("Shift+R")
    hand.click(100, 90)
    assert undo_name(hand) is None


def test_a_polygon_closes_on_its_first_corner(hand: Hand) -> None:
    hand.key("P")
    hand.key("1")
    for corner in ((60, 40), (160, 40), (160, 140)):
        hand.click(*corner)
    assert not effective(hand).any()
    hand.click(61, 41)
    assert effective(hand)[60, 140] == 1
    assert undo_name(hand) == "Paint remove polygon"


def test_a_polygon_is_taken_back_corner_by_corner(hand: Hand) -> None:
    viewer = hand.window.viewer
    hand.key("P")
    for corner in ((60, 40), (160, 40), (160, 140), (10, 170)):
        hand.click(*corner)
    QTest.keyClick(viewer, Qt.Key.Key_Backspace)
    QTest.keyClick(viewer, Qt.Key.Key_Return)
    mask = effective(hand)
    assert mask[60, 140]
    assert not mask[160, 20]


def test_the_wand_fills_what_has_the_colour_clicked(hand: Hand) -> None:
    hand.key("Z")
    hand.key("1")
    x, y = ball_at(0)
    hand.click(x, y)
    hand.wait(lambda: undo_name(hand) is not None)
    mask = effective(hand)
    assert mask[int(y), int(x)] == 1
    assert mask.any(axis=1).sum() < SIZE[1] / 2, "the ball, not all of the frame"
    assert undo_name(hand) == "Paint remove by colour"
    assert "(frame 0)" in hand.window.desk.step.text()
    hand.key("Ctrl+Z")
    hand.wait(lambda: not effective(hand).any())


def test_a_drag_changes_the_tolerance_of_the_wand(hand: Hand) -> None:
    wand: Any = hand.window.toolbox.tools["tool_wand"]
    hand.key("Z")
    viewer = hand.window.viewer
    x, y = ball_at(0)
    at = hand.point(x, y)
    QTest.mousePress(viewer, LEFT, NONE, at)
    hand.wait(lambda: wand._preview is not None)
    narrow = np.count_nonzero(wand._preview.pixels)
    QTest.mouseMove(viewer, at + QPoint(400, 0))
    assert wand.settings.tolerance == 100
    hand.wait(lambda: bool(np.count_nonzero(wand._preview.pixels) > narrow))
    QTest.mouseRelease(viewer, LEFT, NONE, at + QPoint(400, 0))
    hand.wait(lambda: bool(effective(hand).all()))


def test_the_wand_is_as_it_was_left(hand: Hand) -> None:
    wand = hand.window.toolbox.tools["tool_wand"]
    assert isinstance(wand, WandTool)
    wand.settings.set_tolerance(31)
    wand.settings.set_contiguous(False)
    again = WandSettings()
    assert (again.tolerance, again.contiguous) == (31, False)


def test_a_button_that_went_up_elsewhere_ends_the_stroke(brush: Hand) -> None:
    viewer, session = brush.window.viewer, brush.window.session
    nothing = Qt.MouseButton.NoButton
    QTest.mousePress(viewer, LEFT, pos=brush.point(60, 60))
    move(brush, (90, 60))
    assert session.stroke_open
    send(brush, QEvent.Type.MouseMove, (120, 60), button=nothing, held=nothing)
    assert not session.stroke_open
    send(brush, QEvent.Type.MouseMove, (150, 60), button=nothing, held=nothing)
    assert effective(brush)[60, 90] == 1
    assert not effective(brush)[60, 150]
    QTest.mouseRelease(viewer, LEFT, pos=brush.point(150, 60))
    assert not effective(brush)[60, 150]


def test_another_tool_in_the_middle_of_a_drag_gets_none_of_it(brush: Hand) -> None:
    viewer, left = brush.window.viewer, LEFT
    QTest.mousePress(viewer, left, pos=brush.point(60, 60))
    QTest.mouseMove(viewer, brush.point(90, 60))
    brush.key("Shift+R")
    painted = effective(brush).copy()
    QTest.mouseMove(viewer, brush.point(150, 100))
    QTest.mouseRelease(viewer, left, pos=brush.point(150, 100))
    assert painted[60, 75] == 1
    assert np.array_equal(effective(brush), painted)
    assert not brush.window.session.stroke_open


def test_every_point_of_a_quick_stroke_is_asked_for(brush: Hand) -> None:
    joins = Qt.ApplicationAttribute.AA_CompressHighFrequencyEvents
    viewer, left = brush.window.viewer, LEFT
    QTest.mousePress(viewer, left, pos=brush.point(60, 60))
    assert not QCoreApplication.testAttribute(joins)
    QTest.mouseRelease(viewer, left, pos=brush.point(60, 60))
    on_x11 = QGuiApplication.platformName() == "xcb"
    assert QCoreApplication.testAttribute(joins) == on_x11, "as the window system has it"


def test_the_bar_shows_only_what_the_tool_takes(hand: Hand) -> None:
    bar = hand.window.desk.options
    frames = bar.findChild(QComboBox, "frames")
    affected = hand.window.actions_by_name["level_affected"]
    chips = bar.findChildren(QToolButton)
    (level,) = (chip for chip in chips if chip.defaultAction() is affected)
    hand.key("B")
    QApplication.sendPostedEvents()
    corner = hand.point(0, 0)
    for key, takes in (("B", (True, True)), ("H", (True, False)), ("Shift+H", (False, False))):
        hand.key(key)
        assert (level.isVisible(), frames.isVisible()) == takes, key
        QApplication.sendPostedEvents()
        assert hand.point(0, 0) == corner, "the picture stays where it is"


def test_the_wand_is_set_in_the_options_bar(hand: Hand) -> None:
    wand: Any = hand.window.toolbox.tools["tool_wand"]
    bar = hand.window.desk.options
    hand.key("Z")
    options: Any = bar._own[wand]
    assert options.isVisible()
    options.slider.setValue(40)
    assert (wand.settings.tolerance, options.number.value()) == (40, 40)
    options.contiguous.click()
    assert not wand.settings.contiguous
    hand.key("B")
    assert not options.isVisible()


# -- cells -------------------------------------------------------------------------------------


def test_shift_sets_a_box_of_cells(hand: Hand) -> None:
    hand.key("D")
    hand.key("2")
    first, last = cell_rect(SIZE, 1, 2), cell_rect(SIZE, 4, 5)
    start = first.x + first.width / 2, first.y + first.height / 2
    end = last.x + last.width / 2, last.y + last.height / 2
    drag(hand, start, (200, 90), end, keys=SHIFT)
    rect = first.union(last)
    mask = effective(hand)
    assert (mask[rect.slices] == 2).all()
    assert np.count_nonzero(mask) == rect.width * rect.height
    assert undo_name(hand) == "Paint affected cells"


def test_affected_is_snapped_to_the_grid_from_the_bar(hand: Hand) -> None:
    hand.key("B")
    hand.key("2")
    hand.click(100, 90)
    hand.window.desk.options._snap.click()
    cell = cell_rect(SIZE, *cell_at(SIZE, 100, 90)).slices
    hand.wait(lambda: bool((effective(hand)[cell] == 2).all()))


# -- more than this frame ----------------------------------------------------------------------


def test_painting_goes_through_the_frames_that_are_chosen(hand: Hand) -> None:
    session = hand.window.session
    hand.key("B")
    hand.key("1")
    session.brush.set_size(16)
    bar = hand.window.desk.options
    span = bar._frames.findData(FrameSpan.FROM_HERE)
    bar._frames.setCurrentIndex(span)
    bar._frames.activated.emit(span)
    assert session.brush.through is FrameSpan.FROM_HERE
    assert hand.window.viewer.hasFocus(), "keys are tools again"
    assert "from here on" in hand.window.desk.hint.text()
    for _ in range(3):
        hand.key("Right")
    hand.drag((60, 60), (120, 60))
    hand.wait(lambda: not session.frames.busy)
    assert session.shot is not None
    for index in range(session.shot.count):
        assert bool(effective(hand, index)[60, 90]) == (index >= 3)
    hand.key("Ctrl+Z")
    for index in range(session.shot.count):
        assert not effective(hand, index).any()


# -- what is said ------------------------------------------------------------------------------


def test_the_status_line_follows_level_and_keys(hand: Hand) -> None:
    hint, viewer = hand.window.desk.hint, hand.window.viewer
    hand.key("B")
    hand.key("2")
    assert hint.text().startswith("Brush: paints affected.")
    QTest.keyPress(viewer, Qt.Key.Key_Alt)
    assert hint.text().startswith("Brush: erases affected")
    QTest.keyRelease(viewer, Qt.Key.Key_Alt, ALT)
    assert hint.text().startswith("Brush: paints affected.")
    QTest.keyPress(viewer, Qt.Key.Key_Shift)
    assert "line" in hint.text()
    QTest.keyRelease(viewer, Qt.Key.Key_Shift, SHIFT)
    QTest.keyPress(viewer, Qt.Key.Key_Control)
    assert "size" in hint.text()
    QTest.keyRelease(viewer, Qt.Key.Key_Control, CONTROL)
    hand.key("E")
    assert hint.text().startswith("Eraser: erases affected.")
    hand.key("X")
    assert hint.text().startswith("Eraser: paints affected.")


def test_the_bar_fits_into_a_small_window(window: MainWindow) -> None:
    bar = window.desk.options
    assert bar.minimumSizeHint().width() < 400, "it never widens the window"
    for name in window.toolbox.tools:
        window.actions_by_name[name].trigger()
        for width in (1400, 740):
            bar.resize(width, bar.height())
            assert bar._row.minimumSize().width() <= width, name


def test_hardness_is_offered_where_a_matte_is_seen(hand: Hand) -> None:
    viewer, bar = hand.window.viewer, hand.window.desk.options
    hand.key("B")
    assert not bar._hardness.isVisible()
    hand.window.actions_by_name["mask_matte"].trigger()
    hand.wait(bar._hardness.isVisible)
    hand.drag((60, 90), (260, 90))
    hard = viewer.grab().toImage()
    hand.wait(lambda: not hand.window.session.stroke_open)
    bar._hardness.setValue(0)
    brush = hand.window.session.brush
    assert viewer.canvas.softness == brush.size / 2
    assert viewer.grab().toImage() != hard
    hand.window.actions_by_name["mask_overlay"].trigger()
    hand.wait(lambda: not bar._hardness.isVisible())


def test_a_hover_redraws_only_where_the_ring_was_and_is(hand: Hand) -> None:
    hand.key("B")
    hand.window.session.brush.set_size(20)
    tool, viewer = hand.window.toolbox.tools["tool_brush"], hand.window.viewer
    areas: list[Area | None] = []
    tool.marks_changed.connect(areas.append)
    send(hand, QEvent.Type.MouseMove, (100, 90), NONE, Qt.MouseButton.NoButton, NO_BUTTON)
    send(hand, QEvent.Type.MouseMove, (140, 90), NONE, Qt.MouseButton.NoButton, NO_BUTTON)
    assert areas
    for area in areas:
        assert area is not None
        assert area.right - area.left <= 21
        assert area.reach * viewer.scale < 40
