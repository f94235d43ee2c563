"""`ridealong doctor`: what is installed, which backends can run here, and why others cannot."""

from __future__ import annotations

import importlib.util
import os
import platform
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import asdict, dataclass
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Literal

State = Literal["ok", "optional", "missing"]
MARK = {"ok": "✓", "optional": "·", "missing": "✗"}


@dataclass(frozen=True)
class Check:
    """One line of the report; `hint` says how to get what is not there."""

    name: str
    state: State
    detail: str
    hint: str = ""


def examine() -> Iterator[Check]:
    """All checks, cheap ones first; each is independent of the others."""
    yield Check("python", "ok", f"{platform.python_version()} in {sys.prefix}")
    yield Check("machine", "ok", f"{platform.machine()}, {os.cpu_count()} cores, {_memory()}")
    for check in _CHECKS:
        yield check()


def report(*, as_json: bool = False) -> tuple[str, int]:
    """The report and the exit status: 1 when something is missing that the ride needs."""
    checks = list(examine())
    status = 1 if any(check.state == "missing" for check in checks) else 0
    if as_json:
        import json

        return json.dumps([asdict(check) for check in checks], indent=2), status
    width = max(len(check.name) for check in checks)
    lines = []
    for check in checks:
        lines.append(f"{MARK[check.state]} {check.name:<{width}}  {check.detail}")
        if check.hint and check.state != "ok":
            lines.append(f"  {'':<{width}}  → {check.hint}")
    return "\n".join(lines), status


def _memory() -> str:
    total = os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES")
    return f"{total / 2**30:.0f} GiB memory"


def _try(code: str) -> tuple[bool, str]:
    """Runs a line of Python in a process of its own, as a crash there must not end the report."""
    done = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )
    text = (done.stdout if done.returncode == 0 else done.stderr).strip()
    return done.returncode == 0, text.splitlines()[-1] if text else ""


def _traffic_engine() -> Check:
    ok, text = _try(
        "from world import linkshim; stubs = linkshim.ensure(); import libsumo; print(*stubs)"
    )
    if not ok:
        hint = "pip install libsumo; see also docs/bare-machine.md"
        return Check("traffic engine", "missing", text, hint)
    stubs = f", stand-ins for {text}" if text else ""
    return Check("traffic engine", "ok", f"Eclipse SUMO {version('libsumo')}{stubs}")


def _cameras() -> Check:
    if not importlib.util.find_spec("panda3d"):
        return Check("cameras", "missing", "panda3d is not installed", "pip install panda3d")
    return Check("cameras", "ok", f"Panda3D {version('panda3d')}, software renderer")


def _web_cabin() -> Check:
    from ui import DIST

    if (Path(DIST) / "index.html").is_file():
        return Check("web cabin", "ok", "built")
    hint = "python ui/build.py (needs npm, or lets PyPI's Node do it)"
    return Check("web cabin", "missing", "not built", hint)


def _recogniser() -> Check:
    folder = Path(__file__).parent.parent / "speech" / "weights" / "moonshine-tiny"
    if (folder / "encoder_model.onnx").is_file():
        return Check("recogniser moonshine", "ok", "Moonshine tiny, embedded")
    hint = "python ui/build.py puts it in place; until then text input works"
    return Check("recogniser moonshine", "missing", "model files are not there", hint)


def _package(name: str, package: str, gain: str, extra: str) -> Callable[[], Check]:
    def check() -> Check:
        try:
            return Check(name, "ok", f"{package} {version(package)}")
        except PackageNotFoundError:
            return Check(name, "optional", f"not installed: {gain}", f"pip install -e '.[{extra}]'")

    return check


def _voice() -> Check:
    if importlib.util.find_spec("espeakng_loader") is None:
        hint = "pip install espeakng-loader; until then replies are captions only"
        return Check("voice espeak", "missing", "espeakng-loader is not installed", hint)
    return Check("voice espeak", "ok", "eSpeak NG in a process of its own")


def _gpu() -> Check:
    tool = shutil.which("nvidia-smi")
    if tool is None:
        return Check("GPU", "optional", "none seen: the classical driver runs on the CPU")
    query = [tool, "--query-gpu=name,memory.total", "--format=csv,noheader"]
    done = subprocess.run(query, capture_output=True, text=True, check=False, timeout=20)
    if done.returncode != 0:
        return Check("GPU", "optional", "nvidia-smi is there but sees no GPU")
    return Check("GPU", "ok", done.stdout.strip().replace("\n", "; "))


_CHECKS: tuple[Callable[[], Check], ...] = (
    _traffic_engine,
    _cameras,
    _web_cabin,
    _recogniser,
    _package("recogniser faster_whisper", "faster-whisper", "better hearing on a GPU", "speech"),
    _voice,
    _package("voice piper", "piper-tts", "a more natural voice, its own process", "piper"),
    _gpu,
    _package("torch", "torch", "only larger driving models and training need it", "gpu"),
    _package("cluster", "ray", "only for more than one machine", "ray"),
)
