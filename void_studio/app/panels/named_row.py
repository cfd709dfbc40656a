"""What rows of a list have in common: a colour, a name that can be typed, and an eye."""

from __future__ import annotations

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QLineEdit, QSizePolicy, QStackedLayout, QWidget

from void_studio.app.elided_label import ElidedLabel
from void_studio.app.icons import icon
from void_studio.app.parts import icon_button
from void_studio.app.theme import PALETTE, plane_colour, set_variant


class Swatch(QWidget):
    """The colour of a role."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._role = ""
        self.setSizePolicy(QSizePolicy.Policy.Fixed, QSizePolicy.Policy.Fixed)

    def set_role(self, role: str) -> None:
        if role != self._role:
            self._role = role
            self.update()

    def sizeHint(self) -> QSize:
        side = round(self.fontMetrics().height() * 0.75)
        return QSize(side, side)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(plane_colour(self._role if hasattr(PALETTE, self._role) else "keep"))
        painter.drawRoundedRect(self.rect(), 3, 3)


class NameEdit(QLineEdit):
    """Where a name is typed: Enter and leaving keep it, Escape does not.

    Signals:
        closed: The new name, or the empty string if nothing was changed.
    """

    closed = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._open = False
        self.setMaxLength(200)

    def begin(self, name: str) -> None:
        self.setText(name)
        self._open = True
        self.setFocus(Qt.FocusReason.OtherFocusReason)
        self.selectAll()

    def _finish(self, name: str) -> None:
        if self._open:
            self._open = False
            self.closed.emit(name)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._finish(self.text().strip())
        elif event.key() == Qt.Key.Key_Escape:
            self._finish("")
        else:
            super().keyPressEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        if event.reason() != Qt.FocusReason.PopupFocusReason:
            self._finish(self.text().strip())


class NamedItem(QWidget):
    """The parts of a row and what they do; where they stand is the row's own business.

    Signals:
        renamed: The name that was typed.
        visibility_changed: Whether it counts.
        rename_closed: Typing ended, changed or not.
    """

    renamed = Signal(str)
    visibility_changed = Signal(bool)
    rename_closed = Signal()

    def __init__(self, kind: str, shown: str, parent: QWidget | None = None) -> None:
        """``kind`` is what the thing is called, ``shown`` what the eye hides, e.g. "its mask"."""
        super().__init__(parent)
        self._shown = shown
        self._title = ""
        self._visible = True
        self._swatch = Swatch()
        self._name = ElidedLabel()
        self._edit = NameEdit()
        self._edit.setAccessibleName(f"{kind} name")
        self._edit.closed.connect(self._rename)
        self._detail = ElidedLabel()
        set_variant(self._detail, "small")
        self._eye = icon_button("eye", f"Hide {shown}", self._toggle)
        self._names = QStackedLayout()
        self._names.addWidget(self._name)
        self._names.addWidget(self._edit)

    def begin_rename(self) -> None:
        """Lets the name be typed."""
        self._names.setCurrentWidget(self._edit)
        self._edit.begin(self._title)

    def _show_named(self, name: str, role: str, detail: str, visible: bool) -> None:
        """Shows these; a name that is being typed is left alone."""
        self._title, self._visible = name, visible
        self.setAccessibleName(name)
        self._swatch.set_role(role)
        self._name.setText(name)
        self._detail.setText(detail)
        self._eye.setIcon(icon("eye" if visible else "eye-off"))
        tip = f"Hide {self._shown}" if visible else f"Show {self._shown} again"
        self._eye.setToolTip(tip)
        self._eye.setAccessibleName(f"{tip}: {name}")
        for label in (self._name, self._detail):
            label.setEnabled(visible)

    def _rename(self, name: str) -> None:
        self._names.setCurrentWidget(self._name)
        if name and name != self._title:
            self.renamed.emit(name)
        self.rename_closed.emit()

    def _toggle(self) -> None:
        self.visibility_changed.emit(not self._visible)

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if self.childAt(event.position().toPoint()) in (self._name, self._swatch, self._detail):
            self.begin_rename()
        else:
            super().mouseDoubleClickEvent(event)
