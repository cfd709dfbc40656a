"""Clicks on a locked frame change nothing and say why."""

from __future__ import annotations

from tests.app.conftest import Hand


def test_clicks_leave_a_locked_frame(hand: Hand) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    heard: list[str] = []
    hand.window.session.noticed.connect(heard.append)
    index = hand.window.session.index
    shot.set_locked([index], True)
    steps = shot.history.steps()
    hand.click(100, 80)
    assert "is locked" in heard[-1]
    assert shot.document.objects == ()
    assert shot.history.steps() == steps
    shot.set_locked([index], False)
    hand.click(100, 80)
    hand.wait(lambda: shot.masks.field(index).any())
    shot.set_locked([index], True)
    before = shot.masks.field(index).copy()
    hand.key("Backspace")
    assert "is locked" in heard[-1]
    assert (shot.masks.field(index) == before).all()
