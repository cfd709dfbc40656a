"""Shows what is chosen for looking: the look, colours, onion, and what the model sees."""

from __future__ import annotations

from PySide6.QtCore import QObject
from PySide6.QtGui import QAction, QColor

from void_studio.app.desk import Desk
from void_studio.app.icons import colour_swatch
from void_studio.app.probe import Probe
from void_studio.app.studio import Studio
from void_studio.app.theme import choose_plane_colours
from void_studio.app.viewer.source import Content, Probed
from void_studio.quadmask.bits import Rect

_SWATCHES = {"level_remove": "remove", "level_affected": "affected", "level_both": "both"}


class Looking(QObject):
    """Listens to what is chosen and to what is worked out, and shows it."""

    def __init__(
        self, actions: dict[str, QAction], studio: Studio, desk: Desk, parent: QObject
    ) -> None:
        super().__init__(parent)
        self._actions = actions
        self._studio = studio
        self._desk = desk
        self._viewer = desk.viewer
        self._probe = Probe(studio.session, studio.sights, self)
        looks, session = studio.looks, studio.session
        looks.look_changed.connect(self._show_look)
        looks.style_changed.connect(self._show_style)
        looks.onion_changed.connect(self._show_onion)
        looks.model_changed.connect(self._show_model)
        looks.crop_changed.connect(self._show_crop)
        studio.onion.changed.connect(self._show_onion)
        studio.sights.changed.connect(self._show_sight)
        session.brush.changed.connect(self._show_softness)
        session.showing.changed.connect(self._show_model)
        session.shot_changed.connect(self._show_model)
        self._viewer.probed.connect(self._on_probed)
        self._probe.changed.connect(self._show_probe)
        self._show_look()
        self._show_style()
        self._show_onion()
        self._show_model()
        self._show_crop()

    def _show_look(self) -> None:
        look = self._studio.looks.look
        self._viewer.canvas.look = look
        self._actions[f"channels_{look.channels.name.lower()}"].setChecked(True)
        self._desk.look_bar.set_look(look)
        self._show_softness()
        self._viewer.repaint_view()

    def _show_style(self) -> None:
        style = self._studio.looks.style
        self._viewer.canvas.set_style(style)
        for name, tint in _SWATCHES.items():
            self._actions[name].setIcon(colour_swatch(QColor(*getattr(style, tint).colour)))
        choose_plane_colours(QColor(*style.remove.colour), QColor(*style.affected.colour))
        self._desk.timeline.recolour()
        self._desk.tabs.update()
        self._desk.look_bar.set_style(style)
        self._viewer.repaint_view()

    def _show_onion(self) -> None:
        looks = self._studio.looks
        self._viewer.canvas.onion = self._studio.onion.onion
        self._actions["onion"].setChecked(looks.onion)
        self._desk.look_bar.set_onion(looks.onion, looks.neighbours)
        self._viewer.repaint_view()

    def _show_crop(self) -> None:
        self._desk.look_bar.set_crop(self._studio.looks.crop)

    def _show_softness(self) -> None:
        """A soft brush makes a soft matte, as far out as the brush would be soft."""
        brush = self._studio.session.brush
        softness = (1 - brush.hardness) * brush.size / 2
        if softness != self._viewer.canvas.softness:
            self._viewer.canvas.softness = softness
            self._viewer.repaint_view()

    # -- as the model sees it --------------------------------------------------------------

    def _show_model(self) -> None:
        """Has made what the sides show, if one of them shows what the model sees."""
        choice = self._studio.looks.model
        shown = any(
            source is not None and source.content is Content.MODEL
            for source in self._studio.session.showing.sources
        )
        self._studio.sights.want(choice if shown else None)
        self._actions["model_view"].setChecked(shown)
        self._actions[f"model_pass_{choice.which.name.lower()}"].setChecked(True)
        self._actions["model_per_plane"].setChecked(choice.per_plane)
        self._desk.look_bar.set_model(shown, choice)

    def _show_sight(self) -> None:
        sight, shot = self._studio.sights.sight, self._studio.session.shot
        canvas = self._viewer.canvas
        if sight is None or shot is None:
            canvas.set_model(None, None)
            canvas.caption = ""
        else:
            crop = sight.choice.framing.crop
            over = Rect(*crop) if crop is not None else None
            canvas.set_model(sight.picture, sight.taken_for, over)
            canvas.caption = sight.words(shot.size)
        self._viewer.repaint_view()
        self._show_probe()

    # -- the read-out ----------------------------------------------------------------------

    def _on_probed(self, at: Probed | None) -> None:
        self._probe.at = at
        self._show_probe()

    def _show_probe(self) -> None:
        self._desk.view_bar.set_probe(self._probe.text(), self._probe.tip())
