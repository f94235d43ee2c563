"""A request book with a car whose state a test sets by hand."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from typing import Any

from model.contract.facts import Fact, SceneFacts
from model.contract.observation import Actor, EgoState
from model.contract.plan import CommandProgress, DriveRequest
from model.contract.situation import SendCommand, ToDriving
from model.request_book import Book, Moment, NewRoute, Request
from model.requests import Outcome, step
from modes.vocabulary import (
    Command,
    Decision,
    Intent,
    Slots,
)
from safety.policy import load_policy
from tests.model.straight import lane_y, straight_road

ROAD = straight_road()


@dataclass(frozen=True)
class Says:
    """A scene rule's answer, as a test wants it."""

    decision: Decision
    command: Command
    reason: str = ""
    expires_s: float | None = None


class Bench:
    """A request book with a car whose state the test sets by hand."""

    def __init__(self, speed: float = 25.0, lane: int = 1, x: float = 100.0) -> None:
        self.book = Book()
        self.t_s = 0.0
        self.ego = EgoState(
            x=x, y=lane_y(lane), heading=0.0, speed_mps=speed, lane=f"a_{lane}", s_m=x
        )
        self.route: tuple[str, ...] = ("a", "b")
        self.facts: dict[str, Any] = {"limit_kph": 120.0, "light": "green"}
        self.actors: tuple[Actor, ...] = ()
        self.rule: Callable[[Command], Says] = lambda command: Says(Decision.ALLOW, command)
        self.way: Callable[[Command, Moment], NewRoute] = self._exit
        self.progress: CommandProgress | None = None
        self.last: Outcome | None = None

    def _exit(self, command: Command, moment: Moment) -> NewRoute:
        return NewRoute(("a", "x"), None, "x", "a", "Exit 1")

    def tick(self, *messages: ToDriving, dt: float = 0.1) -> Outcome:
        self.t_s += dt
        facts = {
            key: Fact(value, "test", self.t_s)
            for key, value in {**self.facts, "speed_kph": self.ego.speed_mps * 3.6}.items()
        }
        asked = self.last.request.id if self.last is not None else None
        moment = Moment(
            self.t_s,
            self.ego,
            ROAD,
            self.route,
            SceneFacts(facts),
            self.actors,
            progress=self.progress,
            progress_id=asked,
        )
        outcome = step(
            self.book,
            moment,
            messages,
            judge=lambda command, facts: self.rule(command),
            navigate=self.way,
            policy=load_policy(),
        )
        self.book, self.last = outcome.book, outcome
        if outcome.route is not None:
            self.route = outcome.route.edges
        return outcome

    def say(self, intent: Intent, id: str = "r", **slots: Any) -> Outcome:
        return self.tick(send(intent, id, **slots))

    def drive(self, **changes: Any) -> None:
        self.ego = replace(self.ego, **changes)

    def request(self, id: str = "r") -> Request:
        return next(r for r in self.book.requests if r.id == id)

    @property
    def asked(self) -> DriveRequest:
        assert self.last is not None
        return self.last.request


def send(intent: Intent, id: str = "r", **slots: Any) -> SendCommand:
    command = Command(intent=intent, slots=Slots(**slots))
    return SendCommand(id=id, command=command, decision=Decision.ALLOW)
