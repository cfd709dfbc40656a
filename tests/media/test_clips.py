"""On the real shots: exact, quick to open, and within the memory an application can spare."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from void_studio.media.plate import open_plate

pytestmark = pytest.mark.clips

# Runs alone, because the peak of a process never falls again.
SERVE_4K = """
import sys, threading
from pathlib import Path
from void_studio.media.cache import FrameServer
from void_studio.media.plate import open_plate

path, done, seen = Path(sys.argv[1]), threading.Event(), set()

def ready(index):
    seen.add(index)
    if len(seen) == 46:
        done.set()

with open_plate(path) as plate:  # as an application does, beside its server
    plate.read_rgb8(0, (1280, 720))
    plate.rest()
    server = FrameServer(plate.reopen, 128 * 2**20, ready)
    server.set_view_size((1280, 720))
    server.want(0, 1)
    assert done.wait(120)
    server.close()
# Not getrusage: its peak includes that of the process this one was forked from.
lines = Path("/proc/self/status").read_text().splitlines()
print(next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM:")))
"""


@pytest.mark.parametrize("name", ["lime", "moving_ball", "ducky-float", "BigBen"])
def test_real_shots_read_the_same_in_any_order(name: str, clips: Path) -> None:
    with open_plate(clips / name / "input_video.mp4") as plate:
        size = (plate.size[0] // 8, plate.size[1] // 8)
        pictures = [plate.read_rgb8(index, size) for index in range(plate.count)]
        for index in (plate.count - 1, 0, plate.count // 2):
            assert np.array_equal(plate.read_rgb8(index, size), pictures[index])


@pytest.mark.skipif(sys.platform != "linux", reason="the peak is read from /proc")
def test_a_4k_shot_is_served_within_350_mb(clips: Path) -> None:
    video = clips / "lime" / "input_video.mp4"
    run = subprocess.run(
        [sys.executable, "-c", SERVE_4K, str(video)], capture_output=True, text=True, check=True
    )
    assert float(run.stdout) < 350
