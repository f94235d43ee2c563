"""The closed vocabulary: every word that crosses a boundary between two parts of Ridealong.

Free text enters at one place (the Mode Expert) and leaves at one place (the spoken reply);
between them there are only these enums and bounded slots. Imports nothing else of the project.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, StringConstraints


class Mode(StrEnum):
    """What one utterance is for the driving model; chosen by the Mode Expert alone."""

    AUTONOMOUS = "autonomous"
    QA = "qa"
    CONTROL = "control"

    @property
    def token(self) -> str:
        """The forced input token, for example ``<|mode_control|>``."""
        return f"<|mode_{self.value}|>"


class Decision(StrEnum):
    """What becomes of a command."""

    ALLOW = "allow"
    LIMIT = "limit"
    DEFER = "defer"
    CONFIRM = "confirm"
    REFUSE = "refuse"
    EMERGENCY = "emergency"
    NONE = "none"


class Intent(StrEnum):
    """Everything a passenger can ask the car to do."""

    STOP = "stop"
    PULL_OVER = "pull_over"
    PARK = "park"
    WAIT = "wait"
    RESUME = "resume"
    YIELD = "yield"
    CREEP_FORWARD = "creep_forward"
    SLOW_DOWN = "slow_down"
    SPEED_UP = "speed_up"
    SET_SPEED = "set_speed"
    KEEP_LIMIT = "keep_limit"
    SET_GAP = "set_gap"
    LANE_CHANGE_LEFT = "lane_change_left"
    LANE_CHANGE_RIGHT = "lane_change_right"
    KEEP_LANE = "keep_lane"
    MERGE = "merge"
    OVERTAKE = "overtake"
    FOLLOW = "follow"
    AVOID_OBSTACLE = "avoid_obstacle"
    NO_OVERTAKE = "no_overtake"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"
    GO_STRAIGHT = "go_straight"
    U_TURN = "u_turn"
    TAKE_EXIT = "take_exit"
    SKIP_EXIT = "skip_exit"
    NAVIGATE = "navigate"
    ADD_STOP = "add_stop"
    REROUTE = "reroute"
    STYLE_GENTLE = "style_gentle"
    STYLE_SPORTY = "style_sporty"
    CONFIRM = "confirm"
    CANCEL = "cancel"
    REPEAT = "repeat"
    EMERGENCY = "emergency"
    HANDOVER_TO_DRIVER = "handover_to_driver"
    ENGAGE = "engage"


#: Requests for more caution (policy section 2, P2): never rate-limited, muted or held for
#: confirmation, whoever in the car makes them.
CAUTION_INTENTS = frozenset(
    {
        Intent.STOP,
        Intent.WAIT,
        Intent.SLOW_DOWN,
        Intent.YIELD,
        Intent.PULL_OVER,
        Intent.SET_GAP,
        Intent.NO_OVERTAKE,
        Intent.STYLE_GENTLE,
    }
)
#: Words about the dialogue itself; they never reach the driving process as a command.
DIALOGUE_INTENTS = frozenset({Intent.CONFIRM, Intent.CANCEL, Intent.REPEAT})
#: Intents that change the route (the sequence of edges), not only the motion along it.
ROUTE_INTENTS = frozenset(
    {
        Intent.TURN_LEFT,
        Intent.TURN_RIGHT,
        Intent.GO_STRAIGHT,
        Intent.U_TURN,
        Intent.TAKE_EXIT,
        Intent.SKIP_EXIT,
        Intent.NAVIGATE,
        Intent.ADD_STOP,
        Intent.REROUTE,
    }
)


class Question(StrEnum):
    """Kinds of question about the drive, the scene, the rules or the assistant."""

    WHY = "why"
    DOING = "doing"
    NEXT = "next"
    EXISTENCE = "existence"
    COUNT = "count"
    LIGHT_OR_SIGN = "light_or_sign"
    PERMISSION = "permission"
    HAZARD = "hazard"
    LOCATION = "location"
    DESCRIPTION = "description"
    MOTION_OF_OTHER = "motion_of_other"
    OWN_SPEED = "own_speed"
    SPEED_LIMIT = "speed_limit"
    ETA_OR_DISTANCE = "eta_or_distance"
    ROUTE = "route"
    MEMORY = "memory"
    HYPOTHETICAL = "hypothetical"
    CONFIDENCE = "confidence"
    CAPABILITY = "capability"
    WHY_REFUSED = "why_refused"
    RULES_OF_THE_ROAD = "rules_of_the_road"


class Refusal(StrEnum):
    """Why words alone are refused; ``value`` is the class, ``code`` the short form."""

    HARM_PERSON = "harm_person"
    HARM_ANIMAL = "harm_animal"
    HARM_PROPERTY = "harm_property"
    ROAD_AGGRESSION = "road_aggression"
    TRAFFIC_LAW = "traffic_law"
    RECKLESS_MANOEUVRE = "reckless_manoeuvre"
    EVADE_AUTHORITY = "evade_authority"
    PROHIBITED_AREA = "prohibited_area"
    SAFETY_SYSTEM_DEFEAT = "safety_system_defeat"
    OCCUPANT_ENDANGERMENT = "occupant_endangerment"
    CONTROL_AUTHORITY = "control_authority"
    PROMPT_INJECTION = "prompt_injection"
    CRIMINAL_USE = "criminal_use"
    SELF_HARM = "self_harm"

    @property
    def code(self) -> str:
        """``R01`` to ``R14``."""
        return f"R{list(Refusal).index(self) + 1:02d}"


#: Which class is named when several fit (vocabulary section 5).
REFUSAL_ORDER: tuple[Refusal, ...] = (
    Refusal.SELF_HARM,
    Refusal.HARM_PERSON,
    Refusal.OCCUPANT_ENDANGERMENT,
    Refusal.CONTROL_AUTHORITY,
    Refusal.EVADE_AUTHORITY,
    Refusal.CRIMINAL_USE,
    Refusal.SAFETY_SYSTEM_DEFEAT,
    Refusal.ROAD_AGGRESSION,
    Refusal.RECKLESS_MANOEUVRE,
    Refusal.TRAFFIC_LAW,
    Refusal.PROHIBITED_AREA,
    Refusal.HARM_PROPERTY,
    Refusal.HARM_ANIMAL,
    Refusal.PROMPT_INJECTION,
)


class Longitudinal(StrEnum):
    """Longitudinal driving decisions (Alpamayo-R1 paper, table 1)."""

    SET_SPEED_TRACKING = "set_speed_tracking"
    LEAD_FOLLOWING = "lead_following"
    SPEED_ADAPTATION = "speed_adaptation"
    GAP_SEARCH = "gap_search"
    ACCELERATE_TO_PASS = "accelerate_to_pass"
    YIELD = "yield"
    STOP_STATIC = "stop_static"
    NONE = "none"


class Lateral(StrEnum):
    """Lateral driving decisions (Alpamayo-R1 paper, table 1)."""

    KEEP_LANE = "keep_lane"
    MERGE_OR_SPLIT = "merge_or_split"
    NUDGE_OUT_OF_LANE = "nudge_out_of_lane"
    NUDGE_IN_LANE = "nudge_in_lane"
    LANE_CHANGE = "lane_change"
    PULL_OVER = "pull_over"
    TURN = "turn"
    ABORT = "abort"
    NONE = "none"


class Direction(StrEnum):
    """A side, seen from the ego."""

    LEFT = "left"
    RIGHT = "right"


class Component(StrEnum):
    """Class of the critical component that a cause names (paper, table 2, plus ours)."""

    CRITICAL_OBJECT = "critical_object"
    TRAFFIC_LIGHT = "traffic_light"
    STOP_OR_YIELD = "stop_or_yield_control"
    ROAD_EVENT = "road_event"
    LANE = "lane_or_lane_line"
    ROUTING_INTENT = "routing_intent"
    ODD_LIMIT = "operating_domain_limit"
    PASSENGER_COMMAND = "passenger_command"


class MetaLongitudinal(StrEnum):
    GENTLE_ACCELERATE = "gentle_accelerate"
    STRONG_ACCELERATE = "strong_accelerate"
    MAINTAIN_SPEED = "maintain_speed"
    GENTLE_DECELERATE = "gentle_decelerate"
    STRONG_DECELERATE = "strong_decelerate"
    STOP = "stop"
    REVERSE = "reverse"


class MetaLateral(StrEnum):
    STRAIGHT = "straight"
    STEER_LEFT = "steer_left"
    STEER_RIGHT = "steer_right"
    SHARP_LEFT = "sharp_left"
    SHARP_RIGHT = "sharp_right"


class MetaLane(StrEnum):
    KEEP = "keep"
    CHANGE_LEFT = "change_left"
    CHANGE_RIGHT = "change_right"
    SHIFT_LEFT = "shift_left"
    SHIFT_RIGHT = "shift_right"
    TURN_LEFT = "turn_left"
    TURN_RIGHT = "turn_right"


class Speaker(StrEnum):
    """Who said it; the order of authority is driver, trip owner, adult, child, unknown."""

    DRIVER = "driver"
    PASSENGER = "passenger"
    CHILD = "child"
    LOUDSPEAKER = "loudspeaker"
    UNKNOWN = "unknown"


class Degree(StrEnum):
    SLIGHT = "slight"
    NORMAL = "normal"
    STRONG = "strong"


class Unit(StrEnum):
    KPH = "kph"
    MPH = "mph"
    METRES = "m"
    SECONDS = "s"


class Place(StrEnum):
    """Where to stop or park."""

    HERE = "here"
    SHOULDER = "shoulder"
    KERB = "kerb"
    PARKING = "parking"
    REST_AREA = "rest_area"
    EMERGENCY_BAY = "emergency_bay"
    NEXT_SAFE = "next_safe"


class TriggerKind(StrEnum):
    """A condition on which a command begins (``after``) or ends (``until``)."""

    OBJECT_PASSED = "object_passed"
    LIGHT_GREEN = "light_green"
    ROAD_CLEAR = "road_clear"
    JUNCTION_PASSED = "junction_passed"
    EXIT_PASSED = "exit_passed"
    DISTANCE = "distance"
    TIME = "time"


ObjectWord = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z_ -]{0,39}$")]
#: A proper name of a road, exit or place: letters of any script, digits and a little punctuation,
#: so that no markup and no special token can travel in it.
Name = Annotated[str, StringConstraints(pattern=r"^[\w .,'’&/-]{1,60}$")]


class _Closed(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Target(_Closed):
    """An object that the words refer to: "the white van on our left"."""

    object: ObjectWord
    colour: ObjectWord | None = None
    side: Direction | None = None
    id: str | None = Field(
        default=None, max_length=60, description="object id once resolved in the scene"
    )


class Trigger(_Closed):
    """A condition with the object, metres or seconds it speaks of."""

    kind: TriggerKind
    target: Target | None = None
    value: float | None = Field(default=None, ge=0, le=10_000)


class Slots(_Closed):
    """Typed, bounded arguments of a command; most commands carry none or one."""

    value: float | None = Field(default=None, ge=0, le=400, description="a number in `unit`")
    unit: Unit | None = None
    degree: Degree | None = None
    ordinal: int | None = Field(default=None, ge=1, le=9, description="1 = the next one")
    name: Name | None = Field(default=None, description="exit, street or place by name or number")
    direction: Direction | None = None
    place: Place | None = None
    target: Target | None = None
    urgent: bool | None = None
    after: Trigger | None = None
    until: Trigger | None = None
    kind: ObjectWord | None = Field(default=None, description="kind of emergency: medical, fire …")


class Command(_Closed):
    """One closed command: an intent and its slots."""

    intent: Intent
    slots: Slots = Slots()

    def speed_mps(self) -> float | None:
        """The slot value as a speed in m/s, or None when it is no speed."""
        if self.slots.value is None:
            return None
        if self.slots.unit is Unit.MPH:
            return self.slots.value * 0.44704
        if self.slots.unit in (Unit.KPH, None):
            return self.slots.value / 3.6
        return None


class RequestState(StrEnum):
    """Life cycle of an accepted command, visible to everyone."""

    ACCEPTED = "accepted"
    WAITING = "waiting"
    UNDER_WAY = "under_way"
    DONE = "done"
    EXPIRED = "expired"
    REFUSED = "refused"
    SUPERSEDED = "superseded"
    CANCELLED = "cancelled"


OPEN_STATES = frozenset({RequestState.ACCEPTED, RequestState.WAITING, RequestState.UNDER_WAY})

_MARKUP = re.compile(r"<\|[^|>]{0,60}\|>|</?[a-zA-Z][^>]{0,60}>|<i\d{1,4}>")
_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f\u200b-\u200f\u202a-\u202e\u2060-\u2069\ufeff]")
#: Longer than anybody speaks in one turn; what is over is cut off and the turn says so.
MAX_TEXT = 2_000


def clean_text(raw: str) -> str:
    """Passenger text without special tokens, markup, control and bidi characters (policy A4)."""
    text = raw[: MAX_TEXT * 4]
    previous = None
    while previous != text:  # "<|<|x|>|>" must not assemble a token out of its own remains
        previous = text
        text = _MARKUP.sub(" ", _CONTROL.sub(" ", text))
    return " ".join(text.split())[:MAX_TEXT]
