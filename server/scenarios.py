"""The scenarios that can be driven here, as the picker and the command line offer them."""

from __future__ import annotations

import difflib
import logging
from collections.abc import Sequence

from server.protocol import ScenarioInfo
from world.scenario import load_scenario, scenario_names

_log = logging.getLogger(__name__)


def scenario_infos() -> tuple[ScenarioInfo, ...]:
    """All scenarios that load; a broken file is named in the log and left out."""
    found = []
    for name in scenario_names():
        try:
            scenario = load_scenario(name)
        except ValueError as problem:
            _log.warning("scenario left out: %s", problem)
            continue
        found.append(
            ScenarioInfo(
                name=name,
                title=scenario.title,
                line=scenario.description,
                minutes=round(scenario.length_s / 60, 1),
                tags=tuple(scenario.tags),
            )
        )
    return tuple(found)


def near_names(wanted: str, names: Sequence[str]) -> str:
    """A hint: the names nearest to what was asked for, or all of them."""
    near = difflib.get_close_matches(wanted, names, n=3, cutoff=0.5)
    if near:
        return f"did you mean {' or '.join(near)}?"
    return f"choose one of {', '.join(sorted(names))}"
