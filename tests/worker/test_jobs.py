"""Making jobs from a shot: what they hold, and that nothing about them changes afterwards."""

from __future__ import annotations

import json
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from tests.worker.clip import COUNT, disc
from void_studio.errors import VoidError
from void_studio.files import read_image
from void_studio.quadmask.bits import field_from_planes
from void_studio.shot.document import Prompt, Role
from void_studio.shot.shot import Shot
from void_studio.worker.jobs import (
    JobState,
    create_remove_job,
    create_track_job,
    find_job,
    job_status,
    list_jobs,
    read_spec,
    request_cancel,
)
from void_studio.worker.spec import RemoveSpec, TrackSpec, new_job_id


def test_a_track_job_holds_the_clicks_of_its_moment(shot: Shot, private_home: Path) -> None:
    item = shot.document.objects[0]
    folder = create_track_job(shot, [item.id], direction="forward", frames=(1, 8))
    shot.add_prompt(item.id, Prompt(frame=5, x=1, y=1))
    spec = read_spec(folder)
    assert isinstance(spec, TrackSpec)
    assert folder.parent == private_home / "jobs"
    assert folder.name == spec.id
    assert spec.objects[0].prompts == item.prompts
    assert (spec.frames, spec.direction, spec.segmenter) == ((1, 8), "forward", "classical")
    assert spec.label == "Track Ball"
    assert job_status(folder).state is JobState.QUEUED


def test_a_remove_job_holds_the_masks_of_its_moment(masked: Shot) -> None:
    masked.masks.set_field(3, field_from_planes(disc(3) & False, disc(3)))
    masked.masks.set_field(4, np.zeros_like(masked.masks.field(4)))
    folder = create_remove_job(masked, settings={"grow": 1}, frames=(2, 5))
    masked.masks.set_field(2, np.zeros_like(masked.masks.field(2)))
    spec = read_spec(folder)
    assert isinstance(spec, RemoveSpec)
    assert spec.settings == {"grow": 1}
    masks = folder / "inputs" / "masks"
    assert sorted(int(path.stem) for path in masks.iterdir()) == [2, 3, 5]
    assert np.array_equal(read_image(masks / "000002.png"), np.where(disc(2), 0, 255))
    assert np.array_equal(read_image(masks / "000003.png"), np.where(disc(3), 127, 255))


def test_an_exact_mask_is_not_grown_unless_asked(masked: Shot) -> None:
    """Imported and painted masks say what may change; the edge of a tracked one is a guess."""

    def grow(settings: dict[str, object] | None = None) -> object:
        spec = read_spec(create_remove_job(masked, settings=settings))
        assert isinstance(spec, RemoveSpec)
        return spec.settings.get("grow")

    assert grow() == 0
    assert grow({"grow": "auto"}) == 0
    assert grow({"grow": 5}) == 5
    masked.apply_track(masked.document.objects[0].id, {2: (disc(2), 0.9)})
    assert grow({"grow": "auto"}) == "auto"


def test_a_painted_out_mask_is_nothing_to_remove(shot: Shot) -> None:
    with pytest.raises(VoidError, match="nothing to remove"):
        create_remove_job(shot)


@pytest.mark.parametrize("frames", [(-1, 3), (4, 2), (0, COUNT)])
def test_frames_must_be_in_the_plate(masked: Shot, frames: tuple[int, int]) -> None:
    with pytest.raises(VoidError, match="There are no frames"):
        create_remove_job(masked, frames=frames)


def test_an_object_without_clicks_cannot_be_tracked(shot: Shot) -> None:
    item = shot.add_object("Shadow", Role.ARTIFACT)
    with pytest.raises(VoidError, match="no clicks"):
        create_track_job(shot, [item.id])
    with pytest.raises(VoidError, match="no object"):
        create_track_job(shot, ["nobody"])
    with pytest.raises(VoidError, match="nothing to track"):
        create_track_job(shot, [])


def test_jobs_are_listed_newest_first_and_found_by_id_only(masked: Shot, tmp_path: Path) -> None:
    folders = [create_remove_job(masked, frames=(index, index)) for index in range(3)]
    assert {status.id for status in list_jobs()} == {folder.name for folder in folders}
    names = [status.id for status in list_jobs()]
    assert names == sorted(names, reverse=True)
    assert find_job(folders[1].name) == folders[1]
    for name in ("", "..", "../jobs", folders[1].name + "/", "/etc", "no-such-job"):
        with pytest.raises(VoidError, match="There is no job"):
            find_job(name)


def test_a_damaged_job_reads_as_failed_and_says_why(masked: Shot) -> None:
    folder = create_remove_job(masked)
    spec = json.loads((folder / "job.json").read_text())
    for damaged in ({**spec, "kind": "dream"}, {**spec, "frames": [5, 2]}, {"kind": "remove"}, []):
        (folder / "job.json").write_text(json.dumps(damaged))
        status = job_status(folder)
        assert status.state is JobState.FAILED
        assert status.error is not None
        assert "Could not read the job" in status.error.what
    with pytest.raises(VoidError, match="no job"):
        job_status(folder / "nowhere")


def test_a_full_disk_leaves_nothing_behind(
    masked: Shot, private_home: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr("os.fsync", full)
        with pytest.raises(VoidError, match="No space left"):
            create_remove_job(masked)
    assert list((private_home / "jobs").iterdir()) == []


def test_a_job_that_waits_can_be_cancelled_without_a_worker(masked: Shot) -> None:
    folder = create_remove_job(masked)
    request_cancel(folder)
    assert job_status(folder).state is JobState.CANCELLED


def test_ids_sort_by_creation_whatever_the_kind() -> None:
    """Also within one second, in which a track and a removal may both be made."""
    ids = []
    for kind in ("track", "remove") * 10:
        before = datetime.now(UTC)
        ids.append(new_job_id(kind))
        while datetime.now(UTC) <= before:
            pass
    assert ids == sorted(ids)
