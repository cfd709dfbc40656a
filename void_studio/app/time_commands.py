"""Going through time: steps, jumps, play and shuttle, in and out."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtGui import QAction

from void_studio.app.connecting import Connect
from void_studio.app.playback import Player
from void_studio.app.session import Session
from void_studio.app.timeline import TransportBar

_FASTEST = 8


class TimeCommands:
    """What the Playback menu does. Every one ends a stroke that is being drawn."""

    def __init__(self, session: Session, player: Player, finish_stroke: Callable[[], None]) -> None:
        self._session = session
        self._player = player
        self._finish_stroke = finish_stroke

    def connect(self, actions: dict[str, QAction], on: Connect, transport: TransportBar) -> None:
        """Says what the actions of the Playback menu do."""
        on("play", self.toggle_play)
        on("play_forward", lambda: self.shuttle(1))
        on("play_backward", lambda: self.shuttle(-1))
        on("play_stop", self._player.stop)
        on("previous", lambda: self.step(-1))
        on("next", lambda: self.step(1))
        on("back_ten", lambda: self.step(-10))
        on("on_ten", lambda: self.step(10))
        on("first", lambda: self.go(0))
        on("last", self.go_to_last)
        on("go_to", transport.edit_frame)
        on("set_in", self.set_in)
        on("set_out", self.set_out)
        on("clear_range", self.clear_range)
        actions["loop"].toggled.connect(self.set_loop)

    def toggle_play(self) -> None:
        if self._player.speed:
            self._player.stop()
        else:
            self._finish_stroke()
            self._player.play(self._session.index)

    def shuttle(self, direction: int) -> None:
        """Plays forward (1) or backward (-1); asked again, twice as fast."""
        self._finish_stroke()
        speed = self._player.speed
        faster = min(_FASTEST, abs(speed) * 2) if speed * direction > 0 else 1
        self._player.play(self._session.index, direction * faster)

    def step(self, frames: int) -> None:
        """Goes some frames on, or back."""
        self.go(self._session.index + frames, 1 if frames > 0 else -1)

    def go(self, index: int, direction: int = 0) -> None:
        """Stops and goes to a plate index; ``direction`` says where to look ahead."""
        self.halt()
        self._session.set_index(index, direction)

    def go_to_number(self, number: int) -> None:
        """Goes to the frame that artists give this number."""
        self.go(number - self._session.number(0))

    def go_to_last(self) -> None:
        self.go(self._session.count - 1)

    def set_loop(self, loop: bool) -> None:
        self._player.loop = loop

    def set_in(self) -> None:
        """The shot begins at the current frame, and ends where it did if that is not before."""
        shot, index = self._session.shot, self._session.index
        if shot is not None:
            self._finish_stroke()
            last = shot.document.range[1]
            shot.set_range(index, last if index <= last else shot.count - 1)

    def set_out(self) -> None:
        """The shot ends at the current frame, and begins where it did if that is not after."""
        shot, index = self._session.shot, self._session.index
        if shot is not None:
            self._finish_stroke()
            first = shot.document.range[0]
            shot.set_range(first if index >= first else 0, index)

    def clear_range(self) -> None:
        """The shot is the whole plate."""
        shot = self._session.shot
        if shot is not None:
            self._finish_stroke()
            shot.set_range(0, shot.count - 1)

    def halt(self) -> None:
        """Stops playing, for a hand takes the playhead."""
        self._player.stop()
        self._finish_stroke()
