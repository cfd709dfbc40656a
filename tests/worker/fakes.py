"""Engines that do as they are told: wait, crash, hang, chatter. Run in processes of their own.

``python -m tests.worker.fakes lane jobs|clicks`` and ``... worker --home DIR`` are the lane and the
worker with these engines in place of the real ones.
"""

from __future__ import annotations

import os
import signal
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tests.patience import PATIENCE_S
from void_studio.errors import VoidError
from void_studio.progress import CancelToken, Reporter
from void_studio.remove.protocol import Patch, RemoveRequest, RemoverSettings
from void_studio.segment.protocol import FrameSource
from void_studio.shot.document import Prompt
from void_studio.worker.click_lane import ClickLane
from void_studio.worker.job_queue import JobQueue
from void_studio.worker.spec import ClickRequest

ROOT = Path(__file__).parents[2]


class Told(RemoverSettings):
    """What to do at which frame; only once if ``once`` names a file, which is then made."""

    at: int = -1
    act: str = ""
    once: str = ""
    gate: str = ""


def _act(act: str) -> None:
    match act:
        case "killed":
            os.kill(os.getpid(), signal.SIGKILL)
        case "segfault":
            os.kill(os.getpid(), signal.SIGSEGV)
        case "hang":
            while True:  # deaf to any token
                time.sleep(60)
        case "chatter":
            os.write(1, b'{"end": true}\nnot for you\n')
        case "fail":
            raise VoidError("It failed", "It was told to", "Tell it otherwise")


class ToldRemover:
    """Grey patches of 4x4, one per frame."""

    name = "told"
    title = "Does as it is told"
    settings = Told

    def remove(
        self, request: RemoveRequest, reporter: Reporter, cancel: CancelToken, checkpoints: Path
    ) -> Iterator[Patch]:
        told = request.settings
        assert isinstance(told, Told)
        first, last = request.frames
        for index in range(first, last + 1):
            if index in request.done:
                continue
            cancel.check()
            if index == told.at:
                while told.gate and not Path(told.gate).exists():
                    cancel.check()
                    time.sleep(0.002)
                if not (told.once and Path(told.once).exists()):
                    if told.once:
                        Path(told.once).touch()
                    _act(told.act)
            reporter.progress(index - first + 1, last - first + 1, "Doing as told")
            yield Patch(index, 0, 0, np.full((4, 4, 4), 128, np.uint8))


class ToldSession:
    """Masks the left half; a click at x = 1 crashes, at x = 2 hangs, at x = 3 fails."""

    def __init__(self, frames: FrameSource) -> None:
        self._size = frames.size

    def set_prompts(
        self, object_id: str, frame: int, prompts: Sequence[Prompt]
    ) -> NDArray[np.bool_]:
        acts = {1.0: "segfault", 2.0: "hang", 3.0: "fail"}
        _act(acts.get(prompts[0].x, ""))
        if prompts[0].x == 4:
            raise ZeroDivisionError
        mask = np.zeros((self._size[1], self._size[0]), bool)
        mask[:, : self._size[0] // 2] = True
        return mask

    def forget(self, object_id: str, frame: int | None = None) -> None:
        pass

    def close(self) -> None:
        pass


class ToldSegmenter:
    name = "told"

    def open(self, frames: FrameSource) -> Any:
        return ToldSession(frames)


class ShortOfPatienceWithTheDeaf(JobQueue):
    """Ends a job by force soon if it was told to hang, and late if it was not."""

    async def _force_cancel(self, folder: Path) -> None:
        self._cancel_grace_s = 0.3 if '"hang"' in (folder / "job.json").read_text() else PATIENCE_S
        await super()._force_cancel(folder)


class ShortOfPatienceWithSlowClicks(ClickLane):
    """Waits for a click at x = 2, which hangs, for a second or so, and long for others."""

    async def _answer(self, request: ClickRequest) -> bytes:
        hangs = any(prompt.x == 2 for prompt in request.prompts[:1])
        self._timeout_s = 1.5 if hangs else PATIENCE_S
        return await super()._answer(request)


def fake_lane(kind: str) -> list[str]:
    """The command of a lane with these engines."""
    return [sys.executable, "-m", "tests.worker.fakes", "lane", kind]


def fake_worker() -> list[str]:
    """The command of a worker with these engines."""
    return [sys.executable, "-m", "tests.worker.fakes", "worker"]


def _lane(arguments: list[str]) -> int:
    import void_studio.remove.registry
    import void_studio.segment.registry

    void_studio.remove.registry.get_remover = lambda _: ToldRemover()
    void_studio.segment.registry.get_segmenter = lambda _="": ToldSegmenter()
    from void_studio.worker import lane

    return lane.main(arguments)


def _worker(arguments: list[str]) -> int:
    from void_studio.worker import __main__ as worker

    worker.lane_command = fake_lane
    worker.JobQueue = ShortOfPatienceWithTheDeaf
    worker.ClickLane = ShortOfPatienceWithSlowClicks
    return worker.main(arguments)


if __name__ == "__main__":
    run: dict[str, Callable[[list[str]], int]] = {"lane": _lane, "worker": _worker}
    sys.exit(run[sys.argv[1]](sys.argv[2:]))
