"""What every request meets first: who is asking, how much is sent, and when it was."""

from __future__ import annotations

import secrets
import time
from collections.abc import Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.types import ASGIApp, Receive, Scope, Send

from void_studio.errors import VoidError

MAX_BODY_BYTES = 2 * 2**20
_HOSTS = ("127.0.0.1", "localhost")


class Guard:
    """Lets requests through that carry the token and come for this machine by name.

    A page in a browser can send requests to 127.0.0.1, under a name of its own even; it has neither
    the token nor, with a name of its own, the right Host header.

    Attributes:
        pending: How many requests are being answered.
        latest: When the latest request arrived or was answered; ``time.monotonic`` seconds.
    """

    def __init__(self, app: ASGIApp, token: str, closing: Callable[[], bool]) -> None:
        """``closing`` tells whether the worker is about to end: it then takes nothing on."""
        self._app = app
        self._closing = closing
        self._expected = f"Bearer {token}".encode()
        self.pending = 0
        self.latest = time.monotonic()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])
        host = headers.get(b"host", b"").decode("latin-1").rpartition(":")
        if (host[0] or host[2]) not in _HOSTS:
            refusal: Response | None = said(VoidError("This worker is for its own machine"), 400)
        elif not secrets.compare_digest(headers.get(b"authorization", b""), self._expected):
            refusal = said(VoidError("The token is missing or wrong"), 401)
        elif self._closing():
            refusal = said(VoidError("The worker is about to end"), 503)
        else:
            refusal = None
        if refusal is not None:
            await refusal(scope, receive, send)
            return
        self.pending += 1
        try:
            await self._app(scope, receive, send)
        finally:
            self.pending -= 1
            self.latest = time.monotonic()


async def read_body(request: Request) -> bytes:
    """The body of a request.

    Raises:
        BodyTooLarge: it has more than 2 MiB; the rest is not read.
    """
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MAX_BODY_BYTES:
            raise BodyTooLarge
    return bytes(body)


class BodyTooLarge(Exception):
    """A request carries more than the service reads."""


def said(error: VoidError, status: int) -> JSONResponse:
    """An error as the service answers it."""
    return JSONResponse(
        {"what": error.what, "why": error.why, "remedy": error.remedy}, status_code=status
    )
