"""What the Edit, Tools and Mask menus do."""

from __future__ import annotations

from functools import partial

from PySide6.QtGui import QAction
from PySide6.QtWidgets import QWidget

from void_studio.app.connecting import Connect
from void_studio.app.mask_amounts import AmountsDialog
from void_studio.app.mask_texts import mask_texts
from void_studio.app.options_bar import LEVEL_ACTIONS
from void_studio.app.session import Session
from void_studio.app.studio import Studio
from void_studio.app.toolbox import Toolbox


class MaskCommands:
    """Undo, tools, levels, the brush, and edits of whole frames."""

    def __init__(
        self,
        actions: dict[str, QAction],
        on: Connect,
        studio: Studio,
        toolbox: Toolbox,
        window: QWidget,
    ) -> None:
        self._session = studio.session
        self._toolbox = toolbox
        self._edits = studio.edits
        self._window = window
        self._actions = actions
        brush = studio.session.brush
        on("undo", self._undo)
        on("redo", self._redo)
        for name in toolbox.tools:
            on(name, partial(toolbox.take, name))
        on("smaller", lambda: brush.scale(1 / 1.2))
        on("larger", lambda: brush.scale(1.2))
        on("softer", lambda: brush.set_hardness(brush.hardness - 0.1))
        on("harder", lambda: brush.set_hardness(brush.hardness + 0.1))
        actions["pressure"].toggled.connect(brush.set_pressure)
        for name, level in LEVEL_ACTIONS.items():
            on(name, partial(brush.set_level, level))
        actions["swap_erase"].toggled.connect(brush.set_swapped)
        self._connect_edits(on, studio)
        self._follow(studio.session)

    def _connect_edits(self, on: Connect, studio: Studio) -> None:
        edits, clipboard, propagate = studio.edits, studio.clipboard, studio.propagate
        on("copy_mask", clipboard.copy)
        on("paste_mask", clipboard.paste)
        on("paste_through", clipboard.paste_through)
        on("copy_previous", lambda: edits.copy_from(-1))
        on("copy_next", lambda: edits.copy_from(1))
        on("propagate_backward", lambda: propagate.go(-1))
        on("propagate_forward", lambda: propagate.go(1))
        on("grow", edits.grow)
        on("shrink", edits.shrink)
        on("smooth", edits.smooth)
        on("fill_holes", edits.fill_holes)
        on("remove_specks", edits.remove_specks)
        on("mask_amounts", self._ask_amounts)
        on("invert", edits.invert)
        on("to_grid", edits.snap_to_grid)
        on("affected_to_grid", edits.snap_affected)
        on("clear_frame", edits.clear)
        on("back_to_tracked", edits.back_to_tracked)
        on("lock_frame", edits.toggle_lock)

    def _follow(self, session: Session) -> None:
        """Keeps what the menu says in step with the level, the frames and the amounts."""
        for signal in (
            session.shot_changed,
            session.frame_changed,
            session.range_changed,
            session.objects_changed,
            session.brush.changed,
            self._edits.amounts.changed,
        ):
            signal.connect(self._refresh_texts)
        self._refresh_texts()

    def _refresh_texts(self) -> None:
        session, index = self._session, self._session.index
        frames = session.frames.chosen()
        before = [frame for frame in frames if frame < index]
        after = [frame for frame in frames if frame > index]
        locked = session.shot is not None and session.shot.is_locked(session.index)
        where = session.frames.where(frames) if len(frames) > 1 else ""
        texts = mask_texts(
            session.brush.level,
            where,
            self._edits.amounts.__getitem__,
            locked,
            session.frames.where(before) if before else "",
            session.frames.where(after) if after else "",
            (self._named(index - 1), self._named(index + 1)),
        )
        for name, text in texts.items():
            if self._actions[name].text() != text:
                self._actions[name].setText(text)

    def _named(self, index: int) -> str:
        """A frame's number; empty if the plate has no such frame."""
        session = self._session
        return str(session.number(index)) if 0 <= index < session.count else ""

    def _ask_amounts(self) -> None:
        AmountsDialog(self._edits.amounts, self._window).show()

    def _undo(self) -> None:
        self._toolbox.finish_stroke()
        self._session.undo()

    def _redo(self) -> None:
        self._toolbox.finish_stroke()
        self._session.redo()
