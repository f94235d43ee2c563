"""Builds the committed SUMO nets from their Python sources: `python -m world.maps.build`.

Needs SUMO's `netconvert` (package `eclipse-sumo`): on the path, or named by `--netconvert`.
"""

from __future__ import annotations

import argparse
import shutil
import sys
from collections.abc import Callable
from pathlib import Path

from world.linkshim import tool_environment
from world.maps.commute import commute
from world.maps.motorway import motorway
from world.maps.plain import Plain
from world.maps.town import town

SOURCES: dict[str, Callable[[], Plain]] = {"motorway": motorway, "town": town, "commute": commute}


def main(arguments: list[str] | None = None) -> int:
    """Builds the named maps, or all; 1 when netconvert fails, 2 when it is not there."""
    parser = argparse.ArgumentParser(prog="python -m world.maps.build", description=__doc__)
    parser.add_argument("maps", nargs="*", metavar="MAP", help=", ".join(SOURCES))
    parser.add_argument("--netconvert", default=shutil.which("netconvert"), metavar="PROGRAM")
    parser.add_argument("--into", type=Path, default=Path(__file__).parent, metavar="FOLDER")
    args = parser.parse_args(arguments)
    unknown = [name for name in args.maps if name not in SOURCES]
    if unknown:
        parser.error(f"no map called {unknown[0]}; there are {', '.join(SOURCES)}")
    if not args.netconvert:
        parser.error("netconvert not found: `pip install eclipse-sumo`, or give --netconvert")
    for name in args.maps or SOURCES:
        try:
            SOURCES[name]().build(
                name, args.into, args.netconvert, tool_environment(("sumo", "eclipse_sumo"))
            )
        except RuntimeError as error:
            print(error, file=sys.stderr)
            return 1
        print(f"{name}: written")
    return 0


if __name__ == "__main__":
    sys.exit(main())
