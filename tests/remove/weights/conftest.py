"""No machine has models but those that a test puts there; a Hub serves tiny ones."""

from tests.remove.weights.machine import bare_machine, hub, tiny

__all__ = ["bare_machine", "hub", "tiny"]
