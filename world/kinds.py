"""Kinds of road users and objects in the embedded world: sizes, SUMO classes, colours."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from model.contract.observation import ActorKind


@dataclass(frozen=True)
class Body:
    """A body that an actor may have; several a kind make traffic look varied."""

    kind: ActorKind
    length_m: float
    width_m: float
    height_m: float
    #: SUMO vehicle class and driving abilities; empty for things that SUMO does not move.
    vehicle_class: str = ""
    top_mps: float = 55.0
    accel_mps2: float = 2.6
    decel_mps2: float = 4.5


BODIES: Mapping[str, Body] = {
    "hatchback": Body(ActorKind.CAR, 4.1, 1.78, 1.48, "passenger"),
    "saloon": Body(ActorKind.CAR, 4.7, 1.84, 1.45, "passenger"),
    "suv": Body(ActorKind.CAR, 4.75, 1.92, 1.7, "passenger"),
    "van": Body(ActorKind.VAN, 5.6, 2.0, 2.4, "delivery", 42.0, 2.2),
    "truck": Body(ActorKind.TRUCK, 10.5, 2.5, 3.7, "truck", 24.0, 1.2, 4.0),
    "bus": Body(ActorKind.BUS, 12.0, 2.5, 3.2, "bus", 24.0, 1.2, 4.0),
    "motorcycle": Body(ActorKind.MOTORCYCLE, 2.2, 0.85, 1.5, "motorcycle", 50.0, 4.0, 6.0),
    "bicycle": Body(ActorKind.BICYCLE, 1.8, 0.65, 1.7, "bicycle", 5.5, 1.0, 3.0),
    "ambulance": Body(ActorKind.EMERGENCY, 5.9, 2.1, 2.6, "emergency", 45.0, 2.6, 5.0),
    "pedestrian": Body(ActorKind.PEDESTRIAN, 0.5, 0.55, 1.75),
    "trash_can": Body(ActorKind.TRASH_CAN, 0.6, 0.6, 1.1, "custom2"),
    "cone": Body(ActorKind.CONE, 0.4, 0.4, 0.75),
    "barrier": Body(ActorKind.BARRIER, 0.5, 2.0, 1.0),
    "unknown": Body(ActorKind.UNKNOWN, 0.8, 0.8, 0.5, "custom2"),
}
#: Kind -> names of its bodies.
BODIES_OF: Mapping[ActorKind, tuple[str, ...]] = {
    kind: tuple(name for name, body in BODIES.items() if body.kind is kind) for kind in ActorKind
}
_ANY = ("white", "black", "grey", "silver", "blue", "red", "green", "yellow", "brown")
COLOURS: Mapping[ActorKind, tuple[str, ...]] = {
    ActorKind.CAR: ("white", "white", "black", "grey", "silver", "blue", "red", "green", "brown"),
    ActorKind.VAN: ("white", "white", "white", "grey", "blue", "yellow"),
    ActorKind.TRUCK: ("white", "blue", "red", "green", "orange"),
    ActorKind.BUS: ("red", "yellow", "green"),
    ActorKind.EMERGENCY: ("white",),
    ActorKind.TRASH_CAN: ("green", "black"),
    ActorKind.CONE: ("orange",),
    ActorKind.BARRIER: ("red",),
    ActorKind.UNKNOWN: ("brown",),
}


def colours_of(kind: ActorKind) -> tuple[str, ...]:
    """Colour words that a kind comes in; the more often a word, the more of them."""
    return COLOURS.get(kind, _ANY)
