"""`ridealong train`: makes a weight file that is shipped again, for those that there are."""

from __future__ import annotations

import importlib
import sys
from importlib.util import find_spec

#: Name on the command line -> module with `main(argv) -> int`.
MAKERS = {"mode-expert": "modes.training.train", "mini": "model.training.train"}


def train(name: str) -> int:
    """Runs the maker of a weight file; 2 when there is none of that name."""
    there = [key for key, module in MAKERS.items() if _exists(module)]
    if name not in there:
        offer = f"choose one of {', '.join(there)}" if there else "nothing is trained yet"
        print(f"ridealong: no weights are called {name!r}: {offer}", file=sys.stderr)
        return 2
    return int(importlib.import_module(MAKERS[name]).main([]))


def _exists(module: str) -> bool:
    try:
        return find_spec(module) is not None
    except ModuleNotFoundError:  # not even its package
        return False
