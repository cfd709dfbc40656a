"""Jobs that are stopped, by Ctrl+C, a request or the power cord, and go on where they were."""

from __future__ import annotations

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ball import center, disc, write_clip
from tests.e2e.conftest import ROOT, Ended, Run, spawn
from tests.gated import gated_workers, held, program
from void_studio.hosts.local import LocalHost
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import create_remove_job, create_track_job

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="there are no such signals")

COUNT = 40
POINT = "{},{}@0".format(*center(0, COUNT))

# ``void-studio job run``, killed as by ``kill -9`` right after its N-th result.
KILLED = """
import os, signal, sys
from void_studio.cli import main
from void_studio.worker.events import EventLog

add, left = EventLog.add, int(sys.argv[2])

def add_and_die(log, kind, **fields):
    global left
    add(log, kind, **fields)
    left -= kind == "frame"
    if not left:
        os.kill(os.getpid(), signal.SIGKILL)

EventLog.add = add_and_die
main(["job", "run", sys.argv[1]])
"""


@pytest.fixture(scope="module", autouse=True)
def gated_worker() -> Iterator[None]:
    with gated_workers():
        yield


@pytest.fixture(scope="module")
def long_clip(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clip of many frames."""
    return write_clip(tmp_path_factory.mktemp("plates") / "long.mp4", COUNT)


@pytest.fixture
def shot(long_clip: Path, tmp_path: Path) -> Path:
    """A shot with a ball that is clicked and has its exact mask; closed."""
    with Shot.create(long_clip, tmp_path / "long.void") as shot:
        item = shot.add_object("Ball", Role.REMOVE)
        x, y = center(0, COUNT)
        shot.set_prompts(item.id, [Prompt(frame=0, x=x, y=y)])
        shot.apply_track(item.id, {index: (disc(index, COUNT), 1.0) for index in range(COUNT)})
        return shot.folder


def make_job(folder: Path, kind: str) -> Path:
    with Shot.open(folder) as shot:
        if kind == "track":
            return create_track_job(shot, [shot.document.objects[0].id])
        return create_remove_job(shot)


@contextmanager
def started(*words: object) -> Iterator[subprocess.Popen[str]]:
    """A command in a process of its own, that has begun to work."""
    process = subprocess.Popen(
        [*program("command"), *map(str, words), "--json"],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )
    with process:
        assert process.stderr is not None
        first = process.stderr.readline()
        assert "0/" in first, first + process.stderr.read()
        yield process


def ended(process: subprocess.Popen[str]) -> Ended:
    out, err = process.communicate(timeout=120)
    return Ended(process.returncode, out, err)


def outputs(folder: Path) -> dict[str, object]:
    """What a job made, without the times it took."""
    made: dict[str, object] = {}
    for path in sorted((folder / "outputs").rglob("*")):
        if path.name == "take.json":
            made[path.name] = {**json.loads(path.read_text()), "timings": None}
        elif path.is_file():
            made[path.relative_to(folder).as_posix()] = path.read_bytes()
    return made


@pytest.mark.parametrize("kind", ["track", "remove"])
def test_killed_and_run_again_it_ends_the_same(
    void: Run, shot: Path, tmp_path: Path, kind: str
) -> None:
    job = make_job(shot, kind)
    straight = shutil.copytree(job, tmp_path / job.name)
    assert void("job", "run", straight).json["state"] == "done"
    for results in (12, 15):
        killed = [sys.executable, "-c", KILLED, str(job), str(results)]
        died = subprocess.run(killed, cwd=ROOT, capture_output=True, timeout=120, check=False)
        assert died.returncode == -signal.SIGKILL, died.stderr.decode()
    listed = void("job", "list").json["jobs"]
    (status,) = (item for item in listed if item["id"] == job.name)
    assert (status["state"], status["frames"]) == ("interrupted", 27)

    again = void("job", "run", job)
    assert again.code == 0, again.err
    assert (again.json["state"], again.json["frames"]) == ("done", COUNT)
    assert again.json["adopted"] is True
    assert outputs(job) == outputs(straight)
    with Shot.open(shot) as opened:
        assert len(opened.document.takes) == (kind == "remove")
        (item,) = opened.document.objects
        if kind == "track":
            assert len(item.confidence) == COUNT
            assert item.confidence[0] == 1
            assert min(item.confidence.values()) < 1, "these are not the exact masks of before"


def test_ctrl_c_cancels_what_the_worker_does(void: Run, shot: Path, home: Path) -> None:
    track = ("track", shot, "--object", "Ball", "--point", POINT)
    with held(home) as hold, started(*track) as process:
        hold.wait()
        process.send_signal(signal.SIGINT)
        stopped = ended(process)
    job = stopped.json["job"]
    assert stopped.code == 1
    assert stopped.json["error"]["what"] == "Track Ball was cancelled"
    assert "Traceback" not in stopped.err
    (status,) = (item for item in void("job", "list").json["jobs"] if item["id"] == job)
    assert status["state"] == "cancelled"
    # What the message says to do about it works.
    assert stopped.json["error"]["remedy"].endswith(f"void-studio job run {status['folder']}")
    again = void("job", "run", status["folder"])
    assert (again.code, again.json["frames"], again.json["adopted"]) == (0, COUNT, True)


def test_ctrl_c_interrupts_what_this_process_does(void: Run, shot: Path, home: Path) -> None:
    job = make_job(shot, "remove")
    with held(home) as hold, started("job", "run", job) as process:
        hold.wait()
        process.send_signal(signal.SIGINT)
        stopped = ended(process)
    assert stopped.code == 1
    assert stopped.json["error"]["what"] == "Remove with Clean plate was interrupted"
    assert stopped.json["error"]["remedy"].endswith(f"void-studio job run {job}")
    assert "Traceback" not in stopped.err
    assert void("job", "list").json["jobs"][0]["state"] == "interrupted"
    assert void("job", "run", job).json["adopted"] is True


def test_a_job_is_cancelled_from_elsewhere(void: Run, shot: Path, home: Path) -> None:
    with held(home) as hold, started("run", shot) as process:
        job = hold.wait()
        assert void("job", "cancel", job).code == 0
        stopped = ended(process)
    assert stopped.code == 1
    assert stopped.json == {
        "error": {
            "what": "Remove with Clean plate was cancelled",
            "why": "",
            "remedy": f"To continue it: void-studio job run {home / 'jobs' / job}",
        },
        "job": job,
    }
    # One that nobody has begun is cancelled as well.
    waiting = make_job(shot, "remove")
    assert void("job", "cancel", waiting.name).json["state"] == "cancelled"


def test_the_command_is_killed_and_the_worker_goes_on(void: Run, shot: Path, home: Path) -> None:
    track = ("track", shot, "--object", "Box", "--point", POINT)
    with held(home) as hold, started(*track) as process:
        hold.wait()
        process.kill()
    (status, *_) = void("job", "list").json["jobs"]
    with LocalHost(home) as host:
        for _ in host.follow(status["id"]):
            pass
        assert host.status(status["id"]).state == "done"
    # The shot has the object already, and takes in its masks when the job is asked for again.
    again = void("job", "run", status["folder"])
    assert (again.code, again.json["adopted"]) == (0, True)
    with Shot.open(shot) as opened:
        (_, box) = opened.document.objects
        assert (box.name, len(box.confidence), len(box.prompts)) == ("Box", COUNT, 1)


def test_the_shot_is_open_when_its_job_is_run(void: Run, shot: Path) -> None:
    job = make_job(shot, "remove")
    with Shot.open(shot):
        run = spawn("job", "run", job)
        assert (run.code, run.json["adopted"]) == (0, False)
        assert f"Process {os.getpid()}" in run.err
    assert void("job", "run", job).json["adopted"] is True


def test_a_job_of_another_machine_leaves_the_shots_here_alone(
    void: Run, shot: Path, tmp_path: Path
) -> None:
    job = shutil.copytree(make_job(shot, "remove"), tmp_path / "carried")
    assert "adopted" not in void("job", "run", job).json
    with Shot.open(shot) as opened:
        assert opened.document.takes == ()
