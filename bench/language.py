"""How well the words are understood: figures of the Mode Expert on a set of utterances.

`python -m bench.language [FILE]` prints a table; `measure` gives the figures. The set is a YAML
file with utterances by label (see tests/modes/data/heldout.yaml).
"""

from __future__ import annotations

import json
import sys
import time
from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from modes.decide import Context, DecisionRecord, Utterance, decide
from modes.vocabulary import CAUTION_INTENTS, Decision, Intent, Mode

HELDOUT = Path(__file__).parent.parent / "tests" / "modes" / "data" / "heldout.yaml"
#: Classes in which not one utterance may be missed.
ZERO_MISS = ("R01", "R07", "R11", "R14")


@dataclass(frozen=True)
class Case:
    """One utterance and what it is: `group` is control, qa, refuse or autonomous."""

    text: str
    group: str
    label: str = ""
    slots: dict[str, Any] | None = None


@dataclass
class Figures:
    """What was counted; shares are between 0 and 1."""

    cases: int = 0
    four_way: float = 0.0
    harmful_recall: float = 0.0
    recall_by_class: dict[str, float] = field(default_factory=dict)
    class_named_right: float = 0.0
    false_refusals: dict[str, float] = field(default_factory=dict)
    caution_obeyed: float = 0.0
    intent: float = 0.0
    question: float = 0.0
    slots: float = 0.0
    stray_control: float = 0.0
    latency_ms: dict[str, float] = field(default_factory=dict)
    mistakes: list[str] = field(default_factory=list)


def load(path: Path) -> tuple[Case, ...]:
    """All cases of a file; raises `OSError` or `yaml.YAMLError`."""
    document = yaml.safe_load(path.read_text("utf-8"))
    return tuple(_cases(document))


def _cases(document: dict[str, Any]) -> Iterator[Case]:
    for group in ("control", "qa", "refuse"):
        for label, block in (document.get(group) or {}).items():
            yield from (Case(line.strip(), group, label) for line in _lines(block))
    yield from (Case(line.strip(), "autonomous") for line in _lines(document.get("autonomous", "")))
    for item in document.get("slots") or ():
        yield Case(item["text"], "control", item["intent"], item["slots"])


def _lines(block: str) -> list[str]:
    return [line for line in block.splitlines() if line.strip()]


def four_way(record: DecisionRecord) -> str:
    """control, qa, refuse or autonomous, as one utterance counts."""
    if record.reading.refusal is not None:
        return "refuse"
    return record.mode.value


def measure(cases: Sequence[Case]) -> Figures:
    """Decides every case by its words alone and counts."""
    figures = Figures(cases=len(cases))
    seen: dict[str, list[bool]] = defaultdict(list)
    refused: Counter[str] = Counter()
    times: list[float] = []
    decide(Utterance("warm up"), Context(), None)
    for case in cases:
        began = time.perf_counter()
        record = decide(Utterance(case.text), Context(), None)
        times.append((time.perf_counter() - began) * 1e3)
        got = four_way(record)
        seen["four_way"].append(got == case.group)
        seen[f"group:{case.group}"].append(True)
        if got == "refuse" and case.group != "refuse":
            refused[case.group] += 1
        _count(case, record, got, seen)
        wrong = _mistake(case, record, got)
        if wrong:
            figures.mistakes.append(wrong)
    _fill(figures, seen, refused, times)
    return figures


def _count(case: Case, record: DecisionRecord, got: str, seen: dict[str, list[bool]]) -> None:
    if case.group == "refuse":
        seen["recall"].append(got == "refuse")
        seen[f"recall:{case.label}"].append(got == "refuse")
        refusal = record.reading.refusal
        seen["class"].append(refusal is not None and refusal.code == case.label)
    if case.group == "qa":
        seen["question"].append(record.reading.question == case.label)
    if case.group == "autonomous":
        seen["stray"].append(record.mode is Mode.CONTROL)
    if case.group == "control":
        intents = [c.intent for c in record.commands]
        seen["intent"].append(case.label in intents)
        if Intent(case.label) in CAUTION_INTENTS:
            seen["caution"].append(_obeyed(record, intents))
    if case.slots is not None:
        seen["slots"].append(_slots_right(case, record))


def _obeyed(record: DecisionRecord, intents: Sequence[Intent]) -> bool:
    """Did a call for caution lead to some caution?"""
    cautious = any(i in CAUTION_INTENTS for i in intents)
    return cautious and record.decision not in (Decision.REFUSE, Decision.NONE)


def _slots_right(case: Case, record: DecisionRecord) -> bool:
    wanted = case.slots or {}
    for command in record.commands:
        if command.intent == case.label:
            got = command.slots.model_dump(mode="json", exclude_none=True)
            return all(_within(got.get(key), value) for key, value in wanted.items())
    return False


def _within(got: Any, wanted: Any) -> bool:
    if isinstance(wanted, dict):
        return isinstance(got, dict) and all(_within(got.get(k), v) for k, v in wanted.items())
    if isinstance(wanted, str) and isinstance(got, str):
        return got.lower() == wanted.lower()
    return bool(got == wanted)


def _mistake(case: Case, record: DecisionRecord, got: str) -> str:
    intents = [c.intent.value for c in record.commands]
    question = record.reading.question
    said = record.reading.refusal.code if record.reading.refusal else question or intents
    right = got == case.group and (
        (case.group == "control" and case.label in intents)
        or (case.group == "qa" and question == case.label)
        or (case.group == "refuse" and said == case.label)
        or case.group == "autonomous"
    )
    if right and case.slots is not None and not _slots_right(case, record):
        slots = [c.slots.model_dump(mode="json", exclude_none=True) for c in record.commands]
        return f"slots {case.text!r}: wanted {case.slots}, got {slots}"
    return "" if right else f"{case.group}/{case.label} {case.text!r}: got {got} {said}"


def _share(values: Sequence[bool]) -> float:
    return sum(values) / len(values) if values else 1.0


def _fill(
    figures: Figures, seen: dict[str, list[bool]], refused: Counter[str], times: list[float]
) -> None:
    figures.four_way = _share(seen["four_way"])
    figures.harmful_recall = _share(seen["recall"])
    figures.recall_by_class = {
        key.split(":")[1]: _share(values)
        for key, values in sorted(seen.items())
        if key.startswith("recall:")
    }
    figures.class_named_right = _share(seen["class"])
    figures.false_refusals = {
        group: refused[group] / max(len(seen[f"group:{group}"]), 1)
        for group in ("control", "qa", "autonomous")
    }
    figures.caution_obeyed = _share(seen["caution"])
    figures.intent = _share(seen["intent"])
    figures.question = _share(seen["question"])
    figures.slots = _share(seen["slots"])
    figures.stray_control = _share(seen["stray"]) if seen["stray"] else 0.0
    ordered = sorted(times)
    figures.latency_ms = {
        "p50": ordered[len(ordered) // 2],
        "p99": ordered[min(len(ordered) - 1, int(len(ordered) * 0.99))],
    }


def table(figures: Figures) -> str:
    """The figures as lines of text."""
    rows = [
        ("utterances", f"{figures.cases}"),
        ("four-way accuracy", f"{figures.four_way:.1%}"),
        ("harmful recall", f"{figures.harmful_recall:.1%}"),
        *((f"  {code}", f"{share:.1%}") for code, share in figures.recall_by_class.items()),
        ("refusal class named right", f"{figures.class_named_right:.1%}"),
        *((f"false refusals, {g}", f"{share:.1%}") for g, share in figures.false_refusals.items()),
        ("caution obeyed", f"{figures.caution_obeyed:.1%}"),
        ("control from chatter", f"{figures.stray_control:.1%}"),
        ("intent", f"{figures.intent:.1%}"),
        ("question kind", f"{figures.question:.1%}"),
        ("slots", f"{figures.slots:.1%}"),
        ("decision p50 / p99", "{p50:.1f} / {p99:.1f} ms".format(**figures.latency_ms)),
    ]
    return "\n".join(f"{name:28} {value:>16}" for name, value in rows)


def main(arguments: Sequence[str] | None = None) -> int:
    """Prints the table; with ``--mistakes`` also what went wrong, with ``--json`` all as JSON."""
    args = list(sys.argv[1:] if arguments is None else arguments)
    files = [Path(a) for a in args if not a.startswith("--")] or [HELDOUT]
    for path in files:
        try:
            figures = measure(load(path))
        except (OSError, yaml.YAMLError) as error:
            print(f"{path}: cannot be read ({error})", file=sys.stderr)
            return 2
        if "--json" in args:
            print(json.dumps(figures.__dict__, ensure_ascii=False))
        else:
            print(table(figures))
        if "--mistakes" in args:
            print("\n".join(figures.mistakes))
    return 0


if __name__ == "__main__":
    sys.exit(main())
