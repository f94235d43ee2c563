"""`python3 -m server`: makes the environment when it must, then runs the command line."""

from __future__ import annotations

import sys

from server.bootstrap import ready


def main() -> int:
    """Entry point; `python3 -m server` alone serves the web cabin and the embedded world."""
    ready("server")
    from server.cli import main as command_line

    return command_line(sys.argv[1:])


if __name__ == "__main__":
    raise SystemExit(main())
