"""The desk: every widget of the window, made and put in its place."""

from __future__ import annotations

from PySide6.QtCore import QSettings, Qt
from PySide6.QtGui import QAction, QGuiApplication
from PySide6.QtWidgets import (
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QMainWindow,
    QMenu,
    QSizePolicy,
    QSplitter,
    QTabWidget,
    QToolBar,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.action_table import MENUS, SPECS
from void_studio.app.actions import first_key
from void_studio.app.elided_label import ElidedLabel
from void_studio.app.look_bar import LookBar
from void_studio.app.messages import MessageBar
from void_studio.app.options_bar import OptionsBar
from void_studio.app.panels.jobs import JobsPanel
from void_studio.app.panels.objects import ObjectsPanel
from void_studio.app.panels.run import RunPanel
from void_studio.app.panels.shapes import ShapesPanel
from void_studio.app.screen_choice import cover
from void_studio.app.start_page import StartPage
from void_studio.app.timeline.timeline import Timeline
from void_studio.app.timeline.transport import TransportBar
from void_studio.app.view_bar import ViewBar
from void_studio.app.viewer.viewer import Viewer

_LEAST_PANEL = 280
"""Device-independent pixels in which every setting and name of the panels can be read."""

_STRIP = (
    "tool_pan",
    "tool_click",
    "tool_brush",
    "tool_eraser",
    "tool_lasso",
    "tool_polygon",
    "tool_rectangle",
    "tool_wand",
    "tool_grid",
    "tool_keys",
    "tool_trajectory",
)
_SIZE = (1600, 900)
JOBS_TAB = 1


class Desk:
    """The widgets of a window.

    Attributes:
        viewer: The picture, between ``options``, ``messages`` and ``view_bar``.
        look_bar: The chips in ``view_bar`` of how one looks.
        start_page: Over the viewer while nothing is open.
        timeline: Below the picture, under ``transport``.
        objects_panel, shapes_panel, run_panel, jobs_panel: At the right, in ``tabs``.
        recent: The menu of what was opened before.
        hint, plate_facts, step, saved: The labels of the status line; ``step`` is what undo undoes.
    """

    def __init__(self, window: QMainWindow, actions: dict[str, QAction]) -> None:
        """Fills ``window``."""
        self._window = window
        self.viewer = Viewer()
        cover(self.viewer)
        self.options = OptionsBar(actions)
        self.view_bar = ViewBar(actions)
        self.look_bar = LookBar(actions, self.view_bar.chips)
        self.start_page = StartPage(actions)
        self.messages = MessageBar()
        self.timeline = Timeline()
        self.transport = TransportBar(actions)
        self.objects_panel = ObjectsPanel(lambda name: first_key(actions[name]))
        self.shapes_panel = ShapesPanel()
        self.run_panel = RunPanel()
        self.jobs_panel = JobsPanel()
        self.recent = QMenu("Open &Recent", window)
        self.tabs = QTabWidget()
        self.hint = ElidedLabel()
        self.step = ElidedLabel()
        self.step.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Preferred)
        self.step.setMaximumWidth(self.step.fontMetrics().averageCharWidth() * 40)
        self.saved = QLabel()
        self.plate_facts = QLabel()
        self.plate_facts.setTextFormat(Qt.TextFormat.PlainText)
        self._strip = self._tool_strip(actions)
        self._left = self._picture_over_time()
        self._across = self._desk_beside_tabs()
        self._place_status_line()
        self._fill_menus(actions)

    # -- building --------------------------------------------------------------------------

    def _tool_strip(self, actions: dict[str, QAction]) -> QToolBar:
        strip = QToolBar("Tools")
        strip.setObjectName("tool-strip")
        strip.setOrientation(Qt.Orientation.Vertical)
        strip.setMovable(False)
        for name in _STRIP:
            strip.addAction(actions[name])
        strip.addSeparator()
        for name in ("undo", "redo"):
            strip.addAction(actions[name])
        self._window.addToolBar(Qt.ToolBarArea.LeftToolBarArea, strip)
        return strip

    def _picture_over_time(self) -> QSplitter:
        left = QSplitter(Qt.Orientation.Vertical)
        left.setObjectName("desk-splitter")
        left.addWidget(_column(self.options, self.viewer, self.view_bar, grows=1))
        # Over the picture: a message that comes must not move what is under the pen.
        over = QGridLayout(self.viewer)
        over.setContentsMargins(0, 0, 0, 0)
        over.addWidget(self.start_page, 0, 0)
        over.addWidget(self.messages, 0, 0, Qt.AlignmentFlag.AlignTop)
        self.messages.raise_()
        self._time = _column(self.transport, self.timeline, grows=1)
        left.addWidget(self._time)
        left.setStretchFactor(0, 1)
        left.setChildrenCollapsible(False)
        return left

    def _desk_beside_tabs(self) -> QSplitter:
        shot_page = QSplitter(Qt.Orientation.Vertical)
        shot_page.addWidget(_column(self.objects_panel, self.shapes_panel, grows=0))
        shot_page.addWidget(self.run_panel)
        shot_page.setStretchFactor(0, 1)
        shot_page.setChildrenCollapsible(False)
        shot_page.setSizes([200, 640])
        self.tabs.addTab(shot_page, "Shot")
        self.tabs.addTab(self.jobs_panel, "Jobs")
        self.tabs.setDocumentMode(True)
        # What was focused on the page that is hidden would hand the keyboard to a number field.
        self.tabs.currentChanged.connect(lambda _: self.viewer.setFocus())
        self.tabs.tabBar().setDrawBase(False)
        self.tabs.setMinimumWidth(_LEAST_PANEL)
        across = QSplitter(Qt.Orientation.Horizontal)
        across.addWidget(self._left)
        across.addWidget(self.tabs)
        across.setStretchFactor(0, 1)
        across.setChildrenCollapsible(False)
        frame = QWidget()
        whole = QHBoxLayout(frame)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(across)
        self._window.setCentralWidget(frame)
        return across

    def _place_status_line(self) -> None:
        line = self._window.statusBar()
        line.addWidget(self.hint, 1)
        for label in (self.plate_facts, self.step, self.saved):
            line.addPermanentWidget(label)
        line.setSizeGripEnabled(False)

    def _fill_menus(self, actions: dict[str, QAction]) -> None:
        menus = {name: self._window.menuBar().addMenu(f"&{name}") for name in MENUS}
        for spec in SPECS:
            if spec.separated:
                menus[spec.group].addSeparator()
            if spec.name == "open_demo":
                menus[spec.group].addMenu(self.recent)
            if spec.name == "show_a":
                menus[spec.group].addMenu(self.view_bar.a_menu)
                menus[spec.group].addMenu(self.view_bar.b_menu)
            menus[spec.group].addAction(actions[spec.name])

    def show_work(self, shown: bool) -> None:
        """Shows what one works with, or only the start page: there is nothing to work on."""
        parts = (self._strip, self.options, self.view_bar, self._time, self.tabs, self.hint)
        for part in parts:
            part.setVisible(shown)
        self.start_page.setVisible(not shown)
        if shown:
            # What had the keyboard is hidden: a number field must not be next.
            self.viewer.setFocus()

    # -- sizes -----------------------------------------------------------------------------

    def restore(self) -> None:
        """Gives the window and its parts the sizes they had when it was last closed."""
        settings = QSettings()
        self._window.resize(*_SIZE)
        screen = QGuiApplication.primaryScreen()
        if screen is not None:
            room = screen.availableGeometry()
            self._window.resize(min(_SIZE[0], room.width()), min(_SIZE[1], room.height()))
        geometry = settings.value("window/geometry")
        if geometry is not None:
            self._window.restoreGeometry(geometry)
        for name, splitter, sizes in (
            ("across", self._across, [1240, 320]),
            ("left", self._left, [640, 230]),
        ):
            state = settings.value(f"window/{name}")
            if state is None or not splitter.restoreState(state):
                splitter.setSizes(sizes)

    def remember(self) -> None:
        """Keeps the sizes for the next start."""
        settings = QSettings()
        settings.setValue("window/geometry", self._window.saveGeometry())
        settings.setValue("window/across", self._across.saveState())
        settings.setValue("window/left", self._left.saveState())


def _column(*widgets: QWidget, grows: int) -> QWidget:
    """Widgets one below the other; the one at place ``grows`` takes the room that is left."""
    column = QWidget()
    layout = QVBoxLayout(column)
    layout.setContentsMargins(0, 0, 0, 0)
    layout.setSpacing(0)
    for place, widget in enumerate(widgets):
        layout.addWidget(widget, 1 if place == grows else 0)
    return column
