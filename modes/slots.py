"""Slots of a command from the words around it: speeds, ordinals, sides, places, conditions."""

from __future__ import annotations

import re
from collections.abc import Sequence

from modes.vocabulary import (
    Degree,
    Direction,
    Intent,
    Place,
    Slots,
    Target,
    Trigger,
    TriggerKind,
    Unit,
)

ORDINALS = {
    "next": 1, "first": 1, "1st": 1, "coming": 1, "upcoming": 1, "nearest": 1, "immediate": 1,
    "this": 1, "second": 2, "2nd": 2, "third": 3, "3rd": 3, "fourth": 4, "4th": 4, "fifth": 5,
    "5th": 5, "sixth": 6, "6th": 6, "seventh": 7, "7th": 7, "eighth": 8, "8th": 8, "ninth": 9,
    "9th": 9,
}  # fmt: skip
_ORDINAL = re.compile(rf"(?<!\S)(?:{'|'.join(ORDINALS)})(?!\S)")
_SLIGHT = re.compile(
    r"(?<!\S)(?:a bit|a little|slightly|a tad|a touch|somewhat|a notch|a smidge|little bit|"
    r"gently|gradually|bit|a hair|lightly|softly|little|just a)(?!\S)"
)
_STRONG = re.compile(
    r"(?<!\S)(?:a lot|much|way|far|hard|harder|lots|considerably|significantly|floor it|full|"
    r"pedal to the metal|as fast as|right down|immediately|max|a whole lot|punch it|gun it|"
    r"step on it|drastically)(?!\S)"
)
_URGENT = re.compile(
    r"(?<!\S)(?:now|immediately|right now|at once|quick|quickly|emergency|urgent|asap|hurry|this "
    r"instant|hard|fast)(?!\S)"
)
_SPEED = re.compile(
    r"(?<!\S)(?P<n>\d+(?:\.\d+)?)(?: (?P<u>kph|mph|kilometres an hour|miles an hour|kilometres|"
    r"miles))?(?!\S)(?! (?:metres|seconds|minutes|lanes?|exits?|car|cars|degrees))"
)
_GAP = re.compile(r"(?<!\S)(?P<n>\d+(?:\.\d+)?) (?P<u>seconds?|metres|car lengths?)(?!\S)")
_DISTANCE = re.compile(
    r"(?<!\S)(?:in|after|for) (?P<n>\d+(?:\.\d+)?) (?P<u>metres|kilometres?|miles?|"
    r"seconds?|minutes?)"
    r"(?!\S)"
)
_COLOURS = "white|black|red|blue|green|silver|grey|yellow|orange|brown|dark|gold|purple|pink|beige"
_OBJECTS = (
    "school bus|delivery van|trash can|fire truck|parked car|police car|ambulance|motorcycle|"
    "cyclist|cyclists|bike|truck|trucks|bus|van|taxi|tractor|car|cars|scooter|pedestrian|"
    "pedestrians|train|tram|suv|pickup|tesla|bmw|cone|cones|barrier|dog|kid|kids|man|woman|lady|"
    "people|guy|trailer|camper|caravan|debris|pothole|box|puddle|tree|obstacle|hydrant|building|"
    "church|house|shop|store|gas station|garage|entrance|bakery|supermarket|bank|school|hotel|"
    "restaurant|mailbox|playground|light|lights|stop_sign|crosswalk|intersection|corner|bridge|"
    "tunnel|roundabout|exit|ramp|gate|driveway|parking lot|bus_stop|work zone|construction|"
    "crossing|turn|tracks|hill|curve|toll booth|speed bump|lane ends"
)
_TARGET = re.compile(
    rf"(?<!\S)(?P<det>the|that|this|those|these|a|an|our|my|any|next|him|her)(?: (?!and )\S+)??"
    rf"(?: (?P<colour>{_COLOURS}))?(?: (?!and )\S+)?? (?P<object>{_OBJECTS})(?!\S)"
    r"(?: (?:on|to) (?:the|our|my|your) (?P<side>left|right))?"
)
_PRONOUN = re.compile(r"(?<!\S)(?:him|her|them|it|this one|that one|this guy|that guy|that)(?!\S)")
_AFTER = re.compile(
    r"(?<!\S)(?:after|behind|once|when|as soon as|past|following|"
    r"the moment)(?: you(?: have| are)?)?"
    r"(?: passed| past| pass)? (?P<what>.{1,60})"
)
_UNTIL = re.compile(r"(?<!\S)(?:until|till|up to|as long as it takes for) (?P<what>.{1,60})")
_GREEN = re.compile(r"(?<!\S)(?:green|light changes|lights change|light turns|light is)(?!\S)")
_CLEAR = re.compile(
    r"(?<!\S)(?:clear|free|safe|possible|you can|gap|there is room|have passed|has passed|is gone|"
    r"are gone|is over|passed|crossed|finished|out of the way|you get a chance|a chance|ready|"
    r"nobody|no one|empty|go by|goes by|passes|pass)(?!\S)"
)
_BACK = re.compile(r"(?<!\S)(?:i am|i come|i get|he is|she is|we are|i say|i tell|they are)(?!\S)")
_EXIT_NUMBER = re.compile(r"(?<!\S)exit (?:number )?(?P<n>\d+\w?)(?!\S)")
_EXIT_NAME = re.compile(
    r"(?<!\S)exit (?:for|to|towards|named|called|at|signed)? ?(?:the )?"
    r"(?P<name>(?!please|now|here|ahead|instead|after|and|but|coming|then|there|up|in|on|is|one|"
    r"when|if|number|again|next|right|left|before|until|because|so)[a-z]\w+(?: (?!and|please|now|"
    r"then|after|but|instead)[a-z]\w+){0,3})"
)
_STREET = re.compile(
    r"(?<!\S)(?:onto|on|into|at|in|down|up|via|through|along)(?: the)? (?P<name>(?:\S+ ){1,3}?"
    r"(?:street|road|avenue|lane|drive|boulevard|way|square|highway))(?!\S)"
)
_DESTINATION = re.compile(
    r"(?<!\S)(?:to|towards|home|downtown|into|up to|over to|via|through|at|by|for|is|in|"
    r"find|nearest|closest|next)(?: (?:me|us|a|an|the|some|my|our|any|nearest|closest|next|good|"
    r"cheap|go to|get to)(?!\S))* ?(?P<name>(?:\S+ ?){0,6})$"
)
_TRAIL = re.compile(
    r"(?: (?:please|now|first|instead|on the way|along the way|as fast as possible|quickly|asap|"
    r"as soon as possible|right now|then|and|but|before|we go|for me|for us|nearby|near here|"
    r"around here|close by|ahead|if possible|with me))+$"
)
_PLACES: tuple[tuple[str, Place], ...] = (
    (r"emergency bay|emergency lay by|sos bay|refuge", Place.EMERGENCY_BAY),
    (r"rest_stop|rest area|service area|services|service station|rest place", Place.REST_AREA),
    (r"shoulder|hard shoulder|breakdown lane|emergency lane|verge|lay by|layby", Place.SHOULDER),
    (r"parking|parking lot|parking spot|parking space|car park|garage|spot|bay|parking garage|"
     r"driveway|space", Place.PARKING),
    (r"kerb|kerbside|side of the road|side|roadside|sidewalk", Place.KERB),
    (r"(?:the )?next safe(?: place| spot)?|safe (?:place|spot)|when (?:it is )?safe|"
    r"when you can|as soon as (?:you can|"
     r"possible|it is safe)|somewhere safe|next possible|soon|next opportunity|somewhere|anywhere",
     Place.NEXT_SAFE),
    (r"here|right here|over here|now|there|over there|this spot", Place.HERE),
)  # fmt: skip
_PLACE_RES = tuple((re.compile(rf"(?<!\S)(?:{p})(?!\S)"), place) for p, place in _PLACES)
_NAVIGATE = frozenset({Intent.NAVIGATE, Intent.ADD_STOP, Intent.REROUTE})
_HALTS = frozenset({Intent.STOP, Intent.PULL_OVER, Intent.PARK, Intent.WAIT})
_TARGETED = frozenset(
    {Intent.OVERTAKE, Intent.FOLLOW, Intent.AVOID_OBSTACLE, Intent.YIELD, Intent.NO_OVERTAKE,
     Intent.SET_GAP}
)  # fmt: skip
_SPEEDS = frozenset({Intent.SET_SPEED, Intent.SLOW_DOWN, Intent.SPEED_UP, Intent.KEEP_LIMIT})
_ORDERED = frozenset(
    {Intent.TAKE_EXIT, Intent.SKIP_EXIT, Intent.TURN_LEFT, Intent.TURN_RIGHT, Intent.U_TURN}
)
_DEGREED = frozenset(
    {Intent.SLOW_DOWN, Intent.SPEED_UP, Intent.SET_GAP, Intent.STYLE_GENTLE, Intent.STYLE_SPORTY,
     Intent.CREEP_FORWARD, Intent.AVOID_OBSTACLE}
)  # fmt: skip


def fill(
    intent: Intent,
    said: str,
    around: str,
    hints: dict[str, str],
    *,
    names: Sequence[str] = (),
    unit: Unit = Unit.KPH,
) -> Slots:
    """Slots for `intent`: `said` are its own words, `around` the whole clause with conditions."""
    found: dict[str, object] = {}
    if intent in _SPEEDS:
        found |= _speed(intent, said, unit)
    if intent is Intent.SET_GAP:
        found |= _gap(said)
    if intent in _DEGREED and "value" not in found:
        found |= _degree(around, hints)
    if intent in _ORDERED:
        found |= _ordinal(said)
    if intent in (Intent.TAKE_EXIT, Intent.SKIP_EXIT):
        found |= exit_name(said, names)
    if intent in (Intent.TURN_LEFT, Intent.TURN_RIGHT, Intent.GO_STRAIGHT):
        street = _STREET.search(said)
        if street:
            found["name"] = street.group("name")
    if intent in _NAVIGATE:
        found |= _destination(said, names)
    if intent in _HALTS:
        found |= _halt(intent, said, around)
    if intent in _TARGETED or intent in _HALTS:
        target = target_in(said)
        if target and "place" not in found:
            found["target"] = target
    if intent in (Intent.MERGE, Intent.KEEP_LANE, Intent.AVOID_OBSTACLE, Intent.OVERTAKE):
        side = re.search(r"(?<!\S)(left|right)(?!\S)", said)
        if side:
            found["direction"] = Direction(side.group(1))
    found |= _conditions(intent, around, found)
    for key in ("kind", "degree"):
        if key in hints and hints[key] != "answer":
            found[key] = hints[key]
    if hints.get("urgent") == "true":
        found["urgent"] = True
    return Slots.model_validate(found)


def _speed(intent: Intent, said: str, unit: Unit) -> dict[str, object]:
    hits = list(_SPEED.finditer(said))
    if not hits:
        return {}
    hit = hits[-1]
    value = float(hit.group("n"))
    if not 0 <= value <= 400:
        return {}
    words = hit.group("u") or ""
    spoken = Unit.MPH if words.startswith("m") else Unit.KPH if words else unit
    return {"value": value, "unit": spoken}


def _gap(said: str) -> dict[str, object]:
    hit = _GAP.search(said)
    if not hit:
        return {}
    value = float(hit.group("n"))
    if hit.group("u").startswith("car"):
        return {"value": min(value * 5.0, 400.0), "unit": Unit.METRES}
    seconds = hit.group("u").startswith("second")
    return {"value": min(value, 400.0), "unit": Unit.SECONDS if seconds else Unit.METRES}


def _degree(said: str, hints: dict[str, str]) -> dict[str, object]:
    if "degree" in hints:
        return {}
    if _SLIGHT.search(said):
        return {"degree": Degree.SLIGHT}
    if _STRONG.search(said):
        return {"degree": Degree.STRONG}
    return {}


def _ordinal(said: str) -> dict[str, object]:
    after = re.search(
        r"(?<!\S)(?:the )?(?:exit |one |turn )?after (?:that|this|the next|next)(?!\S)", said
    )
    if after:
        return {"ordinal": 2}
    hit = _ORDINAL.search(said)
    return {"ordinal": ORDINALS[hit.group(0)]} if hit else {}


def exit_name(said: str, names: Sequence[str]) -> dict[str, object]:
    """The exit by number or by a name; names on the road's own signs win over free words."""
    number = _EXIT_NUMBER.search(said)
    for name in names:
        parts = re.findall(r"[a-z0-9]+", name.lower())
        wanted = [p for p in parts if len(p) > 3 and p not in ("exit", "street", "road", "towards")]
        if any(re.search(rf"(?<!\S){re.escape(part)}(?!\S)", said) for part in wanted):
            return {"name": name}
    if number:
        return {"name": f"Exit {number.group('n')}"}
    spoken = _EXIT_NAME.search(said)
    return {"name": spoken.group("name").strip()} if spoken else {}


def _destination(said: str, names: Sequence[str]) -> dict[str, object]:
    for name in names:
        if name and re.search(rf"(?<!\S){re.escape(name.lower())}(?!\S)", said):
            return {"name": name}
    text = _TRAIL.sub("", said)
    if re.search(r"(?<!\S)home(?!\S)$", text):
        return {"name": "home"}
    if re.search(r"(?<!\S)downtown$", text):
        return {"name": "downtown"}
    hit = _DESTINATION.search(text)
    name = (hit.group("name") if hit else "").strip()
    name = re.sub(r"^(?:the|a|an|my|our|some|to|at|by) ", "", name).replace("_", " ").strip()
    return {"name": name[:60]} if name else {}


def _halt(intent: Intent, said: str, around: str) -> dict[str, object]:
    found: dict[str, object] = {}
    if intent is not Intent.WAIT:
        for regex, place in _PLACE_RES:
            if regex.search(said):
                found["place"] = place
                break
    side = re.search(r"(?:on|to|at) (?:the|our|my) (left|right)(?!\S)", said)
    if side:
        found["direction"] = Direction(side.group(1))
    if intent is Intent.STOP and _URGENT.search(around):
        found["urgent"] = True
    return found


def target_in(said: str) -> Target | None:
    """The object that the words name ("the white van on our left"), None without one."""
    best = _TARGET.search(said)
    if best is None:
        return None
    name = best.group("object").replace("_", " ")
    side = best.group("side") or _side_of(said)
    return Target(
        object=name,
        colour=best.group("colour"),
        side=Direction(side) if side else None,
    )


def _side_of(said: str) -> str | None:
    hit = re.search(
        r"(?<!\S)(?:on|to) (?:the|our|my|your) (left|right)(?: lane| side)?(?!\S)", said
    )
    return hit.group(1) if hit else None


def _conditions(intent: Intent, around: str, found: dict[str, object]) -> dict[str, object]:
    out: dict[str, object] = {}
    until = _UNTIL.search(around)
    if until:
        trigger = _trigger(until.group("what"))
        if trigger:
            out["until"] = trigger
    rest = around[: until.start()] if until else around
    after = _AFTER.search(rest)
    if after and not re.search(r"(?<!\S)(?:exit|one|turn) after (?:that|this|the next|next)", rest):
        behind = after.group(0).startswith("behind")
        if not (
            behind and intent in (Intent.FOLLOW, Intent.STOP, Intent.NO_OVERTAKE, Intent.SET_GAP)
        ):
            trigger = _trigger(after.group("what"))
            if trigger:
                out["after"] = trigger
    distance = _DISTANCE.search(rest)
    if distance and "after" not in out and intent is not Intent.SET_GAP:
        out |= _measured(intent, distance)
    return out


def _measured(intent: Intent, hit: re.Match[str]) -> dict[str, object]:
    scale = {"m": 1.0, "k": 1000.0, "mi": 1609.344}
    value, word = float(hit.group("n")), hit.group("u")
    timed = word.startswith(("second", "minute"))
    if timed:
        amount = value * (60.0 if word.startswith("minute") else 1.0)
        kind = TriggerKind.TIME
    else:
        amount = value * scale["mi" if word.startswith("mi") else word[0]]
        kind = TriggerKind.DISTANCE
    if amount > 10_000:
        return {}
    lasting = hit.group(0).startswith("for")
    return {"until" if lasting else "after": Trigger(kind=kind, value=amount)}


_NEXT_COMMAND = re.compile(
    r"(?<!\S)(?:and|then|but|move|change|turn|go|take|merge|pull|get|switch|overtake|pass|stop|"
    r"park|drive|slow|speed|follow|use|exit|keep|shift|slide)(?!\S).*"
)


def _trigger(what: str) -> Trigger | None:
    what = _NEXT_COMMAND.sub("", what).strip() or what
    if _GREEN.search(what):
        return Trigger(kind=TriggerKind.LIGHT_GREEN)
    target = target_in(what)
    if target is None:
        simple = re.match(rf"(?:{_OBJECTS})(?!\S)", what)
        target = Target(object=simple.group(0).replace("_", " ")) if simple else None
    if target and target.object in ("exit", "ramp"):
        return Trigger(kind=TriggerKind.EXIT_PASSED)
    if target and target.object in (
        "intersection", "light", "lights", "roundabout", "corner", "turn", "crossing", "stop sign",
    ):  # fmt: skip
        return Trigger(kind=TriggerKind.JUNCTION_PASSED)
    if target:
        return Trigger(kind=TriggerKind.OBJECT_PASSED, target=target)
    if _CLEAR.search(what) or _PRONOUN.match(what):
        return Trigger(kind=TriggerKind.ROAD_CLEAR)
    number = re.match(r"(?P<n>\d+) (?P<u>seconds?|minutes?|metres)", what)
    if number:
        value = float(number.group("n"))
        if number.group("u") == "metres":
            return Trigger(kind=TriggerKind.DISTANCE, value=min(value, 10_000))
        seconds = value * (60 if number.group("u").startswith("min") else 1)
        return Trigger(kind=TriggerKind.TIME, value=min(seconds, 10_000))
    return None
