"""Whole-frame edits by their keys, in the real window: what they do to the two planes."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray
from PySide6.QtCore import QMimeData
from PySide6.QtGui import QColor, QGuiApplication, QImage
from PySide6.QtWidgets import QSpinBox

from tests.app.conftest import COUNT, SIZE, Hand
from void_studio.app.actions import plain
from void_studio.app.brush import FrameSpan
from void_studio.app.clipboard import MARK
from void_studio.app.mask_amounts import AmountsDialog
from void_studio.app.mask_texts import mask_texts
from void_studio.app.tools.level import PaintLevel
from void_studio.quadmask.bits import Mask, Plane, Rect, paint_table, plane_mask
from void_studio.quadmask.grid import snap_to_grid
from void_studio.quadmask.paint import fill_mask

Field = NDArray[np.uint8]


def box(x: int, y: int, width: int, height: int) -> Mask:
    mask = np.zeros((SIZE[1], SIZE[0]), np.bool_)
    mask[Rect(x, y, width, height).slices] = True
    return mask


RING = box(100, 50, 60, 60) & ~box(120, 70, 20, 20)
SPECK = box(20, 20, 2, 2)
BLOB = box(200, 100, 50, 40)


def paint(hand: Hand, plane: Plane, mask: Mask, *frames: int) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    for index in frames or (hand.window.session.index,):
        stroke = shot.begin_stroke(index, "Paint")
        stroke.touch(Rect(0, 0, *SIZE))
        fill_mask(stroke.field, paint_table(plane, True), mask)
        stroke.finish()


def on(hand: Hand, plane: Plane, index: int | None = None) -> Mask:
    session = hand.window.session
    assert session.shot is not None
    return plane_mask(session.shot.masks.field(session.index if index is None else index), plane)


def press(hand: Hand, key: str) -> None:
    """Presses a key, and waits until the edit that it asks for is made."""
    hand.key(key)
    hand.wait(lambda: not hand.window.session.frames.busy)


def trigger(hand: Hand, name: str) -> None:
    hand.window.actions_by_name[name].trigger()
    hand.wait(lambda: not hand.window.session.frames.busy)


def copy(hand: Hand) -> None:
    """Copies, and waits until it is on the clipboard."""
    clipboard = QGuiApplication.clipboard()
    clipboard.setMimeData(QMimeData())
    hand.key("Ctrl+C")
    hand.wait(lambda: clipboard.mimeData().hasFormat(MARK))


@pytest.mark.parametrize("plane", Plane)
@pytest.mark.parametrize(
    "keys",
    ["Ctrl+]", "Ctrl+[", "Ctrl+Shift+M", "Ctrl+Shift+F", "Ctrl+I", "Ctrl+D", "Ctrl+Backspace"],
)
def test_every_edit_leaves_the_other_plane_and_is_one_step(
    hand: Hand, keys: str, plane: Plane
) -> None:
    other = Plane.AFFECTED if plane is Plane.REMOVE else Plane.REMOVE
    paint(hand, plane, RING | SPECK)
    paint(hand, other, BLOB)
    shot = hand.window.session.shot
    assert shot is not None
    before = shot.masks.field(0).copy()
    hand.key("1" if plane is Plane.REMOVE else "2")
    press(hand, keys)
    assert not np.array_equal(on(hand, plane), RING | SPECK)
    assert np.array_equal(on(hand, other), BLOB)
    after = shot.masks.field(0).copy()
    press(hand, "Ctrl+Z")
    assert np.array_equal(shot.masks.field(0), before)
    press(hand, "Ctrl+Shift+Z")
    assert np.array_equal(shot.masks.field(0), after)


def test_holes_specks_and_the_opposite(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, RING | SPECK)
    hand.key("1")
    press(hand, "Ctrl+Shift+F")
    assert np.array_equal(on(hand, Plane.REMOVE), box(100, 50, 60, 60) | SPECK)
    trigger(hand, "remove_specks")
    assert np.array_equal(on(hand, Plane.REMOVE), box(100, 50, 60, 60))
    press(hand, "Ctrl+I")
    assert np.array_equal(on(hand, Plane.REMOVE), ~box(100, 50, 60, 60))


def test_affected_snaps_to_the_grid_whatever_level_is_chosen(hand: Hand) -> None:
    paint(hand, Plane.AFFECTED, BLOB)
    paint(hand, Plane.REMOVE, SPECK)
    hand.key("1")
    press(hand, "Ctrl+Shift+D")
    assert np.array_equal(on(hand, Plane.AFFECTED), snap_to_grid(BLOB))
    assert np.array_equal(on(hand, Plane.REMOVE), SPECK)


def test_both_planes_at_once(hand: Hand) -> None:
    paint(hand, Plane.AFFECTED, BLOB)
    paint(hand, Plane.REMOVE, RING)
    hand.key("3")
    press(hand, "Ctrl+Backspace")
    assert not on(hand, Plane.AFFECTED).any()
    assert not on(hand, Plane.REMOVE).any()


def test_through_the_shot_it_is_one_step_on_every_frame(hand: Hand) -> None:
    frames = range(COUNT)
    paint(hand, Plane.REMOVE, RING, *frames)
    hand.key("1")
    hand.window.session.brush.set_through(FrameSpan.WHOLE)
    press(hand, "Ctrl+Shift+F")
    assert all(on(hand, Plane.REMOVE, index)[80, 130] for index in frames)
    press(hand, "Ctrl+Z")
    assert all(np.array_equal(on(hand, Plane.REMOVE, index), RING) for index in frames)


def test_amounts_are_chosen_in_a_dialog_and_count(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, BLOB)
    hand.key("1")
    hand.window.actions_by_name["mask_amounts"].trigger()
    dialog = hand.window.findChild(AmountsDialog)
    assert dialog is not None
    spin = dialog.findChild(QSpinBox, "grow")
    assert spin is not None
    spin.setValue(7)
    dialog.close()
    assert plain(hand.window.actions_by_name["grow"].text()) == "Grow Remove by 7 px"
    hand.window.activateWindow()
    hand.window.viewer.setFocus()
    trigger(hand, "grow")
    assert np.array_equal(np.nonzero(on(hand, Plane.REMOVE).any(axis=0))[0], np.arange(193, 257))


def test_copy_and_paste_between_frames(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, RING)
    paint(hand, Plane.AFFECTED, BLOB)
    paint(hand, Plane.REMOVE, SPECK, 3)
    hand.key("1")
    hand.key("Ctrl+C")
    hand.window.session.set_index(3)
    hand.key("Ctrl+V")  # as fast as keys come: what is being copied is pasted
    hand.wait(lambda: np.array_equal(on(hand, Plane.REMOVE, 3), RING))
    hand.wait(lambda: not hand.window.session.frames.busy)
    assert not on(hand, Plane.AFFECTED, 3).any()
    press(hand, "Ctrl+Z")
    assert np.array_equal(on(hand, Plane.REMOVE, 3), SPECK)


def test_one_mask_is_pasted_onto_the_level_that_is_chosen(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, RING)
    hand.key("1")
    copy(hand)
    hand.key("2")
    press(hand, "Ctrl+V")
    assert np.array_equal(on(hand, Plane.AFFECTED), RING)
    assert np.array_equal(on(hand, Plane.REMOVE), RING)


def test_two_planes_are_pasted_each_onto_its_own(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, RING)
    paint(hand, Plane.AFFECTED, BLOB)
    hand.key("3")
    copy(hand)
    hand.key("2")
    hand.window.session.set_index(4)
    press(hand, "Ctrl+V")
    assert np.array_equal(on(hand, Plane.AFFECTED, 4), BLOB)
    assert not on(hand, Plane.REMOVE, 4).any()


def test_pasting_through_the_range(hand: Hand) -> None:
    session = hand.window.session
    assert session.shot is not None
    session.shot.set_range(2, 5)
    paint(hand, Plane.REMOVE, RING, 2)
    session.set_index(2)
    hand.key("1")
    copy(hand)
    press(hand, "Ctrl+Alt+V")
    got = [index for index in range(COUNT) if on(hand, Plane.REMOVE, index).any()]
    assert got == [2, 3, 4, 5]


def test_other_programs_get_an_image_of_the_mask(hand: Hand) -> None:
    paint(hand, Plane.REMOVE, RING)
    hand.key("1")
    copy(hand)
    image = QImage.fromData(QGuiApplication.clipboard().mimeData().data("image/png"))
    assert (image.width(), image.height()) == SIZE
    assert image.pixelColor(110, 60) == QColor("white")
    assert image.pixelColor(130, 80) == QColor("black")


def test_an_image_from_another_program_is_a_mask(hand: Hand) -> None:
    copy(hand)
    image = QImage(*SIZE, QImage.Format.Format_ARGB32)
    image.fill(QColor(0, 0, 0, 0))
    for x in range(30, 60):
        for y in range(40, 50):
            image.setPixelColor(x, y, QColor(255, 230, 200))
    QGuiApplication.clipboard().setImage(image)
    hand.key("2")
    press(hand, "Ctrl+V")
    assert np.array_equal(on(hand, Plane.AFFECTED), box(30, 40, 30, 10))


def test_an_image_of_another_size_is_refused(hand: Hand) -> None:
    image = QImage(10, 10, QImage.Format.Format_RGB32)
    image.fill(QColor("white"))
    QGuiApplication.clipboard().setImage(image)
    press(hand, "Ctrl+V")
    hand.wait(lambda: bool(hand.window.desk.messages.messages))
    (message,) = hand.window.desk.messages.messages
    assert "10×10" in message.why
    assert not on(hand, Plane.REMOVE).any()


def test_without_anything_to_paste_it_is_said(hand: Hand) -> None:
    QGuiApplication.clipboard().setMimeData(QMimeData())
    press(hand, "Ctrl+V")
    (message,) = hand.window.desk.messages.messages
    assert "no mask to paste" in message.what


def test_locking_and_unlocking(hand: Hand) -> None:
    shot, action = hand.window.session.shot, hand.window.actions_by_name["lock_frame"]
    assert shot is not None
    assert plain(action.text()) == "Lock Frame"
    press(hand, "Shift+F")
    hand.wait(lambda: shot.is_locked(0))
    assert plain(action.text()) == "Unlock Frame"
    press(hand, "Ctrl+I")
    assert not on(hand, Plane.REMOVE).any()
    hand.window.session.set_index(1)
    assert plain(action.text()) == "Lock Frame"
    hand.window.session.set_index(0)
    hand.window.session.brush.set_through(FrameSpan.WHOLE)
    assert plain(action.text()) == f"Unlock frames 0–{COUNT - 1}"
    press(hand, "Shift+F")
    hand.wait(lambda: not shot.document.locked)
    press(hand, "Shift+F")
    hand.wait(lambda: shot.document.locked == tuple(range(COUNT)))


def test_the_menu_says_which_level_and_which_frames(hand: Hand) -> None:
    actions, session = hand.window.actions_by_name, hand.window.session
    assert session.shot is not None
    hand.key("2")
    assert plain(actions["clear_frame"].text()) == "Clear Affected on this Frame"
    session.brush.set_through(FrameSpan.FROM_HERE)
    session.set_index(4)
    assert plain(actions["clear_frame"].text()) == f"Clear Affected on frames 4–{COUNT - 1}"
    session.shot.set_range(2, 6)
    assert plain(actions["clear_frame"].text()) == "Clear Affected on frames 4–6"
    said = "Copy Affected from Previous Frame (3) to frames 4–6"
    assert plain(actions["copy_previous"].text()) == said


@pytest.mark.parametrize("level", PaintLevel)
@pytest.mark.parametrize("where", ["", "frames 1001–1046"])
def test_no_two_entries_of_the_menu_have_the_same_mnemonic(level: PaintLevel, where: str) -> None:
    texts = [*mask_texts(level, where, lambda _: 2, False).values(), "&Amounts…"]
    letters = [text[text.index("&") + 1].lower() for text in texts if "&" in text]
    assert sorted(set(letters)) == sorted(letters)


def test_the_menu_says_where_hand_painting_is_carried_to(hand: Hand) -> None:
    actions, session = hand.window.actions_by_name, hand.window.session
    hand.key("1")
    session.set_index(4)
    session.brush.set_through(FrameSpan.FROM_HERE)
    assert plain(actions["propagate_forward"].text()) == (
        f"Propagate Painted Remove Forward to frames 5–{COUNT - 1}"
    )
    assert plain(actions["propagate_backward"].text()) == "Propagate Painted Remove Backward"
