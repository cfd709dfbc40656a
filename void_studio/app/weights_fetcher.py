"""Weights: looked for and fetched on a thread of their own, one part after the other."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtCore import QObject, QSettings, Signal

from void_studio.app.background import Background
from void_studio.errors import Cancelled, VoidError
from void_studio.progress import CancelToken
from void_studio.remove.weights.catalogue import PARTS, Part
from void_studio.remove.weights.download import fetch
from void_studio.remove.weights.hub import is_offline
from void_studio.remove.weights.places import folder_to_mend
from void_studio.remove.weights.state import PartState, states

_MIRROR, _OFFLINE = "weights/mirror", "weights/offline"


class WeightsFetcher(QObject):
    """Knows the parts and fetches them.

    Signals:
        changed: ``states`` are others, or what is under way is.
        progressed: Megabytes that are here of the part under way, and all of them.
        failed: A VoidError: a part could not be fetched.

    Attributes:
        states: What is known of every part; empty until it was looked for.
        under_way: The name of the part that is being fetched, empty for none.
    """

    changed = Signal()
    progressed = Signal(int, int)
    failed = Signal(object)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._threads = Background(self, 1, polite=True)
        self._cancel = CancelToken()
        self._waiting: list[Part] = []
        self.states: tuple[PartState, ...] = ()
        self.under_way = ""

    # -- settings --------------------------------------------------------------------------

    @property
    def mirror(self) -> str:
        """URL of a mirror of the Hugging Face Hub; empty for the Hub itself."""
        return str(QSettings().value(_MIRROR, "") or "")

    def set_mirror(self, url: str) -> None:
        QSettings().setValue(_MIRROR, url.strip())

    @property
    def offline(self) -> bool:
        """Whether nothing may be fetched."""
        return is_offline() or bool(QSettings().value(_OFFLINE, False, bool))

    def set_offline(self, offline: bool) -> None:
        QSettings().setValue(_OFFLINE, offline)
        self.changed.emit()

    # -- work ------------------------------------------------------------------------------

    def look(self) -> None:
        """Looks for all parts again."""
        self._threads.run(
            "Could not look for the weights",
            lambda: tuple(states(PARTS.values())),
            self._found,
            self.failed.emit,
        )

    def get(self, parts: Sequence[Part]) -> None:
        """Fetches parts, one after the other, to where they are or else into the own folder."""
        self._waiting += [part for part in parts if part not in self._waiting]
        self._next()

    def cancel(self) -> None:
        """Stops fetching; what has arrived is used the next time."""
        self._waiting.clear()
        self._cancel.cancel()

    def close(self) -> None:
        """Stops, and waits until that is done."""
        self.cancel()
        self._threads.close()

    def _next(self) -> None:
        if self.under_way or not self._waiting:
            return
        part = self._waiting.pop(0)
        self.under_way = part.name
        self._cancel = token = CancelToken()
        teller = _Teller(self.progressed.emit)
        self._threads.run(
            f"Could not get {part.name}",
            partial(_fetched, part, teller, token, self.mirror or None),
            lambda _: self._ended(None),
            self._ended,
        )
        self.progressed.emit(0, 0)
        self.changed.emit()

    def _ended(self, error: VoidError | None) -> None:
        self.under_way = ""
        if error is not None:
            self._waiting.clear()
            self.failed.emit(error)
        self.look()
        self.changed.emit()
        self._next()

    def _found(self, found: tuple[PartState, ...]) -> None:
        self.states = found
        self.changed.emit()


class _Teller:
    """A Reporter that hands on how far it is."""

    def __init__(self, tell: Callable[[int, int], object]) -> None:
        self._tell = tell

    def progress(self, step: int, total: int, message: str = "") -> None:
        self._tell(step, total)

    def warning(self, text: str) -> None:
        pass


def _fetched(part: Part, teller: _Teller, cancel: CancelToken, mirror: str | None) -> bool:
    """Whether a part was fetched; False if that was cancelled. On the fetcher's thread."""
    try:
        fetch(part, folder_to_mend(part), teller, cancel, mirror)
    except Cancelled:
        return False
    return True
