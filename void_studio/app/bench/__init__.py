"""Measures this machine against the budgets, in a real window.

Every figure runs from an event that is posted to the window until its pixels are flushed to the
screen: the events that it causes, the painting among them, are all processed inside.
"""

from void_studio.app.bench.run import run_bench

__all__ = ["run_bench"]
