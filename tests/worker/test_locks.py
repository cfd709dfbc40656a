"""A lock excludes, ends with its process, and tells a process from another with its id."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from void_studio.process_lock import Holder
from void_studio.worker.locks import ProcessLock, lock_owner

HOLD = """
import sys
from pathlib import Path
from void_studio.worker.locks import ProcessLock
assert ProcessLock(Path(sys.argv[1])).acquire()
print("held", flush=True)
sys.stdin.read()
"""


def test_one_holder_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    first, second = ProcessLock(path), ProcessLock(path)
    assert first.acquire()
    assert not second.acquire()
    owner = lock_owner(path)
    assert owner is not None
    assert owner.pid == os.getpid()
    first.release()
    assert lock_owner(path) is None
    assert second.acquire()
    second.release()


def test_a_killed_process_holds_nothing(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    command = [sys.executable, "-c", HOLD, str(path)]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == b"held\n"
        assert not ProcessLock(path).acquire()
        owner = lock_owner(path)
        assert owner is not None
        assert owner.pid == process.pid
        process.kill()
    assert lock_owner(path) is None
    lock = ProcessLock(path)
    assert lock.acquire()
    lock.release()


def test_an_id_that_was_used_again_is_another_process(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    me = Holder.this_process()
    path.write_text(json.dumps(me._replace(started=me.started - 500)._asdict()))
    assert lock_owner(path) is None
    path.write_text(json.dumps(me._asdict()))
    assert lock_owner(path) == me


def test_a_process_of_another_machine_counts_as_running(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    other = Holder.this_process()._replace(pid=2**22, machine="render-07")
    path.write_text(json.dumps(other._asdict()))
    assert lock_owner(path) == other


def test_rubbish_names_nobody(tmp_path: Path) -> None:
    path = tmp_path / "run.lock"
    for content in (b"", b"{", b"[]", b'{"pid": "x"}', b"\xff\xfe", b"1" * 10_000):
        path.write_bytes(content)
        assert lock_owner(path) is None
