"""Where the four cameras sit on the car: rear-axle frame, x forward, y left, z up."""

from __future__ import annotations

from dataclasses import dataclass

from model.contract.observation import CAMERAS


@dataclass(frozen=True)
class Mount:
    """One camera of the rig."""

    name: str
    x: float
    y: float
    z: float
    yaw_deg: float
    fov_deg: float  # across the picture


RIG = (
    Mount(CAMERAS[0], 2.35, 0.90, 1.05, 56.0, 120.0),
    Mount(CAMERAS[1], 1.85, 0.0, 1.45, 0.0, 120.0),
    Mount(CAMERAS[2], 2.35, -0.90, 1.05, -56.0, 120.0),
    Mount(CAMERAS[3], 1.85, 0.0, 1.47, 0.0, 30.0),
)


def camera_size(text: str) -> tuple[int, int]:
    """`160x96` as (width, height); `ValueError` says what is allowed."""
    width, _, height = text.lower().partition("x")
    if not (width.isdigit() and height.isdigit()):
        raise ValueError(f"camera size {text!r} is not WIDTHxHEIGHT, for example 160x96")
    size = int(width), int(height)
    if not all(16 <= pixels <= 2048 for pixels in size):
        raise ValueError(f"camera size {text!r} is outside 16x16 to 2048x2048")
    return size
