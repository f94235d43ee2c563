"""A planner driven over hand-made roads with perfect control, for the tests of the planner."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from model.classical.planner import ClassicalPlanner
from model.classical.track import integrate
from model.contract.observation import Actor, Observation
from model.contract.plan import DriveRequest, Plan
from model.contract.road import RoadMap
from modes.vocabulary import Command, Intent, Slots
from tests.model import roads

Scene = dict[str, object]
Pose = tuple[float, float, float, float]


def plan_of(observation: Observation, request: DriveRequest | None = None) -> Plan:
    return ClassicalPlanner().plan(observation, request or DriveRequest())


def end_speed(plan: Plan, start: float) -> float:
    return max(start + float(plan.controls[:, 0].sum()) * 0.1, 0.0)


def least_speed(plan: Plan) -> float:
    return float(np.hypot(*np.diff(plan.xyz[:, :2], axis=0).T).min() * 10)


def asked(intent: Intent, **slots: object) -> DriveRequest:
    return DriveRequest(command=Command(intent=intent, slots=Slots.model_validate(slots)), id="r1")


class Drive:
    """Drives a planner over a road with perfect control, others at constant velocity."""

    def __init__(self, road: RoadMap, x: float, y: float, speed: float, *actors: Actor) -> None:
        self.planner = ClassicalPlanner()
        self.road, self.actors = road, list(actors)
        self.pose: Pose = (x, y, 0.0, speed)
        self.accel = self.bend = self.t_s = 0.0
        self.plan: Plan | None = None
        self.more: Scene = {}
        self.route: tuple[str, ...] = ()

    def run(self, seconds: float, request: DriveRequest | None = None) -> Drive:
        for _ in range(round(seconds * 10)):
            x, y, heading, speed = self.pose
            seen = roads.scene(
                self.road, x, y, speed, *self.actors, t_s=round(self.t_s, 1), heading=heading,
                accel_mps2=self.accel, curvature_1pm=self.bend, route=self.route, **self.more,
            )  # fmt: skip
            self.plan = self.planner.plan(seen, request or DriveRequest())
            self.accel, self.bend = (float(c) for c in self.plan.controls[0])
            xy, headings, speeds = integrate(
                x, y, heading, speed, self.plan.controls[:1].astype(np.float64)
            )
            self.pose = (float(xy[0, 0]), float(xy[0, 1]), float(headings[0]), float(speeds[0]))
            self.actors = [
                replace(
                    a,
                    x=a.x + a.speed_mps * 0.1 * np.cos(a.heading),
                    y=a.y + a.speed_mps * 0.1 * np.sin(a.heading),
                )
                for a in self.actors
            ]
            self.t_s += 0.1
        return self

    @property
    def speed(self) -> float:
        return self.pose[3]
