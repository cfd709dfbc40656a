"""The weights: what removers need, how large it is, under which licence, and a way to get it."""

from __future__ import annotations

import textwrap
from collections.abc import Callable
from html import escape

from PySide6.QtCore import QSignalBlocker, Qt
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QFrame,
    QGridLayout,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QProgressBar,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.keyboard import press_with_space
from void_studio.app.remover_needs import size_of
from void_studio.app.theme import PALETTE, set_variant
from void_studio.app.weights_fetcher import WeightsFetcher
from void_studio.errors import VoidError
from void_studio.remove.weights.catalogue import PARTS, Part
from void_studio.remove.weights.places import own_folder
from void_studio.remove.weights.state import PartState

_LINES_WIDE = 44
_LETTERS = 90
"""In a line of what is said of a part."""


class WeightsSheet(QDialog):
    """A window of its own that may stay open, or be closed, while it fetches."""

    def __init__(self, fetcher: WeightsFetcher, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setWindowTitle("Weights")
        self.setModal(False)
        self._fetcher = fetcher
        self._rows: dict[str, _PartRow] = {}
        rows = QVBoxLayout()
        rows.setSpacing(8)
        for part in PARTS.values():
            self._rows[part.name] = _PartRow(part, lambda part: self._get([part]))
            rows.addWidget(self._rows[part.name])
        self._text = ElidedLabel("Looking…")
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setAccessibleName("Progress of fetching")
        self._error = QLabel()
        self._error.setWordWrap(True)
        self._error.setTextFormat(Qt.TextFormat.PlainText)
        self._error.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        set_variant(self._error, "error")
        self._error.setMinimumHeight(3 * self.fontMetrics().lineSpacing())
        self._error.hide()
        self._all = self._button("Get All That Is Missing", self._get_all)
        set_variant(self._all, "primary")
        self._cancel = self._button("Cancel", fetcher.cancel)
        foot = QHBoxLayout()
        foot.addWidget(self._text, 1)
        foot.addWidget(self._cancel)
        foot.addWidget(self._all)
        layout = QVBoxLayout(self)
        layout.setContentsMargins(14, 14, 14, 12)
        layout.setSpacing(10)
        layout.setSizeConstraint(QVBoxLayout.SizeConstraint.SetMinimumSize)
        layout.addLayout(rows)
        layout.addStretch(1)
        layout.addLayout(self._settings())
        layout.addWidget(self._error)
        layout.addWidget(self._bar)
        layout.addLayout(foot)
        self.setMinimumWidth(self.fontMetrics().height() * _LINES_WIDE)
        fetcher.changed.connect(self._show)
        fetcher.progressed.connect(self._show_progress)
        fetcher.failed.connect(self._show_error)
        self._show()

    def _settings(self) -> QGridLayout:
        self._mirror = QLineEdit(self._fetcher.mirror)
        self._mirror.setPlaceholderText("https://…  leave empty for the Hugging Face Hub")
        self._mirror.setAccessibleName("Mirror")
        self._mirror.editingFinished.connect(lambda: self._fetcher.set_mirror(self._mirror.text()))
        self._offline = QCheckBox("Offline: nothing is fetched")
        press_with_space(self._offline)
        self._offline.toggled.connect(self._fetcher.set_offline)
        where = QLineEdit(str(own_folder()))
        where.setReadOnly(True)
        where.setAccessibleName("Folder of this program's weights")
        where.setToolTip("Files copied here by hand, a folder for each repository, are found too")
        grid = QGridLayout()
        grid.setHorizontalSpacing(10)
        grid.setVerticalSpacing(6)
        grid.setColumnStretch(1, 1)
        for row, (text, widget) in enumerate((("Mirror", self._mirror), ("Kept in", where))):
            label = QLabel(text)
            label.setBuddy(widget)
            set_variant(label, "dim")
            grid.addWidget(label, row, 0)
            grid.addWidget(widget, row, 1)
        grid.addWidget(self._offline, 2, 1)
        return grid

    def _button(self, text: str, clicked: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setAutoDefault(False)
        button.clicked.connect(lambda: clicked())
        press_with_space(button)
        return button

    # -- showing ---------------------------------------------------------------------------

    def _show(self) -> None:
        fetcher = self._fetcher
        for state in fetcher.states:
            row = self._rows[state.part.name]
            row.show_state(state, fetcher.under_way, fetcher.offline)
        with QSignalBlocker(self._offline):
            self._offline.setChecked(fetcher.offline)
        busy = bool(fetcher.under_way)
        self._cancel.setVisible(busy)
        self._bar.setVisible(busy)
        self._all.setVisible(not busy)
        self._all.setEnabled(bool(self._missing()) and not fetcher.offline)
        if not busy:
            self._text.setText(self._summary())

    def _summary(self) -> str:
        if not self._fetcher.states:
            return "Looking…"
        missing = self._missing()
        if not missing:
            return "All weights are here"
        size = sum(part.bytes for part in missing) / 1e9
        return f"{size:.1f} GB are missing"

    def _missing(self) -> list[Part]:
        return [state.part for state in self._fetcher.states if state.state != "here"]

    def _show_progress(self, done: int, total: int) -> None:
        name = self._fetcher.under_way
        if not name:
            return
        self._bar.setRange(0, total)
        self._bar.setValue(done)
        far = f"{done / 1000:.2f} of {total / 1000:.2f} GB" if total else "asking…"
        self._text.setText(f"{name}: {far}")

    def _show_error(self, error: VoidError) -> None:
        self._error.setText(str(error))
        self._error.show()

    def _get_all(self) -> None:
        self._get(self._missing())

    def _get(self, parts: list[Part]) -> None:
        self._error.hide()
        self._fetcher.set_mirror(self._mirror.text())
        self._fetcher.get(parts)

    # -- Qt overrides ----------------------------------------------------------------------

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self._fetcher.look()


class _PartRow(QFrame):
    """One part."""

    def __init__(self, part: Part, get: Callable[[Part], object]) -> None:
        super().__init__()
        set_variant(self, "box")
        title = QLabel(part.title)
        set_variant(title, "heading")
        links = ", ".join(
            f'<a style="color:{PALETTE.accent}" href="{escape(licence.url)}">'
            f"{escape(licence.name)}</a> ({escape(licence.covers)})"
            for licence in part.licences
        )
        facts = QLabel(f"{part.repository} · {size_of(part)}")
        facts.setTextFormat(Qt.TextFormat.PlainText)
        licences = QLabel(links)
        licences.setTextFormat(Qt.TextFormat.RichText)
        licences.setOpenExternalLinks(True)
        for label in (facts, licences):
            set_variant(label, "dim")
        self._state = QLabel("Looking…")
        self._state.setTextFormat(Qt.TextFormat.PlainText)
        self._state.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self._get = QPushButton("Get")
        self._get.setAccessibleName(f"Get {part.title}")
        self._get.setAutoDefault(False)
        self._get.clicked.connect(lambda: get(part))
        press_with_space(self._get)
        grid = QGridLayout(self)
        grid.setContentsMargins(10, 8, 10, 8)
        grid.setVerticalSpacing(3)
        grid.setHorizontalSpacing(16)
        grid.setColumnStretch(0, 1)
        grid.addWidget(title, 0, 0)
        grid.addWidget(facts, 1, 0)
        grid.addWidget(licences, 2, 0)
        grid.addWidget(self._state, 3, 0)
        grid.addWidget(self._get, 0, 1, 4, 1, Qt.AlignmentFlag.AlignVCenter)
        self._get.hide()

    def show_state(self, state: PartState, under_way: str, offline: bool) -> None:
        """Shows whether the part is here; ``under_way`` is the name of the one being fetched."""
        fetching = under_way == state.part.name
        words = {
            "here": f"Here: {state.folder}",
            "missing": "Not here",
            "damaged": "\n".join((f"Cannot be used, in {state.folder}:", *state.problems)),
        }
        self._state.setText("Being fetched…" if fetching else _wrapped(words[state.state]))
        set_variant(self._state, "error" if state.state == "damaged" and not fetching else "dim")
        self._get.setVisible(state.state != "here" and not fetching)
        self._get.setEnabled(not offline)
        self._get.setToolTip("It is set to be offline" if offline else "")


def _wrapped(text: str) -> str:
    """A label that wraps by itself does not ask for the height that it needs then."""
    return "\n".join(textwrap.fill(line, _LETTERS) for line in text.splitlines())
