"""A lane: the child process of the worker in which engines run and may crash.

It reads one JSON request per line from standard input and answers in lines on standard output, one
request at a time, and ends at once when its input ends: whatever becomes of the worker, no lane is
left behind. Results are written whole or not at all, so it may end at any moment.
"""

from __future__ import annotations

import base64
import faulthandler
import json
import os
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from queue import SimpleQueue
from typing import Any, BinaryIO

from void_studio.errors import Cancelled, VoidError
from void_studio.remove.warm import is_warm
from void_studio.worker.clicks import Clicks
from void_studio.worker.run import continue_job
from void_studio.worker.spec import ClickRequest

Message = dict[str, Any]
Send = Callable[[Message], None]

# Jobs give way to the window and to clicks, which an artist waits for.
_JOBS_NICENESS = 5


def run_jobs(requests: Iterator[Message], send: Send) -> None:
    """Runs the job folders it is told; sends ``news`` after every event and ``end`` at the end.

    With the end it says whether it keeps models ``warm`` for the next one.
    """
    if sys.platform != "win32":
        os.nice(_JOBS_NICENESS)
    for request in requests:
        try:
            continue_job(Path(request["folder"]), notify=lambda: send({"news": True}))
            send({"end": True, "warm": is_warm()})
        except VoidError as error:
            send({"end": True, "warm": is_warm(), "error": _said(error)})


def answer_clicks(requests: Iterator[Message], send: Send) -> None:
    """Answers every click request with a PNG, or an empty answer for a request to warm up."""
    clicks = Clicks()
    for request in requests:
        try:
            png = clicks.answer(ClickRequest.model_validate(request))
            send({"png": base64.b64encode(png).decode()})
        except VoidError as error:
            send({"error": _said(error)})
        except (Cancelled, MemoryError, Exception) as error:
            # A session that failed in an unforeseen way is not trusted again.
            clicks.close()
            unforeseen = VoidError("Could not make a mask of the click", f"{error!r}"[:500])
            send({"error": _said(unforeseen)})
    clicks.close()


LANES: dict[str, Callable[[Iterator[Message], Send], None]] = {
    "jobs": run_jobs,
    "clicks": answer_clicks,
}


def main(arguments: list[str]) -> int:
    """``python -m void_studio.worker.lane jobs|clicks``, spoken to by the worker only."""
    faulthandler.enable()
    out = _claim_output()

    def send(message: Message) -> None:
        try:
            out.write(json.dumps(message).encode() + b"\n")
            out.flush()
        except OSError:
            # The worker is gone. That is no failure of the job: the next worker continues it.
            os._exit(0)

    LANES[arguments[0]](_requests(), send)
    return 0


def _claim_output() -> BinaryIO:
    """The real standard output; what any library prints goes to standard error instead."""
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)
    return out


def _requests() -> Iterator[Message]:
    """Requests as they come. A thread reads, so that the end of input is seen during work, too."""
    queue: SimpleQueue[Message] = SimpleQueue()

    def read() -> None:
        for line in sys.stdin.buffer:
            queue.put(json.loads(line))
        os._exit(0)

    threading.Thread(target=read, name="lane input", daemon=True).start()
    while True:
        yield queue.get()


def _said(error: VoidError) -> Message:
    return {"what": error.what, "why": error.why, "remedy": error.remedy}


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
