"""Boxes, polygons, and where ways cross."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from world.geometry import box, boxes_overlap, inside_polygon, wrap

SMALL = st.floats(-20, 20)
ANGLE = st.floats(-math.pi, math.pi)


@pytest.mark.parametrize(
    ("angle", "same"), [(0, 0), (3.5, 3.5 - 2 * math.pi), (-7, 2 * math.pi - 7)]
)
def test_wrap(angle: float, same: float) -> None:
    assert wrap(angle) == pytest.approx(same)


def test_corners_begin_front_left() -> None:
    assert box(1, 2, 0, 4, 2).tolist() == [[3, 3], [-1, 3], [-1, 1], [3, 1]]


@pytest.mark.parametrize(
    ("x", "y", "heading", "overlap"),
    [
        (0, 0, 0, True),
        (4.1, 0, 0, False),
        (3.9, 0, 0, True),
        (0, 1.9, 0, True),
        (0, 2.1, 0, False),
        (3.3, 0, math.pi / 2, False),
        (2.9, 0, math.pi / 2, True),
        (2.9, 1.9, math.pi / 4, True),
        (3.3, 2.3, -math.pi / 4, False),
    ],
)
def test_overlap_of_turned_boxes(x: float, y: float, heading: float, overlap: bool) -> None:
    assert boxes_overlap(box(0, 0, 0, 4, 2), box(x, y, heading, 4, 2)) is overlap


@given(SMALL, SMALL, ANGLE)
def test_overlap_agrees_with_points_on_the_edges(x: float, y: float, heading: float) -> None:
    a, b = box(0, 0, 0, 4.8, 1.9), box(x, y, heading, 4.4, 1.8)
    t = np.linspace(0.01, 0.99, 60)[:, None]
    edges = [p[i] + t * (p[(i + 1) % 4] - p[i]) for p in (a, b) for i in range(4)]
    rim_a, rim_b = np.concatenate(edges[:4]), np.concatenate(edges[4:])
    if inside_polygon(rim_a, b).any() or inside_polygon(rim_b, a).any():
        assert boxes_overlap(a, b)


def test_inside_polygon() -> None:
    square = np.array([[0, 0], [4, 0], [4, 4], [0, 4]], dtype=np.float64)
    points = np.array([[2, 2], [5, 2], [-1, 2], [3.9, 0.1]])
    assert inside_polygon(points, square).tolist() == [True, False, False, True]
