"""A job killed in the middle and run again ends with the same result, bit for bit."""

from __future__ import annotations

import json
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.worker.clip import COUNT
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import (
    JobState,
    create_remove_job,
    create_track_job,
    job_status,
    run_job,
)

ROOT = Path(__file__).parents[2]


def kill_after(folder: Path, frames: int) -> None:
    """Runs the job in a process of its own that dies right after so many frame events."""
    command = [sys.executable, "-m", "tests.worker.killed", str(folder), str(frames)]
    ended = subprocess.run(command, cwd=ROOT, capture_output=True, timeout=120, check=False)
    assert ended.returncode == -signal.SIGKILL, ended.stderr.decode()


def outputs(folder: Path) -> dict[str, object]:
    """Everything in ``outputs``, without the times a take says it took."""
    found: dict[str, object] = {}
    for path in sorted((folder / "outputs").rglob("*")):
        if path.name == "take.json":
            found[path.name] = {**json.loads(path.read_text()), "timings": None}
        elif path.is_file():
            found[path.relative_to(folder).as_posix()] = path.read_bytes()
    return found


@pytest.mark.parametrize("kind", ["track", "remove"])
def test_killed_twice_and_continued(masked: Shot, tmp_path: Path, kind: str) -> None:
    if kind == "track":
        folder = create_track_job(masked, [masked.document.objects[0].id])
    else:
        folder = create_remove_job(masked)
    straight = shutil.copytree(folder, tmp_path / "straight")
    assert run_job(straight).state is JobState.DONE

    kill_after(folder, 3)
    status = job_status(folder)
    assert (status.state, status.frames) == (JobState.INTERRUPTED, 3)
    # What a write that was cut off leaves, and a line that was.
    (folder / "outputs" / ".void-cut.part").write_bytes(b"half")
    with open(folder / "events.jsonl", "ab") as stream:
        stream.write(b'{"t": 1, "type": "fra')
    kill_after(folder, 4)
    status = job_status(folder)
    assert (status.state, status.frames) == (JobState.INTERRUPTED, 7)

    status = run_job(folder)
    assert (status.state, status.frames) == (JobState.DONE, COUNT)
    assert outputs(folder) == outputs(straight)
    assert len(outputs(folder)) >= COUNT + 1
