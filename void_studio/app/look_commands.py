"""What the Look menu does."""

from __future__ import annotations

from dataclasses import replace
from functools import partial

from PySide6.QtGui import QAction

from void_studio.app.connecting import Connect
from void_studio.app.desk import Desk
from void_studio.app.studio import Studio
from void_studio.app.viewer.compare import Compare
from void_studio.app.viewer.look import NEUTRAL, Channels
from void_studio.app.viewer.overlay import OverlayStyle
from void_studio.app.viewer.source import MASKED_PLATE, Content, Source
from void_studio.remove.void.sees import Pass, Shrinking

STOPS = 0.25
GAMMAS = 0.1
STRENGTH = 0.1


class LookCommands:
    """Changes what is chosen for looking."""

    def __init__(
        self, actions: dict[str, QAction], on: Connect, studio: Studio, desk: Desk
    ) -> None:
        self._actions = actions
        self._looks = looks = studio.looks
        self._showing = studio.session.showing
        self._viewer = desk.viewer
        self._before: dict[bool, Source | None] = {}
        for channels in Channels:
            on(f"channels_{channels.name.lower()}", partial(self._show_channels, channels))
        on("exposure_up", lambda: self._expose(STOPS))
        on("exposure_down", lambda: self._expose(-STOPS))
        on("gamma_up", lambda: self._lighten(GAMMAS))
        on("gamma_down", lambda: self._lighten(-GAMMAS))
        on("look_reset", lambda: looks.set_look(NEUTRAL))
        on("onion", lambda: looks.set_onion(actions["onion"].isChecked()))
        on("onion_more", lambda: self._outline(1))
        on("onion_fewer", lambda: self._outline(-1))
        on("overlay_stronger", lambda: looks.set_style(looks.style.stronger(STRENGTH)))
        on("overlay_fainter", lambda: looks.set_style(looks.style.stronger(-STRENGTH)))
        on("overlay_reset", lambda: looks.set_style(OverlayStyle()))
        on("model_view", self._switch_model)
        for which in Pass:
            on(f"model_pass_{which.name.lower()}", partial(self._choose_pass, which))
        on("model_per_plane", self._choose_shrinking)
        bar = desk.look_bar
        bar.exposure_chosen.connect(lambda stops: looks.set_look(looks.look.exposed(stops)))
        bar.gamma_chosen.connect(lambda gamma: looks.set_look(looks.look.with_gamma(gamma)))
        bar.style_chosen.connect(looks.set_style)
        bar.crop_chosen.connect(looks.set_crop)

    # -- looks -----------------------------------------------------------------------------

    def _show_channels(self, channels: Channels) -> None:
        """Shows a channel; the key of the one that is shown goes back to colour."""
        look = self._looks.look
        again = look.channels is channels
        self._looks.set_look(look.showing(Channels.RGB if again else channels))

    def _expose(self, stops: float) -> None:
        look = self._looks.look
        self._looks.set_look(look.exposed(look.exposure + stops))

    def _lighten(self, gamma: float) -> None:
        look = self._looks.look
        self._looks.set_look(look.with_gamma(look.gamma + gamma))

    def _outline(self, more: int) -> None:
        """One more neighbour or fewer; more of them also shows them."""
        if more > 0 and not self._looks.onion:
            self._looks.set_onion(True)
        else:
            self._looks.set_neighbours(self._looks.neighbours + more)

    # -- as the model sees it --------------------------------------------------------------

    def _switch_model(self) -> None:
        """Shows what the model sees on the side in view, or what that side showed before."""
        if any(_models(source) for source in self._showing.sources):
            self._leave_model()
        else:
            on_b = self._viewer.compare is Compare.B
            self._before[on_b] = self._showing.b if on_b else self._showing.a
            self._show(on_b, Source(Content.MODEL))

    def _leave_model(self) -> None:
        for on_b, source in zip((False, True), self._showing.sources, strict=True):
            if _models(source):
                before = self._before.get(on_b)
                self._show(on_b, MASKED_PLATE if before is None else before)

    def _show(self, on_b: bool, source: Source) -> None:
        if on_b:
            self._showing.show_b(source)
        else:
            self._showing.show_a(source)

    def _choose_pass(self, which: Pass) -> None:
        self._looks.set_model(replace(self._looks.model, which=which))

    def _choose_shrinking(self) -> None:
        plane = self._actions["model_per_plane"].isChecked()
        shrinking = Shrinking.PER_PLANE if plane else Shrinking.AS_RELEASED
        self._looks.set_model(replace(self._looks.model, shrinking=shrinking))


def _models(source: Source | None) -> bool:
    return source is not None and source.content is Content.MODEL
