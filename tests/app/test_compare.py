"""A and B in the real window, by mouse and keys: sources, ways of comparing, the view bar."""

from __future__ import annotations

from pathlib import Path

import cv2
import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QEvent, QPoint, QPointF, QRect, Qt
from PySide6.QtGui import QImage, QMouseEvent, QNativeGestureEvent, QPointingDevice, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from tests.app.conftest import COUNT, SIZE, Hand
from void_studio.app.chips import MenuChip
from void_studio.app.viewer.compare import Compare, Wipe
from void_studio.app.viewer.marks import WIPE_ARM
from void_studio.app.viewer.source import MASKED_PLATE, PLATE, Content, Source
from void_studio.quadmask.bits import EFFECTIVE
from void_studio.shot.shot import Shot
from void_studio.shot.take import TakeRecord, write_record

LEVELS = Source(Content.LEVELS)
MATTE = Source(Content.MATTE)
PATCH = (40, 30)


def add_take(shot: Shot, folder: Path, colour: tuple[int, int, int]) -> int:
    """A take that has a rectangle of one colour in the middle of every frame."""
    (folder / "patches").mkdir(parents=True)
    patch = np.full((PATCH[1], PATCH[0], 4), (*colour[::-1], 255), np.uint8)
    coded = cv2.imencode(".png", patch)[1].tobytes()
    at = (SIZE[0] - PATCH[0]) // 2, (SIZE[1] - PATCH[1]) // 2
    for index in range(COUNT):
        (folder / "patches" / f"{index:06d}.png").write_bytes(coded)
    record = TakeRecord(
        remover="test",
        content_id=shot.document.plate.content_id,
        frames=(0, COUNT - 1),
        size=SIZE,
        patches=dict.fromkeys(range(COUNT), at),
    )
    write_record(folder, record)
    return shot.takes.adopt(folder).number


@pytest.fixture
def compared(hand: Hand, tmp_path: Path) -> Hand:
    """A hand over the small clip with two takes, a blue and a white one, the second as B."""
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    add_take(shot, tmp_path / "one", (0, 0, 255))
    second = add_take(shot, tmp_path / "two", (255, 255, 255))
    session.set_take(second)
    wait_for_sharp(hand)
    return hand


def wait_for_sharp(hand: Hand) -> None:
    """Waits until A and B are there, both as large as the plate."""
    canvas = hand.window.viewer.canvas

    def sharp() -> bool:
        pictures = (canvas.a.picture, canvas.b.picture)
        return all(picture is not None and picture.shape[1] == SIZE[0] for picture in pictures)

    hand.wait(sharp)


def seen(hand: Hand) -> NDArray[np.uint8]:
    """What the viewer shows, RGB, logical pixels."""
    image = hand.window.viewer.grab().toImage().convertToFormat(QImage.Format.Format_RGB888)
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(image.height(), -1)
    return rows[:, : image.width() * 3].reshape(image.height(), image.width(), 3).copy()


def colour_at(hand: Hand, x: float, y: float, right: bool = False) -> list[int]:
    """What is seen of a plate pixel, in the right half if ``right``."""
    point = hand.point(x, y)
    column = point.x() + (hand.window.viewer.canvas.offset(True) if right else 0)
    return [int(value) for value in seen(hand)[point.y(), column]]


def middle() -> tuple[float, float]:
    return SIZE[0] / 2 + 4, SIZE[1] / 2 + 4


def near(colour: list[int], wanted: tuple[int, int, int]) -> bool:
    return max(abs(a - b) for a, b in zip(colour, wanted, strict=True)) <= 12


def chosen(hand: Hand, letter: str, source: Source) -> None:
    """Chooses a source in a chip's menu."""
    bar = hand.window.desk.view_bar
    menu = bar.a_menu if letter == "A" else bar.b_menu
    next(action for action in menu.actions() if action.data() == source).trigger()


def test_any_take_on_a_and_on_b(compared: Hand) -> None:
    hand = compared
    showing = hand.window.session.showing
    assert showing.sources == (MASKED_PLATE, Source.of_take(2))
    chosen(hand, "A", Source.of_take(1))
    assert showing.takes == (2, 1)
    wait_for_sharp(hand)
    assert near(colour_at(hand, *middle()), (0, 0, 255))
    hand.key("S")
    assert near(colour_at(hand, *middle()), (255, 255, 255))
    hand.key("Shift+S")
    assert showing.sources == (Source.of_take(2), Source.of_take(1))
    assert near(colour_at(hand, *middle()), (0, 0, 255)), "still B"
    chosen(hand, "A", PLATE)
    chosen(hand, "B", LEVELS)
    assert showing.takes == ()
    assert hand.window.session.take == 2, "the newest is what is exported"
    assert colour_at(hand, *middle()) == [255, 255, 255]


def test_the_menus_say_what_is_shown(compared: Hand) -> None:
    hand = compared
    bar = hand.window.desk.view_bar

    def checked(menu: object) -> list[object]:
        return [action.data() for action in menu.actions() if action.isChecked()]  # type: ignore[attr-defined]

    assert (bar.a_menu.title(), bar.b_menu.title()) == ("A shows", "B shows")
    assert checked(bar.a_menu) == [MASKED_PLATE]
    assert checked(bar.b_menu) == [Source.of_take(2)]
    hand.key("Shift+S")
    assert checked(bar.a_menu) == [Source.of_take(2)]
    assert checked(bar.b_menu) == [MASKED_PLATE]


@pytest.mark.parametrize(
    ("key", "compare"),
    [
        ("W", Compare.WIPE),
        ("Y", Compare.SIDE_BY_SIDE),
        ("Shift+Y", Compare.DIFFERENCE),
        ("Shift+B", Compare.BLEND),
    ],
)
def test_a_key_compares_and_leaves_again(compared: Hand, key: str, compare: Compare) -> None:
    viewer = compared.window.viewer
    compared.key(key)
    assert viewer.compare is compare
    compared.key("S")
    assert viewer.compare is Compare.B
    compared.key(key)
    compared.key(key)
    assert viewer.compare is Compare.A


def test_without_b_nothing_is_compared(hand: Hand) -> None:
    window = hand.window
    for key in ("W", "Y", "Shift+Y", "Shift+B", "S", "Shift+S"):
        hand.key(key)
        assert window.viewer.compare is Compare.A
    chosen(hand, "B", MATTE)
    hand.key("Y")
    assert window.viewer.compare is Compare.SIDE_BY_SIDE
    window.session.set_take(None)
    assert window.viewer.compare is Compare.A, "and it cannot be again"
    assert window.viewer.transform is not None
    assert window.viewer.transform.view == window.viewer.canvas.pane


def wipe_point(hand: Hand, arm: float = 0.0) -> QPoint:
    """Where the wipe's centre is, or its turning handle; logical pixels."""
    viewer = hand.window.viewer
    assert viewer.transform is not None
    ratio = viewer.devicePixelRatioF()
    x, y = viewer.canvas.wipe_line(viewer.transform).handle(arm * ratio)
    return QPoint(round(x / ratio), round(y / ratio))


def drag(
    hand: Hand,
    start: QPoint,
    end: QPoint,
    keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier,
) -> None:
    viewer, left = hand.window.viewer, Qt.MouseButton.LeftButton
    QTest.mousePress(viewer, left, keys, start)
    send_move(hand, (start + end) / 2, keys)
    send_move(hand, end, keys)
    QTest.mouseRelease(viewer, left, keys, end)


def send_move(hand: Hand, at: QPoint, keys: Qt.KeyboardModifier) -> None:
    viewer = hand.window.viewer
    event = QMouseEvent(
        QEvent.Type.MouseMove,
        QPointF(at),
        QPointF(viewer.mapToGlobal(at)),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.LeftButton,
        keys,
    )
    QApplication.sendEvent(viewer, event)


def test_the_wipe_is_moved_turned_and_set_upright(compared: Hand) -> None:
    hand = compared
    viewer = hand.window.viewer
    hand.key("W")
    drag(hand, wipe_point(hand), hand.point(SIZE[0] / 4, SIZE[1] / 4))
    assert viewer.wipe.x == pytest.approx(0.25, abs=0.02)
    assert viewer.wipe.y == pytest.approx(0.25, abs=0.02)

    handle = wipe_point(hand, WIPE_ARM)
    centre = wipe_point(hand)
    drag(hand, handle, centre + QPoint(80, -10))
    assert viewer.wipe.angle == pytest.approx(82.9, abs=1)
    shift = Qt.KeyboardModifier.ShiftModifier
    drag(hand, wipe_point(hand, WIPE_ARM), centre + QPoint(80, 3), shift)
    assert viewer.wipe.angle == 90
    # The line lies level now: A above, B below. Dragged anywhere, it moves across itself only.
    line = wipe_point(hand, -200)
    drag(hand, line, line + QPoint(40, 30))
    assert viewer.wipe.x == pytest.approx(0.25, abs=0.02)
    assert viewer.wipe.y > 0.25

    hand.key("Shift+W")
    assert viewer.wipe == Wipe()
    drag(hand, wipe_point(hand), wipe_point(hand) + QPoint(30, 0))
    assert viewer.wipe != Wipe()
    left, none = Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier
    QTest.mouseDClick(viewer, left, none, wipe_point(hand))
    assert viewer.wipe == Wipe()


@pytest.mark.parametrize("angle", [0.0, 40.0, 90.0, 180.0, -120.0])
def test_a_wipe_shows_each_side_on_its_own(compared: Hand, angle: float) -> None:
    hand = compared
    viewer = hand.window.viewer
    chosen(hand, "A", LEVELS)
    chosen(hand, "B", PLATE)
    only_a = seen(hand)
    hand.key("S")
    only_b = seen(hand)
    hand.key("W")
    viewer.set_wipe(Wipe(0.5, 0.5, angle))
    both = seen(hand)
    assert viewer.transform is not None
    line = viewer.canvas.wipe_line(viewer.transform)
    for x in range(20, viewer.width() - 20, 61):
        for y in range(60, viewer.height() - 60, 47):
            if abs(line.distance(x, y)) > 12 and abs(line.distance(x, y) ** 2) > 0:
                expected = only_b if line.on_b(x + 0.5, y + 0.5) else only_a
                assert (both[y, x] == expected[y, x]).all(), (x, y)


def test_tools_draw_on_the_side_of_the_wipe_that_has_the_mask(compared: Hand) -> None:
    hand = compared
    session = hand.window.session
    hand.key("B")
    hand.key("W")
    before = session.field().copy()  # type: ignore[union-attr]
    hand.drag((SIZE[0] * 0.8, 40), (SIZE[0] * 0.9, 40))
    assert np.array_equal(session.field(), before)  # type: ignore[arg-type]
    hand.key("Shift+S")
    hand.drag((SIZE[0] * 0.8, 40), (SIZE[0] * 0.9, 40))
    assert EFFECTIVE[session.field()[40, int(SIZE[0] * 0.85)]] == 1  # type: ignore[index]


def test_a_take_with_the_mask_can_be_drawn_on(compared: Hand) -> None:
    hand = compared
    session = hand.window.session
    hand.key("B")
    hand.key("S")
    hand.drag((40, 40), (60, 40))
    assert not session.field().any()  # type: ignore[union-attr]
    chosen(hand, "B", Source.of_take(2, masked=True))
    hand.drag((40, 40), (60, 40))
    assert EFFECTIVE[session.field()[40, 50]] == 1  # type: ignore[index]


def test_halves_show_the_same_place(compared: Hand) -> None:
    hand = compared
    viewer = hand.window.viewer
    chosen(hand, "A", PLATE)
    chosen(hand, "B", PLATE)
    hand.key("Y")
    for turn in range(3):
        assert viewer.transform is not None
        ratio = viewer.devicePixelRatioF()
        labels = round(viewer.transform.plate_box.top / ratio) + 60
        picture = seen(hand)[labels:]
        width = round(viewer.canvas.pane[0] / ratio)
        offset = round(viewer.canvas.offset(True) / ratio)
        assert np.array_equal(
            picture[:, 4 : width - 4], picture[:, offset + 4 : offset + width - 4]
        )
        if turn == 0:
            viewer.zoom_at(1.7, QPointF(offset + 100, 120))
        else:
            viewer.pan_by(QPointF(-33, 20))


def test_a_zoom_in_a_half_keeps_what_is_under_the_pointer(compared: Hand) -> None:
    hand = compared
    viewer = hand.window.viewer
    hand.key("Y")
    place = QPointF(viewer.canvas.offset(True) / viewer.devicePixelRatioF() + 150, 130)
    before = viewer.to_plate(place)
    viewer.zoom_at(2.0, place)
    assert before is not None
    assert viewer.to_plate(place) == pytest.approx(before, abs=0.5)


def test_tools_draw_in_the_half_that_has_the_mask(compared: Hand) -> None:
    hand = compared
    window = hand.window
    viewer, session = window.viewer, window.session
    hand.key("B")
    hand.key("Y")
    shift = QPoint(round(viewer.canvas.offset(True) / viewer.devicePixelRatioF()), 0)
    drag(hand, hand.point(80, 50) + shift, hand.point(120, 50) + shift)
    assert not session.field().any()  # type: ignore[union-attr]
    # From the left half into the right: the stroke goes on as in the left.
    drag(hand, hand.point(80, 50), hand.point(120, 50))
    assert EFFECTIVE[session.field()[50, 100]] == 1  # type: ignore[index]
    hand.key("Shift+S")
    drag(hand, hand.point(80, 120) + shift, hand.point(120, 120) + shift)
    assert EFFECTIVE[session.field()[120, 100]] == 1  # type: ignore[index]


def test_a_difference_is_black_where_nothing_differs(compared: Hand) -> None:
    hand = compared
    viewer = hand.window.viewer
    chosen(hand, "A", PLATE)
    plate = colour_at(hand, *middle())
    hand.key("Shift+Y")
    assert colour_at(hand, 30, 150) == [0, 0, 0]
    once = colour_at(hand, *middle())
    assert all(abs(255 - a - b) <= 12 for a, b in zip(plate, once, strict=True))
    hand.window.desk.view_bar.gain_dial.slider.setValue(8)
    assert viewer.canvas.gain == 4
    four = colour_at(hand, *middle())
    assert all(abs(min(255, 4 * a) - b) <= 4 for a, b in zip(once, four, strict=True))
    hand.window.desk.view_bar.gain_dial.slider.setValue(1000)
    assert viewer.canvas.gain == 32


def test_a_blend_fades_from_a_to_b(compared: Hand) -> None:
    hand = compared
    chosen(hand, "A", PLATE)
    a = colour_at(hand, *middle())
    hand.key("Shift+B")
    slider = hand.window.desk.view_bar.share_dial.slider
    for percent in (0, 25, 100):
        slider.setValue(percent)
        expected = [value + (255 - value) * percent / 100 for value in a]
        found = colour_at(hand, *middle())
        assert all(abs(x - y) <= 12 for x, y in zip(found, expected, strict=True))


@pytest.mark.parametrize("key", ["", "W", "Y", "Shift+Y", "Shift+B"])
@pytest.mark.parametrize("b", [Source.of_take(2), MATTE, Source.of_take(2, masked=True)])
def test_a_stroke_is_drawn_as_everything_drawn_anew(compared: Hand, key: str, b: Source) -> None:
    """Dirty rectangles leave no seam and forget no side, however A and B are compared."""
    hand = compared
    viewer = hand.window.viewer
    chosen(hand, "B", b)
    if key:
        hand.key(key)
    hand.key("B")
    viewer.set_wipe(Wipe(0.5, 0.5, 25))
    seen(hand)
    hand.drag((70, 60), (110, 90), (90, 110))
    hand.key("2")
    hand.drag((60, 80), (120, 80))
    hand.key("V")
    drawn = seen(hand)
    viewer.canvas.redraw()
    anew = seen(hand)
    assert (np.abs(drawn.astype(int) - anew).max(axis=2) > 1).sum() == 0


def test_the_way_of_comparing_stays_from_shot_to_shot(
    compared: Hand, clip: Path, tmp_path: Path
) -> None:
    hand = compared
    session, viewer = hand.window.session, hand.window.viewer
    first = session.shot
    chosen(hand, "B", LEVELS)
    hand.key("Y")
    viewer.set_wipe(Wipe(0.3, 0.6, 30))
    other = tmp_path / "other.mp4"
    other.write_bytes(clip.read_bytes())
    hand.window.open_path(other)
    hand.wait(lambda: session.shot not in (None, first) and session.pictures.plate(0) is not None)
    assert (viewer.compare, viewer.wipe) == (Compare.SIDE_BY_SIDE, Wipe(0.3, 0.6, 30))
    assert session.showing.sources == (MASKED_PLATE, LEVELS)
    chosen(hand, "A", PLATE)
    session.set_take(None)
    assert viewer.compare is Compare.A


def test_two_to_one(hand: Hand) -> None:
    viewer = hand.window.viewer
    for _ in range(4):
        viewer.zoom_by(1.1)
    hand.key("Ctrl+2")
    assert viewer.transform is not None
    assert viewer.transform.zoom == 2.0, "so that pixels are exact"


def wheel(hand: Hand, pixels: QPoint, phase: Qt.ScrollPhase, keys: Qt.KeyboardModifier) -> None:
    viewer = hand.window.viewer
    at = QPointF(100, 100)
    event = QWheelEvent(
        at,
        QPointF(viewer.mapToGlobal(at.toPoint())),
        pixels,
        QPoint(0, 120),
        Qt.MouseButton.NoButton,
        keys,
        phase,
        False,
    )
    QApplication.sendEvent(viewer, event)


def test_a_wheel_zooms_and_two_fingers_pan(hand: Hand) -> None:
    viewer = hand.window.viewer
    none, control = Qt.KeyboardModifier.NoModifier, Qt.KeyboardModifier.ControlModifier
    wheel(hand, QPoint(), Qt.ScrollPhase.NoScrollPhase, none)
    first = viewer.transform
    assert first is not None
    wheel(hand, QPoint(-9, -7), Qt.ScrollPhase.ScrollUpdate, none)
    second = viewer.transform
    assert second is not None
    ratio = viewer.devicePixelRatioF()
    assert (second.zoom, second.x, second.y) == (
        first.zoom,
        first.x - 9 * ratio,
        first.y - 7 * ratio,
    )
    wheel(hand, QPoint(-9, -7), Qt.ScrollPhase.ScrollUpdate, control)
    assert viewer.transform is not None
    assert viewer.transform.zoom == pytest.approx(second.zoom * 1.25)


def test_the_bar_is_never_wider_than_the_window(compared: Hand) -> None:
    window = compared.window
    bar = window.desk.view_bar
    compared.key("Shift+Y")
    window.resize(1600, 900)
    compared.wait(lambda: not bar.chips.folded)
    window.resize(1100, 700)
    compared.wait(lambda: window.width() <= 1100)
    assert bar.minimumSizeHint().width() < 500
    assert bar.width() <= window.viewer.width()
    bar.resize(420, bar.height())
    folded = bar.chips.folded
    bar.chips.more.menu().aboutToShow.emit()
    assert folded
    listed = [action.menu() for action in bar.chips.more.menu().actions() if action.menu()]
    assert listed == [chip.menu() for chip in folded if isinstance(chip, MenuChip)]


@pytest.mark.parametrize("angle", [0.0, 90.0, -30.0, 180.0])
def test_what_a_wipe_changes_is_painted_again(
    compared: Hand, angle: float, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = compared
    viewer = hand.window.viewer
    chosen(hand, "A", LEVELS)
    hand.key("W")
    viewer.set_wipe(Wipe(0.3, 0.4, angle))
    areas: list[QRect | None] = []

    def note(area: QRect | None = None) -> None:
        areas.append(area)

    for wipe in (Wipe(0.6, 0.45, angle), Wipe(0.6, 0.7, angle), Wipe(0.1, 0.1, angle)):
        before = seen(hand)
        areas.clear()
        with monkeypatch.context() as patch:
            patch.setattr(viewer, "repaint_view", note)
            viewer.set_wipe(wipe)
        left = (before != seen(hand)).any(axis=2)
        assert left.any()
        for area in areas:
            rect = viewer.rect() if area is None else area & viewer.rect()
            left[rect.top() : rect.bottom() + 1, rect.left() : rect.right() + 1] = False
        assert not left.any()


def test_a_pinch_zooms_where_it_is(hand: Hand) -> None:
    viewer = hand.window.viewer
    at = QPointF(200, 140)
    before, zoom = viewer.to_plate(at), viewer.scale
    pinch = QNativeGestureEvent(
        Qt.NativeGestureType.ZoomNativeGesture,
        QPointingDevice.primaryPointingDevice(),
        2,
        at,
        at,
        QPointF(viewer.mapToGlobal(at.toPoint())),
        0.5,
        QPointF(),
    )
    QApplication.sendEvent(viewer, pinch)
    assert viewer.scale == pytest.approx(zoom * 1.5)
    assert before is not None
    assert viewer.to_plate(at) == pytest.approx(before, abs=0.5)


def test_a_picture_that_comes_in_between_is_on_both_sides(
    compared: Hand, monkeypatch: pytest.MonkeyPatch
) -> None:
    hand = compared
    session, canvas = hand.window.session, hand.window.viewer.canvas
    chosen(hand, "B", PLATE)
    plate = session.pictures.plate(0)
    assert plate is not None
    # As if the decoder were done with another one each time somebody looks.
    monkeypatch.setattr(session.pictures, "plate", lambda index: plate.copy())
    session.pictures.arrived.emit(session.index)
    hand.wait(lambda: canvas.a.picture is not plate)
    assert canvas.b.picture is canvas.a.picture
