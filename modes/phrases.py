"""Commands in words: "take the second exit", "go 80 km/h", "change to the left lane"."""

from __future__ import annotations

from collections.abc import Callable

from modes.vocabulary import (
    Command,
    Degree,
    Intent,
    Place,
    Slots,
    Target,
    Trigger,
    TriggerKind,
    Unit,
)

_ORDINALS = (
    "",
    "next",
    "second",
    "third",
    "fourth",
    "fifth",
    "sixth",
    "seventh",
    "eighth",
    "ninth",
)
_UNITS = {Unit.KPH: "km/h", Unit.MPH: "mph", Unit.METRES: "metres", Unit.SECONDS: "seconds"}
_PLACES = {
    Place.HERE: "here",
    Place.SHOULDER: "on the shoulder",
    Place.KERB: "at the kerb",
    Place.PARKING: "in a parking space",
    Place.REST_AREA: "at the rest area",
    Place.EMERGENCY_BAY: "in the emergency bay",
    Place.NEXT_SAFE: "at the next safe place",
}


def number(value: float) -> str:
    """Without a needless ".0"."""
    return f"{value:.0f}" if abs(value - round(value)) < 0.05 else f"{value:.1f}"


def metres(value: float) -> str:
    """A distance the way people say it: metres in tens, kilometres with one decimal."""
    if value >= 950:
        return f"{number(round(value / 1000, 1))} km"
    step = 10 if value >= 30 else 1
    whole = round(value / step) * step
    return f"{whole:.0f} metre{'' if whole == 1 else 's'}"


def speed(slots: Slots) -> str:
    """ "80 km/h" from the slots; empty without a value."""
    if slots.value is None:
        return ""
    return f"{number(slots.value)} {_UNITS[slots.unit or Unit.KPH]}"


def target(which: Target | None) -> str:
    """ "the white van on the left"."""
    if which is None:
        return ""
    colour = f"{which.colour} " if which.colour else ""
    side = f" on the {which.side.value}" if which.side else ""
    return f"the {colour}{which.object}{side}"


def trigger(when: Trigger | None, word: str) -> str:
    """ " after the truck", " when the light is green"; empty without a condition."""
    if when is None:
        return ""
    if when.kind is TriggerKind.LIGHT_GREEN:
        return " when the light is green" if word == "after" else " until the light is green"
    if when.kind is TriggerKind.ROAD_CLEAR:
        return " when the road is clear" if word == "after" else " until the road is clear"
    if when.kind is TriggerKind.JUNCTION_PASSED:
        return f" {word} the junction"
    if when.kind is TriggerKind.EXIT_PASSED:
        return f" {word} the exit"
    if when.kind is TriggerKind.OBJECT_PASSED:
        return f" {word} {target(when.target) or 'it'}"
    if when.value is None:
        return ""
    amount = (
        metres(when.value) if when.kind is TriggerKind.DISTANCE else f"{number(when.value)} seconds"
    )
    return f" in {amount}" if word == "after" else f" for {amount}"


def exit_words(slots: Slots) -> str:
    """ "the second exit", "exit 4", "the exit Harbour"."""
    if slots.name:
        low = slots.name.lower()
        return (
            low.replace("exit", "exit", 1) if low.startswith("exit") else f"the exit {slots.name}"
        )
    return f"the {_ORDINALS[slots.ordinal or 1]} exit"


def _turn(side: str) -> Callable[[Slots], str]:
    def words(slots: Slots) -> str:
        if slots.name:
            return f"turn {side} onto {slots.name}"
        if (slots.ordinal or 1) > 1:
            return f"take the {_ORDINALS[slots.ordinal or 1]} turn {side}"
        return f"turn {side}"

    return words


def _amount(verb: str) -> Callable[[Slots], str]:
    def words(slots: Slots) -> str:
        if slots.value is not None:
            return f"{verb} by {speed(slots)}"
        degree = {Degree.SLIGHT: " a little", Degree.STRONG: " clearly"}
        return f"{verb}{degree.get(slots.degree, '') if slots.degree else ''}"

    return words


def _place(verb: str) -> Callable[[Slots], str]:
    def words(slots: Slots) -> str:
        where = _PLACES[slots.place] if slots.place else ""
        if slots.target and not where and slots.target.object not in ("car", "cars"):
            where = f"near {target(slots.target)}"
        return f"{verb} {where}".strip()

    return words


def _gap(slots: Slots) -> str:
    if slots.value is not None:
        return f"keep a gap of {speed(slots)}"
    return "close up a little" if slots.kind == "closer" else "keep more distance"


def _navigate(slots: Slots) -> str:
    if not slots.name:
        return "change the route"
    article = "" if slots.name in ("home", "downtown") or slots.name[:1].isupper() else "the "
    return (
        f"go {slots.name}" if slots.name in ("home", "downtown") else f"go to {article}{slots.name}"
    )


def _add_stop(slots: Slots) -> str:
    return f"stop on the way at {slots.name}" if slots.name else "add a stop to the route"


def _set_speed(slots: Slots) -> str:
    return f"go {speed(slots)}" if slots.value is not None else "change its speed"


def _object(verb: str, default: str) -> Callable[[Slots], str]:
    return lambda slots: f"{verb} {target(slots.target) or default}"


_WORDS: dict[Intent, Callable[[Slots], str]] = {
    Intent.STOP: _place("stop"),
    Intent.PULL_OVER: _place("pull over"),
    Intent.PARK: _place("park"),
    Intent.WAIT: lambda slots: "wait",
    Intent.RESUME: lambda slots: "drive on",
    Intent.YIELD: _object("let pass", "the others"),
    Intent.CREEP_FORWARD: lambda slots: "creep forward",
    Intent.SLOW_DOWN: _amount("slow down"),
    Intent.SPEED_UP: _amount("speed up"),
    Intent.SET_SPEED: _set_speed,
    Intent.KEEP_LIMIT: lambda slots: "keep to the limit",
    Intent.SET_GAP: _gap,
    Intent.LANE_CHANGE_LEFT: lambda slots: "change to the left lane",
    Intent.LANE_CHANGE_RIGHT: lambda slots: "change to the right lane",
    Intent.KEEP_LANE: lambda slots: "stay in this lane",
    Intent.MERGE: lambda slots: "merge",
    Intent.OVERTAKE: _object("overtake", "the car ahead"),
    Intent.FOLLOW: _object("follow", "the car ahead"),
    Intent.AVOID_OBSTACLE: _object("go around", "the obstacle"),
    Intent.NO_OVERTAKE: lambda slots: "not overtake",
    Intent.TURN_LEFT: _turn("left"),
    Intent.TURN_RIGHT: _turn("right"),
    Intent.GO_STRAIGHT: lambda slots: "go straight on",
    Intent.U_TURN: lambda slots: "turn around",
    Intent.TAKE_EXIT: lambda slots: f"take {exit_words(slots)}",
    Intent.SKIP_EXIT: lambda slots: f"skip {exit_words(slots)}",
    Intent.NAVIGATE: _navigate,
    Intent.ADD_STOP: _add_stop,
    Intent.REROUTE: lambda slots: "take another route",
    Intent.STYLE_GENTLE: lambda slots: "drive more gently",
    Intent.STYLE_SPORTY: lambda slots: "drive more briskly",
    Intent.CONFIRM: lambda slots: "go ahead",
    Intent.CANCEL: lambda slots: "drop that",
    Intent.REPEAT: lambda slots: "repeat",
    Intent.EMERGENCY: lambda slots: "get help",
    Intent.HANDOVER_TO_DRIVER: lambda slots: "hand over to the driver",
    Intent.ENGAGE: lambda slots: "take over driving",
}


def phrase(command: Command, *, conditions: bool = True) -> str:
    """The command as a verb phrase: "take the second exit after the truck"."""
    slots = command.slots
    text = "open the doors" if slots.kind == "doors" else _WORDS[command.intent](slots)
    if command.intent in (Intent.TURN_LEFT, Intent.TURN_RIGHT) and slots.name:
        return text
    if not conditions:
        return text
    return text + trigger(slots.after, "after") + trigger(slots.until, "until")


def title(command: Command) -> str:
    """The command as a card title: "Take exit 2"."""
    text = phrase(command)
    return text[:1].upper() + text[1:]


def joined(commands: tuple[Command, ...]) -> str:
    """ "turn around, then park"."""
    return ", then ".join(phrase(command) for command in commands)
