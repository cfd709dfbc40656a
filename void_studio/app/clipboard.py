"""Copying planes of a mask to other frames, shots and programs, and pasting them from there."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QByteArray, QMimeData
from PySide6.QtGui import QGuiApplication, QImage

from void_studio.app.brush import FrameSpan
from void_studio.app.frame_range import frames_of
from void_studio.app.tools.level import PaintLevel
from void_studio.errors import VoidError
from void_studio.files import encode_png
from void_studio.quadmask.bits import Mask, Plane, plane_mask
from void_studio.quadmask.morphology import paste_plane
from void_studio.quadmask.packing import pack, unpack_into
from void_studio.shot.shot import Shot

if TYPE_CHECKING:
    from void_studio.app.session import Session

MARK = "application/x-void-studio-mask"
"""Says on the system's clipboard which of our copies it holds."""

_PNG = "image/png"
_BRIGHT = 128


@dataclass(frozen=True)
class _Copied:
    """Planes of one frame.

    Attributes:
        size: (width, height) in pixels.
        planes: Masks, by ``pack``.
    """

    size: tuple[int, int]
    planes: dict[Plane, bytes]


class MaskClipboard:
    """What was copied last, here or in another program.

    Other programs get a grey image: white where any of the copied planes is set. From them an image
    of the plate's size is taken as a mask where it is bright. One mask is pasted onto every chosen
    plane; of two that were copied here each goes onto its own.
    """

    def __init__(self, session: Session) -> None:
        self._session = session
        self._copied: _Copied | None = None
        self._token = b""
        self._copying = False
        self._after: list[Callable[[], None]] = []

    def copy(self) -> None:
        """Copies the chosen planes of the current frame."""
        session = self._session
        shot, index, planes = session.shot, session.index, session.brush.level.planes
        if shot is None:
            return

        def work() -> tuple[_Copied, bytes]:
            _, field = shot.masks.take_copy(index)
            masks = {plane: plane_mask(field, plane) for plane in planes}
            packed = {plane: pack(mask) for plane, mask in masks.items()}
            union = np.logical_or.reduce(list(masks.values()))
            png = encode_png(union.view(np.uint8) * np.uint8(255))
            return _Copied(shot.size, packed), png

        self._token = token = secrets.token_bytes(16)
        self._copying = True

        def done(result: tuple[_Copied, bytes]) -> None:
            if token == self._token:
                self._copied, png = result
                data = QMimeData()
                data.setData(MARK, QByteArray(token))
                data.setData(_PNG, QByteArray(png))
                QGuiApplication.clipboard().setMimeData(data)
                self._end()

        def failed(error: VoidError) -> None:
            session.failed.emit(error)
            if token == self._token:
                self._end()

        session.background.run("Could not copy the mask", work, done, failed)

    def _end(self) -> None:
        self._copying = False
        waiting, self._after = self._after, []
        for paste in waiting:
            paste()

    def paste(self) -> None:
        """Pastes onto the current frame."""
        self._paste(FrameSpan.THIS)

    def paste_through(self) -> None:
        """Pastes onto the frames that the brush goes through, or else from in to out."""
        through = self._session.brush.through
        self._paste(FrameSpan.IN_TO_OUT if through is FrameSpan.THIS else through)

    def _paste(self, span: FrameSpan) -> None:
        session = self._session
        shot = session.shot
        if shot is None:
            return
        frames = frames_of(span, session.index, shot.document.range, shot.count)
        paste = partial(self._paste_onto, shot, frames, session.brush.level)
        if self._copying:
            self._after.append(paste)
        else:
            paste()

    def _paste_onto(self, shot: Shot, frames: list[int], level: PaintLevel) -> None:
        session = self._session
        if session.shot is not shot:
            return
        copied, image = self._copied, self._foreign()
        if copied is None and image is None:
            session.noticed.emit("There is no mask to paste: copy one first, or an image")
            return
        masks: dict[Plane, Mask] = {}

        def paste(_: int, field: NDArray[np.uint8]) -> None:
            if not masks:
                given = _from_image(image, shot.size) if image else _from_copy(copied, shot.size)
                single = next(iter(given.values())) if len(given) == 1 else None
                for plane in level.planes:
                    masks[plane] = given[plane] if single is None else single
            for plane, mask in masks.items():
                paste_plane(field, plane, mask)

        name = f"Paste {level.value.lower()} ({session.frames.where(frames)})"
        session.frames.spread(name, frames, paste)

    def _foreign(self) -> bytes | QImage | None:
        """The image that another program copied after us; None if the newest copy is ours."""
        data = QGuiApplication.clipboard().mimeData()
        if data is None or (data.hasFormat(MARK) and data.data(MARK).data() == self._token):
            return None
        if data.hasFormat(_PNG):
            return bytes(data.data(_PNG).data())
        image = data.imageData() if data.hasImage() else None
        return image if isinstance(image, QImage) else None


def _from_copy(copied: _Copied | None, size: tuple[int, int]) -> dict[Plane, Mask]:
    assert copied is not None
    if copied.size != size:
        raise _unlike("The mask that was copied", copied.size, size)
    masks: dict[Plane, Mask] = {}
    for plane, blob in copied.planes.items():
        mask = np.empty((size[1], size[0]), np.uint8)
        unpack_into(blob, mask)
        masks[plane] = mask.view(np.bool_)
    return masks


def _from_image(image: bytes | QImage, size: tuple[int, int]) -> dict[Plane, Mask]:
    """Where an image is bright; what it leaves transparent is not."""
    if isinstance(image, bytes):
        image = QImage.fromData(image)
    if image.isNull():
        raise VoidError("This cannot be pasted as a mask", "The clipboard's image cannot be read")
    if (image.width(), image.height()) != size:
        raise _unlike("The image on the clipboard", (image.width(), image.height()), size)
    flat = image.convertToFormat(QImage.Format.Format_RGBA8888_Premultiplied)
    rows = np.frombuffer(flat.constBits(), np.uint8).reshape(size[1], flat.bytesPerLine())
    pixels = rows[:, : size[0] * 4].reshape(size[1], size[0], 4)
    bright = pixels[:, :, :3].max(axis=2) >= _BRIGHT
    return {Plane.REMOVE: bright}


def _unlike(what: str, size: tuple[int, int], wanted: tuple[int, int]) -> VoidError:
    return VoidError(
        "This cannot be pasted as a mask",
        f"{what} is {size[0]}×{size[1]}, the plate is {wanted[0]}×{wanted[1]}",
        "Copy a mask of this plate's size",
    )
