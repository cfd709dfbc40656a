"""Meeting a worker that ends, or losing the race to start one: patience, not an error."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import pytest

from void_studio import __version__
from void_studio.errors import VoidError
from void_studio.hosts import local, start
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import find_or_start, stop_worker, wait_until_ended
from void_studio.process_lock import Holder
from void_studio.worker.address import EXIT_RUNS_ALREADY, Address


class Door(BaseHTTPRequestHandler):
    """Answers what ``server.status`` says."""

    status = 200

    def do_GET(self) -> None:
        self.send_response(self.status)
        self.send_header("Content-Length", "2")
        self.end_headers()
        self.wfile.write(b"{}")

    def log_request(self, code: int | str = "-", size: int | str = "-") -> None:
        pass


class Closing(Door):
    status = 503


def served(handler: type[Door]) -> Iterator[int]:
    with HTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        yield server.server_port
        server.shutdown()
        thread.join()


@pytest.fixture
def ending() -> Iterator[int]:
    yield from served(Closing)


@pytest.fixture
def fresh() -> Iterator[int]:
    yield from served(Door)


def address(port: int, pid: int) -> Address:
    return Address(port, "token", __version__, pid)


@pytest.mark.parametrize("refuses", [False, True])
def test_a_worker_that_ends_is_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, ending: int, fresh: int, refuses: bool
) -> None:
    ended: list[int] = []
    # Port 1 refuses every connection.
    old = 1 if refuses else ending

    def find(home: Path, idle_s: float | None) -> Address:
        return address(fresh, 2) if ended else address(old, 1)

    def wait(home: Path, address: Address, given_up: threading.Event) -> None:
        ended.append(address.pid)

    monkeypatch.setattr(local, "find_or_start", find)
    monkeypatch.setattr(local, "wait_until_ended", wait)
    with LocalHost(tmp_path) as host:
        host.start()
    assert ended == [1]


def test_waiting_ends_when_the_lock_is_free_or_given_up(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    owners: list[Holder | None] = [Holder("here", 1, 0.0)] * 3 + [None]
    asked: list[int] = []

    def owner(path: Path) -> Holder | None:
        asked.append(1)
        return owners[min(len(asked), len(owners)) - 1]

    monkeypatch.setattr(start, "lock_owner", owner)
    wait_until_ended(tmp_path, address(1, 1), threading.Event())
    assert len(asked) == 4
    owners[:] = [Holder("here", 1, 0.0)]
    given_up = threading.Event()
    given_up.set()
    wait_until_ended(tmp_path, address(1, 1), given_up)
    assert len(asked) == 5
    owners[:] = [Holder("here", 2, 0.0)]
    wait_until_ended(tmp_path, address(1, 1), threading.Event())
    assert len(asked) == 6


def test_a_lost_race_to_start_is_looked_at_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = start.worker_command
    commands = [["python3", "-c", f"raise SystemExit({EXIT_RUNS_ALREADY})"]]

    def command() -> list[str]:
        return commands.pop() if commands else real()

    monkeypatch.setattr(start, "worker_command", command)
    try:
        assert find_or_start(tmp_path, 5.0).port > 0
        assert commands == []
    finally:
        stop_worker(tmp_path)


def test_a_worker_that_cannot_start_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(
        start, "worker_command", lambda: ["python3", "-c", "raise SystemExit('no luck')"]
    )
    with pytest.raises(VoidError, match="no luck"):
        find_or_start(tmp_path)
