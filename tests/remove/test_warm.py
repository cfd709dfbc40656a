"""What is kept between removals is let go of once, by whoever asks."""

from __future__ import annotations

from void_studio.remove import warm


def test_what_is_kept_is_let_go_of_once() -> None:
    released: list[str] = []
    assert not warm.is_warm()
    warm.keep("one", lambda: released.append("one"))
    warm.keep("two", lambda: released.append("two"))
    warm.forget("one")
    assert warm.is_warm()
    warm.let_go()
    warm.let_go()
    assert released == ["two"]
    assert not warm.is_warm()
