"""The worker's HTTP service on 127.0.0.1; every request carries the token (see ``guard``).

- ``GET /health``: version, pid, whether it is busy.
- ``GET /jobs``, ``GET /jobs/{id}``: statuses.
- ``GET /jobs/{id}/events?since=OFFSET&wait=SECONDS``: ``{"events": [...], "state": ...}``; waits up
  to that long for a first event, unless the job stands still.
- ``POST /jobs/{id}/submit``, ``/cancel``: the status after.
- ``POST /click``: a ``ClickRequest``; answers a PNG, or nothing (204) for a request to warm up.
- ``POST /stop``: the worker ends; jobs continue when another one starts.

Jobs are named by id only: they are folders of this home's ``jobs`` folder. Errors are answered as
``{"what", "why", "remedy"}`` with status 400 (malformed), 404 (no such job), 413 or 422 (the reason
is the artist's to know).
"""

from __future__ import annotations

import asyncio
import math
import os
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

from pydantic import ValidationError
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from void_studio import __version__
from void_studio.errors import VoidError
from void_studio.worker.click_lane import ClickLane
from void_studio.worker.events import read_events
from void_studio.worker.guard import BodyTooLarge, read_body, said
from void_studio.worker.job_queue import JobQueue
from void_studio.worker.spec import ClickRequest

MAX_WAIT_S = 25.0
MAX_EVENTS = 2000
# Jobs that another program runs (``job run``) beat no pulse: their files are looked at this often.
_FILE_POLL_S = 0.5

Answer = Callable[[Request], Awaitable[Response]]


class Service:
    """The endpoints over a queue and a click lane.

    Args:
        stop: Called when somebody asks the worker to end.
    """

    def __init__(self, queue: JobQueue, clicks: ClickLane, stop: Callable[[], None]) -> None:
        self._queue = queue
        self._clicks = clicks
        self._stop = stop

    def app(self) -> Starlette:
        """The application, without its guard."""
        routes = [
            Route("/health", _explained(self._health)),
            Route("/jobs", _explained(self._list)),
            Route("/jobs/{id}", _explained(self._status)),
            Route("/jobs/{id}/events", _explained(self._events)),
            Route("/jobs/{id}/submit", _explained(self._submit), methods=["POST"]),
            Route("/jobs/{id}/cancel", _explained(self._cancel), methods=["POST"]),
            Route("/click", _explained(self._click), methods=["POST"]),
            Route("/stop", _explained(self._end), methods=["POST"]),
        ]
        return Starlette(routes=routes, lifespan=self._lifespan)

    @asynccontextmanager
    async def _lifespan(self, _: Starlette) -> AsyncIterator[None]:
        self._queue.recover()
        jobs = asyncio.create_task(self._queue.run())
        try:
            yield
        finally:
            jobs.cancel()
            await asyncio.gather(jobs, return_exceptions=True)
            await asyncio.gather(self._queue.close(), self._clicks.close())

    async def _health(self, _: Request) -> Response:
        return JSONResponse({"version": __version__, "pid": os.getpid(), "busy": self._queue.busy})

    async def _list(self, _: Request) -> Response:
        return JSONResponse([item.model_dump(mode="json") for item in self._queue.statuses()])

    async def _status(self, request: Request) -> Response:
        return JSONResponse(self._queue.status(self._id(request)).model_dump(mode="json"))

    async def _events(self, request: Request) -> Response:
        job_id = self._id(request)
        since = int(_number(request, "since", 2**53))
        deadline = asyncio.get_running_loop().time() + _number(request, "wait", MAX_WAIT_S)
        path = self._queue.folder(job_id) / "events.jsonl"
        while True:
            # The state first: what it says is then among the events.
            state = self._queue.status(job_id).state
            events = read_events(path, since, MAX_EVENTS)
            left = deadline - asyncio.get_running_loop().time()
            if events or not state.active or left <= 0:
                return JSONResponse({"events": events, "state": state})
            await self._queue.news.wait(min(left, _FILE_POLL_S))

    async def _submit(self, request: Request) -> Response:
        return JSONResponse(self._queue.submit(self._id(request)).model_dump(mode="json"))

    async def _cancel(self, request: Request) -> Response:
        return JSONResponse(self._queue.cancel(self._id(request)).model_dump(mode="json"))

    async def _click(self, request: Request) -> Response:
        asked = ClickRequest.model_validate_json(await read_body(request))
        png = await self._clicks.ask(asked)
        return Response(png, media_type="image/png") if png else Response(status_code=204)

    async def _end(self, _: Request) -> Response:
        self._stop()
        return JSONResponse({})

    def _id(self, request: Request) -> str:
        job_id: str = request.path_params["id"]
        try:
            self._queue.folder(job_id)
        except VoidError as error:
            raise NoSuchJob(error.what) from error
        return job_id


class NoSuchJob(VoidError):
    """A job was named that does not exist."""


def _explained(answer: Answer) -> Answer:
    """Turns what an endpoint raises into an answer."""

    async def explained(request: Request) -> Response:
        try:
            return await answer(request)
        except NoSuchJob as error:
            return said(error, 404)
        except VoidError as error:
            return said(error, 422)
        except BodyTooLarge:
            return said(VoidError("The request is too large"), 413)
        except ValidationError as error:
            first = error.errors(include_url=False, include_input=False)[0]
            return said(VoidError("The request makes no sense", first["msg"]), 400)

    return explained


def _number(request: Request, name: str, largest: float) -> float:
    """A number of the query, from 0 to ``largest``."""
    text = request.query_params.get(name, "0")
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not value >= 0:
        raise VoidError("The request makes no sense", f"{name} is {text[:40]!r}")
    return min(value, largest)
