"""`ridealong serve` and `ridealong replay`: checks everything that can be wrong, then starts."""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from server.settings import Settings, SettingsError, load_settings


def serve(**overrides: Any) -> int:
    """Runs both processes until told to stop; 2 with one line when the start cannot work."""
    from server.supervisor import serve as supervise
    from server.talking import listen
    from world.scenario import load_scenario

    try:
        settings = load_settings(**overrides)
        load_scenario(settings.scenario)
        if settings.record is not None:
            _writable(settings.record)
        listen(settings).close()  # better said now than by a child
    except (SettingsError, ValueError) as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    os.environ.update(settings.environment())
    run_dir, ours = _run_dir(settings)
    try:
        return supervise(driving_arguments(settings, run_dir), ["--run-dir", str(run_dir)])
    finally:
        if ours:
            shutil.rmtree(run_dir, ignore_errors=True)


def replay(file: Path, **overrides: Any) -> int:
    """Opens a recording in the web cabin; one process, no drive."""
    from server.talking import main as talk

    try:
        settings = load_settings(**overrides)
    except SettingsError as problem:
        print(f"ridealong: {problem}", file=sys.stderr)
        return 2
    os.environ.update(settings.environment())
    return talk(["--replay", str(file)])


def driving_arguments(settings: Settings, run_dir: Path) -> Sequence[str]:
    """The command line of the driving process."""
    arguments = ["--scenario", settings.scenario, "--run-dir", str(run_dir)]
    arguments += ["--cameras", settings.cameras, "--model", settings.model]
    if settings.seed is not None:
        arguments += ["--seed", str(settings.seed)]
    return arguments


def _run_dir(settings: Settings) -> tuple[Path, bool]:
    """The folder of sockets and frames, and whether it is ours to remove."""
    if settings.run_dir is None:
        return Path(tempfile.mkdtemp(prefix="ridealong-")), True
    settings.run_dir.mkdir(mode=0o700, parents=True, exist_ok=True)
    return settings.run_dir, False


def _writable(folder: Path) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.NamedTemporaryFile(dir=folder):
            pass
    except OSError as problem:
        reason = (problem.strerror or str(problem)).lower()
        raise SettingsError(
            f"drives cannot be recorded into {folder} ({reason}): choose another folder"
        ) from None
