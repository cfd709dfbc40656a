"""What the laws of the quadmask are tried on."""

from __future__ import annotations

import numpy as np
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from void_studio.quadmask.bits import CANONICAL, Bytes, Plane, paint_table, unpaint_table

PLANES = st.sampled_from(Plane)
SHAPE = (19, 23)


def fields(shape: tuple[int, int] = SHAPE) -> st.SearchStrategy[Bytes]:
    """Any bit field."""
    return arrays(np.uint8, shape, elements=st.integers(0, 255)).map(lambda a: CANONICAL[a])


def masks(shape: tuple[int, int] = SHAPE) -> st.SearchStrategy[np.ndarray]:
    return arrays(np.bool_, shape)


# Multiples of 1/8: exact in floats, so that a point of a line can be exactly on it.
COORDINATES = st.integers(-40, 240).map(lambda eighths: eighths / 8)
POINTS = st.tuples(COORDINATES, COORDINATES)
RADII = st.integers(0, 64).map(lambda eighths: eighths / 8)


@st.composite
def tools(draw: st.DrawFn) -> tuple[Plane, Bytes]:
    """A plane and one of the tables that edit it."""
    plane = draw(PLANES)
    tables = [paint_table(plane, True), paint_table(plane, False), unpaint_table(plane)]
    return plane, draw(st.sampled_from(tables))
