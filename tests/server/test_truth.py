"""The world's own cause, found without the planner."""

from model.contract.situation import ActorView, CauseView, Situation
from modes.vocabulary import Component
from server.truth import truth_of
from tests.server.doubles import situation


def with_actors(*actors: ActorView, cause: CauseView | None = None) -> Situation:
    base = situation(10.0)
    trace = base.trace.model_copy(update={"cause": cause or base.trace.cause})
    return base.model_copy(update={"actors": actors, "trace": trace})


def car(name: str, ahead_m: float, beside_m: float = 0.0, **more: object) -> ActorView:
    base = situation(10.0).actors[0]
    place = {"id": name, "x": 250.0 + ahead_m, "y": beside_m, "kind": "car"}
    return base.model_copy(update={**place, **more})


def test_the_van_ahead_is_the_truth_and_agrees() -> None:
    truth = truth_of(situation(10.0))
    assert truth is not None
    assert truth["agrees"] is True
    assert truth["cause"]["object_id"] == "van1"
    assert truth["motion"] == "slowing down"
    assert 19.0 < truth["cause"]["distance_m"] < 20.0  # bumper to bumper


def test_a_wrong_reason_is_found_out() -> None:
    truth = truth_of(with_actors(car("near", 30.0, speed_mps=10.0), car("van1", 90.0)))
    assert truth is not None
    assert truth["cause"]["object_id"] == "near"
    assert truth["agrees"] is False


def test_who_is_behind_or_beside_is_no_cause() -> None:
    truth = truth_of(with_actors(car("behind", -20.0), car("next lane", 15.0, 3.7)))
    assert truth is not None
    assert (truth["cause"], truth["agrees"]) == (None, False)


def test_a_person_counts_from_further_off_than_a_car() -> None:
    person = {"kind": "pedestrian", "width_m": 0.6, "length_m": 0.6, "speed_mps": 0.0}
    truth = truth_of(with_actors(car("walker", 25.0, 4.0, **person)))
    assert truth is not None
    assert truth["cause"]["kind"] == "pedestrian"


def test_a_limit_is_checked_against_the_world() -> None:
    limit = CauseView(
        component=Component.ODD_LIMIT, label="speed limit 80", does="applies", kind="limit"
    )
    truth = truth_of(with_actors(cause=limit))
    assert truth is not None
    assert truth["cause"]["limit_kph"] == 120.0
    assert truth["agrees"] is True


def test_where_the_world_cannot_know_there_is_no_truth() -> None:
    wish = CauseView(component=Component.ROUTING_INTENT, label="route", does="needs the lane")
    assert truth_of(with_actors(cause=wish)) is None


def test_a_limit_does_not_explain_standing() -> None:
    limit = CauseView(component=Component.ODD_LIMIT, label="limit", does="applies", kind="limit")
    moment = with_actors(cause=limit)
    still = moment.ego.model_copy(update={"speed_mps": 0.0, "accel_mps2": 0.0})
    truth = truth_of(moment.model_copy(update={"ego": still}))
    assert truth is not None
    assert (truth["motion"], truth["cause"], truth["agrees"]) == ("standing", None, False)


def test_a_light_agrees_only_in_its_colour() -> None:
    red = CauseView(
        component=Component.TRAFFIC_LIGHT, label="light", does="is red", kind="light",
        object_id="n1",
    )  # fmt: skip
    moment = with_actors(cause=red).model_copy(update={"lights": {"n1": "rrGG"}})
    for colour, agrees in (("red", True), ("green", False)):
        seen = moment.model_copy(update={"facts": {**moment.facts, "light": colour}})
        truth = truth_of(seen)
        assert truth is not None
        assert truth["agrees"] is agrees
