"""When a worker ends for want of work, and how the clicks make room for a removal."""

from __future__ import annotations

import asyncio
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest

from tests.patience import PATIENCE_S
from void_studio.worker import __main__ as worker
from void_studio.worker.click_lane import ClickLane
from void_studio.worker.lane_process import LaneProcess
from void_studio.worker.spec import ClickRequest


@pytest.mark.parametrize(("warm", "waited"), [(False, 120.0), (True, 1800.0)])
def test_warm_models_are_waited_for_longer(
    monkeypatch: pytest.MonkeyPatch, warm: bool, waited: float
) -> None:
    now = 0.0
    guard = SimpleNamespace(pending=0, latest=0.0)
    queue = SimpleNamespace(busy=False, warm=warm)
    monkeypatch.setattr(worker.time, "monotonic", lambda: now)
    stopped: list[float] = []

    async def sleep(seconds: float) -> None:
        nonlocal now
        now += seconds

    monkeypatch.setattr(worker.asyncio, "sleep", sleep)
    asyncio.run(
        worker._stop_when_idle(
            cast(Any, guard), cast(Any, queue), worker.DEFAULT_IDLE_S, lambda: stopped.append(now)
        )
    )
    assert stopped == [pytest.approx(waited)]


class Gated(LaneProcess):
    """Answers when its gate opens, and remembers what is done to it."""

    def __init__(self) -> None:
        super().__init__([], Path())
        self.gate = asyncio.Event()
        self.done: list[str] = []

    async def send(self, message: dict[str, Any]) -> None:
        self.done.append("asked")

    async def receive(self) -> dict[str, Any]:
        await self.gate.wait()
        self.done.append("answered")
        return {"png": ""}

    async def close(self) -> None:
        self.done.append("ended")


def test_room_is_made_after_the_click_that_is_answered() -> None:
    async def work() -> None:
        lane = Gated()
        clicks = ClickLane(lane)
        click = asyncio.create_task(clicks.ask(ClickRequest(plate="x")))
        while not lane.done:
            await asyncio.sleep(0)
        room = asyncio.create_task(clicks.make_room())
        await asyncio.sleep(0)
        assert not room.done()
        lane.gate.set()
        await asyncio.gather(click, room)
        assert lane.done == ["asked", "answered", "ended"]
        await clicks.ask(ClickRequest(plate="x"))
        assert lane.done[-2:] == ["asked", "answered"]

    asyncio.run(asyncio.wait_for(work(), PATIENCE_S))
