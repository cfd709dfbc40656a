"""Going through time: steps, jumps, play and shuttle, in and out."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QInputDialog, QWidget

from void_studio.app.connecting import Connect
from void_studio.app.frame_menu import FrameMenu
from void_studio.app.icons import icon
from void_studio.app.playback import Loop, Player
from void_studio.app.session import Session
from void_studio.app.timeline import Timeline, TransportBar
from void_studio.app.timeline.geometry import neighbour
from void_studio.app.timeline_lanes import edited_frames, unsure_frames
from void_studio.shot.document import MOST_NUMBER

_FASTEST = 8

_LOOP_ICONS = {Loop.NONE: "play-once", Loop.LOOP: "loop", Loop.PING_PONG: "ping-pong"}


class TimeCommands:
    """What the Playback menu does. Every one ends a stroke that is being drawn."""

    def __init__(self, session: Session, player: Player, finish_stroke: Callable[[], None]) -> None:
        self._session = session
        self._player = player
        self._finish_stroke = finish_stroke

    def connect(
        self, actions: dict[str, QAction], on: Connect, transport: TransportBar, timeline: Timeline
    ) -> None:
        """Says what the actions of the Playback menu do, and the hand on the timeline."""
        self._actions, self._timeline = actions, timeline
        self._menu = FrameMenu(self, actions, timeline)
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
        on("previous_edited", lambda: self.go_to_neighbour(self._edited(), -1))
        on("next_edited", lambda: self.go_to_neighbour(self._edited(), 1))
        on("previous_unsure", lambda: self.go_round(self._unsure(), -1))
        on("next_unsure", lambda: self.go_round(self._unsure(), 1))
        on("loop", self.cycle_loop)
        on("marker", lambda: self.toggle_marker(self._session.index))
        on("previous_marker", lambda: self.go_to_neighbour(self._marked(), -1))
        on("next_marker", lambda: self.go_to_neighbour(self._marked(), 1))
        on("set_in", lambda: self.set_in(self._session.index))
        on("set_out", lambda: self.set_out(self._session.index))
        on("clear_range", self.clear_range)
        on("number_from", lambda: self.ask_first_number(transport))
        actions["every_frame"].toggled.connect(self._player.set_every_frame)
        transport.pace_chosen.connect(self._player.set_pace)
        transport.forgiven.connect(self._player.forgive)
        timeline.range_chosen.connect(self.set_range)
        timeline.marker_moved.connect(self.move_marker)
        timeline.marker_named.connect(self.name_marker)
        timeline.menu_wanted.connect(self._menu.open)

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

    def go_to_neighbour(self, frames: NDArray[np.intp], direction: int) -> None:
        """Goes to the next of ``frames``, ascending, forward (1) or backward (-1), if any."""
        index = neighbour(frames, self._session.index, direction)
        if index is not None:
            self.go(index)

    def go_round(self, frames: NDArray[np.intp], direction: int) -> None:
        """Goes to the next of ``frames``, ascending; after the last of them to the first."""
        if frames.size:
            index = neighbour(frames, self._session.index, direction)
            self.go(int(frames[0 if direction > 0 else -1]) if index is None else index)

    def ask_first_number(self, parent: QWidget) -> None:
        """Asks which number the plate's first frame has."""
        if self._session.shot is None:
            return
        dialog = QInputDialog(parent.window())
        dialog.setWindowTitle("Number Frames")
        dialog.setLabelText("Number of the plate's first frame")
        dialog.setInputMode(QInputDialog.InputMode.IntInput)
        dialog.setIntRange(-MOST_NUMBER, MOST_NUMBER)
        dialog.setIntValue(self._session.number(0))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.intValueSelected.connect(self.number_from)
        dialog.open()

    def number_from(self, first: int) -> None:
        """Gives the plate's first frame a number."""
        if self._session.shot is not None:
            self._session.shot.number_from(first)

    def cycle_loop(self) -> None:
        """Begins again at the end, or turns back there, or stops: one after the other."""
        order = list(Loop)
        self.set_loop(order[(order.index(self._player.loop) + 1) % len(order)])

    def set_loop(self, loop: Loop) -> None:
        """Says what happens at the end, and shows it where it is chosen."""
        self._player.set_loop(loop)
        action = self._actions["loop"]
        action.setIcon(icon(_LOOP_ICONS[loop]))
        action.setText(f"L&oop: {loop}")
        action.setIconText(loop)

    def set_in(self, index: int) -> None:
        """The shot begins at a frame, and ends where it did if that is not before."""
        shot = self._session.shot
        if shot is not None:
            last = shot.document.range[1]
            self.set_range(index, last if index <= last else shot.count - 1)

    def set_out(self, index: int) -> None:
        """The shot ends at a frame, and begins where it did if that is not after."""
        shot = self._session.shot
        if shot is not None:
            first = shot.document.range[0]
            self.set_range(first if index >= first else 0, index)

    def clear_range(self) -> None:
        """The shot is the whole plate."""
        self.set_range(0, self._session.count - 1)

    def set_range(self, first: int, last: int) -> None:
        """The shot goes from one plate index to another, both included."""
        shot = self._session.shot
        if shot is not None:
            self._finish_stroke()
            shot.set_range(first, last)

    # Markers

    def toggle_marker(self, index: int) -> None:
        """Marks a frame, or takes its mark away."""
        shot = self._session.shot
        if shot is not None:
            self._finish_stroke()
            shot.set_marker(index, None if index in self._names() else "")

    def move_marker(self, index: int, to: int) -> None:
        """Moves a marker, in place of one that was there, as one step."""
        shot, names = self._session.shot, self._names()
        if shot is None or index not in names:
            return
        self._finish_stroke()
        with shot.history.group(f"Move marker (frame {shot.number(to)})"):
            shot.set_marker(index, None)
            shot.set_marker(to, names[index])

    def name_marker(self, index: int, name: str) -> None:
        """Calls the marker on a frame ``name``."""
        shot = self._session.shot
        if shot is not None and index in self._names():
            self._finish_stroke()
            shot.set_marker(index, name)

    def toggle_lock(self, index: int) -> None:
        """Keeps the mask of a frame as it is, or no longer."""
        shot = self._session.shot
        if shot is not None:
            self._finish_stroke()
            shot.set_locked([index], not shot.is_locked(index))

    def is_marked(self, index: int) -> bool:
        return index in self._names()

    def is_locked(self, index: int) -> bool:
        shot = self._session.shot
        return shot is not None and shot.is_locked(index)

    def number(self, index: int) -> int:
        """The number artists give a frame."""
        return self._session.number(index)

    def _names(self) -> dict[int, str]:
        """The names of markers by plate index."""
        shot = self._session.shot
        return {marker.frame: marker.name for marker in shot.document.markers} if shot else {}

    def _marked(self) -> NDArray[np.intp]:
        return np.fromiter(self._names(), np.intp)

    def _edited(self) -> NDArray[np.intp]:
        shot = self._session.shot
        if shot is None:
            return np.zeros(0, np.intp)
        return edited_frames(shot.document, self._session.flags())

    def _unsure(self) -> NDArray[np.intp]:
        """Where the timeline marks that the tracker was unsure of the current object."""
        return unsure_frames(self._session.current_object(), self._session.count)

    def halt(self) -> None:
        """Stops playing, for a hand takes the playhead."""
        self._player.stop()
        self._finish_stroke()
