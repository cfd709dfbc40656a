"""What the worker's service lets in, and how a worker begins and ends."""

from __future__ import annotations

import os
import signal
import socket
import stat
import subprocess
import time
from collections.abc import Iterator
from pathlib import Path

import httpx
import psutil
import pytest

from tests.hosts.conftest import MakeJob, assert_gone, until, worker_process, worker_processes
from tests.patience import PATIENCE_S
from tests.worker.fakes import fake_worker
from void_studio.errors import VoidError
from void_studio.hosts import start
from void_studio.hosts.local import LocalHost
from void_studio.hosts.start import find_or_start, stop_worker
from void_studio.worker.address import Address, find_worker
from void_studio.worker.guard import MAX_BODY_BYTES
from void_studio.worker.home import worker_folder
from void_studio.worker.locks import ProcessLock

# Long enough for a busy machine to say the first word, short enough to be waited for.
SHORT_IDLE_S = 3.0


@pytest.fixture
def address(host: LocalHost) -> Address:
    return find_or_start(host.home, 30)


@pytest.fixture
def client(address: Address) -> Iterator[httpx.Client]:
    """Carries the token."""
    with httpx.Client(
        base_url=f"http://127.0.0.1:{address.port}",
        headers={"Authorization": f"Bearer {address.token}"},
        trust_env=False,
        timeout=PATIENCE_S,
    ) as client:
        yield client


@pytest.fixture
def own_home(tmp_path: Path) -> Iterator[Path]:
    """A home of this test's own."""
    yield tmp_path
    if tmp_path.is_dir():
        stop_worker(tmp_path)


@pytest.mark.parametrize("path", ["/health", "/jobs", "/jobs/x", "/nowhere", "/"])
@pytest.mark.parametrize("token", [None, "", "Bearer", "Bearer wrong", "Basic eDp4", "ü"])
def test_nothing_is_answered_without_the_token(
    address: Address, path: str, token: str | None
) -> None:
    headers = {} if token is None else {"Authorization": token.encode("latin-1")}
    url = f"http://127.0.0.1:{address.port}{path}"
    answer = httpx.get(url, headers=headers, trust_env=False, timeout=PATIENCE_S)
    assert answer.status_code == 401
    assert set(answer.json()) == {"what", "why", "remedy"}


@pytest.mark.parametrize(
    ("name", "status"),
    [
        ("127.0.0.1", 200),
        ("localhost:1", 200),
        ("evil.example", 400),
        ("evil.example:80", 400),
        ("127.0.0.1.evil.example", 400),
        ("[::1]:80", 400),
        ("", 400),
    ],
)
def test_only_this_machine_is_asked_for(client: httpx.Client, name: str, status: int) -> None:
    assert client.get("/health", headers={"Host": name}).status_code == status


def test_it_listens_on_this_machine_only(host: LocalHost, address: Address) -> None:
    listening = worker_process(host.home).net_connections("tcp")
    addresses = {item.laddr.ip for item in listening if item.status == "LISTEN"}
    assert addresses == {"127.0.0.1"}


def test_the_token_is_for_its_owner_only(host: LocalHost, address: Address) -> None:
    folder = worker_folder(host.home)
    assert stat.S_IMODE((folder / "token").stat().st_mode) == 0o600
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert len(address.token) >= 32
    assert address.token not in " ".join(worker_process(host.home).cmdline())
    assert address.token not in (folder / "worker.log").read_text()


@pytest.mark.parametrize(
    "name", ["..", "%2e%2e", "..%2f..%2fetc", "a%2fb", ".hidden", "a" * 65, "%00", "nothing"]
)
@pytest.mark.parametrize("action", ["", "/events", "/submit", "/cancel"])
def test_only_jobs_of_this_home_can_be_named(client: httpx.Client, name: str, action: str) -> None:
    method = "POST" if action in ("/submit", "/cancel") else "GET"
    assert client.request(method, f"/jobs/{name}{action}").status_code == 404


def test_a_link_out_of_the_home_leads_nowhere(
    client: httpx.Client, make_job: MakeJob, tmp_path: Path
) -> None:
    folder = make_job()
    outside = folder.rename(tmp_path / "outside")
    folder.symlink_to(outside)
    assert client.get(f"/jobs/{folder.name}").status_code == 404
    assert client.post(f"/jobs/{folder.name}/submit").status_code == 404


def test_bodies_are_bounded(client: httpx.Client) -> None:
    assert client.post("/click", content=b"x" * (MAX_BODY_BYTES + 1)).status_code == 413

    def endless() -> Iterator[bytes]:
        for _ in range(MAX_BODY_BYTES // 2**16 + 2):
            yield b"x" * 2**16

    assert client.post("/click", content=endless()).status_code == 413


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"{",
        b"[]",
        b'{"plate": ""}',
        b'{"plate": "x", "frame": -1}',
        b'{"plate": "x", "segmenter": "../x"}',
        b'{"plate": "x", "frame": 0, "prompts": [{"frame": 0, "x": 1e999, "y": 0}]}',
        b'{"plate": "x", "more": 1}',
    ],
)
def test_requests_that_make_no_sense_are_refused(client: httpx.Client, body: bytes) -> None:
    answer = client.post("/click", content=body)
    assert answer.status_code == 400
    assert answer.json()["what"] == "The request makes no sense"


@pytest.mark.parametrize("query", ["since=x", "since=-1", "wait=nan", "wait=-5"])
def test_numbers_that_make_no_sense_are_refused(
    client: httpx.Client, make_job: MakeJob, query: str
) -> None:
    assert client.get(f"/jobs/{make_job().name}/events?{query}").status_code == 422


def test_waiting_for_events_ends_when_one_comes(
    client: httpx.Client, make_job: MakeJob, tmp_path: Path
) -> None:
    folder = make_job(at=0, gate=str(tmp_path / "gate"))
    path = f"/jobs/{folder.name}/events"
    client.post(f"/jobs/{folder.name}/submit")
    since, seen = 0, ""
    while seen != "running":
        for event in client.get(f"{path}?since={since}&wait=20").json()["events"]:
            since, seen = event["next"], event.get("state", "")
    began = time.monotonic()
    assert client.get(f"{path}?since={since}&wait=0.2").json()["events"] == []
    assert time.monotonic() - began >= 0.2
    (tmp_path / "gate").touch()
    assert client.get(f"{path}?since={since}&wait=20").json()["events"]
    # A job that stands still is not waited for.
    while (answer := client.get(f"{path}?since={since}&wait=20").json())["events"]:
        since = answer["events"][-1]["next"]
    assert answer["state"] == "done"


def test_it_ends_by_itself_when_idle(
    own_home: Path, fake_engines: None, masked: object, clip: Path
) -> None:
    from void_studio.shot.document import Prompt
    from void_studio.shot.shot import Shot
    from void_studio.worker.jobs import create_remove_job, job_status

    assert isinstance(masked, Shot)
    gate = own_home / "gate"
    folder = create_remove_job(masked, "told", {"at": 1, "gate": str(gate)}, home=own_home)
    with LocalHost(own_home, idle_s=SHORT_IDLE_S) as host:
        host.submit(folder)
        until(lambda: job_status(folder).frames == 1, "the job waits at its gate")
        host.segment_click(clip, 0, [Prompt(frame=0, x=50, y=9)])
        processes = worker_processes(own_home)
        assert len(processes) == 3, "the worker and its two lanes"
        gate.touch()
        assert_gone(processes)
        assert sorted(path.name for path in worker_folder(own_home).iterdir()) == [
            "start.lock",
            "worker.lock",
            "worker.log",
        ]
        # The next call starts another one.
        assert [job.id for job in host.jobs()] == [folder.name]
        assert_gone(worker_processes(own_home))


def test_work_keeps_it_from_being_idle(own_home: Path, fake_engines: None, masked: object) -> None:
    from void_studio.shot.shot import Shot
    from void_studio.worker.jobs import JobState, create_remove_job, job_status

    assert isinstance(masked, Shot)
    gate = own_home / "gate"
    folder = create_remove_job(masked, "told", {"at": 1, "gate": str(gate)}, home=own_home)
    with LocalHost(own_home, idle_s=SHORT_IDLE_S) as host:
        host.submit(folder)
        until(lambda: job_status(folder).frames == 1, "the job waits at its gate")
        processes = worker_processes(own_home)
        with pytest.raises(psutil.TimeoutExpired):
            processes[0].wait(1.5 * SHORT_IDLE_S)
        gate.touch()
        until(lambda: job_status(folder).state is JobState.DONE, "the job is done")
        assert_gone(processes)


def test_sigterm_ends_everything_in_order(
    own_home: Path, fake_engines: None, masked: object
) -> None:
    from void_studio.shot.shot import Shot
    from void_studio.worker.jobs import JobState, create_remove_job, job_status

    assert isinstance(masked, Shot)
    told = {"at": 2, "act": "hang"}
    folder = create_remove_job(masked, "told", told, home=own_home)
    with LocalHost(own_home, idle_s=30) as host:
        host.submit(folder)
        until(lambda: job_status(folder).frames == 2, "the job hangs")
        processes = worker_processes(own_home)
        assert len(processes) == 2
        os.kill(processes[0].pid, signal.SIGTERM)
        assert_gone(processes)
    assert find_worker(worker_folder(own_home)) is None
    assert not (worker_folder(own_home) / "token").exists()
    assert job_status(folder).state is JobState.INTERRUPTED


def test_what_a_killed_worker_left_is_not_believed(own_home: Path, fake_engines: None) -> None:
    first = find_or_start(own_home, 30)
    worker = worker_process(own_home)
    worker.kill()
    assert_gone([worker])
    assert (worker_folder(own_home) / "address.json").exists()
    assert find_worker(worker_folder(own_home)) is None
    # Somebody else may have the port by now; they must not be given the token.
    with socket.create_server(("127.0.0.1", first.port)):
        second = find_or_start(own_home, 30)
    assert second.port != first.port
    assert second.token != first.token


def test_a_worker_of_another_version_is_replaced(
    own_home: Path, fake_engines: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = find_or_start(own_home, 30)
    processes = worker_processes(own_home)
    monkeypatch.setattr(start, "__version__", "99.0")
    assert find_or_start(own_home, 30).pid != first.pid
    assert_gone(processes)


def test_a_second_worker_of_a_home_ends_at_once(own_home: Path, fake_engines: None) -> None:
    lock = ProcessLock(worker_folder(own_home) / "worker.lock")
    assert lock.acquire()
    command = [*fake_worker(), "--home", str(own_home)]
    assert subprocess.run(command, timeout=120, check=False).returncode == 3
    lock.release()


def test_a_worker_that_cannot_start_says_why(
    own_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    import sys

    command = [sys.executable, "-c", "raise SystemExit('no such thing as a worker')"]
    monkeypatch.setattr(start, "worker_command", lambda: command)
    with LocalHost(own_home) as host, pytest.raises(VoidError, match="no such thing") as caught:
        host.start()
    assert "doctor" in caught.value.remedy
    (own_home / "file").write_text("")
    with LocalHost(own_home / "file") as host, pytest.raises(VoidError, match="Could not create"):
        host.start()
