"""The worker's side of clicks: one at a time, in bounded time."""

from __future__ import annotations

import asyncio
import base64

from void_studio.errors import VoidError
from void_studio.worker.lane_process import LaneDied, LaneProcess
from void_studio.worker.spec import ClickRequest

MAX_WAITING = 16


class ClickLane:
    """Asks the clicks lane. The lane is ended, and started again, when it takes too long."""

    def __init__(self, lane: LaneProcess, timeout_s: float = 30.0) -> None:
        self._lane = lane
        self._timeout_s = timeout_s
        self._turn = asyncio.Lock()
        self._waiting = 0

    async def ask(self, request: ClickRequest) -> bytes:
        """The answer to a click: a PNG, or b"" for a request to warm up.

        Raises:
            VoidError: the lane says why not, died, or was too slow; or too many clicks wait.
        """
        if self._waiting >= MAX_WAITING:
            raise VoidError("Too many clicks at once", "", "Wait for the mask, then click again")
        self._waiting += 1
        try:
            async with self._turn:
                return await self._answer(request)
        finally:
            self._waiting -= 1

    async def make_room(self) -> None:
        """Ends the lane after the click it is at, so that nothing it loaded takes up memory.

        The next click starts it again.
        """
        async with self._turn:
            await self._lane.close()

    async def close(self) -> None:
        """Ends the lane."""
        await self._lane.close()

    async def _answer(self, request: ClickRequest) -> bytes:
        try:
            async with asyncio.timeout(self._timeout_s):
                await self._lane.send(request.model_dump(mode="json"))
                message = await self._lane.receive()
        except LaneDied as death:
            raise VoidError(
                "The click got no mask", death.why, "Click again: the process was started anew"
            ) from death
        except (TimeoutError, asyncio.CancelledError) as error:
            # The answer would come later and be taken for that of the next click.
            self._lane.kill()
            await self._lane.close()
            if isinstance(error, TimeoutError):
                raise VoidError(
                    "The click got no mask",
                    f"It took more than {self._timeout_s:.0f} seconds",
                    "Click again, with fewer or clearer clicks",
                ) from error
            raise
        if "error" in message:
            error_said = message["error"]
            raise VoidError(error_said["what"], error_said["why"], error_said["remedy"])
        return base64.b64decode(message["png"])
