"""The chosen motion as controls of a bicycle model, and the trajectory that they give."""

from __future__ import annotations

from math import cos, pi, sin

import numpy as np

from model.classical.geometry import F64
from model.classical.path import Path
from model.classical.settings import MAX_CURVATURE_1PM, MAX_LATERAL_MPS2
from model.contract.observation import HORIZON_STEPS, STEP_S

#: Feedback on the sideways and the heading error, per metre driven.
OFFSET_GAIN_1PM2 = 0.02
HEADING_GAIN_1PM = 0.3
#: The steering wheel turns no faster than this, 1/m per s at walking pace.
MAX_BEND_RATE = 0.25
#: Sideways jerk that the plan may ask for, m/s³.
MAX_SIDE_JERK = 4.5


def integrate(
    x: float, y: float, heading: float, speed: float, controls: F64
) -> tuple[F64, F64, F64]:
    """Positions [H, 2], headings [H] and speeds [H] after each held control [H, 2].

    Each step is an exact arc at constant acceleration, the same as the car's own model.
    """
    xy, headings, speeds = np.zeros((len(controls), 2)), np.zeros(len(controls)), []
    for n, (accel, curvature) in enumerate(controls):
        x, y, heading, speed = step(x, y, heading, speed, float(accel), float(curvature))
        xy[n], headings[n] = (x, y), heading
        speeds.append(speed)
    return xy, headings, np.array(speeds)


def step(
    x: float, y: float, heading: float, speed: float, accel: float, curvature: float
) -> tuple[float, float, float, float]:
    """One held control of `STEP_S`; the car never rolls backwards."""
    end = speed + accel * STEP_S
    if end < 0.0:
        way = speed * speed / (-2.0 * accel) if accel < 0 else 0.0
        end = 0.0
    else:
        way = (speed + end) / 2 * STEP_S
    turn = curvature * way
    middle = heading + turn / 2
    chord = way * (1.0 - turn * turn / 24.0)
    return x + chord * cos(middle), y + chord * sin(middle), heading + turn, end


def controls_along(
    path: Path,
    start: tuple[float, float, float, float, float],
    accel: F64,
) -> F64:
    """Controls [64, 2] that drive `accel` [64] along the path, steering rate bounded.

    `start` is x, y, heading, speed and curvature of the ego in the map frame.
    """
    x, y, heading, speed, bend = start
    line = path.line
    xs, ys = line.xy[:, 0].tolist(), line.xy[:, 1].tolist()
    headings, bends = line.heading.tolist(), line.curvature.tolist()
    last = len(xs) - 2
    s = path.origin_m
    out = np.zeros((HORIZON_STEPS, 2))
    for n in range(HORIZON_STEPS):
        for _ in range(2):  # project onto the path
            i = min(max(int(s), 0), last)
            t = s - i
            h = headings[i] + (headings[i + 1] - headings[i]) * min(max(t, 0.0), 1.0)
            px, py = xs[i] + (xs[i + 1] - xs[i]) * t, ys[i] + (ys[i + 1] - ys[i]) * t
            rx, ry = x - px, y - py
            s += rx * cos(h) + ry * sin(h)
        side = ry * cos(h) - rx * sin(h)
        off = (heading - h + pi) % (2 * pi) - pi
        ahead = s + speed * STEP_S * 0.5
        j = min(max(int(ahead), 0), last)
        u = min(max(ahead - j, 0.0), 1.0)
        wanted = bends[j] + (bends[j + 1] - bends[j]) * u
        wanted -= OFFSET_GAIN_1PM2 * min(max(side, -1.5), 1.5) + HEADING_GAIN_1PM * off
        fast = max(speed, 0.5)
        most = min(MAX_CURVATURE_1PM, MAX_LATERAL_MPS2 / (fast * fast))
        rate = min(MAX_BEND_RATE, MAX_SIDE_JERK / (fast * fast)) * STEP_S
        bend = min(max(wanted, bend - rate), bend + rate)
        bend = min(max(bend, -most), most)
        if speed < 0.05 and accel[n] <= 0.0:
            out[n] = accel[n], bend
            x, y, heading, speed = step(x, y, heading, speed, float(accel[n]), bend)
            continue
        out[n] = accel[n], bend
        x, y, heading, speed = step(x, y, heading, speed, float(accel[n]), bend)
    return out
