"""Clicks on a locked frame change nothing and say why."""

from __future__ import annotations

from tests.app.conftest import Hand


def test_clicks_leave_a_locked_frame(hand: Hand) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    heard: list[int] = []
    hand.window.session.refused.connect(heard.append)
    index = hand.window.session.index
    shot.set_locked([index], True)
    steps = shot.history.steps()
    hand.click(100, 80)
    assert heard == [index]
    assert shot.document.objects == ()
    assert shot.history.steps() == steps
    shot.set_locked([index], False)
    hand.click(100, 80)
    hand.wait(lambda: shot.masks.field(index).any())
    shot.set_locked([index], True)
    before = shot.masks.field(index).copy()
    hand.key("Backspace")
    assert heard == [index, index]
    assert (shot.masks.field(index) == before).all()


def test_a_stroke_on_a_locked_frame_is_told_with_the_key_and_asks_for_nothing(hand: Hand) -> None:
    shot = hand.window.session.shot
    assert shot is not None
    shot.set_locked([hand.window.session.index], True)
    hand.key("B")
    hand.drag((100, 80), (140, 90))
    (message,) = hand.window.desk.messages.messages
    assert "is locked" in message.what
    assert "Shift+F" in message.remedy
    assert message.level == "info"
