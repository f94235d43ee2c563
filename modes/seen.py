"""Road users and things around the car, as words ask for them: which, where, how many."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass

from model.contract.situation import ActorView, EgoView, Situation

#: Farther away than this nothing is spoken of, m.
RANGE_M = 120.0
_KINDS: tuple[tuple[str, str, frozenset[str]], ...] = (
    ("cyclist", r"cyclists?|bikes?|bikers?|riders?", frozenset({"bicycle"})),
    ("motorcycle", r"motorcycles?|motorbikes?|motorcyclists?|mopeds?", frozenset({"motorcycle"})),
    (
        "person",
        r"pedestrians?|person|persons|people|somebody|someone|anyone|anybody|kids?|child|children|"
        r"man|men|woman|women|lady|guy|boy|girl|walkers?|joggers?",
        frozenset({"pedestrian"}),
    ),
    (
        "emergency vehicle",
        r"ambulances?|police|fire trucks?|sirens?|emergency",
        frozenset({"emergency"}),
    ),
    ("truck", r"trucks?|tankers?|trailers?", frozenset({"truck"})),
    ("bus", r"bus|buses|school bus", frozenset({"bus"})),
    ("van", r"vans?|delivery van", frozenset({"van"})),
    ("trash can", r"trash cans?|trash|bins?", frozenset({"trash_can"})),
    ("cone", r"cones?|traffic cones?", frozenset({"cone"})),
    ("barrier", r"barriers?|barricades?", frozenset({"barrier"})),
    (
        "vehicle",
        r"cars?|vehicles?|taxis?|suvs?|traffic|drivers?|tesla|bmw",
        frozenset({"car", "van", "truck", "bus", "motorcycle", "emergency"}),
    ),
    (
        "obstacle",
        r"obstacles?|obstructions?|things?|debris|something|anything|in (?:our|the) way",
        frozenset({"trash_can", "cone", "barrier", "unknown"}),
    ),
)
_NAMES = {"pedestrian": "person", "bicycle": "cyclist", "emergency": "emergency vehicle",
          "trash_can": "trash can", "unknown": "object"}  # fmt: skip


@dataclass(frozen=True)
class Seen:
    """One actor relative to the car: metres between the middles, degrees with left positive."""

    actor: ActorView
    distance_m: float
    bearing_deg: float

    @property
    def visible(self) -> bool:
        """Seen by a camera, as far as that is known."""
        return self.actor.visible_in is None or len(self.actor.visible_in) > 0


@dataclass(frozen=True)
class Wanted:
    """What the words ask for: a kind, a side, a colour."""

    name: str
    kinds: frozenset[str]
    side: str | None = None  # left, right, ahead, behind
    colour: str | None = None


def wanted(text: str) -> Wanted | None:
    """The kind of thing that normalised `text` asks about, None when it names none."""
    for name, words, kinds in _KINDS:
        if re.search(rf"(?<!\S)(?:{words})(?!\S)", text):
            return Wanted(name, kinds, _side(text), _colour(text))
    return None


def anything(text: str) -> Wanted:
    """Whatever is there on the side that the words name."""
    return Wanted("road user", frozenset(), _side(text), None)


def _side(text: str) -> str | None:
    sides = (
        ("behind", r"behind|following|back there|rear|from behind"),
        ("left", r"left"),
        ("right", r"right"),
        ("ahead", r"ahead|in front|front"),
        ("near", r"beside|next to|near|around|close|blind spot"),
    )
    for side, words in sides:
        if re.search(rf"(?<!\S)(?:{words})(?!\S)(?! now)", text):
            return side
    return None


def _colour(text: str) -> str | None:
    hit = re.search(
        r"(?<!\S)(white|black|red|blue|green|silver|grey|yellow|orange|brown)(?= \S+)", text
    )
    return hit.group(1) if hit and "light" not in text else None


def around(situation: Situation) -> tuple[Seen, ...]:
    """Everything within range, nearest first."""
    found = [_relative(situation.ego, actor) for actor in situation.actors]
    near = [item for item in found if item.distance_m <= RANGE_M]
    return tuple(sorted(near, key=lambda item: item.distance_m))


def matching(situation: Situation, want: Wanted) -> tuple[Seen, ...]:
    """What of it fits the words, nearest first."""
    return tuple(item for item in around(situation) if _fits(item, want))


def ahead_first(items: tuple[Seen, ...], want: Wanted) -> tuple[Seen, ...]:
    """Without a side in the words people mean what is before them; then what is beside, behind."""
    if want.side is not None:
        return items
    return tuple(sorted(items, key=lambda item: (abs(item.bearing_deg) > 100, item.distance_m)))


def _fits(item: Seen, want: Wanted) -> bool:
    if want.kinds and item.actor.kind not in want.kinds:
        return False
    if want.colour and item.actor.colour and item.actor.colour != want.colour:
        return False
    angle = item.bearing_deg
    if want.side == "ahead":
        return abs(angle) < 60
    if want.side == "behind":
        return abs(angle) > 120
    if want.side == "left":
        return 10 < angle < 170
    if want.side == "right":
        return -170 < angle < -10
    if want.side == "near":
        return item.distance_m < 25
    return True


def _relative(ego: EgoView, actor: ActorView) -> Seen:
    middle = 1.4  # from the rear axle to the middle of the ego's body, m
    dx = actor.x - (ego.x + middle * math.cos(ego.heading))
    dy = actor.y - (ego.y + middle * math.sin(ego.heading))
    angle = math.degrees(math.atan2(dy, dx) - ego.heading)
    return Seen(actor, math.hypot(dx, dy), (angle + 180) % 360 - 180)


def where(bearing_deg: float | None) -> str:
    """A bearing in words: "ahead", "ahead on the left", "on the right", "behind"."""
    if bearing_deg is None:
        return ""
    angle = abs(bearing_deg)
    side = "left" if bearing_deg > 0 else "right"
    if angle < 12:
        return "ahead"
    if angle < 55:
        return f"ahead on the {side}"
    if angle < 125:
        return f"on the {side}"
    return "behind" if angle > 165 else f"behind on the {side}"


def name_of(actor: ActorView) -> str:
    """ "white van", "cyclist"."""
    name = _NAMES.get(actor.kind, actor.kind.replace("_", " "))
    coloured = actor.colour and actor.kind not in ("pedestrian", "bicycle", "cone", "barrier")
    return f"{actor.colour} {name}" if coloured else name


def article(name: str) -> str:
    """ "a van", "an object"."""
    return f"an {name}" if name[:1] in "aeiou" else f"a {name}"


def plural(name: str) -> str:
    """ "people", "cyclists"."""
    return {"person": "people", "bus": "buses"}.get(name, f"{name}s")
