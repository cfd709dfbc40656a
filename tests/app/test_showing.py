"""What A and B show, from shot to shot."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from void_studio.app.showing import Showing
from void_studio.app.viewer.source import MASKED_PLATE, PLATE, Content, Source

LEVELS = Source(Content.LEVELS)


def test_without_a_take_there_is_no_b(qtbot: QtBot) -> None:
    showing = Showing()
    showing.suit([])
    assert showing.sources == (MASKED_PLATE, None)
    showing.exchange()
    assert showing.sources == (MASKED_PLATE, None)
    assert showing.takes == ()


def test_a_take_is_b_and_the_newest_comes_first(qtbot: QtBot) -> None:
    showing = Showing()
    showing.suit([1, 2])
    assert showing.b == Source.of_take(2)
    showing.show_b(Source.of_take(1, masked=True))
    showing.show_take(3)
    assert showing.b == Source.of_take(3, masked=True)
    showing.show_a(Source.of_take(1))
    assert showing.takes == (3, 1)
    showing.show_b(Source.of_take(1, masked=True))
    assert showing.takes == (1,), "each once"
    showing.show_take(None)
    assert showing.b is None


def test_another_shot_keeps_what_it_has_too(qtbot: QtBot) -> None:
    showing = Showing()
    showing.suit([4])
    showing.show_a(Source.of_take(4))
    showing.suit([7, 9])
    assert showing.sources == (MASKED_PLATE, Source.of_take(9))
    showing.show_a(PLATE)
    showing.show_b(LEVELS)
    showing.suit([])
    assert showing.sources == (PLATE, LEVELS)
    showing.suit([2])
    assert showing.sources == (PLATE, LEVELS), "what was chosen stays"


def test_a_change_is_told_once_and_nothing_else(qtbot: QtBot) -> None:
    showing = Showing()
    told: list[object] = []
    showing.changed.connect(lambda: told.append(showing.sources))
    showing.show_b(LEVELS)
    showing.show_b(LEVELS)
    showing.exchange()
    assert told == [(MASKED_PLATE, LEVELS), (LEVELS, MASKED_PLATE)]
