"""How one looks, in the real window: by keys, by the chips, and read back from the screen."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QEvent, QPoint, QPointF, QSettings, Qt
from PySide6.QtGui import QColor, QMouseEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QSlider, QToolButton, QWidget

from tests.app.conftest import SIZE, Hand
from void_studio.app.look_bar import LookBar
from void_studio.app.looks import Looks
from void_studio.app.panels.named_row import Swatch
from void_studio.app.viewer.look import NEUTRAL, Channels, Look
from void_studio.app.viewer.onion import AFTER, BEFORE
from void_studio.app.viewer.overlay import OverlayStyle, Tint
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.source import MASKED_PLATE, Content
from void_studio.quadmask.bits import Plane, Rect, paint_table
from void_studio.quadmask.levels import levels_from_field
from void_studio.remove.void.sees import MODEL_SIZE, Pass, Shrinking, received, seen_levels
from void_studio.shot.document import MaskShape


def seen(hand: Hand, x: float, y: float) -> list[int]:
    """The blue, green and red on screen at a plate pixel, A side, once it is decoded in full."""
    session = hand.window.session

    def decoded() -> bool:
        picture = session.pictures.plate(session.index)
        return picture is not None and picture.shape[:2] == SIZE[::-1]

    hand.wait(decoded)
    hand.wait(lambda: hand.window.viewer.canvas.a.picture is session.pictures.plate(session.index))
    hand.window.viewer.grab()
    place = hand.point(x, y)
    pixel = hand.window.viewer.canvas.a.buffer[place.y(), place.x(), :3]
    return [int(part) for part in pixel]


def alike(first: list[int], second: list[int]) -> bool:
    """Whether colours are the same to within what decoding again may change."""
    return max(abs(a - b) for a, b in zip(first, second, strict=True)) <= 6


def mark(hand: Hand, index: int, x: int, plane: Plane = Plane.REMOVE) -> None:
    """Paints a block of 40 by 60 pixels at column ``x`` on a frame."""
    shot = hand.window.session.shot
    assert shot is not None
    stroke = shot.begin_stroke(index, "Block")
    rect = Rect(x, 60, 40, 60)
    stroke.touch(rect)
    part = stroke.field[rect.slices]
    part[:] = paint_table(plane, True)[part]
    stroke.finish()


def test_keys_show_channels_and_their_key_again_shows_colour(hand: Hand) -> None:
    looks = hand.window.studio.looks
    for key, channels in (
        ("R", Channels.RED),
        ("Shift+G", Channels.GREEN),
        ("U", Channels.BLUE),
        ("Shift+L", Channels.LUMA),
        ("A", Channels.ALPHA),
    ):
        hand.key(key)
        assert looks.look.channels is channels
        blue, green, red = seen(hand, 10, 10)
        assert blue == green == red
    hand.key("A")
    assert looks.look.channels is Channels.RGB
    hand.key("R")
    hand.key("Shift+C")
    assert looks.look == NEUTRAL


def test_exposure_and_gamma_change_what_is_seen_and_nothing_else(hand: Hand) -> None:
    session, looks = hand.window.session, hand.window.studio.looks
    plain = seen(hand, 10, 10)
    picture = session.pictures.plate(0)
    assert picture is not None
    before = picture.copy()
    for _ in range(4):
        hand.key("Ctrl+Alt+Up")
    assert looks.look.exposure == 1.0
    lighter = seen(hand, 10, 10)
    assert sum(lighter) > sum(plain)
    hand.key("Ctrl+Shift+Down")
    assert looks.look.gamma == 0.9
    assert sum(seen(hand, 10, 10)) < sum(lighter)
    hand.key("Ctrl+Alt+0")
    assert looks.look == NEUTRAL
    assert alike(seen(hand, 10, 10), plain)
    assert np.array_equal(picture, before)


def test_a_chip_is_lit_while_its_look_is_not_neutral(hand: Hand) -> None:
    bar, looks = hand.window.desk.look_bar, hand.window.studio.looks
    looks.set_look(Look(Channels.LUMA, 0.5, 1.2))
    assert [chip.isChecked() for chip in chips(bar)] == [True, True, True]
    assert [chip.text() for chip in chips(bar)[1:]] == ["γ 1.2", "ƒ +0.5"]
    QTest.mouseClick(bar.reset, Qt.MouseButton.LeftButton)
    assert looks.look == NEUTRAL
    assert [chip.isChecked() for chip in chips(bar)] == [False, False, False]
    assert not bar.reset.isVisible()


def chips(bar: LookBar) -> list[QToolButton]:
    return [bar.channels, bar.gamma, bar.exposure]


def test_a_tone_chip_is_dragged_typed_into_and_reset(hand: Hand) -> None:
    chip, looks = hand.window.desk.look_bar.exposure, hand.window.studio.looks
    at = QPoint(chip.width() // 2, chip.height() // 2)
    QTest.mousePress(chip, Qt.MouseButton.LeftButton, pos=at)
    point_at(chip, at + QPoint(50, 0))
    QTest.mouseRelease(chip, Qt.MouseButton.LeftButton, pos=at + QPoint(50, 0))
    assert looks.look.exposure == 1.0
    assert not chip.menu().isVisible()
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, pos=at)
    hand.wait(chip.menu().isVisible)
    QTest.keyClicks(chip.field, "-2.5")
    QTest.keyClick(chip.field, Qt.Key.Key_Return)
    assert looks.look.exposure == -2.5
    chip.menu().close()
    QTest.mouseClick(chip, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.ControlModifier, at)
    assert looks.look.exposure == 0


def test_the_overlay_goes_fainter_and_stronger_by_keys(hand: Hand) -> None:
    hand.window.session.set_index(2)
    mark(hand, 2, 100)
    plain = seen(hand, 115, 90)
    for _ in range(10):
        hand.key(";")
    assert hand.window.studio.looks.style.strength == 0
    assert not alike(seen(hand, 115, 90), plain)
    for _ in range(10):
        hand.key("'")
    assert alike(seen(hand, 115, 90), plain)


def test_the_popup_changes_a_colour_s_opacity_and_goes_back(hand: Hand) -> None:
    menu, looks = hand.window.desk.look_bar.colours, hand.window.studio.looks
    slider = next(
        item for item in menu.findChildren(QSlider) if item.accessibleName() == "Opacity of remove"
    )
    slider.setValue(90)
    assert looks.style.remove.opacity == 0.9
    assert looks.style.affected == OverlayStyle().affected
    hand.window.actions_by_name["overlay_reset"].trigger()
    assert looks.style == OverlayStyle()
    assert slider.value() == 50


def test_colours_and_neighbours_are_remembered_and_looks_are_not(hand: Hand) -> None:
    looks = hand.window.studio.looks
    style = OverlayStyle(strength=1.3).with_tint("both", Tint((1, 2, 3), 0.7))
    looks.set_style(style)
    looks.set_neighbours(3)
    looks.set_look(Look(exposure=2.0))
    looks.remember()
    again = Looks()
    again.restore()
    assert again.style == style
    assert again.neighbours == 3
    assert again.look == NEUTRAL


@pytest.mark.parametrize("value", ["nonsense", "-4", "1e9", "nan"])
def test_settings_that_make_no_sense_are_left_alone(hand: Hand, value: str) -> None:
    settings = QSettings()
    for name in ("overlay/strength", "overlay/remove", "overlay/remove-opacity"):
        settings.setValue(name, value)
    again = Looks()
    again.restore()
    assert again.style == OverlayStyle()


def test_the_level_chips_have_the_overlay_s_colours(hand: Hand) -> None:
    action = hand.window.actions_by_name["level_remove"]
    before = action.icon().cacheKey()
    hand.window.studio.looks.set_style(OverlayStyle().with_tint("remove", Tint((9, 9, 9))))
    assert action.icon().cacheKey() != before
    middle = action.icon().pixmap(12, 12).toImage().pixelColor(6, 6)
    assert (middle.red(), middle.green(), middle.blue()) == (9, 9, 9)


def test_lanes_and_objects_have_the_overlay_s_colours(hand: Hand) -> None:
    desk = hand.window.desk
    hand.window.session.add_object()
    mark(hand, 4, 60)

    def seen(widget: QWidget) -> set[str]:
        image = widget.grab().toImage()
        places = ((x, y) for x in range(image.width()) for y in range(image.height()))
        return {image.pixelColor(*place).name() for place in places}

    looks = hand.window.studio.looks
    for colour in ((9, 90, 200), OverlayStyle().remove.colour):
        name = QColor(*colour).name()
        looks.set_style(OverlayStyle().with_tint("remove", Tint(colour)))
        hand.wait(lambda name=name: name in seen(desk.timeline))
        swatch = next(item for item in desk.objects_panel.findChildren(Swatch))
        assert name in seen(swatch)


def test_onion_skin_outlines_neighbours_on_the_picture(hand: Hand) -> None:
    studio = hand.window.studio
    mark(hand, 4, 60)
    mark(hand, 6, 200)
    hand.window.session.set_index(5)
    hand.wait(lambda: hand.window.session.pictures.plate(5) is not None)
    hand.key("N")
    hand.wait(
        lambda: {away for away, lines in studio.onion.onion.frames if lines.remove} == {-1, 1}
    )
    for left, colour in ((60, BEFORE), (200, AFTER)):
        edge = [seen(hand, left + step, 90) for step in np.arange(-1.5, 2.5, 0.25)]
        assert list(colour) in edge
    hand.key("N")
    hand.wait(lambda: not studio.onion.onion.frames)


def test_onion_skin_follows_the_playhead_and_edits(hand: Hand) -> None:
    studio, session = hand.window.studio, hand.window.session
    mark(hand, 4, 60)
    hand.key("N")
    hand.window.actions_by_name["onion_more"].trigger()
    assert studio.looks.neighbours == 2
    session.set_index(6)

    def marked() -> set[int]:
        return {away for away, lines in studio.onion.onion.frames if lines.remove}

    hand.wait(lambda: marked() == {-2})
    mark(hand, 7, 60)
    hand.wait(lambda: marked() == {-2, 1})
    session.undo()  # goes where it undoes: frame 4 is out of reach from there
    hand.wait(lambda: session.index == 7 and marked() == set())


def test_what_the_model_sees_is_shown_and_left_by_a_key(hand: Hand) -> None:
    studio, session, viewer = hand.window.studio, hand.window.session, hand.window.viewer
    mark(hand, 0, 100)
    mark(hand, 0, 180, Plane.AFFECTED)
    hand.key("M")
    hand.wait(lambda: studio.sights.sight is not None)
    assert session.showing.a.content is Content.MODEL
    assert hand.window.actions_by_name["model_view"].isChecked()
    field = session.field()
    assert field is not None
    sight = studio.sights.sight
    assert sight is not None
    expected = received(seen_levels(field, Shrinking.AS_RELEASED), Pass.ONE)
    assert np.array_equal(sight.taken_for, expected)
    assert sight.picture.shape == (MODEL_SIZE[1], MODEL_SIZE[0], 3)
    assert "Pass 1 receives 672×384: remove, affected and keep" in viewer.canvas.caption
    assert not viewer.shows_mask
    hand.key("M")
    assert session.showing.a == MASKED_PLATE
    assert viewer.shows_mask


def test_pass_two_takes_affected_for_remove(hand: Hand) -> None:
    studio = hand.window.studio
    mark(hand, 0, 180, Plane.AFFECTED)
    hand.key("M")
    hand.wait(lambda: studio.sights.sight is not None)
    hand.window.actions_by_name["model_pass_two"].trigger()
    hand.wait(
        lambda: studio.sights.sight is not None and studio.sights.sight.choice.which is Pass.TWO
    )
    sight = studio.sights.sight
    assert sight is not None
    assert set(np.unique(sight.taken_for)) == {0, 1}
    assert "affected and both count as remove" in sight.words(SIZE)
    hand.window.actions_by_name["model_per_plane"].trigger()
    hand.wait(lambda: studio.sights.sight is not None and studio.sights.sight.choice.per_plane)


def test_what_the_model_sees_follows_frames_and_masks(hand: Hand) -> None:
    studio, session = hand.window.studio, hand.window.session
    hand.key("M")
    hand.wait(lambda: studio.sights.sight is not None)

    def marked() -> bool:
        sight = studio.sights.sight
        return sight is not None and bool(sight.taken_for.any())

    assert not marked()
    mark(hand, 0, 100)
    hand.wait(marked)
    session.undo()
    hand.wait(lambda: not marked())


def test_the_model_s_sight_has_its_own_shape_alone_and_the_plate_s_beside_it(hand: Hand) -> None:
    canvas = hand.window.viewer.canvas
    hand.key("M")
    assert canvas.in_own_aspect(canvas.a)
    hand.window.session.showing.show_b(MASKED_PLATE)
    hand.key("W")
    assert not canvas.in_own_aspect(canvas.a)


def test_a_soft_brush_makes_a_soft_matte_and_the_mask_stays_hard(hand: Hand) -> None:
    session = hand.window.session
    mark(hand, 0, 100)
    hand.key("Shift+3")
    assert hand.window.viewer.mask_view is MaskView.MATTE
    assert seen(hand, 96, 90) == [0, 0, 0]
    session.brush.set_size(40)
    session.brush.set_hardness(0.5)
    assert 0 < seen(hand, 96, 90)[0] < 255
    assert seen(hand, 102, 90)[0] == 255
    field = session.field()
    assert field is not None
    assert set(np.unique(levels_from_field(field))) == {0, 255}


# -- the read-out --------------------------------------------------------------------------


def read_out(hand: Hand, x: float, y: float, *words: str) -> str:
    """Moves the pointer to a plate pixel until the read-out says all of ``words`` about it."""
    bar = hand.window.desk.view_bar

    def said() -> bool:
        point_at(hand.window.viewer, hand.point(x, y))
        return all(word in bar.probe for word in words)

    hand.wait(said)
    return bar.probe


def point_at(widget: QWidget, place: QPoint) -> None:
    """A move of the mouse that does not go through the screen's own pointer."""
    at = QPointF(place)
    none = Qt.MouseButton.NoButton
    move = QMouseEvent(
        QEvent.Type.MouseMove,
        at,
        QPointF(widget.mapToGlobal(place)),
        none,
        none,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(widget, move)


def test_the_read_out_says_level_origin_and_value(hand: Hand) -> None:
    mark(hand, 0, 100)
    read_out(hand, 110.5, 80.5, "x 110  y 80", "remove 0 · painted")

    def red_is_read() -> bool:
        picture = hand.window.session.pictures.plate(0)
        assert picture is not None
        height, width = picture.shape[:2]
        red = picture[80 * height // SIZE[1], 110 * width // SIZE[0], 0] / 255
        return f"   {red:.3f} " in hand.window.desk.view_bar.probe

    hand.wait(red_is_read)
    read_out(hand, 20.5, 20.5, "x 20  y 20", "keep 255")


def test_the_read_out_names_the_objects_and_shapes_at_a_pixel(hand: Hand) -> None:
    session = hand.window.session
    shot = session.shot
    assert shot is not None
    item = session.add_object()
    assert item is not None
    mask = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    mask[60:100, 100:140] = True
    shot.apply_track(item.id, {0: (mask, 1.0)})
    square = ((90.0, 50.0), (150.0, 50.0), (150.0, 110.0), (90.0, 110.0))
    shape = MaskShape(id="s1", name="Corner", plane="affected", frames=(0, 5), keys={0: square})
    shot.put_shape(shape, "Shape")
    read_out(hand, 110.5, 80.5, "both 63 · tracked", item.name, "shape Corner")
    beside = read_out(hand, 95.5, 55.5, "x 95  y 55", "affected 127 · tracked", "shape Corner")
    assert item.name not in beside


def test_the_read_out_says_what_the_pass_takes_a_pixel_for(hand: Hand) -> None:
    mark(hand, 0, 100)
    hand.key("M")
    hand.wait(lambda: hand.window.studio.sights.sight is not None)
    read_out(hand, 115, 90, "pass 1 takes it for remove")
    read_out(hand, 20, 90, "pass 1 takes it for keep")
