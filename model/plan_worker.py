"""Planning beside the clock: a thread that always works on the newest observation.

A plan that comes after its deadline is dropped, never queued; while the model is still busy with
an old observation, newer ones replace each other until it is free.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from time import monotonic

from model.contract.observation import Observation
from model.contract.plan import DriveRequest, DrivingModel, Plan


@dataclass(frozen=True)
class Planned:
    """What came back in time: a plan, or the error that the model raised; None and "" when late."""

    plan: Plan | None
    error: str = ""

    @property
    def late(self) -> bool:
        return self.plan is None and not self.error


def planned(model: DrivingModel, observation: Observation, request: DriveRequest) -> Planned:
    """Asks the model here and now; whatever it raises becomes an error text."""
    try:
        return Planned(model.plan(observation, request))
    except Exception as error:  # a model may fail in any way: the ladder drives on
        return Planned(None, f"{type(error).__name__}: {error}"[:300])


class PlanWorker:
    """One thread for one driving model."""

    def __init__(self, model: DrivingModel) -> None:
        self._model = model
        self._changed = threading.Condition()
        self._job: tuple[int, Observation, DriveRequest] | None = None
        self._result: tuple[int, Planned] | None = None
        self._number = 0
        self._busy = False
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="planner", daemon=True)
        self._thread.start()

    @property
    def busy(self) -> bool:
        return self._busy

    def plan(self, observation: Observation, request: DriveRequest, deadline_s: float) -> Planned:
        """The plan for this observation, if it is there by `deadline_s` (monotonic clock)."""
        with self._changed:
            self._number += 1
            number = self._number
            self._job = (number, observation, request)
            self._changed.notify_all()
            while self._result is None or self._result[0] != number:
                left_s = deadline_s - monotonic()
                if left_s <= 0 or not self._changed.wait(left_s):
                    return Planned(None)
            planned_now = self._result[1]
            self._result = None
            return planned_now

    def close(self) -> None:
        """Lets the thread end; one that hangs in the model dies with the process."""
        with self._changed:
            self._closed = True
            self._changed.notify_all()
        self._thread.join(timeout=0.5)

    def _work(self) -> None:
        while True:
            with self._changed:
                while self._job is None and not self._closed:
                    self._changed.wait()
                if self._closed or self._job is None:
                    return
                number, observation, request = self._job
                self._job, self._busy = None, True
            result = planned(self._model, observation, request)
            with self._changed:
                self._busy = False
                if number == self._number:  # a late plan for an older moment is dropped
                    self._result = (number, result)
                self._changed.notify_all()
