"""Every action and key of the window, in one table that menus, tips and the sheet read."""

from __future__ import annotations

from void_studio.app.action_specs.edit import EDIT
from void_studio.app.action_specs.file import FILE
from void_studio.app.action_specs.help import HELP
from void_studio.app.action_specs.keys import KEYS, KEYS_TOOLS
from void_studio.app.action_specs.look import LOOK
from void_studio.app.action_specs.mask import MASK
from void_studio.app.action_specs.object import OBJECT
from void_studio.app.action_specs.playback import PLAYBACK
from void_studio.app.action_specs.run import RUN
from void_studio.app.action_specs.spec import ActionSpec
from void_studio.app.action_specs.tools import TOOLS
from void_studio.app.action_specs.view import VIEW

__all__ = ["MENUS", "SPECS", "ActionSpec"]

SPECS: tuple[ActionSpec, ...] = (
    *FILE,
    *EDIT,
    *TOOLS,
    *KEYS_TOOLS,
    *MASK,
    *KEYS,
    *OBJECT,
    *RUN,
    *PLAYBACK,
    *VIEW,
    *LOOK,
    *HELP,
)

MENUS = ("File", "Edit", "Tools", "Mask", "Object", "Run", "Playback", "View", "Look", "Help")
