"""The pictures of the plate and of takes, in one memory and from one decoder."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import Any, cast

import numpy as np
import pytest
from numpy.typing import NDArray

from tests.app.conftest import SIZE, Hand
from tests.app.test_compare import add_take
from void_studio.app import pictures as shown
from void_studio.app import plate_on_screen as module
from void_studio.app.viewer.source import MASKED_PLATE, Source
from void_studio.errors import Cancelled
from void_studio.media.plate import Plate
from void_studio.shot.shot import Shot


class FakeServer:
    """A plate's server that has no picture until the third look, or never."""

    def __init__(self, expected: bool, failed: bool = False, looks: int = 10**9) -> None:
        self.looks = looks
        self.expected, self.failed = expected, failed

    def picture(self, index: int) -> NDArray[np.uint8] | None:
        self.looks -= 1
        return None if self.looks > 0 else np.full((2, 3, 3), index, np.uint8)

    def expects(self, index: int, size: tuple[int, int]) -> bool:
        return self.expected

    def gave_up(self, index: int) -> bool:
        return self.failed


class Opened:
    """A decoder of one's own."""

    count, size = 9, (3, 2)

    def read_rgb8(self, index: int, size: tuple[int, int] | None = None) -> NDArray[np.uint8]:
        return np.full((2, 3, 3), 200, np.uint8)

    def close(self) -> None: ...


def on_screen(server: FakeServer, monkeypatch: pytest.MonkeyPatch) -> module.PlateOnScreen:
    monkeypatch.setattr(module, "WAIT_S", 0.001)
    return module.PlateOnScreen(cast(Any, server), 9, (3, 2), cast(Any, Opened))


def test_a_take_waits_for_the_plate_as_long_as_it_is_to_come(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plate = on_screen(FakeServer(expected=True, looks=20), monkeypatch)
    assert plate.read_rgb8(7)[0, 0, 0] == 7


def test_a_take_does_not_wait_for_a_frame_that_nobody_wants_any_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    plate = on_screen(FakeServer(expected=False), monkeypatch)
    with pytest.raises(Cancelled):
        plate.read_rgb8(7)


def test_a_take_reads_itself_what_the_plate_could_not(monkeypatch: pytest.MonkeyPatch) -> None:
    plate = on_screen(FakeServer(expected=False, failed=True), monkeypatch)
    assert plate.read_rgb8(7)[0, 0, 0] == 200
    plate.close()


@pytest.fixture
def shot(hand: Hand, tmp_path: Path) -> Shot:
    """The open shot, with takes 1 and 2."""
    opened = hand.window.session.shot
    assert opened is not None
    for name in ("one", "two"):
        add_take(opened, tmp_path / name, (9, 9, 9))
    return opened


def test_only_the_takes_that_are_shown_are_served(hand: Hand, shot: Shot) -> None:
    session = hand.window.session
    pictures, showing = session.pictures, session.showing
    showing.show_b(Source.of_take(2))
    hand.wait(lambda: pictures.take(2, 0) is not None)
    assert pictures.take(1, 0) is None
    kept = pictures.take(2, 0)
    showing.show_a(Source.of_take(1))
    assert pictures.take(2, 0) is kept, "what goes on being shown keeps its pictures"
    hand.wait(lambda: pictures.take(1, 0) is not None)
    showing.show_a(MASKED_PLATE)
    assert pictures.take(1, 0) is None
    assert pictures.picture(showing.b, 0) is kept
    assert pictures.picture(None, 0) is None


def test_a_frame_is_ready_when_all_that_is_shown_is(hand: Hand, shot: Shot) -> None:
    session = hand.window.session
    pictures = session.pictures
    session.set_take(2)
    both = (MASKED_PLATE, Source.of_take(2))
    hand.wait(lambda: pictures.ready(0, both))
    assert not pictures.ready(10**6, both)
    assert pictures.ready(0, (Source.of_take(77),)), "there is no such take to wait for"


def test_takes_share_their_memory(hand: Hand, shot: Shot) -> None:
    session = hand.window.session
    session.set_take(2)
    session.showing.show_a(Source.of_take(1))
    budgets = [take.server._budget for take in session.pictures._takes]
    assert budgets == [shown.TAKES_BUDGET // 2] * 2
    session.showing.show_a(MASKED_PLATE)
    assert [take.server._budget for take in session.pictures._takes] == [shown.TAKES_BUDGET]


def test_takes_are_laid_over_the_pictures_that_the_plate_has(
    hand: Hand, shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """No decoder is opened for a take: at 4K each would hold 100 MB."""
    session = hand.window.session
    plates = partial(map, session.pictures.plate, range(session.count))
    hand.wait(lambda: all(plate is not None and plate.shape[1] == SIZE[0] for plate in plates()))
    opened: list[Plate] = []
    monkeypatch.setattr(session.pictures, "_open_plate", lambda: opened.append(shot.open_plate()))
    session.set_take(2)
    session.showing.show_a(Source.of_take(1))
    every = range(session.count)
    hand.wait(
        lambda: all(session.pictures.take(take, i) is not None for take in (1, 2) for i in every)
    )
    assert opened == []
