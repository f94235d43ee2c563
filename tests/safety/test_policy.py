"""The policy file: complete, read-only, hashed; anything strange in it is refused."""

import pytest
from pydantic import ValidationError

from safety.policy import POLICY_PATH, PolicyError, load_policy, parse_policy

TEXT = POLICY_PATH.read_bytes()


def test_every_number_has_a_unit_and_a_reason() -> None:
    policy = load_policy()
    assert policy.bounds
    assert all(b.unit and b.reason for b in policy.bounds.values())


def test_bounds_of_the_written_policy() -> None:
    policy = load_policy()
    assert policy.lane_change.defer_s == 7.0
    assert policy.gap.floor_s == 2.0
    assert policy.turn.left_gap_s == 5.0
    assert policy.turn.u_turn_gap_s == 6.0
    assert policy.overtake.oncoming_s == 10.0
    assert policy.authority.confirm_s == 8.0
    assert policy.authority.doubtful_easing_mps2 == -1.5


def test_no_number_can_be_changed_after_loading() -> None:
    policy = load_policy()
    with pytest.raises(ValidationError):
        policy.gap.floor_s = 0.5
    with pytest.raises(TypeError):
        policy.bounds["gap.floor_s"] = policy.bounds["gap.cap_s"]  # type: ignore[index]


def test_hash_tells_two_versions_apart() -> None:
    changed = TEXT.replace(b"value: 7.0", b"value: 6.0", 1)
    assert parse_policy(changed).sha256 != parse_policy(TEXT).sha256


@pytest.mark.parametrize(
    ("old", "new", "told"),
    [
        (b"version: 1", b"version: one", "version"),
        (b"  floor_s: {value: 2.0", b"  floor_s: {value: .nan", "gap.floor_s"),
        (b"  floor_s: {value: 2.0, unit: s", b"  floor_s: {value: 2.0, unit: ''", "gap.floor_s"),
        (b"  floor_s:", b"  flour_s:", "gap"),
        (b"gap:\n", b"gap: [\n", "YAML"),
    ],
)
def test_a_corrupt_file_says_where(old: bytes, new: bytes, told: str) -> None:
    with pytest.raises(PolicyError, match=told):
        parse_policy(TEXT.replace(old, new, 1))


def test_rear_distance_follows_the_formula() -> None:
    lane = load_policy().lane_change
    assert lane.rear_distance_m(6.0, 30.0) == pytest.approx(6 * 0.4 + 36 / 6 + 30)
    assert lane.rear_distance_m(-5.0, 30.0) == pytest.approx(30.0)
