"""Answers come from the record, with evidence; what is not known is said to be not known."""

import pytest

from model.contract.facts import SceneFacts
from model.contract.situation import EventView, RouteView
from modes.answers import answer
from modes.dialogue import Dialogue
from modes.memory import Memory
from modes.vocabulary import Direction, Lateral, Longitudinal, Question, Refusal
from tests.modes.situations import (
    GREEN,
    LIGHT,
    LIMIT,
    ROUTE,
    VAN,
    WALKER,
    actor,
    situation,
)


def drive(*parts: tuple[float, float, dict[str, object]]) -> Memory:
    """A memory from (from_s, to_s, what holds in between), at 2 Hz."""
    memory = Memory()
    for start, end, what in parts:
        for i in range(int((end - start) * 2)):
            memory.add(situation(start + i / 2, **what))  # type: ignore[arg-type]
    return memory


SLOWING = {"speed": 8.0, "accel": -1.5, "longitudinal": Longitudinal.LEAD_FOLLOWING, "cause": VAN}


def stopped_at_light() -> Memory:
    memory = Memory()
    for i in range(10):
        memory.add(situation(i / 2, speed=10.0))
    for i in range(10):
        memory.add(
            situation(
                5 + i / 2,
                speed=max(9.0 - i, 0.0),
                accel=-2.0,
                longitudinal=Longitudinal.STOP_STATIC,
                cause=LIGHT,
            )
        )
    for i in range(6):
        memory.add(situation(10 + i / 2, speed=i * 1.5, accel=1.5, cause=GREEN))
    for i in range(60):
        memory.add(situation(13 + i / 2, speed=12.0))
    return memory


def test_why_names_the_cause_of_the_trace_with_evidence() -> None:
    found = answer(Question.WHY, "why are you slowing down", drive((95, 100, SLOWING)))
    assert found.text == (
        "The car is slowing down because the white van 22 metres ahead is braking."
    )
    assert found.evidence["trace"] == "tr995"
    assert found.evidence["decision"]["longitudinal"] == "lead_following"
    assert found.evidence["cause"]["object_id"] == "v7"
    assert found.evidence["t_s"] == 99.5


def test_why_are_you_slowing_when_it_is_not_is_answered_truthfully() -> None:
    found = answer(Question.WHY, "why are you slowing down", drive((0, 5, {"speed": 13.9})))
    assert found.text == "The car is not slowing down right now, it is driving at 50 km/h."


def test_why_did_you_stop_back_there_finds_the_episode() -> None:
    found = answer(Question.WHY, "why did you stop back there", stopped_at_light())
    assert found.text.startswith("The car stopped")
    assert "because the traffic light 20 metres ahead was red" in found.text.replace("18", "20")
    assert found.evidence["cause"]["component"] == "traffic_light"
    assert 5 <= found.evidence["t_s"] <= 10


def test_why_did_you_start_names_the_cause_of_going() -> None:
    found = answer(Question.WHY, "why did you start driving again", stopped_at_light())
    assert "turned green" in found.text


def test_something_that_never_happened_is_said() -> None:
    found = answer(Question.WHY, "why did you overtake", drive((0, 20, {"speed": 10.0})))
    assert "has not overtaken" in found.text


def test_an_uncertain_trace_is_told_as_uncertain() -> None:
    memory = drive((0, 3, {**SLOWING, "certain": False}))
    found = answer(Question.WHY, "why are you slowing down", memory)
    assert "not certain" in found.text


def test_a_fallback_is_named_instead_of_the_models_reason() -> None:
    memory = drive((0, 3, {**SLOWING, "level": "F4"}))
    found = answer(Question.WHY, "why are you slowing down", memory)
    assert "safety stop" in found.text
    assert "van" not in found.text
    assert found.evidence["guard"] == "F4"


@pytest.mark.parametrize(
    ("kind", "text", "words"),
    [
        (Question.OWN_SPEED, "how fast are we going", "going 36 km/h. The limit is 50 km/h."),
        (Question.SPEED_LIMIT, "what is the limit", "The limit is 50 km/h."),
        (Question.SPEED_LIMIT, "are we speeding", "No, the car is going 36 km/h."),
        (Question.OWN_SPEED, "how many mph are we doing", "22 mph"),
        (Question.LIGHT_OR_SIGN, "is the light red", "I don't see a traffic light"),
        (Question.ETA_OR_DISTANCE, "when do we arrive", "I don't know"),
        (Question.COUNT, "how many cyclists are there", "I don't see any cyclists"),
        (Question.EXISTENCE, "is there a cyclist", "I don't see any cyclist"),
        (Question.LOCATION, "where are we", "I don't know where exactly"),
        (Question.HAZARD, "is it dangerous", "I don't see any danger"),
        (
            Question.DOING,
            "what are you doing",
            "The car is driving at 36 km/h because the way is free.",
        ),
        (Question.NEXT, "what is next", "I don't know of a next turn"),
    ],
)
def test_plain_answers_and_plain_ignorance(kind: Question, text: str, words: str) -> None:
    found = answer(kind, text, drive((0, 3, {"speed": 10.0})))
    assert words in found.text
    assert found.text.count(". ") <= 1


def test_existence_gives_distance_and_bearing() -> None:
    here = (actor("bicycle", 12, 5), actor("pedestrian", 30, -4, visible_in=()))
    memory = drive((0, 2, {"actors": here}))
    cyclist = answer(Question.EXISTENCE, "is there a cyclist on the left", memory)
    assert cyclist.text == "Yes, a cyclist 12 metres ahead on the left."
    assert cyclist.evidence["object"]["id"] == "bicycle@12,5"
    person = answer(Question.EXISTENCE, "do you see a pedestrian", memory)
    assert person.text.startswith("No camera sees a person")


def test_motion_of_the_car_ahead() -> None:
    ahead = actor("van", 25, 0, speed_mps=5.0, braking=True, colour="white")
    memory = drive((0, 2, {"actors": (ahead,)}))
    found = answer(Question.MOTION_OF_OTHER, "what is the van ahead doing", memory)
    assert found.text == "The white van 24 metres ahead is going 18 km/h and braking."


def test_the_route_answers_distance() -> None:
    memory = drive((0, 2, {"route": RouteView(kind="take_exit", distance_m=412, onto="Exit 2")}))
    found = answer(Question.ETA_OR_DISTANCE, "how far is it", memory)
    assert "410 metres" in found.text


def test_memory_knows_events_and_their_absence() -> None:
    memory = drive((0, 5, {"speed": 10.0}))
    clean = answer(Question.MEMORY, "did we hit something", memory)
    assert clean.text == "No, there is no contact in the record."
    memory.add(situation(6, events=(EventView(kind="collision", t_s=5.9, object_id="c1"),)))
    assert "touched something" in answer(Question.MEMORY, "did we hit something", memory).text


def test_permission_judges_without_moving() -> None:
    facts = SceneFacts.from_plain({"place": "highway"}, source="t")[0]
    found = answer(Question.PERMISSION, "can we make a u-turn here", facts=facts)
    assert "not allowed" in found.text
    assert found.evidence["rules"]


def test_why_refused_repeats_the_reason() -> None:
    dialogue = Dialogue(last_refusal=Refusal.HARM_PROPERTY)
    found = answer(Question.WHY_REFUSED, "why not", dialogue=dialogue)
    assert "damage" in found.text


def test_standing_at_a_fresh_green_names_what_stopped_the_car() -> None:
    memory = Memory()
    for i in range(10):
        v = max(9.0 - i, 0.0)
        memory.add(situation(i / 2, speed=v, longitudinal=Longitudinal.STOP_STATIC, cause=LIGHT))
    memory.add(situation(5.0, speed=0.0, cause=LIMIT))
    for question in ("why did you stop", "why are you standing"):
        found = answer(Question.WHY, question, memory)
        assert "light 18 metres ahead was red" in found.text
        assert "limit" not in found.text
        assert found.evidence["cause"]["component"] == "traffic_light"


def test_each_decision_has_its_own_reason() -> None:
    change = {"lateral": Lateral.LANE_CHANGE, "direction": Direction.RIGHT}
    slowing = {"accel": -1.0, "longitudinal": Longitudinal.YIELD, "cause": WALKER}
    memory = drive((0, 2, {**change, "cause": ROUTE}), (2, 4, {**change, **slowing}))
    lane = answer(Question.WHY, "why are you changing lanes", memory)
    assert lane.text == (
        "The car is changing lanes to the right because the route needs the right lane."
    )
    assert lane.evidence["cause"]["component"] == "routing_intent"
    both = answer(Question.DOING, "what are you doing", memory).text
    assert both.startswith(lane.text)
    assert both.endswith(
        "because the pedestrian 17 metres ahead on the right is near the crossing."
    )
    alone = drive((0, 2, {**change, **slowing}))
    assert "pedestrian" not in answer(Question.WHY, "why are you changing lanes", alone).text


def test_a_lane_change_does_not_lend_its_reason_to_the_speed() -> None:
    moving = {"lateral": Lateral.LANE_CHANGE, "direction": Direction.RIGHT, "cause": ROUTE}
    found = answer(Question.WHY, "why are you slowing down", drive((0, 2, {**moving, "accel": -1})))
    assert found.text.startswith("The car is slowing down while it is changing lanes to the right.")
    assert "route" not in found.text


def test_a_slowing_over_several_causes_is_found() -> None:
    memory = Memory()
    causes = (VAN.model_copy(update={"object_id": f"v{i}"}) for i in range(6))
    for i, cause in enumerate(causes):
        for k in range(5):
            memory.add(situation(
                i + k / 5, speed=33.0 - (i * 5 + k) * 0.12, cause=cause,
                longitudinal=Longitudinal.LEAD_FOLLOWING,
            ))  # fmt: skip
    memory.add(situation(20.0, speed=30.0))
    found = answer(Question.WHY, "why did you slow down", memory)
    assert found.text.startswith("The car slowed down")
    assert "white van" in found.text


def test_a_car_that_keeps_aside_is_not_said_to_slow_down() -> None:
    van = VAN.model_copy(update={"does": "is standing", "distance_m": 70.0})
    aside = {"lateral": Lateral.NUDGE_IN_LANE, "direction": Direction.LEFT, "cause": van}
    memory = drive((0, 3, aside))
    why = answer(Question.WHY, "why are you slowing down", memory).text
    assert why.startswith("The car is not slowing down right now, it is driving at 36 km/h.")
    assert answer(Question.DOING, "what are you doing", memory).text == (
        "The car is keeping left in its lane because the white van 70 metres ahead is standing"
        " still."
    )


def test_a_turn_follows_the_route() -> None:
    turn = {"lateral": Lateral.TURN, "direction": Direction.RIGHT, "cause": LIGHT, "speed": 0.0}
    found = answer(Question.WHY, "why did you turn", drive((0, 2, turn)))
    assert found.text == (
        "The car is standing before turning right because the route leads that way."
    )


def test_who_is_ahead_is_named_before_who_is_behind() -> None:
    here = (actor("pedestrian", -20, 0), actor("pedestrian", 40, 0))
    memory = drive((0, 2, {"actors": here}))
    found = answer(Question.EXISTENCE, "is there a pedestrian", memory)
    assert found.text == "Yes, a person 39 metres ahead, and 1 more."


def test_the_colour_of_the_light_is_answered_alone() -> None:
    memory = drive((0, 2, {"facts": {"light": "red"}}))
    assert answer(Question.DESCRIPTION, "what colour is the light", memory).text == (
        "The light is red."
    )


@pytest.mark.parametrize("kind", list(Question))
def test_every_kind_has_an_answer_without_any_drive(kind: Question) -> None:
    assert answer(kind, "what about it").text


@pytest.mark.parametrize("kind", list(Question))
def test_every_kind_has_an_answer_in_a_drive(kind: Question) -> None:
    memory = drive((0, 4, SLOWING), (4, 6, {"lateral": Lateral.LANE_CHANGE}))
    assert answer(kind, "what about the car", memory).text
