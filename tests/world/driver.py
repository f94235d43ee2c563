"""A driver for tests of the world: keeps to the route line at a wished speed and stops for people.

It is no planner: it holds a speed, slows in bends, and brakes for what stands in its way.
"""

from __future__ import annotations

import numpy as np

from model.contract.observation import HORIZON_STEPS, STEP_S, Observation
from model.contract.plan import MetaAction, Plan, ReasoningTrace
from modes.vocabulary import Lateral, Longitudinal, MetaLane, MetaLateral, MetaLongitudinal

TRACE = ReasoningTrace(Longitudinal.SET_SPEED_TRACKING, Lateral.KEEP_LANE, "Keeping the speed.")
META = MetaAction(MetaLongitudinal.MAINTAIN_SPEED, MetaLateral.STRAIGHT, MetaLane.KEEP)


def follow_route(observation: Observation, speed_mps: float) -> Plan:
    """A pure-pursuit plan along `route_xy` towards `speed_mps`, bends taken at 2 m/s²."""
    assert observation.perception is not None
    line = observation.route_xy.astype(np.float64)
    s = np.concatenate(([0.0], np.cumsum(np.hypot(*np.diff(line, axis=0).T))))
    direction = np.unwrap(np.arctan2(*np.diff(line, axis=0).T[::-1]))
    middles = (s[:-1] + s[1:]) / 2
    x = y = h = at = 0.0
    speed = observation.perception.ego.speed_mps
    xyz = np.zeros((HORIZON_STEPS, 3), np.float32)
    heading = np.zeros(HORIZON_STEPS, np.float32)
    controls = np.zeros((HORIZON_STEPS, 2), np.float32)
    for k in range(HORIZON_STEPS):
        near = np.interp([at, at + 8.0, at + 16.0], middles, direction)
        bend = float(np.abs(np.diff(near)).max()) / 8.0
        wish = min(speed_mps, float(np.sqrt(2.0 / max(bend, 1e-3))))
        accel = float(np.clip((wish - speed) / STEP_S, -3.0, 1.5))
        ahead = max(speed * 0.9, 5.0)
        gx, gy = (float(np.interp(at + ahead, s, line[:, i])) for i in (0, 1))
        left = -np.sin(h) * (gx - x) + np.cos(h) * (gy - y)
        curve = float(np.clip(2 * left / ahead**2, -0.2, 0.2))
        moved = max(speed + accel * STEP_S / 2, 0.0) * STEP_S
        x += moved * np.cos(h + curve * moved / 2)
        y += moved * np.sin(h + curve * moved / 2)
        h += curve * moved
        at += moved
        speed = max(speed + accel * STEP_S, 0.0)
        xyz[k, :2], heading[k], controls[k] = (x, y), h, (accel, curve)
    return Plan(
        seq=observation.seq,
        t0_ns=observation.t0_ns,
        xyz=xyz,
        heading=heading,
        controls=controls,
        trace=TRACE,
        meta=META,
        source="test",
    )
