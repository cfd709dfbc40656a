"""Mask keys, by mouse and keys in the real window."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QListWidget
from pytestqt.qtbot import QtBot

from tests.app.conftest import COUNT, SIZE, Hand
from tests.polygons import raster
from void_studio.app.panels.shapes import ShapesPanel
from void_studio.app.tools.grips import MARGIN, TURN_ARM
from void_studio.app.tools.keys import KeysTool
from void_studio.app.window import MainWindow
from void_studio.quadmask.bits import Plane, plane_mask
from void_studio.quadmask.shapes import Polygon, shape_at
from void_studio.shot.document import MaskShape
from void_studio.shot.shot import Shot

LEFT = Qt.MouseButton.LeftButton
NONE = Qt.KeyboardModifier.NoModifier
CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier

SQUARE = ((100.0, 60.0), (160.0, 60.0), (160.0, 120.0), (100.0, 120.0))


@pytest.fixture
def keys(hand: Hand) -> Hand:
    """The tool in hand, setting remove."""
    hand.key("1")
    hand.key("H")
    return hand


@pytest.fixture
def square(keys: Hand) -> Hand:
    """With a square drawn on the first frame."""
    draw(keys, SQUARE)
    return keys


def draw(hand: Hand, corners: Polygon) -> None:
    for corner in corners:
        hand.click(*corner)
    hand.key("Return")


def shot_of(hand: Hand) -> Shot:
    assert hand.window.session.shot is not None
    return hand.window.session.shot


def shapes_of(hand: Hand) -> tuple[MaskShape, ...]:
    return shot_of(hand).document.shapes


def only(hand: Hand) -> MaskShape:
    (shape,) = shapes_of(hand)
    return shape


def polygon(hand: Hand) -> Polygon:
    """The only shape on the frame on screen."""
    shape = only(hand)
    points = shape_at(shape.keys, hand.window.session.index, shape.interpolated)
    assert points is not None
    return points


def mask(hand: Hand, plane: Plane = Plane.REMOVE) -> np.ndarray:
    field = hand.window.session.field()
    assert field is not None
    return plane_mask(field, plane)


def chosen(hand: Hand) -> frozenset[int]:
    tool = hand.window.toolbox.tools["tool_keys"]
    assert isinstance(tool, KeysTool)
    return tool.chosen


def press(hand: Hand, at: tuple[float, float], held: Qt.KeyboardModifier = NONE) -> None:
    QTest.mousePress(hand.window.viewer, LEFT, held, hand.point(*at))


def move(hand: Hand, at: tuple[float, float]) -> None:
    QTest.mouseMove(hand.window.viewer, hand.point(*at))


def release(hand: Hand, at: tuple[float, float], held: Qt.KeyboardModifier = NONE) -> None:
    QTest.mouseRelease(hand.window.viewer, LEFT, held, hand.point(*at))


def near(points: Polygon, expected: Polygon, within: float = 1.0) -> bool:
    return len(points) == len(expected) and bool(
        np.abs(np.array(points) - np.array(expected)).max() <= within
    )


# -- drawing ---------------------------------------------------------------------------------


def test_clicked_points_become_a_shape_on_every_frame(square: Hand) -> None:
    shape = only(square)
    assert (shape.plane, shape.adds, shape.frames) == ("remove", True, (0, COUNT - 1))
    assert list(shape.keys) == [0]
    assert near(shape.keys[0], SQUARE)
    expected = raster(shape.keys[0], SIZE)
    assert (mask(square) == expected).all()
    assert not mask(square, Plane.AFFECTED).any()
    square.key("Right")
    assert (mask(square) == expected).all()


@pytest.mark.parametrize("close", ["double", "first"])
def test_a_double_click_or_the_first_point_closes(keys: Hand, close: str) -> None:
    for corner in SQUARE[:3]:
        keys.click(*corner)
    if close == "first":
        keys.click(*SQUARE[0])
        assert near(only(keys).keys[0], SQUARE[:3])
    else:
        keys.click(*SQUARE[3])
        QTest.mouseDClick(keys.window.viewer, LEFT, NONE, keys.point(*SQUARE[3]))
        assert near(only(keys).keys[0], SQUARE)


def test_points_are_taken_back_and_a_drawing_is_dropped(keys: Hand) -> None:
    for corner in (*SQUARE, (200.0, 20.0)):
        keys.click(*corner)
    keys.key("Backspace")
    keys.key("Return")
    assert near(only(keys).keys[0], SQUARE)
    keys.key("Escape")
    for corner in SQUARE:
        keys.click(corner[0] + 100, corner[1])
    keys.key("Escape")
    keys.key("Return")
    assert len(shapes_of(keys)) == 1


def test_a_line_drawn_by_hand_closes_where_it_ends(keys: Hand) -> None:
    turn = np.linspace(0, 2 * np.pi, 40)
    keys.drag(*((160 + 40 * np.cos(t), 90 + 40 * np.sin(t)) for t in turn))
    points = only(keys).keys[0]
    assert 6 <= len(points) < 30, "only what its form needs"
    disc = mask(keys).sum()
    assert disc == pytest.approx(np.pi * 40**2, rel=0.05)


def test_a_click_of_an_unsteady_hand_is_a_point(keys: Hand) -> None:
    for x, y in SQUARE:
        keys.drag((x, y), (x + 1.5, y), (x + 1.5, y + 1.5), (x, y + 2))
    assert shapes_of(keys) == ()
    keys.key("Return")
    assert near(only(keys).keys[0], SQUARE)


def test_a_shape_of_both_planes_moves_them_together(keys: Hand) -> None:
    keys.key("3")
    draw(keys, SQUARE)
    assert only(keys).plane == "both"
    press(keys, (130, 90))
    move(keys, (140, 100))
    move(keys, (150, 110))
    for plane in Plane:
        assert not mask(keys, plane)[65, 105], "under the hand"
        assert mask(keys, plane)[135, 175], "under the hand"
    release(keys, (150, 110))
    for plane in Plane:
        assert not mask(keys, plane)[65, 105]
        assert mask(keys, plane)[135, 175]
    keys.key("Ctrl+Z")
    keys.key("Ctrl+Z")
    assert shapes_of(keys) == ()
    assert not mask(keys).any()
    assert not mask(keys, Plane.AFFECTED).any()
    keys.key("Ctrl+Y")
    assert len(shapes_of(keys)) == 1


def test_keep_takes_away_what_is_tracked(square: Hand) -> None:
    square.key("Escape")
    square.key("4")
    draw(square, ((60.0, 40.0), (130.0, 40.0), (130.0, 140.0), (60.0, 140.0)))
    assert [shape.adds for shape in shapes_of(square)] == [True, False]
    assert not mask(square)[90, 120]
    assert mask(square)[90, 140]


# -- editing ---------------------------------------------------------------------------------


def test_an_edit_on_another_frame_keys_it_and_frames_between_follow(square: Hand) -> None:
    square.window.session.set_index(10)
    square.drag((130, 90), (150, 95), (170, 100))
    shape = only(square)
    assert list(shape.keys) == [0, 10]
    moved = tuple((x + 40, y + 10) for x, y in SQUARE)
    assert near(shape.keys[10], moved)
    square.window.session.set_index(5)
    assert near(polygon(square), tuple((x + 20, y + 5) for x, y in SQUARE))
    assert (mask(square) == raster(polygon(square), SIZE)).all()
    square.key("Ctrl+Z")
    assert list(only(square).keys) == [0]
    assert mask(square)[65, 105], "as it was drawn"


def test_the_mask_follows_the_hand_and_escape_puts_it_back(square: Hand) -> None:
    before = mask(square).copy()
    document = shot_of(square).document
    press(square, (130, 90))
    move(square, (150, 90))
    move(square, (190, 90))
    assert mask(square)[90, 210], "before the button is up"
    assert not mask(square)[90, 110]
    assert shot_of(square).document == document
    square.key("Escape")
    assert (mask(square) == before).all()
    release(square, (190, 90))
    assert shot_of(square).document == document
    assert (mask(square) == before).all()


def test_a_frame_that_comes_under_the_hand_ends_the_drag_on_its_own(square: Hand) -> None:
    press(square, (130, 90))
    move(square, (150, 90))
    move(square, (170, 90))
    square.window.session.set_index(4)
    assert list(only(square).keys) == [0]
    assert near(only(square).keys[0], tuple((x + 40, y) for x, y in SQUARE))
    release(square, (170, 90))
    assert list(only(square).keys) == [0]


def test_one_point_moves_alone(square: Hand) -> None:
    square.drag(SQUARE[0], (80, 50), (70, 40))
    assert near(only(square).keys[0], ((70.0, 40.0), *SQUARE[1:]))


def test_an_edge_moves_with_both_its_points(square: Hand) -> None:
    square.drag((145, 60), (145, 50), (145, 40))
    top = ((100.0, 40.0), (160.0, 40.0))
    assert near(only(square).keys[0], (*top, *SQUARE[2:]))


def test_a_point_added_on_an_edge_is_in_every_key(square: Hand) -> None:
    square.window.session.set_index(8)
    square.drag((130, 90), (140, 90), (150, 90))
    press(square, (165, 60), CONTROL)
    move(square, (165, 50))
    move(square, (165, 30))
    release(square, (165, 30), CONTROL)
    shape = only(square)
    assert near(shape.keys[8], ((120.0, 60.0), (165.0, 30.0), *moved_by(SQUARE[1:], 20)))
    assert near(shape.keys[0], (SQUARE[0], (145.0, 60.0), *SQUARE[1:]))
    QTest.mouseDClick(square.window.viewer, LEFT, NONE, square.point(150, 120))
    assert len(only(square).keys[0]) == len(only(square).keys[8]) == 6


def moved_by(points: Polygon, dx: float) -> Polygon:
    return tuple((x + dx, y) for x, y in points)


def test_delete_removes_chosen_points_then_the_shape_but_no_object(square: Hand) -> None:
    square.window.session.add_object()
    square.click(*SQUARE[0])
    assert chosen(square) == {0}
    square.key("Delete")
    assert near(only(square).keys[0], SQUARE[1:])
    square.click(*SQUARE[1])
    square.key("Backspace")
    assert len(only(square).keys[0]) == 3, "a shape needs three"
    square.key("Escape")
    square.key("Delete")
    assert shapes_of(square) == ()
    assert len(shot_of(square).document.objects) == 1


def test_a_rubber_band_chooses_points_and_arrows_nudge_them(square: Hand) -> None:
    square.drag((60, 20), (120, 60), (200, 70))
    assert chosen(square) == {0, 1}
    square.key("Right")
    assert square.window.session.index == 0
    square.key("Shift+Up")
    raised = tuple((x + 1, y - 10) for x, y in SQUARE[:2])
    assert near(only(square).keys[0], (*raised, *SQUARE[2:]), 0.5)
    square.key("Ctrl+A")
    assert len(chosen(square)) == 4
    square.key("Escape")
    square.key("Right")
    assert square.window.session.index == 1, "with nothing chosen arrows are for frames"


def test_nudges_of_the_same_points_are_one_step(square: Hand) -> None:
    history = shot_of(square).history
    square.key("Ctrl+A")
    for _ in range(3):
        square.key("Right")
    square.click(*(x + 3 if axis == 0 else x for axis, x in enumerate(SQUARE[0])))
    square.key("Down")
    square.key("Down")
    nudged = tuple((x + 3, y) for x, y in SQUARE)
    assert [name.split()[0] for name in history.steps()] == ["Draw", "Nudge", "Nudge"]
    square.key("Ctrl+Z")
    assert near(only(square).keys[0], nudged, 0.6)
    square.key("Right")
    assert history.position == 3, "what was undone is no step to go on with"
    square.key("Ctrl+Z")
    square.key("Ctrl+Z")
    assert near(only(square).keys[0], SQUARE, 0.6)


def test_shift_click_adds_to_what_is_chosen(square: Hand) -> None:
    square.click(*SQUARE[0])
    press(square, SQUARE[2], SHIFT)
    release(square, SQUARE[2], SHIFT)
    assert chosen(square) == {0, 2}
    square.drag(SQUARE[0], (105, 65), (110, 70))
    points = only(square).keys[0]
    assert near(points, ((110.0, 70.0), SQUARE[1], (170.0, 130.0), SQUARE[3]))


def test_a_corner_of_the_box_scales_and_the_handle_above_it_turns(square: Hand) -> None:
    zoom = square.window.viewer.scale
    margin = MARGIN / zoom
    square.drag((160 + margin, 120 + margin), (190, 150), (220 + margin, 180 + margin))
    assert near(
        only(square).keys[0], ((100.0, 60.0), *((220.0, 60.0), (220.0, 180.0), (100.0, 180.0))), 8
    )
    square.key("Ctrl+Z")
    middle = 130.0, 90.0
    handle = middle[0], 60 - margin - TURN_ARM / zoom
    arm = middle[1] - handle[1]
    square.drag(handle, (130 + arm * 0.7, 90 - arm * 0.7), (130 + arm, 90))
    turned = (SQUARE[1], SQUARE[2], SQUARE[3], SQUARE[0])
    assert near(only(square).keys[0], turned, 2)


def test_a_click_beside_lets_go_and_a_click_inside_takes_again(square: Hand) -> None:
    shapes = square.window.studio.shapes
    shape = only(square).id
    assert shapes.current_id == shape
    square.click(40, 150)
    assert shapes.current_id == ""
    square.click(130, 90)
    assert shapes.current_id == shape
    assert len(shapes_of(square)) == 1


# -- keys and frames -------------------------------------------------------------------------


def test_keys_hold_and_frames_by_their_own_keys(square: Hand) -> None:
    session = square.window.session
    actions = square.window.actions_by_name
    session.set_index(10)
    square.drag((130, 90), (150, 90), (170, 90))
    session.set_index(5)
    assert not actions["key_here"].isChecked()
    square.key("Ctrl+K")
    assert list(only(square).keys) == [0, 5, 10]
    assert actions["key_here"].isChecked()
    square.key("Ctrl+K")
    assert list(only(square).keys) == [0, 10]
    square.key("Shift+K")
    assert not only(square).interpolated
    assert near(polygon(square), SQUARE)
    assert (mask(square) == raster(drawn(square), SIZE)).all()
    square.key("Alt+.")
    assert session.index == 10
    square.key("Alt+,")
    assert session.index == 0
    assert not actions["previous_key"].isEnabled()


def drawn(hand: Hand) -> Polygon:
    return only(hand).keys[0]


def test_the_only_key_stays(square: Hand) -> None:
    square.key("Ctrl+K")
    assert list(only(square).keys) == [0]
    assert square.window.actions_by_name["key_here"].isChecked()


def test_a_shape_counts_where_it_is_said_to(square: Hand) -> None:
    session, actions = square.window.session, square.window.actions_by_name
    session.set_index(3)
    actions["shape_from_here"].trigger()
    session.set_index(6)
    actions["shape_up_to_here"].trigger()
    assert only(square).frames == (3, 6)
    inside = []
    for index in range(COUNT):
        session.set_index(index)
        inside.append(bool(mask(square).any()))
    assert inside == [3 <= index <= 6 for index in range(COUNT)]
    actions["shape_everywhere"].trigger()
    assert only(square).frames == (0, COUNT - 1)


def test_a_locked_frame_is_left_alone(square: Hand) -> None:
    shot = shot_of(square)
    shot.set_locked([0], True)
    before, document = mask(square).copy(), shot.document
    square.drag((130, 90), (150, 90), (170, 90))
    square.key("Ctrl+K")
    square.key("Escape")
    draw(square, tuple((x + 80, y) for x, y in SQUARE))
    assert shot.document == document
    assert (mask(square) == before).all()


def test_without_a_shape_in_hand_its_actions_rest(keys: Hand) -> None:
    actions = keys.window.actions_by_name
    assert not actions["key_here"].isEnabled()
    assert not actions["hold_shape"].isEnabled()
    draw(keys, SQUARE)
    assert actions["key_here"].isEnabled()
    assert actions["key_here"].isChecked()


# -- the list --------------------------------------------------------------------------------


def test_the_list_is_there_while_there_are_shapes(keys: Hand) -> None:
    panel = keys.window.desk.shapes_panel
    assert not panel.isVisible()
    draw(keys, SQUARE)
    assert panel.isVisible()
    keys.key("Ctrl+Z")
    assert not panel.isVisible()


def test_a_shape_chosen_in_the_list_is_in_hand(square: Hand) -> None:
    square.key("Escape")
    draw(square, tuple((x + 90, y) for x, y in SQUARE))
    square.key("B")
    rows = list_of(square.window.desk.shapes_panel)
    at = rows.visualItemRect(rows.item(0)).center()
    QTest.mouseClick(rows.viewport(), LEFT, NONE, QPoint(60, at.y()))
    assert square.window.studio.shapes.current_id == shapes_of(square)[0].id
    assert square.window.actions_by_name["tool_keys"].isChecked()


def test_a_shape_is_renamed_hidden_and_deleted_in_the_list(square: Hand, qtbot: QtBot) -> None:
    panel = square.window.desk.shapes_panel
    rows = list_of(panel)
    rows.setFocus()
    QTest.keyClick(rows, Qt.Key.Key_F2)
    edit = panel.findChild(QLineEdit)
    assert edit is not None
    edit.setText("Garbage")
    QTest.keyClick(edit, Qt.Key.Key_Return)
    assert only(square).name == "Garbage"
    panel.visibility_changed.emit(only(square).id, False)
    assert not mask(square).any()
    square.key("Ctrl+Z")
    assert mask(square).any()
    rows.setFocus()
    qtbot.waitUntil(rows.hasFocus)
    QTest.keyClick(rows, Qt.Key.Key_Delete)
    assert shapes_of(square) == ()


def list_of(panel: ShapesPanel) -> QListWidget:
    found = panel.findChild(QListWidget)
    assert found is not None
    return found


# -- and afterwards --------------------------------------------------------------------------


def test_shapes_are_there_when_the_shot_is_opened_again(
    square: Hand, window: MainWindow, qtbot: QtBot
) -> None:
    shape, before = only(square), mask(square).copy()
    session = window.session
    assert session.flush()
    folder = shot_of(square).folder
    session.close_shot()
    window.open_path(folder)
    qtbot.waitUntil(lambda: session.shot is not None and session.shot.folder == folder)
    assert only(square) == shape
    assert (mask(square) == before).all()
    assert shot_of(square).history.undo_name == "Draw Shape 1 (frame 0)"
    square.key("Ctrl+Z")
    assert shapes_of(square) == ()
    assert not mask(square).any()
