"""Comfort, style and safety numbers of the rule planner, in one place."""

from __future__ import annotations

from dataclasses import dataclass

#: Policy T6: limits of the plan, and the harder braking that only a hazard may ask for.
MAX_ACCEL_MPS2 = 2.0
COMFORT_BRAKE_MPS2 = 3.5
EMERGENCY_BRAKE_MPS2 = 8.0
MAX_LATERAL_MPS2 = 2.9  # a little under the guard's 3.0, so that rounding never trips it
MAX_CURVATURE_1PM = 0.195
#: Jerk of ordinary driving up and down, and of a hazard.
JERK_UP_MPS3 = 2.0
JERK_DOWN_MPS3 = 4.0
JERK_HAZARD_MPS3 = 25.0

#: How far a corridor looks ahead and behind the ego, m.
AHEAD_M = 360.0
BEHIND_M = 110.0

#: Standing distance to a vehicle ahead and to a stop line, bumper to it, m.
STANDSTILL_GAP_M = 3.0
LINE_GAP_M = 1.0
#: Wanted distance sideways to something that stands, and the least that is accepted, m.
PASSING_GAP_M = 0.8
LEAST_PASSING_GAP_M = 0.45
PEDESTRIAN_GAP_M = 1.2


@dataclass(frozen=True)
class Style:
    """How the car drives when nothing forces it."""

    accel_mps2: float
    brake_mps2: float
    gap_s: float
    lateral_mps2: float
    lane_change_s: float
    #: Time saved by an overtaking that makes it worth while, as a speed difference, m/s.
    overtake_gain_mps: float


STYLES = {
    "gentle": Style(1.1, 1.2, 2.2, 1.8, 5.5, 5.0),
    "normal": Style(1.6, 1.6, 1.8, 2.3, 4.6, 3.0),
    "sporty": Style(1.95, 2.0, 1.5, 2.7, 4.0, 1.5),
}


def style_named(name: str) -> Style:
    """The style of that name; an unknown one drives normally."""
    return STYLES.get(name, STYLES["normal"])
