"""What a scene rule answers: a decision with its reason, numbers, bounded form and alternative."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision, Intent, Trigger
from safety.policy import Policy

#: From mildest to strictest; judging several rules takes the strictest.
STRICTNESS: Mapping[Decision, int] = {
    Decision.NONE: 0,
    Decision.ALLOW: 1,
    Decision.LIMIT: 2,
    Decision.DEFER: 3,
    Decision.CONFIRM: 4,
    Decision.REFUSE: 5,
    Decision.EMERGENCY: 6,
}


@dataclass(frozen=True)
class Verdict:
    """A decision about one command in one scene.

    `command` is the form that may be carried out (bounded when the decision is ``limit``),
    `margin` the distance to the bound in the bound's own unit (negative: not met), `expires_s`
    how long a deferred command is kept.
    """

    decision: Decision
    command: Command
    rules: tuple[str, ...] = ()
    reason: str = ""
    values: Mapping[str, float | str] = field(default_factory=dict)
    margin: float | None = None
    alternative: Command | None = None
    until: Trigger | None = None
    expires_s: float | None = None


@dataclass(frozen=True)
class Rule:
    """A pure check with its id; None means that the rule has nothing to say here."""

    id: str
    intents: frozenset[Intent]
    check: Callable[[Command, SceneFacts, Policy], Verdict | None]


def verdict(
    decision: Decision,
    command: Command,
    reason: str,
    *,
    margin: float | None = None,
    alternative: Command | None = None,
    until: Trigger | None = None,
    expires_s: float | None = None,
    **values: float | str | None,
) -> Verdict:
    """A verdict whose rule id `judge` fills in; unknown values are left out."""
    return Verdict(
        decision,
        command,
        (),
        reason,
        {key: value for key, value in values.items() if value is not None},
        margin,
        alternative,
        until,
        expires_s,
    )
