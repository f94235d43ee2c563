"""Contacts are touching bodies, not near misses."""

from __future__ import annotations

import math

import pytest

from model.contract.observation import Actor, ActorKind, VehicleShape
from world.collisions import touched
from world.ego import EgoBody

SHAPE = VehicleShape()


def car(x: float, y: float, heading: float = 0.0) -> Actor:
    return Actor("car", ActorKind.CAR, x, y, heading, 0, 0, 4.6, 1.8, 1.5)


@pytest.mark.parametrize(
    ("actor", "hit"),
    [
        (car(3.8 + 2.3 - 0.05, 0), True),  # ego front bumper at 3.8, half a car before its middle
        (car(3.8 + 2.3 + 0.05, 0), False),
        (car(-1.0 - 2.3 + 0.05, 0), True),
        (car(-1.0 - 2.3 - 0.05, 0), False),
        (car(1.4, 1.90), False),
        (car(1.4, 1.80), True),
        (car(3.8 + 0.95, 0, math.pi / 2), False),
        (car(3.8 + 0.85, 0, math.pi / 2), True),
    ],
)
def test_contact(actor: Actor, hit: bool) -> None:
    assert bool(touched(EgoBody(0, 0, 0, 10), SHAPE, [actor])) is hit


def test_only_those_who_touch_are_named() -> None:
    near, far = car(4.0, 0), car(40.0, 0)
    assert touched(EgoBody(0, 0, 0, 10), SHAPE, [far, near]) == [near]
