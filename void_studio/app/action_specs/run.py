"""The Run menu: removing."""

from __future__ import annotations

from void_studio.app.action_specs.spec import ActionSpec

RUN: tuple[ActionSpec, ...] = (
    ActionSpec("run", "&Remove", "Run", ("Ctrl+Return",), "Run the removal"),
    ActionSpec(
        "cancel", "&Cancel Running Job", "Run", ("Ctrl+.",), "Stop the running job", "cancel"
    ),
)
