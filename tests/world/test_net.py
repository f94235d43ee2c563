"""Reading nets: permissions and shapes."""

from __future__ import annotations

import numpy as np
import pytest

from world.net import NetLane, parse_shape


def lane(allow: str = "", disallow: str = "") -> NetLane:
    return NetLane("e_0", "e", 0, np.zeros((2, 2)), 10.0, 3.0, allow, disallow)


@pytest.mark.parametrize(
    ("allow", "disallow", "car", "walker"),
    [
        ("", "", True, True),
        ("passenger bus", "", True, False),
        ("pedestrian", "", False, True),
        ("", "pedestrian tram", True, False),
        ("", "all", False, False),
        ("all", "", True, True),
    ],
)
def test_permissions(allow: str, disallow: str, car: bool, walker: bool) -> None:
    assert lane(allow, disallow).permits("passenger") is car
    assert lane(allow, disallow).permits("pedestrian") is walker


def test_shapes_lose_repeated_points_and_heights() -> None:
    assert parse_shape("0,0 0,0 3,4,12 3,4,12").tolist() == [[0, 0], [3, 4]]
    assert parse_shape("1,2 1,2").tolist() == [[1, 2], [1.01, 2]]
    assert parse_shape("").shape == (0, 2)
