"""SUMO in process as the traffic engine: vehicles, pedestrians, lights, and a place for our ego."""

from __future__ import annotations

import contextlib
import math
import warnings
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from model.contract.observation import Actor, ActorKind, VehicleShape
from model.contract.world import WORLD_STEP_S
from world import linkshim
from world.kinds import BODIES, Body

EGO = "ego"
#: moveToXY: keep the exact position (2) and ignore lane permissions (4), so that an ego on the
#: hard shoulder stays visible to the traffic. Every other value moves it or hides it.
_KEEP_ROUTE = 6
#: How long a vehicle that cut in stays in its lane, s.
_CUT_IN_S = 20.0
_RIGHT, _LEFT, _HAZARD, _BRAKE = 1, 2, 4, 8


def import_libsumo() -> Any:
    """The libsumo module, on bare machines too; `ImportError` says what is missing."""
    linkshim.ensure()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # about sumo-data, which only schema checks need
        import libsumo
    return libsumo


@dataclass(frozen=True)
class Known:
    """What we know of a vehicle or walker beyond what SUMO tells each step."""

    body: Body
    colour: str
    siren: bool = False


class SumoEngine:
    """One running simulation; libsumo holds one a process, so close one before the next."""

    def __init__(self, net: Path, seed: int, *, sublane: bool = False) -> None:
        self._sumo = import_libsumo()
        if self._sumo.isLoaded():
            raise RuntimeError("this process already runs a world: close it first")
        options = {
            "--net-file": str(net),
            "--seed": str(seed),
            "--step-length": str(WORLD_STEP_S),
            "--time-to-teleport": "-1",
            "--collision.action": "none",
            "--no-step-log": "true",
            "--no-warnings": "true",
            "--duration-log.disable": "true",
            "--xml-validation": "never",
            "--xml-validation.net": "never",
        }
        # Cars change lanes smoothly either way: by the sublane model or over a fixed time.
        options |= {"--lateral-resolution": "0.8"} if sublane else {"--lanechange.duration": "3"}
        self._sumo.start(["sumo", *(word for pair in options.items() for word in pair)])
        self._known: dict[str, Known] = {}
        self._types: set[str] = set()
        self._ego_goal = ""
        self._routes = 0
        self._closed = False
        #: Ids of lanes that are closed now.
        self.closed: set[str] = set()
        self._new: list[str] = []  # added since the last step

    def close(self) -> None:
        """Ends the simulation; closing twice is no error."""
        if not self._closed:
            self._sumo.close()
        self._closed = True

    def step(self) -> None:
        """Moves the traffic by `WORLD_STEP_S` and drops vehicles that found no room to start."""
        self._sumo.simulationStep()
        for id in self._new:
            if id not in self._sumo.vehicle.getIDList():
                with contextlib.suppress(self._sumo.TraCIException):  # SUMO may have dropped it
                    self._sumo.vehicle.remove(id)
                self._known.pop(id, None)
        self._new.clear()
        for id in self._sumo.simulation.getArrivedIDList():
            self._known.pop(id, None)

    # -- the ego -------------------------------------------------------------------------------

    def add_ego(self, route: Sequence[str], shape: VehicleShape) -> None:
        """Registers the ego; `place_ego` puts it on the road."""
        types = self._sumo.vehicletype
        types.copy("DEFAULT_VEHTYPE", EGO)
        types.setLength(EGO, shape.length_m)
        types.setWidth(EGO, shape.width_m)
        self._sumo.route.add(EGO, list(route))
        self._ego_goal = route[-1]
        self._sumo.vehicle.add(EGO, EGO, typeID=EGO, departPos="0", departSpeed="0")
        self._sumo.vehicle.setSpeedMode(EGO, 0)
        self._sumo.vehicle.setLaneChangeMode(EGO, 0)

    def place_ego(self, front: tuple[float, float], heading: float, edge: str, lane: int) -> None:
        """Puts the ego's front bumper at `front`; `edge` and `lane` decide where lanes overlap."""
        self._sumo.vehicle.moveToXY(
            EGO, edge, lane, *front, 90.0 - math.degrees(heading), keepRoute=_KEEP_ROUTE
        )

    def set_ego_route(self, route: Sequence[str]) -> None:
        """Edges from the present one; others only respect an ego whose route leads on.

        SUMO goes by the front bumper, which may already be an edge further than the rear axle.
        """
        vehicle = self._sumo.vehicle
        edges = list(route)
        own = vehicle.getRoute(EGO)[max(vehicle.getRouteIndex(EGO), 0)]
        if own in edges[:4]:
            edges = edges[edges.index(own) :]
        elif edges[0] != own:
            edges.insert(0, own)
        self._ego_goal = edges[-1]
        with contextlib.suppress(self._sumo.TraCIException):  # kept; `ego_strayed` tells
            vehicle.setRoute(EGO, edges)

    def ego_strayed(self) -> bool:
        """Has SUMO taken the ego for a car on another way, as it may on overlapping lanes?"""
        return bool(self._sumo.vehicle.getRoute(EGO)[-1] != self._ego_goal)

    # -- other vehicles ------------------------------------------------------------------------

    def _type(self, name: str, siren: bool) -> str:
        """A SUMO vehicle type for a body of `BODIES`, made on first use."""
        id = f"{name}_siren" if siren else name
        if id not in self._types:
            body, types = BODIES[name], self._sumo.vehicletype
            types.copy("DEFAULT_VEHTYPE", id)
            types.setVehicleClass(id, body.vehicle_class)
            types.setLength(id, body.length_m)
            types.setWidth(id, body.width_m)
            types.setMaxSpeed(id, body.top_mps)
            types.setAccel(id, body.accel_mps2)
            types.setDecel(id, body.decel_mps2)
            types.setMinGap(id, 2.2)
            types.setTau(id, 1.2)
            types.setImperfection(id, 0.3)
            types.setSpeedFactor(id, 1.3 if siren else 0.97)
            types.setSpeedDeviation(id, 0.0 if siren else 0.08)
            if siren:
                types.setParameter(id, "has.bluelight.device", "true")
            self._types.add(id)
        return id

    def add_vehicle(
        self,
        id: str,
        body: str,
        route: Sequence[str],
        *,
        lane: int,
        s_m: float,
        speed_mps: float | None,
        colour: str,
        siren: bool = False,
    ) -> None:
        """A vehicle with its front bumper at `s_m`; without a speed it drives as fast as is safe.

        It is dropped in the next step where there is no room for it.
        """
        self._routes += 1  # a route name is never free again, not even when its vehicle is gone
        self._sumo.route.add(f"route_{self._routes}", list(route))
        self._sumo.vehicle.add(
            id,
            f"route_{self._routes}",
            typeID=self._type(body, siren),
            departLane=str(lane),
            departPos=f"{s_m:.2f}",
            departSpeed="max" if speed_mps is None else f"{speed_mps:.2f}",
        )
        self._known[id] = Known(BODIES[body], colour, siren)
        self._new.append(id)

    def stand_still(self, id: str) -> None:
        """Freezes a vehicle; without the lane change mode it would slide into the next lane."""
        self._sumo.vehicle.setSpeed(id, 0.0)
        self._sumo.vehicle.setLaneChangeMode(id, 0)

    def limit_speed(self, id: str, speed_mps: float) -> None:
        self._sumo.vehicle.setMaxSpeed(id, max(speed_mps, 0.1))

    def set_speed(self, id: str, speed_mps: float, over_s: float) -> None:
        """Goes to a speed over some seconds and keeps it."""
        self._sumo.vehicle.slowDown(id, speed_mps, over_s)
        self.limit_speed(id, speed_mps)

    def change_lane(self, id: str, car_lane: int) -> None:
        """Changes to a lane at once, closely if need be, and stays there: a cut-in.

        `car_lane` counts from the rightmost lane that cars may use.
        """
        vehicle, lane = self._sumo.vehicle, self._sumo.lane
        edge = vehicle.getRoadID(id)
        indices = [
            i
            for i in range(self._sumo.edge.getLaneNumber(edge))
            if not (allowed := lane.getAllowed(f"{edge}_{i}")) or "passenger" in allowed
        ]
        vehicle.setLaneChangeMode(id, 0)
        vehicle.changeLane(id, indices[min(car_lane, len(indices) - 1)], _CUT_IN_S)

    def extend_route(self, id: str, route: Sequence[str]) -> None:
        """New route from the vehicle's present edge."""
        self._sumo.vehicle.setRoute(id, list(route))

    def route_left(self, id: str) -> tuple[str, ...]:
        """Edges from the vehicle's present one to the end of its route."""
        vehicle = self._sumo.vehicle
        return tuple(vehicle.getRoute(id)[max(vehicle.getRouteIndex(id), 0) :])

    def has(self, id: str) -> bool:
        return id in self._known

    def position(self, id: str) -> tuple[float, float] | None:
        """Where a vehicle or walker is; None when it is not on the road (yet)."""
        sumo = self._sumo
        place = sumo.person if id in sumo.person.getIDList() else sumo.vehicle
        if id not in place.getIDList():
            return None
        x, y = place.getPosition(id)
        return x, y

    def remove(self, id: str) -> None:
        """Takes a vehicle or walker out, whether or not it has started."""
        self._known.pop(id, None)
        if id in self._sumo.person.getIDList():
            self._sumo.person.removeStages(id)
        else:
            self._sumo.vehicle.remove(id)

    def vehicles(self) -> Iterator[tuple[str, float, float]]:
        """Id and front bumper of every vehicle on the road but the ego."""
        vehicle = self._sumo.vehicle
        for id in vehicle.getIDList():
            if id != EGO:
                yield id, *vehicle.getPosition(id)

    # -- walkers -------------------------------------------------------------------------------

    def add_walker(
        self, id: str, start: tuple[str, float], end: tuple[str, float], colour: str
    ) -> bool:
        """A pedestrian who walks between two (edge, m) places; False where no way leads there."""
        stages = self._sumo.simulation.findIntermodalRoute(
            start[0], end[0], departPos=start[1], arrivalPos=end[1]
        )
        if not stages or any(stage.type != 2 for stage in stages):
            return False
        self._sumo.person.add(id, start[0], start[1])
        for stage in stages:
            self._sumo.person.appendStage(id, stage)
        self._known[id] = Known(BODIES["pedestrian"], colour)
        return True

    def walkers(self) -> Iterator[tuple[str, float, float]]:
        person = self._sumo.person
        for id in person.getIDList():
            yield id, *person.getPosition(id)

    # -- reading -------------------------------------------------------------------------------

    def lights(self) -> dict[str, str]:
        """Traffic light id -> state letters."""
        light = self._sumo.trafficlight
        return {id: light.getRedYellowGreenState(id) for id in light.getIDList()}

    def limit_lane(self, lane: str, speed_mps: float) -> None:
        self._sumo.lane.setMaxSpeed(lane, speed_mps)

    def close_lane(self, lane: str) -> None:
        self._sumo.lane.setDisallowed(lane, ["all"])
        self.closed.add(lane)

    def open_lane(self, lane: str) -> None:
        self._sumo.lane.setDisallowed(lane, ["pedestrian"])
        self.closed.discard(lane)

    def actors(self, x: float, y: float, radius_m: float) -> list[Actor]:
        """Vehicles and walkers around a point, nearest details read from SUMO."""
        found = [self._vehicle(id, *at) for id, *at in _near(self.vehicles(), x, y, radius_m)]
        found += [self._walker(id, *at) for id, *at in _near(self.walkers(), x, y, radius_m)]
        return found

    def _vehicle(self, id: str, x: float, y: float) -> Actor:
        vehicle, known = self._sumo.vehicle, self._known[id]
        heading = math.radians(90.0 - vehicle.getAngle(id))
        half = known.body.length_m / 2
        signals = vehicle.getSignals(id)
        return Actor(
            id=id,
            kind=known.body.kind,
            x=x - half * math.cos(heading),
            y=y - half * math.sin(heading),
            heading=math.atan2(math.sin(heading), math.cos(heading)),
            speed_mps=vehicle.getSpeed(id),
            accel_mps2=vehicle.getAcceleration(id),
            length_m=known.body.length_m,
            width_m=known.body.width_m,
            height_m=known.body.height_m,
            lane=vehicle.getLaneID(id) or None,
            s_m=vehicle.getLanePosition(id),
            lateral_m=vehicle.getLateralLanePosition(id),
            indicator=_indicator(signals),
            braking=bool(signals & _BRAKE),
            siren=known.siren,
            colour=known.colour,
        )

    def _walker(self, id: str, x: float, y: float) -> Actor:
        person, known = self._sumo.person, self._known[id]
        heading = math.radians(90.0 - person.getAngle(id))
        return Actor(
            id=id,
            kind=ActorKind.PEDESTRIAN,
            x=x,
            y=y,
            heading=math.atan2(math.sin(heading), math.cos(heading)),
            speed_mps=person.getSpeed(id),
            accel_mps2=0.0,
            length_m=known.body.length_m,
            width_m=known.body.width_m,
            height_m=known.body.height_m,
            lane=person.getLaneID(id) or None,
            s_m=person.getLanePosition(id),
            colour=known.colour,
        )


def _near(
    things: Iterable[tuple[str, float, float]], x: float, y: float, radius_m: float
) -> list[tuple[str, float, float]]:
    """Materialised, so that nothing changes while details are read."""
    return [t for t in things if math.hypot(t[1] - x, t[2] - y) <= radius_m]


def _indicator(signals: int) -> str:
    if signals & _HAZARD or (signals & _RIGHT and signals & _LEFT):
        return "hazard"
    if signals & _LEFT:
        return "left"
    return "right" if signals & _RIGHT else "off"
