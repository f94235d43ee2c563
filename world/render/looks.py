"""Daylight, dusk, night, rain and fog as numbers: light, sky, haze and what is switched on."""

from __future__ import annotations

import math
import re
from dataclasses import dataclass, replace

from world.render.mesh import RGB, Vec

_PLAIN_SIGHT_M = 300.0


def _sun(azimuth_deg: float, elevation_deg: float) -> Vec:
    a, e = math.radians(azimuth_deg), math.radians(elevation_deg)
    return math.cos(e) * math.cos(a), math.cos(e) * math.sin(a), math.sin(e)


@dataclass(frozen=True)
class Look:
    """How everything is lit. Colours are linear factors 0..1 on the albedo, or sky colours."""

    name: str
    sun: Vec  # unit vector towards the sun (or the brightest part of the sky)
    sun_light: RGB
    ambient: RGB  # from above
    bounce: RGB  # from below
    zenith: RGB
    horizon: RGB
    #: Colour of the glow in the sky around the sun, and how wide it is (0 = none).
    sun_glow: RGB
    sun_glow_width: float
    haze: RGB
    #: Distance at which half of a thing has gone into the haze, m.
    haze_half_m: float
    clouds: float  # 0 none … 1 overcast
    cloud_tone: RGB
    shadow: float  # darkness of cast shadows, 0..1
    lamps: float = 0.0  # street lamps, lit windows, headlamps, 0..1
    wet: float = 0.0
    rain: float = 0.0

    @property
    def reach_m(self) -> float:
        """Nothing beyond is worth drawing."""
        return min(520.0, 4.5 * self.haze_half_m)


DAY = Look(
    "clear",
    sun=_sun(218, 33),
    sun_light=(0.80, 0.74, 0.61),
    ambient=(0.46, 0.51, 0.60),
    bounce=(0.27, 0.27, 0.23),
    zenith=(0.24, 0.47, 0.80),
    horizon=(0.74, 0.85, 0.94),
    sun_glow=(1.0, 0.96, 0.85),
    sun_glow_width=0.12,
    haze=(0.72, 0.82, 0.90),
    haze_half_m=620.0,
    clouds=0.35,
    cloud_tone=(0.97, 0.98, 1.0),
    shadow=0.42,
)
DUSK = Look(
    "dusk",
    sun=_sun(200, 9),
    sun_light=(0.92, 0.54, 0.30),
    ambient=(0.40, 0.37, 0.48),
    bounce=(0.16, 0.13, 0.13),
    zenith=(0.16, 0.20, 0.42),
    horizon=(0.96, 0.62, 0.40),
    sun_glow=(1.0, 0.78, 0.42),
    sun_glow_width=0.45,
    haze=(0.72, 0.52, 0.45),
    haze_half_m=480.0,
    clouds=0.45,
    cloud_tone=(0.86, 0.50, 0.44),
    shadow=0.22,
    lamps=0.55,
)
NIGHT = Look(
    "night",
    sun=_sun(140, 50),
    sun_light=(0.05, 0.06, 0.10),
    ambient=(0.135, 0.15, 0.225),
    bounce=(0.03, 0.03, 0.05),
    zenith=(0.010, 0.016, 0.045),
    horizon=(0.075, 0.085, 0.14),
    sun_glow=(0.16, 0.18, 0.26),
    sun_glow_width=0.05,
    haze=(0.055, 0.063, 0.105),
    haze_half_m=240.0,
    clouds=0.3,
    cloud_tone=(0.06, 0.065, 0.10),
    shadow=0.12,
    lamps=1.0,
)
_TIMES = {"day": DAY, "clear": DAY, "dusk": DUSK, "dawn": DUSK, "night": NIGHT}


def look(weather: str, visibility_m: float = _PLAIN_SIGHT_M) -> Look:
    """The look of weather words (`rain`, `night`, `night rain`, `heavy_rain` …) and sight.

    Unknown words count as clear: pictures are never withheld for a word.
    """
    words = re.findall("[a-z]+", weather.lower())
    chosen = next((_TIMES[word] for word in words if word in _TIMES), DAY)
    if "rain" in words:
        chosen = _overcast(chosen, wet=1.0, rain=1.6 if "heavy" in words else 1.0, half_m=170.0)
    if "fog" in words:
        chosen = _overcast(chosen, wet=0.3, rain=0.0, half_m=55.0)
    if "snow" in words:
        chosen = _overcast(chosen, wet=0.3, rain=0.0, half_m=110.0)
    if visibility_m < _PLAIN_SIGHT_M:
        # Sight ends where about a twentieth of the contrast is left: 4.3 half distances.
        chosen = replace(chosen, haze_half_m=min(chosen.haze_half_m, max(visibility_m, 10) / 4.3))
    return chosen


def _overcast(base: Look, *, wet: float, rain: float, half_m: float) -> Look:
    """Grey sky, soft light without shadows, lamps on, and haze of this half distance."""
    grey = _mix(base.horizon, _level(base.horizon), 0.75 if base.lamps < 1 else 0.35)
    grey = tuple(c * (0.86 if base.lamps < 1 else 1.0) for c in grey)  # type: ignore[assignment]
    total = _mix(base.ambient, _level(base.ambient), 0.7)
    return replace(
        base,
        name=f"{base.name} {'rain' if rain else 'fog'}",
        sun_light=_scale(base.sun_light, 0.22),
        ambient=_scale(total, 1.12 if base.lamps < 1 else 1.0),
        zenith=_mix(base.zenith, grey, 0.92),
        horizon=grey,
        sun_glow_width=0.0,
        haze=grey if base.lamps < 1 else _mix(base.haze, grey, 0.3),
        haze_half_m=min(half_m, base.haze_half_m),
        clouds=0.9,
        cloud_tone=_scale(grey, 0.86),
        shadow=0.08,
        lamps=max(base.lamps, 0.45),
        wet=wet,
        rain=rain,
    )


def _level(colour: RGB) -> RGB:
    mean = sum(colour) / 3
    return mean, mean, mean


def _mix(a: RGB, b: RGB, t: float) -> RGB:
    return a[0] + (b[0] - a[0]) * t, a[1] + (b[1] - a[1]) * t, a[2] + (b[2] - a[2]) * t


def _scale(colour: RGB, by: float) -> RGB:
    return colour[0] * by, colour[1] * by, colour[2] * by
