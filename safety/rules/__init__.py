"""Scene rules: `judge` asks every rule about a command and takes the strictest answer.

Rules are pure functions `(command, facts, policy) -> Verdict | None` in the files of this
folder, each with an id. Unknown facts count against a request, except against a call for
caution, which always passes (policy P2).
"""

from __future__ import annotations

from dataclasses import replace

from model.contract.facts import SceneFacts
from modes.vocabulary import Command, Decision
from safety.policy import Policy
from safety.rules import junction, lanes, people, route, speed, stopping
from safety.rules.common import is_caution
from safety.rules.verdict import STRICTNESS, Rule, Verdict

__all__ = ["RULES", "Rule", "Verdict", "judge"]

RULES: tuple[Rule, ...] = (
    *people.RULES,
    *stopping.RULES,
    *lanes.RULES,
    *speed.RULES,
    *junction.RULES,
    *route.RULES,
)
#: Answers that hold a request back; a call for caution never gets one.
_HOLDING = frozenset({Decision.CONFIRM, Decision.REFUSE})


def judge(
    command: Command, facts: SceneFacts, policy: Policy, *, confirmed: bool = False
) -> Verdict:
    """The strictest verdict of all rules that apply; rules later in the list see bounded forms.

    With `confirmed` (a grown-up said yes) questions back count as allowed. The `rules` of the
    answer are those that decided it; an allowed command lists the rules that it passed.
    """
    current = command
    worst = Verdict(Decision.ALLOW, command)
    passed: list[str] = []
    for rule in RULES:
        if command.intent not in rule.intents:
            continue
        found = rule.check(current, facts, policy)
        if found is None or (confirmed and found.decision is Decision.CONFIRM):
            passed.append(rule.id)
            continue
        if found.decision in _HOLDING and is_caution(command) and rule.id != "S.AUTH.1":
            passed.append(rule.id)
            continue
        if found.decision is Decision.LIMIT:
            current = found.command
        found = replace(found, rules=(rule.id,))
        worst = _stricter(worst, found)
    if not worst.rules:
        worst = replace(worst, rules=tuple(passed))
    return worst


def _stricter(first: Verdict, second: Verdict) -> Verdict:
    a, b = STRICTNESS[first.decision], STRICTNESS[second.decision]
    if a == b and first.rules and second.rules:
        tighter = _tighter(first, second)
        return replace(tighter, rules=first.rules + second.rules)
    return second if b > a or not first.rules else first


def _tighter(first: Verdict, second: Verdict) -> Verdict:
    """Of two equal decisions the one with the smaller margin; a bounded form stays bounded."""
    if first.decision is Decision.LIMIT:
        return second  # judged on the form that `first` had already bounded
    if second.margin is None or (first.margin is not None and first.margin <= second.margin):
        return first
    return second
