"""What a driving model is given at one instant.

Camera names, ego history and shapes are those of the Alpamayo family. `Perception` adds the
structured view of the scene: the embedded world knows it exactly, a vehicle gets it from its
perception stack, a vision-only model may ignore it.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from model.contract.road import RoadMap

F32 = NDArray[np.float32]
U8 = NDArray[np.uint8]

#: History and horizon of the Alpamayo family, at 10 Hz.
HISTORY_STEPS = 16
HORIZON_STEPS = 64
STEP_S = 0.1

CAMERAS = (
    "camera_cross_left_120fov",
    "camera_front_wide_120fov",
    "camera_cross_right_120fov",
    "camera_front_tele_30fov",
)


class ActorKind(StrEnum):
    CAR = "car"
    VAN = "van"
    TRUCK = "truck"
    BUS = "bus"
    MOTORCYCLE = "motorcycle"
    BICYCLE = "bicycle"
    EMERGENCY = "emergency"
    PEDESTRIAN = "pedestrian"
    TRASH_CAN = "trash_can"
    CONE = "cone"
    BARRIER = "barrier"
    UNKNOWN = "unknown"


#: Road users that are never grey on the screen and get the widest margins.
VULNERABLE = frozenset({ActorKind.PEDESTRIAN, ActorKind.BICYCLE, ActorKind.MOTORCYCLE})
#: Things that never move by themselves.
STATIC_KINDS = frozenset({ActorKind.TRASH_CAN, ActorKind.CONE, ActorKind.BARRIER})


@dataclass(frozen=True)
class VehicleShape:
    """The ego's body; the pose of the ego is its rear axle centre on the ground."""

    length_m: float = 4.8
    width_m: float = 1.9
    height_m: float = 1.6
    wheelbase_m: float = 2.85
    rear_overhang_m: float = 1.0

    @property
    def centre_ahead_m(self) -> float:
        """From the rear axle forward to the middle of the body, m."""
        return self.length_m / 2 - self.rear_overhang_m

    @property
    def front_ahead_m(self) -> float:
        """From the rear axle forward to the front bumper, m."""
        return self.length_m - self.rear_overhang_m


@dataclass(frozen=True)
class EgoState:
    """The ego in the map frame; (x, y) is the rear axle centre."""

    x: float
    y: float
    heading: float
    speed_mps: float
    accel_mps2: float = 0.0
    curvature_1pm: float = 0.0
    lane: str | None = None
    s_m: float = 0.0  # of the rear axle on `lane`
    lateral_m: float = 0.0  # from the lane centre, left positive
    indicator: str = "off"  # off, left, right, hazard


@dataclass(frozen=True)
class Actor:
    """Another road user or object; (x, y) is the middle of its body."""

    id: str
    kind: ActorKind
    x: float
    y: float
    heading: float
    speed_mps: float
    accel_mps2: float
    length_m: float
    width_m: float
    height_m: float
    lane: str | None = None
    s_m: float = 0.0  # of the front bumper on `lane`
    lateral_m: float = 0.0
    indicator: str = "off"
    braking: bool = False
    siren: bool = False
    colour: str = ""  # a plain word: white, red …
    #: Cameras that really see it (instance-id pass); None where no camera looked.
    visible_in: tuple[str, ...] | None = None
    first_seen_s: float | None = None


@dataclass(frozen=True)
class RouteInstruction:
    """The next navigation instruction: what, in how many metres, onto what."""

    kind: str  # continue, turn_left, turn_right, take_exit, merge, u_turn, arrive
    distance_m: float
    onto: str = ""


@dataclass(frozen=True)
class Perception:
    """The structured scene at one instant."""

    t_s: float  # scenario time
    ego: EgoState
    actors: tuple[Actor, ...]
    #: Traffic light id -> state string, one SUMO letter per link index (r, y, g, G, o …).
    lights: Mapping[str, str]
    #: Lanes closed ahead (work zone) -> arc length from which they are closed, m.
    closed_lanes: Mapping[str, float] = field(default_factory=dict)
    #: Edges of the route from the ego's own edge to the destination.
    route: tuple[str, ...] = ()
    destination_s_m: float | None = None  # where on the last edge; None = its end
    weather: str = "clear"  # clear, rain, fog, dusk, night
    friction: float = 1.0
    visibility_m: float = 300.0


@dataclass(frozen=True)
class Observation:
    """Input of a driving model. The ego frame at `t0` has x forward, y left, z up, metres."""

    seq: int
    t0_ns: int
    #: Camera name -> uint8 [frames, H, W, 3], oldest first at 10 Hz, the last one at t0.
    cameras: Mapping[str, U8]
    #: float32 [16, 3] m and [16, 3, 3], in the ego frame at t0; the last one is the origin.
    ego_history_xyz: F32
    ego_history_rot: F32
    route: RouteInstruction | None = None
    #: float32 [N, 2] m, the way ahead in the ego frame.
    route_xy: F32 = field(default_factory=lambda: np.zeros((0, 2), np.float32))
    perception: Perception | None = None
    road: RoadMap | None = None
    shape: VehicleShape = VehicleShape()
