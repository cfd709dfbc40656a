"""The jobs: what waits, what runs and how far it is, what is done, and what failed and why."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QItemSelectionModel, Qt, Signal
from PySide6.QtWidgets import (
    QAbstractItemView,
    QHBoxLayout,
    QLabel,
    QListView,
    QStackedWidget,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.panels.job_rows import FINISHED, UNFINISHED, JobDelegate, JobRow, JobsModel
from void_studio.app.parts import EmptyState, icon_button
from void_studio.app.theme import set_variant

__all__ = ["JobRow", "JobsPanel"]


class JobsPanel(QWidget):
    """A list of jobs, newest first, and what can be done with the chosen one.

    Signals:
        cancel_requested: Id of a job to stop.
        rerun_requested: Id of a job to run again; it continues where it stopped.
        reveal_requested: Id of a job whose folder is to be shown.
        clear_requested: Take finished jobs out of the list.
    """

    cancel_requested = Signal(str)
    rerun_requested = Signal(str)
    reveal_requested = Signal(str)
    clear_requested = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._model = JobsModel(self)
        self._view = QListView()
        self._view.setModel(self._model)
        self._view.setItemDelegate(JobDelegate(self._view))
        self._view.setAccessibleName("Jobs")
        self._view.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._view.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self._view.setSpacing(1)
        self._view.setMinimumHeight(self.fontMetrics().height() * 7)
        self._view.selectionModel().currentChanged.connect(self._refresh)
        empty = EmptyState("jobs", "No jobs yet", "Tracking and removing are listed here")
        self._stack = QStackedWidget()
        self._stack.addWidget(empty)
        self._stack.addWidget(self._view)
        self._error = QLabel()
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._error.setContentsMargins(10, 4, 10, 4)
        set_variant(self._error, "error")
        self._error.setAccessibleName("Why the job failed")

        self._cancel = icon_button("cancel", "Stop the job", self._ask_cancel)
        self._rerun = icon_button(
            "rerun", "Run again; it continues where it stopped", self._ask_rerun
        )
        self._reveal = icon_button("folder", "Show the job's folder", self._ask_reveal)
        self._clear = icon_button(
            "trash", "Take finished jobs out of the list", self.clear_requested.emit
        )
        buttons = QHBoxLayout()
        buttons.setContentsMargins(4, 4, 4, 4)
        for button in (self._cancel, self._rerun, self._reveal):
            buttons.addWidget(button)
        buttons.addStretch(1)
        buttons.addWidget(self._clear)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(4, 4, 4, 0)
        layout.setSpacing(2)
        layout.addWidget(self._stack, 1)
        layout.addWidget(self._error)
        layout.addLayout(buttons)
        self._refresh()

    @property
    def current(self) -> str:
        """The id of the chosen job, empty if there is none."""
        row = self._current_row()
        return row.id if row else ""

    def set_jobs(self, rows: Sequence[JobRow]) -> None:
        """Shows these jobs; only rows that changed are drawn again, and the choice stays."""
        chosen = self.current
        if self._model.set_rows(rows) and chosen:
            self.set_current(chosen)
        self._stack.setCurrentIndex(1 if rows else 0)
        self._refresh()

    def set_current(self, identity: str) -> None:
        """Chooses a job."""
        at = self._model.row_of(identity)
        if at >= 0:
            self._view.selectionModel().setCurrentIndex(
                self._model.index(at), QItemSelectionModel.SelectionFlag.ClearAndSelect
            )

    def _current_row(self) -> JobRow | None:
        index = self._view.currentIndex()
        return self._model.row(index.row()) if index.isValid() else None

    def _refresh(self) -> None:
        row = self._current_row()
        self._cancel.setEnabled(row is not None and row.state in UNFINISHED)
        self._rerun.setEnabled(
            row is not None and row.state in ("failed", "cancelled", "interrupted")
        )
        self._reveal.setEnabled(row is not None)
        self._clear.setEnabled(any(row.state in FINISHED for row in self._model.rows()))
        error = row.error if row else ""
        self._error.setText(error)
        self._error.setVisible(bool(error))

    def _ask_cancel(self) -> None:
        self.cancel_requested.emit(self.current)

    def _ask_rerun(self) -> None:
        self.rerun_requested.emit(self.current)

    def _ask_reveal(self) -> None:
        self.reveal_requested.emit(self.current)
