"""What a remover lacks on this machine: packages and weights. Nothing of it is loaded."""

from __future__ import annotations

import sys
from importlib.util import find_spec

from void_studio.app.panels.needs_box import Needs
from void_studio.app.remover_rows import is_void
from void_studio.remove.weights.catalogue import NEEDED, Part
from void_studio.remove.weights.state import PartState, states

_PACKAGES = ("torch", "diffusers", "transformers", "safetensors")


def needs_of(remover: str) -> Needs:
    """What the remover called ``remover`` lacks; on any thread: it reads headers of files."""
    if not is_void(remover):
        return Needs()
    lacking = [state for state in states(NEEDED[remover]) if state.state != "here"]
    return Needs(
        weights=tuple(
            " · ".join((state.part.title.partition(":")[0], *_facts(state))) for state in lacking
        ),
        command="" if all(find_spec(name) for name in _PACKAGES) else install_command(),
    )


def _facts(state: PartState) -> list[str]:
    damaged = ["damaged"] if state.state == "damaged" else []
    return [*damaged, size_of(state.part), licences_of(state.part)]


def install_command() -> str:
    """The command line that installs the packages, for the Python that runs this program."""
    python = f'"{sys.executable}"' if " " in sys.executable else sys.executable
    return f'{python} -m pip install "void-studio[worker]"'


def size_of(part: Part) -> str:
    """How large a part is, in words."""
    size = f"{part.bytes / 1e9:.1f} GB" if part.bytes >= 1e9 else f"{part.bytes / 1e6:.0f} MB"
    return size if part.exact else f"about {size}"


def licences_of(part: Part) -> str:
    """The names of a part's licences."""
    return " and ".join(dict.fromkeys(licence.name for licence in part.licences))
