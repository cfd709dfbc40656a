"""One process writes a shot; the others are told who, and nobody is locked out by the dead."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
from pathlib import Path

import psutil
import pytest

from tests.shot.small import disc, paint
from void_studio import process_lock
from void_studio.errors import VoidError
from void_studio.process_lock import Holder
from void_studio.shot import lock
from void_studio.shot.lock import ShotLock, holder_of
from void_studio.shot.shot import Shot

OPENER = """
import sys
from pathlib import Path
from void_studio import process_lock
from void_studio.errors import VoidError
from void_studio.shot.shot import Shot
try:
    shot = Shot.open(Path(sys.argv[1]))
except VoidError as error:
    print(error, flush=True)
    sys.exit(1)
print("open", flush=True)
sys.stdin.read()
shot.close()
"""


def opener(folder: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", OPENER, str(folder)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )


def say(folder: Path, holder: Holder) -> None:
    (folder / lock.LOCK_NAME).write_text(json.dumps(holder._asdict()))


def test_a_second_process_is_told_who_has_the_shot_open(shot: Shot) -> None:
    with opener(shot.folder) as process:
        said, _ = process.communicate(timeout=120)
    assert process.returncode == 1
    assert f"Process {os.getpid()} on this machine" in said
    assert "read-only" in said


def test_the_same_process_cannot_open_it_twice(shot: Shot) -> None:
    with pytest.raises(VoidError, match="is in use"):
        Shot.open(shot.folder)


def test_reading_only_is_always_possible(shot: Shot) -> None:
    paint(shot, 1, disc(9, 9, 4))
    shot.save()
    with Shot.open(shot.folder, read_only=True) as reader:
        assert reader.masks.summary(1).painted
    paint(shot, 2, disc(9, 9, 4))
    assert shot.save() == 3  # its step, the index, the mask


def test_a_closed_shot_opens_elsewhere_and_a_killed_process_lets_go(shot: Shot) -> None:
    shot.close()
    with opener(shot.folder) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "open\n"
        with pytest.raises(VoidError, match=f"Process {process.pid} on this machine"):
            Shot.open(shot.folder)
        process.kill()
        process.wait(timeout=120)
    Shot.open(shot.folder).close()


def test_another_host_is_believed_until_its_lock_is_deleted(shot: Shot) -> None:
    shot.close()
    say(shot.folder, Holder("render-07", 1, 0.0))
    with pytest.raises(VoidError) as caught:
        Shot.open(shot.folder)
    assert "Process 1 on render-07" in caught.value.why
    assert str(shot.folder / lock.LOCK_NAME) in caught.value.remedy
    Shot.open(shot.folder, read_only=True).close()
    (shot.folder / lock.LOCK_NAME).unlink()
    Shot.open(shot.folder).close()


@pytest.mark.parametrize("content", [b"", b"{", b"[]", b"\x00" * 9000, b'{"host": 1}'])
def test_a_torn_lock_file_locks_nobody_out(shot: Shot, content: bytes) -> None:
    shot.close()
    (shot.folder / lock.LOCK_NAME).write_bytes(content)
    Shot.open(shot.folder).close()


def test_without_file_locks_the_process_itself_is_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(process_lock, "_try_lock", lambda handle: None)
    here, me = socket.gethostname(), psutil.Process()
    say(tmp_path, Holder(here, me.pid, me.create_time()))
    with pytest.raises(VoidError, match="is in use"):
        ShotLock(tmp_path)
    # The same id, but of a process that started at another time.
    say(tmp_path, Holder(here, me.pid, me.create_time() - 3600))
    taken = ShotLock(tmp_path)
    assert taken.crashed
    with pytest.raises(VoidError, match="is in use"):
        ShotLock(tmp_path)
    taken.release()
    with subprocess.Popen([sys.executable, "-c", ""]) as process:
        process.wait(timeout=120)
    say(tmp_path, Holder(here, process.pid, 0.0))
    taken = ShotLock(tmp_path)
    taken.release()
    assert holder_of(tmp_path) is None


def test_a_lock_file_of_the_first_version_is_understood(tmp_path: Path) -> None:
    (tmp_path / lock.LOCK_NAME).write_text('{"host": "render-07", "pid": 1, "started": 0.0}')
    assert holder_of(tmp_path) == Holder("render-07", 1, 0.0)


def test_a_clean_end_is_told_from_a_crash(tmp_path: Path) -> None:
    first = ShotLock(tmp_path)
    assert not first.crashed
    assert holder_of(tmp_path) == Holder.this_process()
    first.release()
    first.release()
    second = ShotLock(tmp_path)
    assert not second.crashed
    second.release()


def test_a_folder_that_cannot_be_written_is_explained(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    shot.close()

    def refuse(*args: object) -> int:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(process_lock.os, "open", refuse)
    with pytest.raises(VoidError) as caught:
        Shot.open(shot.folder)
    assert "for writing" in caught.value.what
    assert "permissions" in caught.value.remedy
