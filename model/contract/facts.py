"""Scene facts: what rules and replies may know, each with a source and an age.

A missing key is unknown, and unknown is not free (safety policy, section 3). Distances in metres
(negative: already passed), gaps in seconds, speeds in km/h at this boundary. Lane 1 is leftmost.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

FactValue = bool | float | str | tuple[str, ...]


@dataclass(frozen=True)
class FactSpec:
    """How a key is typed; `words` lists the values of a text key that rules know."""

    kind: type
    words: frozenset[str] = frozenset()


def _num(*keys: str) -> dict[str, FactSpec]:
    return dict.fromkeys(keys, FactSpec(float))


def _flag(*keys: str) -> dict[str, FactSpec]:
    return dict.fromkeys(keys, FactSpec(bool))


def _text(key: str, words: str = "") -> dict[str, FactSpec]:
    return {key: FactSpec(str, frozenset(words.split()))}


_LANE = "free occupied oncoming none hov bus bike"
FACTS: Mapping[str, FactSpec] = {
    # ego
    **_num("speed_kph", "limit_kph", "lane", "lanes", "clear_m", "occupants"),
    **_text(
        "place",
        "highway rural urban residential bridge tunnel intersection rail_crossing roundabout "
        "parking work_zone school_zone",
    ),
    **_flag("in_junction", "on_tracks"),
    **_text("odd", "inside outside"),
    # lanes
    **_text("left_lane", _LANE),
    **_text("right_lane", _LANE),
    **_text("middle_lane", _LANE),
    **_text("left_lane_state"),
    **_text("lane_state"),
    **_text("lane_line", "dashed solid"),
    **_num("solid_ends_m"),
    **_text("blind_spot_left", "free occupied"),
    **_text("blind_spot_right", "free occupied"),
    **_num(
        "rear_left_gap_s",
        "rear_right_gap_s",
        "rear_left_closing_kph",
        "rear_right_closing_kph",
        "rear_gap_s",
        "lead_gap_s",
        "gap_s",
        "lateral_clearance_m",
        "width_m",
    ),
    # where to go
    **_num("exit_m", "next_exit_m", "exits", "matches", "ramp_left_m"),
    **_text("detour"),
    # where to stop
    **_text("shoulder", "none wide curb closed open_green_arrow"),
    **_text("curb", "free bus_stop loading_zone hydrant no_stopping occupied"),
    **_num("next_legal_stop_m", "legal_stop_m", "emergency_bay_m", "rest_area_m"),
    **_num("bridge_end_m", "tunnel_end_m", "corner_crosswalk_m"),
    **_text("bay"),
    **_text("permit"),
    **_flag("free"),
    **_text("stay"),
    # people and traffic
    **_text("ped", "none waiting crossing in_path"),
    **_num("ped_distance_m", "crosswalk_m", "workers"),
    **_text("lead", "none car van truck bus school_bus ambulance motorcycle cyclist pedestrian"),
    **_text("stop_arm"),
    **_text("traffic", "free_flow dense jam"),
    **_flag("queue_behind"),
    **_text("obstacle"),
    **_text("behind"),
    **_num("behind_m", "bike_approaching_door_s"),
    **_text("siren"),
    **_text("hazard_ahead"),
    **_text("path"),
    # control
    **_text("light", "red amber green"),
    **_text("arrow"),
    **_text("right_on_red"),
    **_text("cross_traffic"),
    **_text("right_turn"),
    **_text("sign"),
    **_text("sign_hours"),
    **_text("sign_text"),
    **_text("day"),
    **_text("gates"),
    **_text("signals"),
    **_num("hov_min"),
    **_text("oncoming"),
    **_num("oncoming_gap_s", "oncoming_time_s"),
    # sight and road
    **_text("weather", "clear rain heavy_rain fog snow ice dusk night"),
    **_num("visibility_m", "sight_m", "crest_m", "water_depth_m"),
    **_text("curve"),
    **_text("friction"),
    # people inside
    **_text("speaker", "driver passenger child loudspeaker unknown"),
    **_text("driver", "attentive eyes_closed_8s self_reported_alcohol unresponsive"),
    **_text("driver_says"),
    **_text("hands", "on off"),
    **_text("subject"),
    **_text("trip_owner"),
    **_text("source"),
    **_num("asr_confidence", "noise", "hospital_km"),
    # system
    **_text("fault"),
    **_text("mrm", "active completed"),
    **_text("after"),
    **_text("pending"),
    **_num("pending_age_s"),
}


@dataclass(frozen=True)
class Fact:
    """One known thing: its value, who says so, and when that was (scenario seconds)."""

    value: FactValue
    source: str
    t_s: float


@dataclass(frozen=True)
class SceneFacts:
    """A bag of facts; ask with the typed getters, which answer None for unknown."""

    facts: Mapping[str, Fact] = field(default_factory=dict)

    def number(self, key: str) -> float | None:
        fact = self.facts.get(key)
        if fact is None or not isinstance(fact.value, (int, float)):
            return None
        return float(fact.value)

    def text(self, key: str) -> str | None:
        fact = self.facts.get(key)
        return fact.value if fact is not None and isinstance(fact.value, str) else None

    def flag(self, key: str) -> bool | None:
        fact = self.facts.get(key)
        return fact.value if fact is not None and isinstance(fact.value, bool) else None

    def known(self, key: str) -> bool:
        return key in self.facts

    def plain(self) -> dict[str, FactValue]:
        """Values only, for events and logs."""
        return {key: fact.value for key, fact in self.facts.items()}

    @classmethod
    def from_plain(
        cls, plain: Mapping[str, object], *, source: str, t_s: float = 0.0
    ) -> tuple[SceneFacts, tuple[str, ...]]:
        """Facts from a JSON object, and the keys or values that rules do not know.

        A value outside the lists is kept as text (so it shows in logs) and reported once here.
        """
        facts: dict[str, Fact] = {}
        strange: list[str] = []
        for key, raw in plain.items():
            value = _plain_value(raw)
            if value is None:
                continue
            spec = FACTS.get(key)
            if spec is None or not _fits(spec, value):
                strange.append(key)
            facts[key] = Fact(value, source, t_s)
        return cls(facts), tuple(strange)


def _plain_value(raw: object) -> FactValue | None:
    if isinstance(raw, (bool, str)):
        return raw
    if isinstance(raw, (int, float)):
        return float(raw)
    if isinstance(raw, (list, tuple)):
        return tuple(str(item) for item in raw)
    return None


def _fits(spec: FactSpec, value: FactValue) -> bool:
    if spec.kind is str:
        return isinstance(value, str) and (not spec.words or value in spec.words)
    return isinstance(value, spec.kind)
