"""As much of the Hugging Face Hub as fetching asks for, on 127.0.0.1, with its bad days."""

from __future__ import annotations

import hashlib
import json
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from urllib.parse import unquote, urlsplit

COMMIT = "0123456789abcdef0123456789abcdef01234567"


@dataclass
class FakeHub:
    """Serves the repositories below ``models``.

    Attributes:
        models: ``<models>/<owner>/<name>/<file>``.
        url: Where it listens.
        asked: (path, Range header or "") of every request for a file.
        tokens: Whether any request carried an Authorization header.
        cut_at: The first answer with a file ends after so many bytes of it.
        served: Content sent in place of a file's own, by its path in the repository.
        status: Every request is answered with it, if not 0.
        page: Every request is answered with a web page.
        without_ranges: Range headers are ignored, as some mirrors do.
    """

    models: Path
    url: str = ""
    asked: list[tuple[str, str]] = field(default_factory=list)
    tokens: bool = False
    cut_at: int = 0
    served: dict[str, bytes] = field(default_factory=dict)
    status: int = 0
    page: bool = False
    without_ranges: bool = False


@contextmanager
def serving(hub: FakeHub) -> Iterator[FakeHub]:
    class Handler(_Handler):
        pass

    Handler.hub = hub
    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    server.daemon_threads = False
    hub.url = f"http://127.0.0.1:{server.server_address[1]}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01})
    thread.start()
    try:
        yield hub
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    hub: FakeHub

    def do_GET(self) -> None:
        hub = self.hub
        hub.tokens |= "Authorization" in self.headers
        if hub.status:
            self._answer(hub.status, b"{}", "application/json")
        elif hub.page:
            self._answer(200, b"<!doctype html><p>Log in to the hotel", "text/html")
        elif (parts := unquote(urlsplit(self.path).path).split("/"))[1] == "api":
            self._list("/".join(parts[3:5]))
        else:
            self._send("/".join(parts[1:3]), "/".join(parts[5:]))

    def _list(self, repository: str) -> None:
        folder = self.hub.models / repository
        if not folder.is_dir():
            self._answer(404, b"{}", "application/json")
            return
        files = [_described(path, folder) for path in sorted(folder.rglob("*")) if path.is_file()]
        answer = {"id": repository, "sha": COMMIT, "siblings": files}
        self._answer(200, json.dumps(answer).encode(), "application/json")

    def _send(self, repository: str, name: str) -> None:
        hub = self.hub
        data = hub.served.get(name)
        if data is None:
            data = (hub.models / repository / name).read_bytes()
        asked = self.headers.get("Range", "")
        hub.asked.append((name, asked))
        first = 0
        if asked and not hub.without_ranges:
            first = int(asked.removeprefix("bytes=").partition("-")[0])
        self.send_response(206 if first else 200)
        if first:
            self.send_header("Content-Range", f"bytes {first}-{len(data) - 1}/{len(data)}")
        self.send_header("Content-Length", str(len(data) - first))
        self.send_header("ETag", f'"{hashlib.sha256(data).hexdigest()}"')
        self.send_header("X-Repo-Commit", COMMIT)
        self.send_header("Accept-Ranges", "bytes")
        self.end_headers()
        end = len(data)
        if hub.cut_at:
            end, hub.cut_at = hub.cut_at, 0
        self.wfile.write(data[first:end])

    def _answer(self, status: int, body: bytes, kind: str) -> None:
        self.send_response(status)
        self.send_header("Content-Type", kind)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002
        pass


def _described(path: Path, folder: Path) -> dict[str, object]:
    data = path.read_bytes()
    name = path.relative_to(folder).as_posix()
    blob = hashlib.sha1(b"blob %d\0" % len(data) + data, usedforsecurity=False).hexdigest()
    entry: dict[str, object] = {"rfilename": name, "size": len(data), "blobId": blob}
    if path.suffix in (".safetensors", ".model"):
        sha = hashlib.sha256(data).hexdigest()
        entry["lfs"] = {"sha256": sha, "size": len(data), "pointerSize": 134}
    return entry
