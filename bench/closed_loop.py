"""Closed-loop benchmark: scenarios times seeds, as fast as possible, one row of metrics a drive."""

from __future__ import annotations

import argparse
import itertools
import json
import math
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass, field
from pathlib import Path
from time import perf_counter

import numpy as np

from model.classical.planner import ClassicalPlanner
from model.contract.observation import Actor, EgoState, Observation, VehicleShape
from model.contract.plan import DriveRequest, DrivingModel, Plan
from model.contract.world import WorldEvent
from safety.checks import Memory
from safety.guard import Guard
from safety.policy import load_policy
from world.embedded import EmbeddedWorld
from world.scenario import load_scenario, scenario_names

#: Below this the car counts as standing, m/s.
STANDING_MPS = 0.3


@dataclass(frozen=True)
class Step:
    """One tick, as scripts and tests see it."""

    observation: Observation
    request: DriveRequest
    plan: Plan
    events: tuple[WorldEvent, ...]


#: Says what is asked at a tick and may change the world's route; None = the standing request.
Script = Callable[[EmbeddedWorld, Observation, DriveRequest], DriveRequest]


@dataclass
class Metrics:
    """What one drive was like; distances in m, times in s, accelerations in m/s²."""

    scenario: str
    seed: int
    seconds: float
    progress_m: float = 0.0
    collisions: int = 0
    at_fault: int = 0
    red_lights: int = 0
    offroad: int = 0
    standing_s: float = 0.0
    longest_standing_s: float = 0.0
    hardest_brake: float = 0.0
    brake_over_3_5_s: float = 0.0
    sideways_max: float = 0.0
    jerk_p99: float = 0.0
    over_limit_s: float = 0.0
    least_gap_s: float = 99.0
    lane_changes: int = 0
    guard_rejected_s: float = 0.0
    guard_reasons: dict[str, int] = field(default_factory=dict)
    plan_ms_p50: float = 0.0
    plan_ms_p99: float = 0.0
    incidents: list[str] = field(default_factory=list)


def drive(
    scenario: str,
    seed: int | None,
    seconds: float | None = None,
    script: Script | None = None,
    *,
    model: DrivingModel | None = None,
    guarded: bool = False,
    watch: Callable[[Step], None] | None = None,
) -> Metrics:
    """Drives a scenario and measures; without `seconds` its full length.

    With `guarded` the trajectory guard's opinion of every plan is counted too.
    Raises `ValueError` for an unknown scenario.
    """
    loaded = load_scenario(scenario)
    world = EmbeddedWorld(loaded, seed)
    try:
        guard = Guard(world.road, load_policy()) if guarded else None
        length_s = seconds or loaded.length_s
        return _drive(world, length_s, script, model or ClassicalPlanner(), guard, watch)
    finally:
        world.close()


def _drive(
    world: EmbeddedWorld,
    seconds: float,
    script: Script | None,
    model: DrivingModel,
    guard: Guard | None,
    watch: Callable[[Step], None] | None,
) -> Metrics:
    metrics = Metrics(world.name, world.seed, seconds)
    request = DriveRequest()
    trail: list[EgoState] = []
    times: list[float] = []
    lanes = world.road.lanes
    standing = 0.0
    memory = Memory()
    for _ in range(round(seconds * 10)):
        observation = world.observe()
        if script is not None:
            request = script(world, observation, request)
            observation = world.observe()
        started = perf_counter()
        plan = model.plan(observation, request)
        times.append(perf_counter() - started)
        ego = _ego(observation)
        trail.append(ego)
        if guard is not None:
            memory = memory.after(observation)
            _guarded(metrics, guard, plan, observation, memory)
        events = world.step(plan, 0.0)
        _count(metrics, observation, events, plan, world.shape)
        if any(event.kind == "arrived" for event in events):
            world.continue_route()
        standing = standing + 0.1 if ego.speed_mps < STANDING_MPS else 0.0
        metrics.standing_s += 0.1 if standing else 0.0
        metrics.longest_standing_s = max(metrics.longest_standing_s, standing)
        lane = lanes.get(ego.lane or "")
        if lane is not None and ego.speed_mps > lane.limit_mps + 0.6:
            metrics.over_limit_s += 0.1
        if watch is not None:
            watch(Step(observation, request, plan, events))
    _sum_up(metrics, trail, times)
    return metrics


def _guarded(
    metrics: Metrics, guard: Guard, plan: Plan, observation: Observation, memory: Memory
) -> None:
    """Counts what the trajectory guard would have said; the plan is driven as it is."""
    verdict = guard.check(plan, observation, memory)
    if verdict.ok:
        return
    metrics.guard_rejected_s = round(metrics.guard_rejected_s + 0.1, 1)
    for check in verdict.failed:
        if check.hard:
            words = check.detail.rstrip("0123456789. m/s").strip()
            key = f"{check.id} {words}"[:60]
            metrics.guard_reasons[key] = metrics.guard_reasons.get(key, 0) + 1


def _ego(observation: Observation) -> EgoState:
    if observation.perception is None:
        raise ValueError("the closed loop needs a world with perception")
    return observation.perception.ego


def _count(
    metrics: Metrics,
    observation: Observation,
    events: Sequence[WorldEvent],
    plan: Plan,
    shape: VehicleShape,
) -> None:
    for event in events:
        said = f"{event.t_s:.1f} s {event.kind} {event.object_id or ''} {event.detail}"
        if event.kind == "collision":
            metrics.collisions += 1
            fault = at_fault(observation, event.object_id, shape)
            metrics.at_fault += fault
            said += " at fault" if fault else " not at fault"
        elif event.kind == "red_light":
            metrics.red_lights += 1
        elif event.kind == "offroad":
            metrics.offroad += 1
        else:
            continue
        metrics.incidents.append(f"{said} | {plan.trace.sentence}")


def at_fault(observation: Observation, other: str | None, shape: VehicleShape) -> bool:
    """Whether a contact is ours (nuPlan's rule): moving, and not run into from behind."""
    ego = _ego(observation)
    actors: Sequence[Actor] = observation.perception.actors if observation.perception else ()
    actor = next((a for a in actors if a.id == other), None)
    if ego.speed_mps < STANDING_MPS:
        return False
    if actor is None or actor.speed_mps < 0.1:
        return True
    dx, dy = actor.x - ego.x, actor.y - ego.y
    along = dx * math.cos(ego.heading) + dy * math.sin(ego.heading) - shape.centre_ahead_m
    return along > -shape.length_m / 2


def _sum_up(metrics: Metrics, trail: Sequence[EgoState], times: Sequence[float]) -> None:
    xy = np.array([(e.x, e.y) for e in trail])
    accel = np.array([e.accel_mps2 for e in trail])
    side = np.array([e.speed_mps**2 * e.curvature_1pm for e in trail])
    metrics.progress_m = round(float(np.hypot(*np.diff(xy, axis=0).T).sum()), 1)
    metrics.hardest_brake = round(float(-accel.min()), 2)
    metrics.brake_over_3_5_s = round(float((accel < -3.6).sum() * 0.1), 1)
    metrics.sideways_max = round(float(np.abs(side).max()), 2)
    metrics.jerk_p99 = round(float(np.percentile(np.abs(np.diff(accel)) * 10, 99)), 2)
    lanes = [(e.lane or "").rpartition("_") for e in trail]
    metrics.lane_changes = sum(a[0] == b[0] and a[2] != b[2] for a, b in itertools.pairwise(lanes))
    metrics.standing_s = round(metrics.standing_s, 1)
    metrics.longest_standing_s = round(metrics.longest_standing_s, 1)
    metrics.over_limit_s = round(metrics.over_limit_s, 1)
    metrics.plan_ms_p50 = round(float(np.percentile(times, 50)) * 1e3, 1)
    metrics.plan_ms_p99 = round(float(np.percentile(times, 99)) * 1e3, 1)


def main(arguments: Sequence[str] | None = None) -> int:
    """Runs the benchmark; a line a drive on stderr, JSON on stdout or into a file."""
    parser = argparse.ArgumentParser(prog="ridealong bench closed-loop", description=__doc__)
    parser.add_argument("--scenario", action="append", help="default: all of them")
    parser.add_argument("--seeds", type=int, default=20, help="seeds 1 to N")
    parser.add_argument("--first-seed", type=int, default=1)
    parser.add_argument("--seconds", type=float, help="default: each scenario's full length")
    parser.add_argument("--guard", action="store_true", help="ask the trajectory guard too")
    parser.add_argument("--json", type=Path, help="where to write the rows")
    options = parser.parse_args(arguments)
    rows = []
    for name in options.scenario or scenario_names():
        for seed in range(options.first_seed, options.first_seed + options.seeds):
            try:
                row = drive(name, seed, options.seconds, guarded=options.guard)
            except ValueError as error:
                print(error, file=sys.stderr)
                return 2
            rows.append(row)
            print(_line(row), file=sys.stderr, flush=True)
    text = json.dumps([asdict(row) for row in rows], indent=1)
    if options.json is not None:
        options.json.write_text(text + "\n", encoding="utf-8")
    else:
        print(text)
    return 0 if not any(r.at_fault or r.red_lights or r.offroad for r in rows) else 1


def _line(row: Metrics) -> str:
    return (
        f"{row.scenario:22s} {row.seed:3d} {row.progress_m:7.0f} m  hit {row.collisions}"
        f" ({row.at_fault} ours)  red {row.red_lights}  off {row.offroad}"
        f"  stood {row.standing_s:5.1f} (longest {row.longest_standing_s:5.1f})"
        f"  brake {row.hardest_brake:4.1f}  side {row.sideways_max:4.1f}  jerk {row.jerk_p99:4.1f}"
        f"  guard {row.guard_rejected_s}  {row.plan_ms_p50:4.1f}/{row.plan_ms_p99:4.1f} ms"
        + "".join(f"\n    {i}" for i in row.incidents[:6])
        + (f"\n    guard: {row.guard_reasons}" if row.guard_reasons else "")
    )


if __name__ == "__main__":
    raise SystemExit(main())
