"""Void Studio: take an object out of a shot, together with what it did to the scene."""

__version__ = "0.1.0"
