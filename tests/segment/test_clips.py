"""How well real shots are tracked, against the masks SAM2-large made from the same clicks."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.benchmarks.bench_track import recorded_clicks, track_clip

pytestmark = [pytest.mark.clips, pytest.mark.slow]


@pytest.mark.timeout(600)  # 4K: a minute or two on a busy machine
def test_lime_from_its_clicks_on_frame_0(clips: Path) -> None:
    result = track_clip(clips / "lime", recorded_clicks(clips / "lime"))
    assert result["frames"] == 46
    assert float(str(result["mean_iou"])) >= 0.93
    assert float(str(result["worst_iou"])) >= 0.85


@pytest.mark.timeout(600)  # half a minute on an idle machine
def test_ducky_float_from_its_three_marked_frames(clips: Path) -> None:
    result = track_clip(clips / "ducky-float", recorded_clicks(clips / "ducky-float"))
    assert result["frames"] == 62
    assert float(str(result["mean_iou"])) >= 0.84
