"""What the window works with, none of it a widget: the shot, jobs, exports, the player."""

from __future__ import annotations

from PySide6.QtCore import QObject

from void_studio.app.background import Background
from void_studio.app.edits import MaskEdits
from void_studio.app.exports import Exports
from void_studio.app.jobs import Jobs
from void_studio.app.objects import Objects
from void_studio.app.playback import Player
from void_studio.app.session import Session
from void_studio.hosts.local import LocalHost

_THREADS = 3
_HEAVY_THREADS = 2


class Studio(QObject):
    """Makes these parts and ends them in the right order.

    Attributes:
        background: Short work off the window's thread, that the artist waits for.
        heavy: Work that takes long: exports, thumbnails, the scrub proxy.
        session: The open shot.
        jobs: Tracking and removing.
        objects: Edits of the shot's objects.
        edits: Edits of a whole frame's mask.
        exports: What is written out of the shot.
        player: Playing in real time.
    """

    def __init__(self, host: LocalHost, parent: QObject | None = None) -> None:
        """``host`` is where jobs run and clicks become masks."""
        super().__init__(parent)
        self.background = Background(self, _THREADS)
        self.heavy = Background(self, _HEAVY_THREADS, polite=True)
        self.session = Session(self.background, self.heavy, self)
        self.jobs = Jobs(self.session, self.background, host, self)
        self.objects = Objects(self.session, self.jobs, self)
        self.edits = MaskEdits(self.session)
        self.exports = Exports(self.session, self.heavy, self)
        self.player = Player(self)

    def close(self) -> None:
        """Saves the shot and ends every thread; jobs go on in the worker."""
        self.player.stop()
        self.exports.close()
        self.jobs.close()
        self.session.close_shot()
        self.background.close()
        self.heavy.close()
