"""What the window works with, none of it a widget: the shot, jobs, exports, the player."""

from __future__ import annotations

from PySide6.QtCore import QObject

from void_studio.app.background import Background
from void_studio.app.clipboard import MaskClipboard
from void_studio.app.edits import MaskEdits
from void_studio.app.exports import Exports
from void_studio.app.jobs import Jobs
from void_studio.app.looks import Looks
from void_studio.app.model_sights import ModelSights
from void_studio.app.objects import Objects
from void_studio.app.onion_skin import OnionSkin
from void_studio.app.playback import Player
from void_studio.app.propagate import Propagate
from void_studio.app.screen_choice import ScreenProbe
from void_studio.app.session import Session
from void_studio.app.shapes import Shapes
from void_studio.app.take_notes import TakeNotes
from void_studio.app.weights_fetcher import WeightsFetcher
from void_studio.hosts.local import LocalHost
from void_studio.threads import Crew

_THREADS = 3
_HEAVY_THREADS = 2
_CREW = 12
"""Enough for a shot that is opened with two takes while another one is still being closed."""


class Studio(QObject):
    """Makes these parts and ends them in the right order.

    Attributes:
        background: Short work off the window's thread, that the artist waits for.
        heavy: Work that takes long: exports, thumbnails, the scrub proxy.
        session: The open shot.
        jobs: Tracking and removing.
        objects: Edits of the shot's objects.
        shapes: Edits of the shot's mask shapes.
        edits: Edits of a whole frame's mask.
        clipboard: Planes of a mask that were copied.
        propagate: Hand painting carried to other frames by motion.
        exports: What is written out of the shot.
        player: Playing in real time.
        screen_probe: Whether OpenGL would draw the viewer quicker.
        looks: What is chosen for looking only.
        sights: The current frame as the model sees it.
        onion: The masks of neighbour frames.
        notes: What made each take.
        fetcher: The weights of removers.
    """

    def __init__(self, host: LocalHost, parent: QObject | None = None) -> None:
        """``host`` is where jobs run and clicks become masks."""
        super().__init__(parent)
        self.background = Background(self, _THREADS)
        self.heavy = Background(self, _HEAVY_THREADS, polite=True)
        self._crew = Crew(_CREW)
        self.session = Session(self.background, self.heavy, self._crew.begin, self)
        self.jobs = Jobs(self.session, self.background, host, self)
        self.objects = Objects(self.session, self.jobs, self)
        self.shapes = Shapes(self.session, self)
        self.edits = MaskEdits(self.session)
        self.clipboard = MaskClipboard(self.session)
        self.propagate = Propagate(self.session)
        self.exports = Exports(self.session, self.heavy, self)
        self.player = Player(self)
        self.screen_probe = ScreenProbe(self.heavy, self)
        self.looks = Looks(self)
        self.sights = ModelSights(self.session, self)
        self.onion = OnionSkin(self.session, self.looks, self)
        self.notes = TakeNotes(self.session, self)
        self.fetcher = WeightsFetcher(self)

    def close(self) -> None:
        """Saves the shot and ends every thread; jobs go on in the worker."""
        self.player.stop()
        self.exports.close()
        self.fetcher.close()
        self.jobs.close()
        self.session.close_shot()
        self.session.frames.close()
        self.background.close()
        self.heavy.close()
        self._crew.close()
