"""`ridealong bench`: finds the benchmarks in `bench/` and runs the named ones."""

from __future__ import annotations

import importlib
import pkgutil
import sys
from collections.abc import Sequence

import bench as benchmarks
from server.scenarios import near_names


def bench(words: Sequence[str]) -> int:
    """Runs each named benchmark with the options that follow the names; the worst status.

    Without a name it lists what there is, one a line with its first sentence.
    """
    first_option = next((i for i, word in enumerate(words) if word.startswith("-")), len(words))
    names, options = words[:first_option], words[first_option:]
    known = _known()
    if not names:
        for name in known:
            print(f"{name:<14} {_about(name)}")
        return 0
    for name in names:
        if name not in known:
            print(
                f"ridealong: no benchmark is called {name!r}: {near_names(name, known)}",
                file=sys.stderr,
            )
            return 2
    return max(_run(name, options) for name in names)


def _known() -> list[str]:
    """Modules of the package that can be run, as words of the command line."""
    modules = (module for module in pkgutil.iter_modules(benchmarks.__path__) if not module.ispkg)
    names = [module.name for module in modules if not module.name.startswith("_")]
    return sorted(name.replace("_", "-") for name in names if _runnable(name))


def _runnable(name: str) -> bool:
    return callable(getattr(importlib.import_module(f"bench.{name}"), "main", None))


def _about(name: str) -> str:
    text = importlib.import_module(f"bench.{name.replace('-', '_')}").__doc__ or ""
    return text.strip().splitlines()[0] if text.strip() else ""


def _run(name: str, options: Sequence[str]) -> int:
    module = importlib.import_module(f"bench.{name.replace('-', '_')}")
    try:
        return int(module.main(list(options)))
    except SystemExit as stop:
        return stop.code if isinstance(stop.code, int) else 2
