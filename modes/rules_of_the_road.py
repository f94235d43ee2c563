"""Short fixed answers: what the car can do, what it would do, and the rules it keeps."""

from __future__ import annotations

import re

_CAPABILITY: tuple[tuple[str, str], ...] = (
    (
        r"monitor\w*|attention|drows\w*|watch(?:ing)? me",
        "The car checks that the driver is attentive before it hands over. I can explain "
        "it but not switch it off.",
    ),
    (
        r"who|your name|what are you|robot|ai",
        "I am Ridealong, the voice of this car. I pass on what you ask and explain what "
        "the car does.",
    ),
    (
        r"cameras?|lidar|radar|sensors?|eyes|see|detect|recogni[sz]e|read",
        "The car drives by what its cameras and its map show. I can tell you what it sees "
        "and what it does not.",
    ),
    (
        r"rain|snow|fog|night|dark|ice|weather",
        "The car drives more slowly in bad weather, and only as fast as it can see. Where "
        "it cannot drive safely it says so and stops.",
    ),
    (r"languages?|speak|german|french|spanish", "I understand English. Stop always works."),
    (
        r"record|remember|store|private|privacy|listening|listen",
        "I keep the last ten minutes of the drive to answer your questions. Your voice is "
        "not kept.",
    ),
    (r"park", "It can pull over or park where that is allowed. Ask for it when you want to stop."),
    (
        r"guard|policy|safe|emergency brak\w*|brake",
        "Every plan is checked by a guard before it is driven. What fails is not driven.",
    ),
    (r"stop", "Say stop at any time. The car then stops where it is safe."),
    (
        r"decide|work|works|drive|autonomous|self driving",
        "The car plans ten times a second, and a guard checks each plan. I explain it from "
        "what was driven.",
    ),
)
_WHAT_YOU_CAN_SAY = "You can ask for a stop, speed, lanes, exits, turns or a place. You "
"can also ask why the car does something."
_HYPOTHETICAL: tuple[tuple[str, str], ...] = (
    (
        r"red light|red|stop_sign|speed limit|limit|law|rules|illegal",
        "No, the car keeps to lights, signs and limits. An emergency does not change that.",
    ),
    (
        r"hit|kill|run over|choose|sacrifice|save|trolley|crowd|instead of",
        "The car brakes for whoever is in the way and never steers at anyone. It keeps "
        "enough distance so that it need not choose.",
    ),
    (
        r"child|kid|person|pedestrian|someone|somebody|dog|deer|animal|jump\w*|run\w*|ball",
        "It brakes as hard as needed and keeps its lane unless the way beside is free.",
    ),
    (
        r"brakes? fail\w*|break\w* down|fail\w*|flat|tire|engine|battery|sensors?|camera|"
        r"computer|internet|connection|gps|power",
        "The car falls back to a simpler planner or a safety stop with the hazard lights "
        "on. Each step is said aloud.",
    ),
    (
        r"ambulance|siren|fire truck|police|emergency vehicle",
        "The car makes room and lets it pass, within the rules.",
    ),
    (
        r"heart attack|faint|sick|pass out|emergency|unconscious|ill",
        "The car takes the fastest lawful way to help and tells you what to do.",
    ),
    (
        r"fall asleep|asleep|drunk|tired|driver",
        "The car drives on and does not hand over to a driver who is not ready.",
    ),
    (
        r"stop|shout|say|tell|order|ask|command",
        "A call to stop is obeyed at once by everybody's voice in the car. Wishes that are "
        "unsafe are refused with a reason.",
    ),
    (
        r"rain|snow|fog|ice|flood|storm|dark|night",
        "It slows to what it can see and stops where it cannot drive safely.",
    ),
    (
        r"hack\w*|override|disable",
        "Nothing that is said can change the safety policy. The driver can always take over.",
    ),
    (
        r"cut|brake|overtake|tailgat\w*|merge",
        "The car opens the gap, brakes if it must, and does not answer aggression.",
    ),
    (
        r"responsible|liable|blame|fault",
        "That is for the law where you are. The drive is recorded, so it can be checked.",
    ),
)
_HYPOTHETICAL_DEFAULT = "The car would choose the careful option: slow down, keep its "
"distance, stop if it must. I cannot say more without the real situation."
_RULES: tuple[tuple[str, str], ...] = (
    (
        r"following distance|safe distance|minimum distance|how (?:much|big|far|large)|"
        r"two second|gap",
        "The car keeps at least two seconds to the car ahead, more in bad weather.",
    ),
    (r"school bus", "A school bus with its stop arm out is never passed."),
    (r"cyclist|bike|bicycle", "The car leaves at least 1.5 metres beside cyclists."),
    (r"amber|yellow|red", "At red the car stops. At amber it stops where it can do so safely."),
    (
        r"stop_sign|stop sign|all way",
        "At a stop sign the car stops fully, then goes by right of way. At an all-way stop "
        "the first to arrive goes first.",
    ),
    (r"crosswalk|crossing|zebra|pedestrian", "People on or about to step on a crossing go first."),
    (r"roundabout", "Traffic in the roundabout goes first."),
    (
        r"right of way|priority|goes first|go first|yield|give way",
        "The car gives way by sign, light and right of way, and lets others go when it is "
        "not sure.",
    ),
    (r"ambulance|emergency|siren", "Emergency vehicles with siren get room at once."),
    (
        r"overtak\w*|pass\w*|solid|line",
        "Overtaking needs a dashed line, enough sight and ten seconds without oncoming traffic.",
    ),
    (
        r"u_turn|turn around",
        "A U-turn needs a place where no sign forbids it and a gap of six seconds.",
    ),
    (
        r"braking distance|stopping distance",
        "Braking distance grows with the square of the speed. The car never drives faster "
        "than it can stop within what it sees.",
    ),
    (
        r"speed limit|limit|speed",
        "The limit is what sign and map say here. The car never goes above it.",
    ),
    (
        r"rail\w*|train|tracks",
        "Railway signals are absolute, and the car never stops on the rails.",
    ),
    (
        r"phone|seat ?belt|alcohol|drunk",
        "Belts on for everybody, and only a fit driver takes over.",
    ),
)
_RULES_DEFAULT = "I don't know that rule. The car keeps to lights, signs, limits and right of way."


def _first(table: tuple[tuple[str, str], ...], text: str, default: str) -> str:
    for words, reply in table:
        if re.search(rf"(?<!\S)(?:{words})(?!\S)", text):
            return reply
    return default


def capability(text: str) -> str:
    """What the car and its voice can do."""
    if re.search(r"what (?:else )?(?:can|could|do) (?:you|i|we)|help|commands|options", text):
        return _WHAT_YOU_CAN_SAY
    return _first(_CAPABILITY, text, _WHAT_YOU_CAN_SAY)


def hypothetical(text: str) -> str:
    """What the car would do, as its policy says."""
    return _first(_HYPOTHETICAL, text, _HYPOTHETICAL_DEFAULT)


def rule(text: str) -> str:
    """A rule of the road as the car keeps it."""
    return _first(_RULES, text, _RULES_DEFAULT)
