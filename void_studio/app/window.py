"""The window: builds the rooms and connects them. What they do is in their own files."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QSettings, Qt, QUrl, Slot
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QDesktopServices,
    QDragEnterEvent,
    QDropEvent,
    QGuiApplication,
)
from PySide6.QtWidgets import (
    QFileDialog,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from void_studio import __version__
from void_studio.app.actions import MENUS, SPECS, build_actions, keys_text, plain
from void_studio.app.background import Background
from void_studio.app.edits import MaskEdits
from void_studio.app.exports import Exports
from void_studio.app.jobs import Jobs
from void_studio.app.messages import Message, MessageBar
from void_studio.app.objects import Objects
from void_studio.app.opening import FirstLook, Opened, open_any, shots_folder
from void_studio.app.options_bar import LEVEL_ACTIONS, OptionsBar
from void_studio.app.panels.jobs import JobsPanel
from void_studio.app.panels.objects import ObjectsPanel
from void_studio.app.panels.run import RunPanel
from void_studio.app.playback import Player
from void_studio.app.session import Session
from void_studio.app.shortcuts_sheet import ShortcutsSheet
from void_studio.app.timeline.timeline import Timeline
from void_studio.app.timeline.transport import TransportBar
from void_studio.app.timeline_feed import TimelineFeed
from void_studio.app.tools.base import Tool
from void_studio.app.tools.brush import BrushTool
from void_studio.app.tools.click import ClickTool
from void_studio.app.tools.grid import GridTool
from void_studio.app.tools.pan import PanTool
from void_studio.app.tools.polygon import PolygonTool
from void_studio.app.view_bar import ViewBar
from void_studio.app.viewer.render import MaskView
from void_studio.app.viewer.viewer import Compare, Viewer
from void_studio.errors import VoidError
from void_studio.hosts.local import LocalHost
from void_studio.quadmask.bits import EFFECTIVE, HAND_PAINTED
from void_studio.shot.shot import Shot

OPEN_FILTER = (
    "Clips and images (*.mp4 *.mov *.mkv *.avi *.webm *.mxf *.m4v *.png *.jpg *.jpeg *.tif *.tiff)"
    ";;All files (*)"
)
_TOOLS = ("tool_pan", "tool_click", "tool_brush", "tool_eraser", "tool_polygon", "tool_grid")
_MASK_VIEWS = {
    "mask_overlay": MaskView.OVERLAY,
    "mask_levels": MaskView.LEVELS,
    "mask_matte": MaskView.MATTE,
    "mask_none": MaskView.NONE,
}
_COMPARES = {"show_a": Compare.A, "show_b": Compare.B, "wipe": Compare.WIPE}
WELCOME = """Drop a clip here

Ctrl+O opens a clip
Ctrl+Shift+O opens a shot, a VOID sequence folder or a folder of images
File > Open Demo Shot shows how it works"""
_FASTEST = 8
_LEVEL_NAMES = ("keep", "remove", "affected", "both")  # by what EFFECTIVE says


class MainWindow(QMainWindow):
    """Void Studio's one window."""

    def __init__(self, host: LocalHost | None = None) -> None:
        """``host`` is where jobs run and clicks become masks: this machine if None."""
        super().__init__()
        self.setObjectName("main-window")
        self.setAcceptDrops(True)
        self.background = Background(self, threads=4)
        self.session = Session(self.background, self)
        self.jobs = Jobs(self.session, self.background, host or LocalHost(), self)
        self.objects = Objects(self.session, self.jobs, self)
        self.edits = MaskEdits(self.session)
        self.exports = Exports(self.session, self.background, self)
        self.player = Player(self)
        self.actions_by_name = build_actions(self)
        self._build()
        self._fill_menus()
        self._connect_actions()
        self._connect_session()
        self.tools = self._make_tools()
        self._action("tool_click").trigger()
        self._action("level_remove").trigger()
        self._action("mask_overlay").trigger()
        self._action("show_a").trigger()
        self._action("loop").setChecked(True)
        self._restore_layout()
        self._refresh_all()

    def _action(self, name: str) -> QAction:
        return self.actions_by_name[name]

    # -- building --------------------------------------------------------------------------

    def _build(self) -> None:
        actions = self.actions_by_name
        self.addActions(list(actions.values()))
        self.viewer = Viewer()
        self.viewer.set_message(WELCOME)
        self.options = OptionsBar(actions)
        self.view_bar = ViewBar(actions)
        self.messages = MessageBar()
        self.timeline = Timeline()
        self.transport = TransportBar(actions)
        self.feed = TimelineFeed(self.session, self.timeline, self.background, self)
        self.objects_panel = ObjectsPanel()
        self.run_panel = RunPanel()
        self.jobs_panel = JobsPanel()
        self.shortcuts_sheet: ShortcutsSheet | None = None

        strip = QToolBar("Tools")
        strip.setObjectName("tool-strip")
        strip.setOrientation(Qt.Orientation.Vertical)
        strip.setMovable(False)
        for name in _TOOLS:
            strip.addAction(actions[name])
        strip.addSeparator()
        for name in ("undo", "redo"):
            strip.addAction(actions[name])
        self.addToolBar(Qt.ToolBarArea.LeftToolBarArea, strip)

        desk = QWidget()
        column = QVBoxLayout(desk)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for widget in (self.options, self.messages, self.viewer, self.view_bar):
            column.addWidget(widget, 1 if widget is self.viewer else 0)
        time = QWidget()
        rows = QVBoxLayout(time)
        rows.setContentsMargins(0, 0, 0, 0)
        rows.setSpacing(0)
        rows.addWidget(self.transport)
        rows.addWidget(self.timeline, 1)
        self.left = QSplitter(Qt.Orientation.Vertical)
        self.left.setObjectName("desk-splitter")
        self.left.addWidget(desk)
        self.left.addWidget(time)
        self.left.setStretchFactor(0, 1)
        self.left.setChildrenCollapsible(False)

        shot_page = QSplitter(Qt.Orientation.Vertical)
        shot_page.addWidget(self.objects_panel)
        shot_page.addWidget(self.run_panel)
        shot_page.setStretchFactor(0, 1)
        shot_page.setChildrenCollapsible(False)
        shot_page.setSizes([360, 420])
        self.tabs = QTabWidget()
        self.tabs.addTab(shot_page, "Shot")
        self.tabs.addTab(self.jobs_panel, "Jobs")
        self.tabs.setDocumentMode(True)
        self.tabs.tabBar().setDrawBase(False)
        self.across = QSplitter(Qt.Orientation.Horizontal)
        self.across.addWidget(self.left)
        self.across.addWidget(self.tabs)
        self.across.setStretchFactor(0, 1)
        self.across.setChildrenCollapsible(False)
        frame = QWidget()
        whole = QHBoxLayout(frame)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(self.across)
        self.setCentralWidget(frame)
        self.hint = QLabel()
        self.saved = QLabel()
        self.plate_facts = QLabel()
        self.statusBar().addWidget(self.hint, 1)
        self.statusBar().addPermanentWidget(self.plate_facts)
        self.statusBar().addPermanentWidget(self.saved)
        self.statusBar().setSizeGripEnabled(False)

    def _fill_menus(self) -> None:
        menus = {name: self.menuBar().addMenu(f"&{name}") for name in MENUS}
        for spec in SPECS:
            if spec.separated:
                menus[spec.group].addSeparator()
            menus[spec.group].addAction(self._action(spec.name))

    def _make_tools(self) -> dict[str, Tool]:
        tools: dict[str, Tool] = {
            "tool_pan": PanTool(self.session),
            "tool_click": ClickTool(self.session, self.objects),
            "tool_brush": BrushTool(self.session),
            "tool_eraser": BrushTool(self.session, erases=True),
            "tool_polygon": PolygonTool(self.session),
            "tool_grid": GridTool(self.session),
        }
        for name, tool in tools.items():
            self._action(name).triggered.connect(lambda _=False, tool=tool: self.take_tool(tool))
        return tools

    # -- actions ---------------------------------------------------------------------------

    def _connect_actions(self) -> None:
        session, player = self.session, self.player

        def on(name: str, slot: object) -> None:
            self._action(name).triggered.connect(lambda _=False: slot())  # type: ignore[operator]

        on("open", self.ask_open)
        on("open_folder", self.ask_open_folder)
        on("open_demo", self.open_demo)
        on("export_result", lambda: self.exports.ask_result(self))
        on("export_comparison", lambda: self.exports.ask_comparison(self))
        on("export_sequence", lambda: self.exports.ask_sequence(self))
        on("export_quadmask", lambda: self.exports.ask_quadmask(self))
        on("show_folder", self._show_folder)
        on("quit", self.close)
        on("undo", self._undo)
        on("redo", self._redo)
        on("smaller", lambda: session.set_brush_size(session.brush_size / 1.2))
        on("larger", lambda: session.set_brush_size(session.brush_size * 1.2))
        for name, level in LEVEL_ACTIONS.items():
            on(name, lambda level=level: session.set_level(level))
        self._action("swap_erase").toggled.connect(session.set_swapped)
        on("grow", lambda: self.edits.grow(2))
        on("shrink", lambda: self.edits.shrink(2))
        on("copy_previous", lambda: self.edits.copy_from(-1))
        on("copy_next", lambda: self.edits.copy_from(1))
        on("to_grid", self.edits.snap_to_grid)
        on("clear_frame", self.edits.clear)
        on("back_to_tracked", self.edits.back_to_tracked)
        on("add_object", session.add_object)
        on("delete_object", self.objects.delete_current)
        for direction in ("both", "forward", "backward"):
            on(f"track_{direction}", lambda direction=direction: self.objects.track(direction))
        on("run", self._run)
        on("cancel", self.jobs.cancel_running)
        on("play", self._toggle_play)
        on("play_forward", lambda: self._shuttle(1))
        on("play_backward", lambda: self._shuttle(-1))
        on("play_stop", player.stop)
        for name, step in (("previous", -1), ("next", 1), ("back_ten", -10), ("on_ten", 10)):
            on(name, lambda step=step: self._step(step))
        on("first", lambda: self._go(0))
        on("last", lambda: self._go(session.count - 1))
        on("go_to", self.transport.edit_frame)
        self._action("loop").toggled.connect(self._set_loop)
        on("fit", self.viewer.fit)
        on("one_to_one", lambda: self.viewer.zoom_to(1.0))
        on("zoom_in", lambda: self.viewer.zoom_by(1.25))
        on("zoom_out", lambda: self.viewer.zoom_by(0.8))
        for name, view in _MASK_VIEWS.items():
            on(name, lambda view=view: self.viewer.set_mask_view(view))
        for name, compare in _COMPARES.items():
            on(name, lambda compare=compare: self.viewer.set_compare(compare))
        on("swap", self._swap)
        on("shortcuts", self._show_shortcuts)
        on("about", self._about)

    def take_tool(self, tool: Tool) -> None:
        """Puts a tool in the artist's hand."""
        self.viewer.set_tool(tool)
        self._hint = tool.hint
        self.hint.setText(tool.hint)
        self.options.set_brush_enabled(tool.name in ("brush", "eraser"))
        self.viewer.setFocus()

    def ask_open(self) -> None:
        self._ask("Open Clip or Shot", QFileDialog.FileMode.ExistingFile)

    def ask_open_folder(self) -> None:
        self._ask("Open Shot, Sequence or Image Folder", QFileDialog.FileMode.Directory)

    def _ask(self, title: str, mode: QFileDialog.FileMode) -> None:
        dialog = QFileDialog(self, title)
        dialog.setFileMode(mode)
        if mode is QFileDialog.FileMode.ExistingFile:
            dialog.setNameFilter(OPEN_FILTER)
        folder = QSettings().value("open/folder", "")
        if folder:
            dialog.setDirectory(str(folder))
        dialog.fileSelected.connect(lambda name: self.open_path(Path(name)))
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def open_path(self, path: Path) -> None:
        """Opens a clip, a shot, a sequence folder or a folder of images."""
        QSettings().setValue("open/folder", str(path.parent))
        self.session.open_path(path)

    def open_demo(self) -> None:
        """Opens the built-in shot, rendering it the first time."""

        def work() -> Opened:
            from void_studio.demo.scene import ensure_demo

            return open_any(ensure_demo(shots_folder()))

        self.session.open_with("the demo shot", work)

    def _show_folder(self) -> None:
        if self.session.shot is not None:
            QDesktopServices.openUrl(QUrl.fromLocalFile(str(self.session.shot.folder)))

    def _run(self) -> None:
        reason = self.jobs.reason_not_to_run()
        if reason is None:
            self.jobs.run_removal(self.run_panel.remover, self.run_panel.settings)
        else:
            self.inform("There is nothing to run", reason)

    def _undo(self) -> None:
        self._finish_stroke()
        self.session.undo()

    def _redo(self) -> None:
        self._finish_stroke()
        self.session.redo()

    def _finish_stroke(self) -> None:
        for tool in self.tools.values():
            tool.finish()

    def _toggle_play(self) -> None:
        if self.player.speed:
            self.player.stop()
        else:
            self._finish_stroke()
            self.player.play(self.session.index)

    def _shuttle(self, direction: int) -> None:
        self._finish_stroke()
        speed = self.player.speed
        same = speed * direction > 0
        self.player.play(
            self.session.index, direction * (min(_FASTEST, abs(speed) * 2) if same else 1)
        )

    def _step(self, step: int) -> None:
        self._go(self.session.index + step, 1 if step > 0 else -1)

    def _go(self, index: int, direction: int = 0) -> None:
        self.player.stop()
        self._finish_stroke()
        self.session.set_index(index, direction)

    def _set_loop(self, loop: bool) -> None:
        self.player.loop = loop

    def _swap(self) -> None:
        if self.session.take is None:
            self.inform("There is no take to compare with yet", "Run the removal first")
            return
        self._action("show_a" if self.viewer.compare is Compare.B else "show_b").trigger()

    def _show_shortcuts(self) -> None:
        if self.shortcuts_sheet is None:
            self.shortcuts_sheet = ShortcutsSheet(self)
            self.shortcuts_sheet.set_shortcuts(
                (spec.group, plain(spec.text), keys_text(self._action(spec.name)))
                for spec in SPECS
                if spec.keys
            )
        self.shortcuts_sheet.show()
        self.shortcuts_sheet.raise_()

    def _about(self) -> None:
        self.inform(
            f"Void Studio {__version__}",
            "Apache-2.0. Built on Qt and PySide6 (LGPL-3), FFmpeg through PyAV, OpenCV and NumPy",
        )

    def inform(self, what: str, why: str = "") -> None:
        """Says something that needs no answer."""
        self.messages.post(Message("info", what, why))

    # -- session ---------------------------------------------------------------------------

    def _connect_session(self) -> None:
        session = self.session
        session.opening.connect(self._on_opening)
        session.previewed.connect(self._on_previewed)
        session.shot_changed.connect(self._on_shot_changed)
        session.frame_changed.connect(self._on_frame_changed)
        session.mask_changed.connect(self._on_mask_changed)
        session.history_changed.connect(self._refresh_history)
        session.objects_changed.connect(self._refresh_objects)
        session.takes_changed.connect(self._refresh_takes)
        session.brush_changed.connect(self._refresh_brush)
        session.saved_changed.connect(self.saved.setText)
        session.failed.connect(self.show_error)
        session.noticed.connect(lambda text: self.messages.post(Message("warning", text)))
        session.pictures.arrived.connect(self._on_arrived, Qt.ConnectionType.QueuedConnection)
        self.options.size_changed.connect(session.set_brush_size)
        self.view_bar.take_chosen.connect(session.set_take)
        self.viewer.picture_divisor_changed.connect(session.pictures.set_divisor)
        self.viewer.zoom_changed.connect(self.view_bar.set_zoom)
        self.viewer.probed.connect(self._on_probed)
        self.player.advanced.connect(lambda index: session.set_index(index, self.player.speed))
        self.player.starved.connect(lambda index: session.pictures.want(index, self.player.speed))
        self.player.playing_changed.connect(self.transport.set_playing)
        self.player.measured.connect(self._on_measured)
        self.transport.frame_entered.connect(lambda number: self._go(number - session.number(0)))
        self.timeline.scrub_started.connect(self._on_scrub_started)
        self.timeline.scrubbed.connect(session.set_index)
        panel = self.objects_panel
        panel.current_changed.connect(session.set_current_object)
        panel.renamed.connect(self.objects.rename)
        panel.role_changed.connect(self.objects.set_role)
        panel.visibility_changed.connect(self.objects.set_visible)
        panel.delete_requested.connect(self.objects.delete)
        panel.add_requested.connect(self._action("add_object").trigger)
        panel.track_requested.connect(self.objects.track)
        self.run_panel.set_removers(self.jobs.remover_rows())
        self.run_panel.run_requested.connect(self.jobs.run_removal)
        self.run_panel.cancel_requested.connect(self.jobs.cancel_running)
        self.jobs.rows_changed.connect(self._refresh_jobs)
        self.jobs.take_made.connect(self._on_take_made)
        self.exports.rows_changed.connect(self._refresh_jobs)
        self.exports.exported.connect(self._on_exported)
        self.jobs_panel.cancel_requested.connect(self._cancel_row)
        self.jobs_panel.rerun_requested.connect(self.jobs.rerun)
        self.jobs_panel.reveal_requested.connect(self.jobs.reveal)
        self.jobs_panel.clear_requested.connect(self._clear_rows)

    def show_error(self, error: VoidError) -> None:
        self.messages.post_error(error)

    @Slot(str)
    def _on_opening(self, name: str) -> None:
        if name:
            self.viewer.set_message(f"Opening {name}…")
            self.hint.setText(f"Opening {name}…")
        else:
            self.viewer.set_message(WELCOME)
            self.hint.setText(self._hint)
            if self.session.shot is None:
                self.viewer.set_plate_size(None)

    def _on_previewed(self, look: FirstLook) -> None:
        self.viewer.set_plate_size(look.size)
        self.viewer.set_frame(look.picture, None, None)

    def _on_shot_changed(self) -> None:
        shot = self.session.shot
        self.player.stop()
        self._refresh_all()
        if shot is None:
            self.viewer.set_plate_size(None)
            return
        self.player.set_plate(shot.count, shot.rate, self._can_show)
        self.transport.set_frames(shot.document.plate.first_frame, shot.rate)
        self.transport.set_current(self.session.index)
        self.viewer.set_plate_size(shot.size)
        self._show_frame()

    def _can_show(self, index: int) -> bool:
        return self.session.pictures.ready(index, self.viewer.compare is not Compare.A)

    def _on_frame_changed(self, index: int) -> None:
        self._finish_stroke()
        self.timeline.set_current(index)
        self.transport.set_current(index)
        self._show_frame()

    def _show_frame(self) -> None:
        session = self.session
        pictures = session.pictures
        self.viewer.set_frame(
            pictures.plate(session.index), pictures.take(session.index), session.field()
        )

    def _on_arrived(self, index: int) -> None:
        if index == self.session.index:
            pictures = self.session.pictures
            self.viewer.set_pictures(pictures.plate(index), pictures.take(index))

    def _on_mask_changed(self, rect: object) -> None:
        self.viewer.mask_changed(rect)  # type: ignore[arg-type]

    def _on_scrub_started(self) -> None:
        self.player.stop()
        self._finish_stroke()

    def _on_measured(self, rate: float, dropped: int) -> None:
        self.transport.set_speed(rate)
        self.transport.set_dropped(dropped)

    def _on_probed(self, at: tuple[int, int] | None) -> None:
        field = self.session.field()
        if at is None:
            self.view_bar.set_probe("")
            return
        x, y = at
        text = f"x {x}  y {y}"
        picture = self.session.pictures.plate(self.session.index)
        shot = self.session.shot
        if picture is not None and shot is not None:
            height, width = picture.shape[:2]
            colour = picture[y * height // shot.size[1], x * width // shot.size[0]]
            text += "   " + " ".join(f"{value / 255:.3f}" for value in colour)
        value = int(field[y, x]) if field is not None else 0
        text += f"   {_LEVEL_NAMES[int(EFFECTIVE[value])]}"
        if HAND_PAINTED[value]:
            text += " · painted"
        self.view_bar.set_probe(text)

    def _on_take_made(self, number: int) -> None:
        self.session.set_take(number)
        self._action("wipe").trigger()

    def _on_exported(self, path: str) -> None:
        self.inform("Exported", path)

    def _cancel_row(self, row_id: str) -> None:
        if not self.exports.cancel(row_id):
            self.jobs.cancel(row_id)

    def _clear_rows(self) -> None:
        self.exports.clear()
        self.jobs.clear()

    # -- refreshing ------------------------------------------------------------------------

    def _refresh_all(self) -> None:
        shot = self.session.shot
        name = shot.folder.stem if shot else ""
        self.setWindowTitle(f"{name} – Void Studio" if name else "Void Studio")
        self.plate_facts.setText(_facts(shot) if shot else "")
        self._refresh_history()
        self._refresh_objects()
        self._refresh_takes()
        self._refresh_brush()
        self._refresh_jobs()
        self.feed.refresh()

    def _refresh_history(self) -> None:
        history = self.session.shot.history if self.session.shot else None
        for name, verb, step in (
            ("undo", "Undo", history.undo_name if history else None),
            ("redo", "Redo", history.redo_name if history else None),
        ):
            action = self._action(name)
            action.setEnabled(step is not None)
            action.setText(f"&{verb} {step}" if step else f"&{verb}")
            action.setToolTip(
                f"<b>{verb}</b>  {keys_text(action)}<br>{step or 'Nothing to ' + verb.lower()}"
            )

    def _refresh_objects(self) -> None:
        self.objects_panel.set_objects(self.objects.rows())
        current = self.session.current_object()
        self.objects_panel.set_current(current.id if current else "")
        self.run_panel.set_summary(self.jobs.summary())
        self.run_panel.set_enabled_reason(self.jobs.reason_not_to_run())

    def _refresh_takes(self) -> None:
        shot = self.session.shot
        takes = shot.document.takes if shot else ()
        rows = [(take.number, f"take {take.number:03d}  {take.remover}") for take in takes]
        self.view_bar.set_takes(rows, self.session.take)
        has = self.session.take is not None
        for name in ("show_b", "wipe", "export_result", "export_comparison"):
            self._action(name).setEnabled(has)
        label = next((text for number, text in rows if number == self.session.take), "")
        self.viewer.set_labels("A  plate", f"B  {label}" if label else "")
        if not has:
            self._action("show_a").trigger()
        self._show_frame()

    def _refresh_brush(self) -> None:
        self.options.set_size(self.session.brush_size)

    def _refresh_jobs(self) -> None:
        rows = [*self.exports.rows(), *self.jobs.rows()]
        self.jobs_panel.set_jobs(rows)
        running = sum(row.state in ("running", "queued") for row in rows)
        self.tabs.setTabText(1, f"Jobs {running}" if running else "Jobs")
        self.run_panel.set_progress(*self.jobs.removal_progress())
        self.run_panel.set_summary(self.jobs.summary())
        self.run_panel.set_enabled_reason(self.jobs.reason_not_to_run())

    # -- window ----------------------------------------------------------------------------

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        if any(url.isLocalFile() for url in event.mimeData().urls()):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        for url in event.mimeData().urls():
            if url.isLocalFile():
                self.open_path(Path(url.toLocalFile()))
                event.acceptProposedAction()
                return

    def _restore_layout(self) -> None:
        settings = QSettings()
        self.resize(1600, 900)
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            available = screen.availableGeometry()
            self.resize(min(1600, available.width()), min(900, available.height()))
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self.restoreGeometry(geometry)
        for name, splitter, sizes in (
            ("across", self.across, [1240, 320]),
            ("left", self.left, [640, 230]),
        ):
            state = settings.value(f"window/{name}")
            if state is None or not splitter.restoreState(state):
                splitter.setSizes(sizes)

    def closeEvent(self, event: QCloseEvent) -> None:
        settings = QSettings()
        settings.setValue("window/geometry", self.saveGeometry())
        settings.setValue("window/across", self.across.saveState())
        settings.setValue("window/left", self.left.saveState())
        self.player.stop()
        self._finish_stroke()
        self.exports.close()
        self.jobs.close()
        self.feed.close()
        self.session.close_shot()
        self.background.close()
        super().closeEvent(event)


def _facts(shot: Shot) -> str:
    """The plate in one line."""
    width, height = shot.size
    rate = f"{float(shot.rate):.3f}".rstrip("0").rstrip(".")
    return f"{shot.plate_path.name}  ·  {width}×{height}  ·  {rate} fps  ·  {shot.count} frames"
