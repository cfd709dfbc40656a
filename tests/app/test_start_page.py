"""The page of an empty window: what it offers, and what was opened before."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QSettings, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton
from pytestqt.qtbot import QtBot

from tests.app.conftest import Hand
from void_studio.app import recents
from void_studio.app.opening import name_of, shot_folder_for
from void_studio.app.recents import Recent, ago, look_at, write_poster
from void_studio.app.start_page import StartPage
from void_studio.app.window import MainWindow


def test_an_empty_window_shows_the_page(window: MainWindow, qtbot: QtBot) -> None:
    page = window.desk.start_page
    assert page.isVisible()
    assert page.size() == window.viewer.size()
    QTest.mouseClick(_button(page, "Open Clip"), Qt.MouseButton.LeftButton)
    dialog = window.findChild(QFileDialog)
    assert dialog is not None
    dialog.close()


def test_an_empty_window_has_nothing_to_work_with(window: MainWindow) -> None:
    desk = window.desk
    for part in (desk.options, desk.view_bar, desk.transport, desk.timeline, desk.tabs, desk.hint):
        assert not part.isVisible()


def test_the_openers_are_of_one_height(window: MainWindow) -> None:
    heights = {one.height() for one in window.desk.start_page.findChildren(QPushButton)}
    assert len(heights) == 1


def test_cards_begin_where_the_title_does(window: MainWindow, qtbot: QtBot) -> None:
    page = window.desk.start_page
    page.set_recent([Recent(Path("/clip.mp4"), True)])
    (card,) = page.cards()
    opener = _button(page, "Open Clip")
    qtbot.waitUntil(lambda: card.x() == opener.x())


def test_a_sequence_is_called_as_its_folder(window: MainWindow) -> None:
    assert name_of(Path("/shots/ball/input_video.mp4")) == "ball"
    assert name_of(Path("/shots/ball/plate.mp4")) == "plate"
    page = window.desk.start_page
    page.set_recent([Recent(Path("/shots/ball/input_video.mp4"), True, worked="1 day ago")])
    (card,) = page.cards()
    assert card.accessibleName() == "ball, 1 day ago"


def test_the_page_goes_when_a_shot_comes_and_it_is_listed_next_time(
    hand: Hand, clip: Path, qtbot: QtBot
) -> None:
    page = hand.window.desk.start_page
    assert not page.isVisible()
    desk = hand.window.desk
    for part in (desk.options, desk.view_bar, desk.transport, desk.timeline, desk.tabs, desk.hint):
        assert part.isVisible()
    assert hand.window.focusWidget() is hand.window.viewer
    assert hand.window.windowTitle() == f"{clip.stem} – Void Studio"
    shot = hand.window.session.shot
    assert shot is not None
    hand.wait(recents.poster_path(shot.folder).exists)
    seen = look_at(clip)
    assert seen.found
    assert "12 frames" in seen.facts
    assert seen.poster is not None
    assert seen.poster.shape == (180, 320, 3)


def test_that_a_clip_opens_is_said_whatever_is_taken(
    window: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    hint = window.desk.hint
    window.open_path(clip)
    said = hint.text()
    assert clip.stem in said
    window.actions_by_name["tool_brush"].trigger()
    assert hint.text() == said
    qtbot.waitUntil(lambda: window.session.pictures.plate(0) is not None)
    qtbot.waitUntil(lambda: hint.text().startswith("Brush"))


def test_a_card_opens_what_it_shows(window: MainWindow, clip: Path, qtbot: QtBot) -> None:
    page = window.desk.start_page
    page.set_recent([look_at(clip)])
    (card,) = page.cards()
    with qtbot.waitSignal(page.chosen) as said:
        QTest.mouseClick(card, Qt.MouseButton.LeftButton)
    assert said.args == [clip]
    qtbot.waitUntil(lambda: window.session.shot is not None)
    qtbot.waitUntil(lambda: window.session.pictures.plate(0) is not None)
    assert not page.isVisible()


def test_a_card_can_be_pressed_from_the_keyboard(
    window: MainWindow, clip: Path, qtbot: QtBot
) -> None:
    page = window.desk.start_page
    page.chosen.disconnect()
    page.set_recent([Recent(clip, True)])
    (card,) = page.cards()
    card.setFocus(Qt.FocusReason.TabFocusReason)
    with qtbot.waitSignal(page.chosen):
        QTest.keyClick(card, Qt.Key.Key_Space)


def test_what_is_gone_is_shown_as_gone(window: MainWindow, tmp_path: Path) -> None:
    page = window.desk.start_page
    seen = look_at(tmp_path / "gone.mp4")
    assert not seen.found
    page.set_recent([seen])
    (card,) = page.cards()
    assert not card.isEnabled()
    assert "not found" in card.accessibleName()


def test_the_list_keeps_the_latest_first_and_forgets(window: MainWindow, tmp_path: Path) -> None:
    QSettings().remove("open/recent")
    paths = [tmp_path / f"{name}.mp4" for name in range(recents.MOST + 3)]
    for path in paths:
        recents.remember(path)
    recents.remember(paths[5])
    kept = recents.remembered()
    assert kept[0] == paths[5]
    assert len(kept) == recents.MOST == len(set(kept))
    recents.forget(paths[5])
    assert paths[5] not in recents.remembered()
    QSettings().setValue("open/recent", str(paths[0]))
    assert recents.remembered() == [paths[0]]


@pytest.mark.parametrize("data", [b"", b"no picture", b"\x89PNG\r\n\x1a\n"])
def test_a_damaged_poster_is_none(hand: Hand, clip: Path, data: bytes) -> None:
    folder = shot_folder_for(clip)
    hand.wait(recents.poster_path(folder).exists)
    recents.poster_path(folder).write_bytes(data)
    assert look_at(clip).poster is None


def test_a_poster_is_small(tmp_path: Path) -> None:
    (tmp_path / "cache").mkdir()
    write_poster(tmp_path, np.full((2160, 3840, 3), (200, 10, 30), np.uint8))
    seen = recents._read_poster(tmp_path)
    assert seen is not None
    assert seen.shape == (270, 480, 3)
    assert tuple(seen[100, 100]) == (200, 10, 30)


def test_how_long_ago() -> None:
    assert [ago(s) for s in (5, 60, 7300, 90000, 200000)] == [
        "just now",
        "1 minute ago",
        "2 hours ago",
        "1 day ago",
        "2 days ago",
    ]


def test_a_low_page_leaves_out_what_does_not_fit(qtbot: QtBot, window: MainWindow) -> None:
    page = window.desk.start_page
    page.set_recent([Recent(Path(f"/{name}.mp4"), True) for name in range(8)])
    shown = [card.isVisibleTo(page) for card in page.cards()]
    window.resize(1100, 480)
    qtbot.waitUntil(lambda: page.height() < 440)
    assert sum(card.isVisibleTo(page) for card in page.cards()) == 4 <= sum(shown)
    last = page.cards()[3]
    assert page.rect().contains(last.mapTo(page, QPoint(last.width() - 1, last.height() - 1)))


def _button(page: StartPage, text: str) -> QPushButton:
    return next(one for one in page.findChildren(QPushButton) if one.text().startswith(text))
