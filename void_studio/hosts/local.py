"""This machine as a host: starts or joins the one worker of a home and speaks with it."""

from __future__ import annotations

import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from void_studio.errors import VoidError
from void_studio.files import decode_image
from void_studio.home import home_folder
from void_studio.hosts.start import find_or_start, stop_worker, wait_until_ended
from void_studio.shot.document import Prompt
from void_studio.worker.address import Address
from void_studio.worker.events import Event
from void_studio.worker.spec import read_spec
from void_studio.worker.status import JobState, JobStatus

if TYPE_CHECKING:
    import httpx

_CONNECT_S = 5.0
_ANSWER_S = 20.0
_CLICK_S = 45.0
# How long a follower waits per request; also how long ``close`` may wait for it.
_FOLLOW_WAIT_S = 2.0
_ATTEMPTS = 3


class LocalHost:
    """The worker of one home. Methods block, may be called from any thread, and start the worker
    again when it died or ended for want of work.

    Attributes:
        home: The folder of jobs and worker files.
    """

    def __init__(self, home: Path | None = None, idle_s: float | None = None) -> None:
        """``idle_s``: after how long without work a worker started here ends; 120 s if None."""
        self.home = (home or home_folder()).absolute()
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._address: Address | None = None
        self._client: httpx.Client | None = None
        self._closed = threading.Event()

    def __enter__(self) -> LocalHost:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def start(self) -> None:
        """Starts or joins the worker, so that later calls find it warm.

        Raises:
            VoidError: it cannot be started.
        """
        self._ask("GET", "/health")

    def warm_up(self, plate: Path, segmenter: str = "classical") -> None:
        """Opens a plate for clicks, so that the first one is answered at once."""
        body = {"plate": str(plate), "segmenter": segmenter}
        self._ask("POST", "/click", body, timeout=_CLICK_S)

    def submit(self, job: Path) -> JobStatus:
        """Queues the job in a folder of this home; one that waits, runs or is done is left alone.

        Raises:
            VoidError: the folder holds no job, or is not of this home.
        """
        read_spec(job)
        if job.absolute().parent != self.home / "jobs":
            raise VoidError(
                f"{job} is not a job of this machine's worker",
                f"Its jobs are in {self.home / 'jobs'}",
                "Run it with: void-studio job run",
            )
        return self._status("POST", f"/jobs/{job.name}/submit")

    def rerun(self, job_id: str) -> JobStatus:
        """Queues a job that failed, or was cancelled or interrupted, once more: it continues."""
        return self._status("POST", f"/jobs/{job_id}/submit")

    def cancel(self, job_id: str) -> JobStatus:
        """Asks a job to stop; it does within a frame, or is ended by force after a while."""
        return self._status("POST", f"/jobs/{job_id}/cancel")

    def jobs(self) -> list[JobStatus]:
        """The latest 500 jobs, the newest first."""
        return [JobStatus.model_validate(item) for item in self._ask("GET", "/jobs").json()]

    def status(self, job_id: str) -> JobStatus:
        """Where a job stands."""
        return self._status("GET", f"/jobs/{job_id}")

    def events(self, job_id: str, since: int = 0, wait_s: float = 0.0) -> list[Event]:
        """Events from the offset ``since`` on; to read on, give ``next`` of the last one.

        Args:
            wait_s: How long to wait for a first one, unless the job stands still. At most 25.
        """
        return self._events(job_id, since, wait_s)[0]

    def follow(self, job_id: str, since: int = 0) -> Iterator[Event]:
        """Events as they come, until the job neither waits nor runs, or the host is closed."""
        while not self._closed.is_set():
            try:
                events, state = self._events(job_id, since, _FOLLOW_WAIT_S)
            except VoidError:
                if self._closed.is_set():
                    return
                raise
            yield from events
            if events:
                since = events[-1]["next"]
            elif not state.active:
                return

    def segment_click(
        self, plate: Path, frame: int, prompts: Sequence[Prompt], segmenter: str = "classical"
    ) -> NDArray[np.bool_]:
        """The mask of an object on one frame, from clicks in plate pixels.

        Args:
            prompts: At least one; those of other frames are ignored.

        Returns:
            bool (H, W) of the plate's size.

        Raises:
            VoidError: the plate cannot be opened, the frame is not in it, or the worker failed.
        """
        chosen = [prompt.model_dump() for prompt in prompts if prompt.frame == frame]
        if not chosen:
            raise VoidError("There is no click on this frame", "", "Click the object")
        body = {"plate": str(plate), "segmenter": segmenter, "frame": frame, "prompts": chosen}
        png = self._ask("POST", "/click", body, timeout=_CLICK_S).content
        mask: NDArray[np.bool_] = decode_image(png, "the mask of the click") >= 128
        return mask

    def close(self) -> None:
        """Lets go of the worker, which goes on; followers end. The host may not be used again."""
        self._closed.set()
        with self._lock:
            self._disconnect()

    def stop(self) -> None:
        """Ends the worker, by force if need be. Jobs continue when one is started again.

        Raises:
            VoidError: it cannot be ended.
        """
        with self._lock:
            self._disconnect()
            stop_worker(self.home)

    def _status(self, method: str, path: str) -> JobStatus:
        return JobStatus.model_validate(self._ask(method, path).json())

    def _events(self, job_id: str, since: int, wait_s: float) -> tuple[list[Event], JobState]:
        path = f"/jobs/{job_id}/events?since={since}&wait={wait_s}"
        answer = self._ask("GET", path, timeout=_ANSWER_S + wait_s).json()
        return answer["events"], JobState(answer["state"])

    def _ask(
        self, method: str, path: str, body: dict[str, Any] | None = None, timeout: float = _ANSWER_S
    ) -> httpx.Response:
        """Every request may be sent twice without harm, so one that a dying worker lost is."""
        import httpx

        for attempt in range(_ATTEMPTS):
            client = self._connected()
            try:
                answer = client.request(
                    method, path, json=body, timeout=httpx.Timeout(timeout, connect=_CONNECT_S)
                )
            except httpx.TimeoutException as error:
                raise VoidError(
                    "The worker does not answer",
                    f"It took more than {timeout:.0f} seconds",
                    f"Try again. If it stays so, end process {self._pid()}",
                ) from error
            except (httpx.TransportError, RuntimeError) as error:
                if self._closed.is_set():
                    raise VoidError("The worker was let go", "The program is closing") from error
                if attempt == _ATTEMPTS - 1:
                    raise VoidError("The worker was lost", str(error), "Try again") from error
                # One that ends closes its door first; it would be found again until it is gone.
                self._lost(client, ends=isinstance(error, httpx.ConnectError))
                continue
            if answer.status_code == httpx.codes.SERVICE_UNAVAILABLE:
                self._lost(client, ends=True)
                continue
            if answer.is_error:
                raise _error_of(answer)
            return answer
        raise VoidError("The worker keeps ending", "", "Try again")

    def _connected(self) -> httpx.Client:
        with self._lock:
            if self._closed.is_set():
                raise VoidError("The worker was let go", "The program is closing")
            if self._client is None:
                import httpx

                self._address = find_or_start(self.home, self._idle_s)
                self._client = httpx.Client(
                    base_url=f"http://127.0.0.1:{self._address.port}",
                    headers={"Authorization": f"Bearer {self._address.token}"},
                    # No proxy, no .netrc: this never leaves the machine.
                    trust_env=False,
                )
            return self._client

    def _pid(self) -> int | str:
        address = self._address
        return address.pid if address else "python -m void_studio.worker"

    def _lost(self, client: httpx.Client, ends: bool) -> None:
        """Lets go of a worker that does not answer; of one that ends, its end is waited for."""
        with self._lock:
            if self._client is not client:
                return
            address = self._address
            self._disconnect()
        if ends and address is not None:
            wait_until_ended(self.home, address, self._closed)

    def _disconnect(self) -> None:
        client, self._client, self._address = self._client, None, None
        if client is not None:
            client.close()


def _error_of(answer: httpx.Response) -> VoidError:
    try:
        said = answer.json()
        return VoidError(str(said["what"]), str(said["why"]), str(said["remedy"]))
    except (ValueError, TypeError, KeyError):
        return VoidError(
            "The worker failed",
            f"It answered {answer.status_code}",
            "Look into worker.log of the folder that VOID_STUDIO_HOME names",
        )
