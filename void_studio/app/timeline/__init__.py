"""The timeline: where frames stand, what each one carries, and the controls that play them."""

from void_studio.app.timeline.rows import Lane, TakeSpan
from void_studio.app.timeline.timeline import Timeline
from void_studio.app.timeline.transport import TransportBar

__all__ = ["Lane", "TakeSpan", "Timeline", "TransportBar"]
