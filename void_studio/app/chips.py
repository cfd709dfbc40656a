"""A row of chips that never asks for more room than there is: what does not fit is in a menu."""

from __future__ import annotations

from PySide6.QtCore import QEvent, QRect, QSize, Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import QMenu, QSizePolicy, QStyle, QToolButton, QWidget

from void_studio.app.theme import set_variant

_GAP = 6
_MOST = 190
"""How wide a chip may be, device-independent pixels; a longer text is shortened."""


class MenuChip(QToolButton):
    """A chip that opens a menu and says what is chosen there."""

    def __init__(self, menu: QMenu, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setPopupMode(QToolButton.ToolButtonPopupMode.InstantPopup)
        self.setMenu(menu)
        self._named = bool(menu.title())
        self._room = 0
        set_variant(self, "chip")

    def say(self, text: str) -> None:
        """Shows ``text``, shortened if need be; the whole text is the accessible name."""
        if text == self.accessibleName():
            return
        metrics = self.fontMetrics()
        shown = metrics.elidedText(text, Qt.TextElideMode.ElideRight, _MOST)
        self.setText(f"{shown}  \N{BLACK DOWN-POINTING SMALL TRIANGLE}".replace("&", "&&"))
        self.setAccessibleName(text)
        if not self._named:
            self.menu().setTitle(text.replace("&", "&&"))

    def keep_room_for(self, text: str) -> None:
        """Shorter texts than ``text`` leave the chip as wide, so that its neighbours stay put."""
        said = self.text(), self.accessibleName()
        self.say(text)
        self._room = super().sizeHint().width()
        self.setText(said[0])
        self.setAccessibleName(said[1])

    def sizeHint(self) -> QSize:
        return super().sizeHint().expandedTo(QSize(self._room, 0))

    def light(self, lit: bool) -> None:
        """Marks the chip while what it is about is not as it came."""
        self.setCheckable(True)
        self.setChecked(lit)


class ChipRow(QWidget):
    """Widgets in a row. Buttons at the end that find no room are reached through a last chip: their
    menus, or their actions. Widgets of other kinds always stay.

    Attributes:
        more: The last chip, with the menus and actions of those before it.
    """

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: list[QWidget] = []
        self._wanted: dict[QWidget, bool] = {}
        self.more = MenuChip(QMenu(self), self)
        self.more.setText("\N{RIGHT-POINTING DOUBLE ANGLE QUOTATION MARK}")
        self.more.setToolTip("What does not fit here")
        self.more.setAccessibleName("More")
        self.more.menu().aboutToShow.connect(self._fill_more)
        self.more.hide()
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def add(self, widget: QWidget) -> None:
        """Adds a widget at the end."""
        widget.setParent(self)
        self._widgets.append(widget)
        self._wanted[widget] = True
        self.updateGeometry()
        self._place()

    def set_wanted(self, widget: QWidget, wanted: bool) -> None:
        """Whether a widget is in the row at all."""
        if self._wanted[widget] != wanted:
            self._wanted[widget] = wanted
            self.updateGeometry()
            self._place()

    def refit(self) -> None:
        """Gives every chip its place again: a hidden one does not say that it changed."""
        self.updateGeometry()
        self._place()

    @property
    def folded(self) -> list[QWidget]:
        """The widgets that found no room."""
        return [widget for widget in self._there() if widget.isHidden()]

    def _there(self) -> list[QWidget]:
        return [widget for widget in self._widgets if self._wanted[widget]]

    def _fill_more(self) -> None:
        menu = self.more.menu()
        menu.clear()
        for widget in self.folded:
            if not isinstance(widget, QToolButton):
                continue
            if widget.menu() is not None:
                menu.addMenu(widget.menu())
            else:
                menu.addActions(widget.actions())

    def _place(self) -> None:
        """Gives every widget its place, or none."""
        fitting = self._fitting()
        for widget in self._widgets:
            _show(widget, widget in fitting)
        folds = len(fitting) < len(self._there())
        _show(self.more, folds)
        x = 0
        for widget in [*fitting, self.more] if folds else fitting:
            width = widget.sizeHint().width()
            self._put(widget, x, width)
            x += width + _GAP

    def _fitting(self) -> list[QWidget]:
        """The widgets that find room: buttons give way from the last on, others never."""
        fitting = self._there()
        room = self.width()
        if _width(fitting) > room:
            room -= self.more.sizeHint().width() + _GAP
        for widget in reversed(self._there()):
            if _width(fitting) <= room:
                break
            if isinstance(widget, QToolButton):
                fitting.remove(widget)
        return fitting

    def _put(self, widget: QWidget, x: int, width: int) -> None:
        height = min(self.height(), widget.sizeHint().height())
        place = QRect(x, (self.height() - height) // 2, width, height)
        widget.setGeometry(QStyle.visualRect(self.layoutDirection(), self.rect(), place))

    # -- Qt overrides ----------------------------------------------------------------------

    def sizeHint(self) -> QSize:
        there = self._there()
        height = max((widget.sizeHint().height() for widget in there), default=0)
        return QSize(_width(there), height)

    def minimumSizeHint(self) -> QSize:
        return QSize(self.more.sizeHint().width(), self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._place()

    def event(self, event: QEvent) -> bool:
        if event.type() in (QEvent.Type.LayoutRequest, QEvent.Type.LayoutDirectionChange):
            self.updateGeometry()
            # First the room, so that nothing is folded that is about to fit.
            above = self.parentWidget()
            layout = above.layout() if above is not None else None
            if layout is not None:
                layout.activate()
            self._place()
        return super().event(event)


def _show(widget: QWidget, shown: bool) -> None:
    """Shows or hides a widget; to be told what it is already would lay out everything anew."""
    if widget.isHidden() == shown:
        widget.setVisible(shown)


def _width(widgets: list[QWidget]) -> int:
    """The width of widgets in a row."""
    return sum(widget.sizeHint().width() + _GAP for widget in widgets) - _GAP
