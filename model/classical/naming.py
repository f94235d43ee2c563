"""Plain words for what the rules see: "the white van", "is braking"."""

from __future__ import annotations

from model.classical.constraints import Reason
from model.contract.observation import STATIC_KINDS, Actor, ActorKind
from modes.vocabulary import Component, Longitudinal

_WORDS = {
    ActorKind.EMERGENCY: "emergency vehicle",
    ActorKind.TRASH_CAN: "trash can",
    ActorKind.BICYCLE: "cyclist",
    ActorKind.UNKNOWN: "object",
}


def name_of(actor: Actor) -> str:
    """ "white van": the colour where it is known, and the kind."""
    word = _WORDS.get(actor.kind, actor.kind.value.replace("_", " "))
    uncoloured = (ActorKind.PEDESTRIAN, ActorKind.BICYCLE, ActorKind.EMERGENCY)
    if actor.colour and actor.kind not in uncoloured:
        return f"{actor.colour} {word}"
    return word


def doing_of(actor: Actor, own_mps: float = 0.0) -> str:
    """What a vehicle ahead does, as a clause."""
    if actor.kind in STATIC_KINDS:
        return "is in the way"
    if actor.speed_mps < 0.3:
        return "is standing"
    if actor.braking or actor.accel_mps2 < -0.8:
        return "is braking"
    if actor.speed_mps < own_mps - 1.0:
        return "is slower"
    if actor.accel_mps2 > 0.6:
        return "is moving off" if actor.speed_mps < 5 else "is speeding up"
    return "sets the pace"


def actor_reason(actor: Actor, does: str, decision: Longitudinal) -> Reason:
    return Reason(
        Component.CRITICAL_OBJECT,
        actor.kind.value,
        name_of(actor),
        does,
        decision,
        actor=actor,
        object_id=actor.id,
    )
