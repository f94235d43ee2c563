"""What deserves an alert: fallback levels, contact, leaving the road. Each is told once. Pure."""

from __future__ import annotations

from model.contract.situation import Situation
from server import protocol as p

#: Fallback level -> (how serious, title, what is said once); F0 to F2 pass unnoticed by people.
_LEVELS: dict[str, tuple[str, str, str]] = {
    "F3": ("info", "Driving more carefully", "The car now drives with its simpler planner."),
    "F4": ("warning", "Stopping safely", "The car is making a safe stop."),
    "F5": ("takeover", "Emergency stop", "The car is making an emergency stop."),
    "F6": ("takeover", "Emergency stop", "The car is making an emergency stop."),
}
_EVENTS: dict[str, tuple[str, str]] = {
    "collision": ("takeover", "Contact"),
    "offroad": ("warning", "Off the road"),
    "red_light": ("warning", "Passed a red light"),
}
#: A level that flickers within this time is the same story.
_SAME_STORY_S = 5.0


class Watch:
    """Remembers what was told."""

    def __init__(self) -> None:
        self._level = "F0"
        self._shown = False
        self._told_s: dict[str, float] = {}

    def look(self, situation: Situation) -> list[tuple[p.Alert, str]]:
        """Alerts for this tick, with the sentence to speak ("" for none)."""
        found: list[tuple[p.Alert, str]] = []
        level, t_s = situation.guard.level, situation.t_s
        if level != self._level:
            rising = level > self._level
            self._level = level
            if rising and level in _LEVELS and self._new(level, t_s):
                seriousness, title, spoken = _LEVELS[level]
                found.append((_alert(seriousness, title, _failed(situation)), spoken))
                self._shown = True
            elif self._shown and level < "F3":
                found.append((p.Alert(level="info", title=""), ""))  # takes the alert away
                self._shown = False
        for event in situation.events:
            if event.kind in _EVENTS and self._new(f"{event.kind} {event.object_id}", t_s):
                seriousness, title = _EVENTS[event.kind]
                found.append((_alert(seriousness, title, event.detail), ""))
        return found

    def _new(self, key: str, t_s: float) -> bool:
        told_s = self._told_s.get(key)
        self._told_s[key] = t_s
        return told_s is None or not 0 <= t_s - told_s < _SAME_STORY_S


def _alert(level: str, title: str, detail: str) -> p.Alert:
    return p.Alert.model_validate({"level": level, "title": title, "detail": detail})


def _failed(situation: Situation) -> str:
    return "; ".join(check.detail for check in situation.guard.failed if check.detail)[:120]
