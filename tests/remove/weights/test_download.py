"""Fetching from a Hub: whole, in pieces, and on its bad days."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from tests.remove.weights.hub import FakeHub
from void_studio.errors import Cancelled, VoidError
from void_studio.home import home_folder
from void_studio.process_lock import LockFile
from void_studio.progress import CancelToken, Silent
from void_studio.remove.void.sees import Pass
from void_studio.remove.weights import download
from void_studio.remove.weights.catalogue import BASE, BASE_REPOSITORY, PASS_1, VOID_REPOSITORY
from void_studio.remove.weights.download import fetch
from void_studio.remove.weights.find import find_void
from void_studio.remove.weights.places import own_folder

PIECE = 64 * 1024
FILE = "void_pass1.safetensors"


class Heard(Silent):
    """Remembers the progress, and sets ``cancel`` once ``after`` MB are here."""

    def __init__(self, cancel: CancelToken | None = None) -> None:
        self.steps: list[tuple[int, int]] = []
        self._cancel = cancel

    def progress(self, step: int, total: int, message: str = "") -> None:
        self.steps.append((step, total))
        if self._cancel is not None and len(self.steps) > 3:
            self._cancel.cancel()


def get(hub: FakeHub, folder: Path) -> Path:
    return fetch(PASS_1, folder, Silent(), CancelToken(), hub.url)


def leftovers(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*.part"))


def test_what_was_fetched_is_found_and_whole(hub: FakeHub, tiny: Path) -> None:
    heard = Heard()
    for part in (BASE, PASS_1):
        fetch(part, own_folder(), heard, CancelToken(), hub.url)
    weights = find_void(Pass.ONE)
    assert weights.checkpoint == home_folder() / "models" / VOID_REPOSITORY / FILE
    assert weights.checkpoint.read_bytes() == (tiny / VOID_REPOSITORY / FILE).read_bytes()
    names = {name for name, _ in hub.asked}
    assert "text_encoder/model-00002-of-00002.safetensors" in names
    assert "void_pass2.safetensors" not in names
    assert heard.steps[-1][0] == heard.steps[-1][1]
    assert not leftovers(own_folder())


def test_the_token_of_the_hub_is_not_sent_to_a_mirror(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("HF_TOKEN", "hf_secret")
    get(hub, tmp_path)
    assert not hub.tokens


def test_a_connection_that_is_cut_goes_on_where_it_was(hub: FakeHub, tmp_path: Path) -> None:
    hub.cut_at = 5 * PIECE + 100
    get(hub, tmp_path)
    assert hub.asked == [(FILE, ""), (FILE, f"bytes={5 * PIECE}-")]


def stopped_in_the_middle(hub: FakeHub, folder: Path) -> int:
    """Cancels while the file arrives; returns how much of it is kept."""
    cancel = CancelToken()
    with pytest.raises(Cancelled):
        fetch(PASS_1, folder, Heard(cancel), cancel, hub.url)
    assert not (folder / VOID_REPOSITORY / FILE).exists()
    (part,) = folder.rglob("*.part")
    return part.stat().st_size


def test_what_arrived_before_a_cancel_is_used_the_next_time(hub: FakeHub, tmp_path: Path) -> None:
    kept = stopped_in_the_middle(hub, tmp_path)
    assert 0 < kept < hub.models.joinpath(VOID_REPOSITORY, FILE).stat().st_size
    hub.asked.clear()
    get(hub, tmp_path)
    assert hub.asked == [(FILE, f"bytes={kept}-")]
    assert not leftovers(tmp_path)


def test_a_mirror_that_cannot_go_on_starts_again(hub: FakeHub, tmp_path: Path) -> None:
    stopped_in_the_middle(hub, tmp_path)
    hub.without_ranges = True
    get(hub, tmp_path)


def test_what_arrived_of_an_older_file_is_thrown_away(hub: FakeHub, tmp_path: Path) -> None:
    folder = tmp_path / VOID_REPOSITORY
    folder.mkdir(parents=True)
    (folder / f".{FILE}.0000000000000000.part").write_bytes(b"old")
    get(hub, tmp_path)
    assert hub.asked == [(FILE, "")]
    assert not leftovers(tmp_path)


def test_a_file_of_another_size_is_refused(hub: FakeHub, tmp_path: Path) -> None:
    hub.served[FILE] = b"short"
    with pytest.raises(VoidError, match="size"):
        get(hub, tmp_path)
    assert not (tmp_path / VOID_REPOSITORY / FILE).exists()


def test_a_file_that_was_damaged_on_its_way_is_refused(
    hub: FakeHub, tiny: Path, tmp_path: Path
) -> None:
    data = bytearray((tiny / VOID_REPOSITORY / FILE).read_bytes())
    data[-1] ^= 1
    hub.served[FILE] = bytes(data)
    with pytest.raises(VoidError, match="checksum"):
        get(hub, tmp_path)
    assert not leftovers(tmp_path)
    hub.served.clear()
    get(hub, tmp_path)


def test_what_is_here_already_is_not_fetched_again_unless_damaged(
    hub: FakeHub, tmp_path: Path
) -> None:
    path = get(hub, tmp_path) / FILE
    hub.asked.clear()
    get(hub, tmp_path)
    assert not hub.asked
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 1]))
    get(hub, tmp_path)
    assert path.read_bytes() == data


def test_another_model_under_the_name_is_refused(hub: FakeHub, tiny: Path, tmp_path: Path) -> None:
    wrong = tmp_path / "wrong"
    shutil.copytree(tiny, wrong)
    vae = wrong / BASE_REPOSITORY / "vae" / "diffusion_pytorch_model.safetensors"
    shutil.copy(vae, wrong / VOID_REPOSITORY / FILE)
    hub.models = wrong
    with pytest.raises(VoidError, match="VAE of CogVideoX"):
        get(hub, tmp_path / "models")


@pytest.mark.parametrize(
    ("status", "why"), [(401, "refused"), (403, "refused"), (404, "not there"), (503, "503")]
)
def test_a_refusal_says_why_and_what_to_do(
    hub: FakeHub, tmp_path: Path, status: int, why: str
) -> None:
    hub.status = status
    with pytest.raises(VoidError, match=why) as caught:
        get(hub, tmp_path)
    assert caught.value.remedy


def test_a_mirror_that_is_none_is_named(hub: FakeHub, tmp_path: Path) -> None:
    hub.page = True
    with pytest.raises(VoidError, match="mirror"):
        get(hub, tmp_path)


def test_a_mirror_that_does_not_answer_is_named(tmp_path: Path) -> None:
    with pytest.raises(VoidError, match=r"127\.0\.0\.1:9 does not answer"):
        fetch(PASS_1, tmp_path, Silent(), CancelToken(), "http://127.0.0.1:9")


def test_a_repository_that_lacks_a_file_is_named(hub: FakeHub, tmp_path: Path) -> None:
    (tmp_path / "empty" / VOID_REPOSITORY).mkdir(parents=True)
    hub.models = tmp_path / "empty"
    with pytest.raises(VoidError, match="lacks void_pass1"):
        get(hub, tmp_path / "models")


def test_without_room_nothing_is_fetched(
    hub: FakeHub, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full = shutil.disk_usage(tmp_path)._replace(free=1000)
    monkeypatch.setattr(download.shutil, "disk_usage", lambda _: full)
    with pytest.raises(VoidError, match="no room") as caught:
        get(hub, tmp_path)
    assert "--to" in caught.value.remedy
    assert not hub.asked


def test_two_processes_do_not_fetch_into_one_folder(hub: FakeHub, tmp_path: Path) -> None:
    folder = tmp_path / VOID_REPOSITORY
    folder.mkdir(parents=True)
    lock = LockFile(folder / ".fetching.lock")
    try:
        with pytest.raises(VoidError, match="already"):
            get(hub, tmp_path)
    finally:
        lock.release()
    get(hub, tmp_path)


def test_a_folder_that_cannot_be_made_is_an_error_with_a_remedy(
    hub: FakeHub, tmp_path: Path
) -> None:
    (tmp_path / "netflix").write_text("in the way")
    with pytest.raises(VoidError, match="Could not write to"):
        get(hub, tmp_path)
