"""The same work without a window."""

from __future__ import annotations


def main() -> int:
    """Runs the ``void-studio`` command; returns its exit code."""
    return 0
