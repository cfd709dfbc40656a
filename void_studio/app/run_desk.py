"""The run: keeps the run panel, the plan of a run and its preview in step with the shot."""

from __future__ import annotations

from functools import partial

from PySide6.QtCore import QObject, QSettings
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMainWindow

from void_studio.app.desk import Desk
from void_studio.app.messages import Message
from void_studio.app.panels.run import Needs
from void_studio.app.previews import Previews
from void_studio.app.remover_needs import needs_of
from void_studio.app.remover_rows import is_void, remover_rows, take_choices
from void_studio.app.run_facts import reason_not_to_run, summary
from void_studio.app.run_plan import RunOutlook, RunPlan
from void_studio.app.studio import Studio
from void_studio.app.viewer.compare import Compare
from void_studio.app.viewer.model_view import Framing, ModelChoice
from void_studio.app.weights_sheet import WeightsSheet
from void_studio.errors import VoidError
from void_studio.quadmask.bits import Rect
from void_studio.remove.void.sees import Shrinking
from void_studio.remove.void.settings import Pass2Settings

_REMOVER = "run/remover"


class RunDesk(QObject):
    """Listens to the run panel and to the studio.

    Attributes:
        plan: What a run would do.
        previews: What one looks like while it runs.
    """

    def __init__(
        self, window: QMainWindow, actions: dict[str, QAction], studio: Studio, desk: Desk
    ) -> None:
        super().__init__(window)
        self._window = window
        self._actions = actions
        self._studio = studio
        self._desk = desk
        self._panel = desk.run_panel
        self._needs = Needs()
        self._sheet: WeightsSheet | None = None
        self.plan = RunPlan(studio.session, self)
        self.previews = Previews(studio.session, studio.jobs, self._shows_a, self)
        self._panel.set_removers(remover_rows())
        self._listen()
        self._panel.choose(str(QSettings().value(_REMOVER, "")))

    def _listen(self) -> None:
        session, jobs, panel = self._studio.session, self._studio.jobs, self._panel
        panel.run_requested.connect(jobs.run_removal)
        panel.cancel_requested.connect(jobs.cancel_running)
        panel.settings_changed.connect(self._on_settings)
        panel.remover_changed.connect(self._check_needs)
        panel.remover_changed.connect(lambda name: QSettings().setValue(_REMOVER, name))
        panel.sight_changed.connect(self._show_crop)
        panel.prompt.changed.connect(self._describe)
        panel.needs.weights_requested.connect(self.show_weights)
        session.leaving.connect(panel.prompt.settle)
        session.shot_changed.connect(self._on_shot)
        session.objects_changed.connect(self._show_prompt)
        session.takes_changed.connect(self._show_takes)
        for signal in (session.lanes_changed, session.range_changed, session.numbering_changed):
            signal.connect(self.refresh)
        jobs.rows_changed.connect(self.refresh)
        jobs.take_made.connect(self._on_take_made)
        jobs.told.connect(self._on_told)
        self.plan.changed.connect(self._show_plan)
        self.previews.changed.connect(self._show_preview)
        self._studio.looks.crop_changed.connect(self._show_crop)
        self._studio.fetcher.changed.connect(self._on_weights)

    # -- doing -----------------------------------------------------------------------------

    def run(self) -> None:
        """Starts the removal that the panel has, or says why that cannot be."""
        self._panel.prompt.settle()
        reason = self._reason()
        if reason is None:
            self._studio.jobs.run_removal(self._panel.remover, self._panel.settings)
        else:
            self._desk.messages.post(Message("info", "There is nothing to run", reason))

    def show_weights(self) -> None:
        """Opens the window of the weights."""
        if self._sheet is None:
            self._sheet = WeightsSheet(self._studio.fetcher, self._window)
        self._sheet.show()
        self._sheet.raise_()
        self._sheet.activateWindow()

    def _describe(self, text: str) -> None:
        shot = self._studio.session.shot
        if shot is not None:
            try:
                shot.set_scene_prompt(text)
            except VoidError as error:
                self._studio.session.failed.emit(error)

    def _on_take_made(self, number: int) -> None:
        """The take has the place of what ran: it is B, and in view if that was."""
        in_view = self.previews.end()
        self._studio.session.set_take(number)
        if in_view:
            self._actions["show_b"].trigger()

    def _on_told(self, what: str, remedy: str) -> None:
        self._desk.messages.post(Message("info", what, "", remedy))

    # -- showing ---------------------------------------------------------------------------

    def refresh(self, *_: object) -> None:
        """Shows what a run works on, why it cannot run, and how far it is."""
        session, jobs, panel = self._studio.session, self._studio.jobs, self._panel
        panel.set_progress(*jobs.removal_progress())
        lines = summary(session.shot, session.flags())
        outlook = self.plan.outlook
        if outlook is not None and lines:
            # The plan says it more exactly.
            lines = [line for line in lines if line[0] == "With a mask"] + list(outlook.lines)
        panel.set_summary(lines)
        panel.set_enabled_reason(self._reason())

    def _reason(self) -> str | None:
        session = self._studio.session
        return reason_not_to_run(
            session.shot,
            session.flags(),
            self._studio.jobs.removing,
            self._panel.remover,
            self._needs.reason,
        )

    def _on_shot(self) -> None:
        self._show_prompt()
        self._show_takes()
        self.refresh()

    def _on_settings(self) -> None:
        self.plan.want(self._panel.remover, self._panel.settings)
        self.refresh()

    def _show_prompt(self) -> None:
        shot = self._studio.session.shot
        self._panel.prompt.setEnabled(shot is not None)
        self._panel.prompt.set_text(shot.document.scene_prompt if shot is not None else "")

    def _show_takes(self) -> None:
        shot = self._studio.session.shot
        self._panel.set_choices("take", take_choices(shot.document.takes if shot else ()))
        self._panel.set_enabled_reason(self._reason())

    def _show_plan(self) -> None:
        outlook = self.plan.outlook
        looks = self._studio.looks
        looks.set_model(looks.model.framed(Framing()) if outlook is None else _choice_of(outlook))
        self._show_crop()
        self.refresh()

    def _show_crop(self) -> None:
        outlook = self.plan.outlook
        wanted = self._studio.looks.crop and self._panel.isVisible()
        if outlook is None or not wanted or outlook.plan.whole_frame:
            self._desk.viewer.set_crop(None)
            return
        width, height = outlook.plan.size
        text = f"crop, seen at {width}×{height}"
        self._desk.viewer.set_crop((Rect(*outlook.plan.crop), text))

    def _show_preview(self) -> None:
        latest = self.previews.latest
        self._desk.view_bar.set_running(latest is not None)
        self._desk.viewer.set_running(latest.words if latest is not None else "")

    def _shows_a(self) -> bool:
        return self._desk.viewer.compare is Compare.A

    # -- what is missing -------------------------------------------------------------------

    def _on_weights(self) -> None:
        if not self._studio.fetcher.under_way:
            self._check_needs()
            self.plan.refresh()

    def _check_needs(self, *_: object) -> None:
        remover = self._panel.remover
        if not is_void(remover):
            self._set_needs(remover, Needs())
            return
        self._studio.background.run(
            "Could not look for the weights",
            partial(needs_of, remover),
            partial(self._set_needs, remover),
            self._studio.session.failed.emit,
        )

    def _set_needs(self, remover: str, needs: Needs) -> None:
        if remover == self._panel.remover:
            self._needs = needs
            self._panel.needs.set_needs(needs)
            self.refresh()


def _choice_of(outlook: RunOutlook) -> ModelChoice:
    """What a run would have the model see."""
    settings = outlook.settings
    return ModelChoice(
        outlook.which,
        Shrinking(settings.mask_edges.replace("-", " ")),
        isinstance(settings, Pass2Settings) and settings.mask_levels == "as-trained",
        Framing(outlook.plan.crop, outlook.plan.size),
    )
