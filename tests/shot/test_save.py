"""What the saver knows is not on disk, whoever asks and whenever."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.shot.small import disc, paint, state_of
from void_studio import files
from void_studio.errors import VoidError
from void_studio.shot.document import Role
from void_studio.shot.shot import Shot


def test_asking_while_a_mask_is_written_loses_no_edit(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    real = shot.masks.png
    times: list[int] = []

    def png(index: int) -> bytes | None:
        data = real(index)
        times.append(index)
        if len(times) == 1:
            paint(shot, index, disc(50, 30, 9))
            assert shot.unsaved
        return data

    monkeypatch.setattr(shot.masks, "png", png)
    paint(shot, 2, disc(9, 9, 5))
    shot.save()
    shot.save()
    assert not shot.unsaved
    with Shot.open(shot.folder, read_only=True) as reader:
        assert state_of(reader) == state_of(shot)


def test_asking_while_a_track_is_written_loses_no_edit(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    item = shot.add_object("Ball", Role.REMOVE)
    real = shot.tracks.png
    times: list[int] = []

    def png(object_id: str, index: int) -> bytes | None:
        data = real(object_id, index)
        times.append(index)
        if len(times) == 1:
            shot.apply_track(item.id, {index: (disc(50, 30, 9), 1.0)})
            assert shot.unsaved
        return data

    monkeypatch.setattr(shot.tracks, "png", png)
    shot.apply_track(item.id, {2: (disc(9, 9, 5), 1.0)})
    shot.save()
    shot.save()
    with Shot.open(shot.folder, read_only=True) as reader:
        assert state_of(reader) == state_of(shot)


def test_what_is_being_written_is_not_on_disk_yet(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(shot, 2, disc(9, 9, 5))
    seen: list[bool] = []
    real = files.write_atomic

    def write(path: Path, data: bytes) -> None:
        seen.append(shot.unsaved)
        real(path, data)

    monkeypatch.setattr(files, "write_atomic", write)
    shot.save()
    assert seen == [True, True]  # the history, the mask
    assert not shot.unsaved


def test_a_mask_that_could_not_be_written_stays_to_be_saved(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    paint(shot, 2, disc(9, 9, 5))

    def full(path: Path, data: bytes) -> None:
        raise VoidError("Could not write")

    with monkeypatch.context() as patch:
        patch.setattr(files, "write_atomic", full)
        with pytest.raises(VoidError):
            shot.save()
    assert shot.unsaved
    assert shot.save() == 3  # its step, the index, the mask


def test_a_mask_that_somebody_looks_at_while_its_track_is_written_is_saved(
    shot: Shot, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Looking brings it up to date, which is nothing that the saver is told of."""
    item = shot.add_object("Ball", Role.REMOVE)
    real = shot.tracks.png

    def png(object_id: str, index: int) -> bytes | None:
        shot.masks.field(index)
        return real(object_id, index)

    monkeypatch.setattr(shot.tracks, "png", png)
    shot.apply_track(item.id, {2: (disc(9, 9, 5), 1.0)})
    shot.save()
    assert not shot.unsaved
    assert (shot.folder / "masks" / "000002.png").is_file()
