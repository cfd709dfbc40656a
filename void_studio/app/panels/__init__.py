"""The panels at the side: objects, the run, and the jobs. They are told, and they ask."""

from void_studio.app.panels.jobs import JobRow, JobsPanel
from void_studio.app.panels.objects import ObjectRow, ObjectsPanel
from void_studio.app.panels.run import RemoverRow, RunPanel, SettingRow

__all__ = [
    "JobRow",
    "JobsPanel",
    "ObjectRow",
    "ObjectsPanel",
    "RemoverRow",
    "RunPanel",
    "SettingRow",
]
