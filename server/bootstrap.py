"""Makes the private environment on first use, so that `python3 -m server` is all one types.

Standard library only, and nothing of the project is imported: it runs on a machine that has
python3 and git and nothing else. Later calls see that everything is in place and cost nothing.
"""

from __future__ import annotations

import fcntl
import hashlib
import importlib.util
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv"
#: Set to 1 to be told about missing system packages instead of having them installed as root.
NO_APT = "RIDEALONG_NO_APT"
#: Installed ahead of the rest as the small wheel: pip would choose one of 86 MB over 37 MB.
SUMO = "libsumo"


class SetupError(Exception):
    """Something the person at the keyboard has to do first; the message says what."""


def ready(module: str, *extras: str) -> None:
    """Returns inside an environment that has the project and `extras`; may replace the process.

    Raises `SystemExit(1)` with one line on what to do when the environment cannot be made.
    """
    if sys.version_info < (3, 11):
        raise SystemExit(
            f"ridealong needs Python 3.11 or newer, this is {platform.python_version()}"
        )
    if _inside(VENV) and _fingerprint(extras) in _stamps():
        return
    if not _inside(VENV) and _installed_elsewhere():
        return  # Docker image, pipx, uv run or somebody's own environment
    try:
        _prepare(extras)
    except (SetupError, subprocess.CalledProcessError, OSError) as error:
        raise SystemExit(f"could not set up Ridealong: {error}") from error
    python = VENV / "bin" / "python"
    os.chdir(ROOT)
    os.execv(python, [str(python), "-m", module, *sys.argv[1:]])


def say(text: str) -> None:
    """Progress goes to stderr; stdout belongs to machine output."""
    print(f"ridealong: {text}", file=sys.stderr, flush=True)


def apt_install(*packages: str) -> bool:
    """Installs Debian packages when we are root and may; True when that worked."""
    if os.environ.get(NO_APT) == "1" or os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    say(f"installing {' '.join(packages)} with apt-get")
    quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    for command in (["update", "-qq"], ["install", "-y", "-qq", *packages]):
        done = subprocess.run(
            ["apt-get", *command], env=quiet, stdout=subprocess.DEVNULL, check=False
        )
        if done.returncode != 0:
            return False
    return True


def _inside(venv: Path) -> bool:
    return Path(sys.prefix).resolve() == venv.resolve()


def _installed_elsewhere() -> bool:
    if sys.prefix == sys.base_prefix and not os.environ.get("RIDEALONG_NO_VENV"):
        return False
    return all(importlib.util.find_spec(name) for name in ("fastapi", "libsumo", "onnxruntime"))


def _fingerprint(extras: Sequence[str]) -> str:
    """Changes when something does that an installation depends on."""
    digest = hashlib.sha256(",".join(sorted(extras)).encode())
    files = [ROOT / "pyproject.toml", ROOT / "requirements.lock", ROOT / "ui" / "package-lock.json"]
    files += sorted((ROOT / "ui" / "src").rglob("*"))
    for file in files:
        if file.is_file():
            digest.update(file.read_bytes())
    return digest.hexdigest()


def _stamps() -> set[str]:
    stamp = VENV / "ready"
    return set(stamp.read_text().split()) if stamp.is_file() else set()


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    """Two first starts at once must not install over each other."""
    with (ROOT / ".venv.lock").open("w") as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            say("another start is setting up the environment, waiting for it")
            fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _prepare(extras: Sequence[str]) -> None:
    with _one_at_a_time():
        fingerprint = _fingerprint(extras)
        if fingerprint in _stamps():
            return
        _make_venv()
        say("installing (about two minutes the first time)")
        _install_sumo()
        wanted = f".[{','.join(extras)}]" if extras else "."
        _pip("install", *_constraints(), "-e", wanted)
        known = _stamps() if (VENV / "ready").is_file() else set()
        # What was installed for other extras is still there, unless the project itself changed.
        base = _fingerprint(())
        keep = known | {fingerprint} if base in known else {fingerprint}
        (VENV / "ready").write_text("\n".join(sorted(keep | {base})) + "\n")


def _make_venv() -> None:
    if (VENV / "bin" / "python").exists() and (_uv() or (VENV / "bin" / "pip").exists()):
        return
    say(f"making the private environment {VENV.name}")
    uv = _uv()
    if uv:
        subprocess.run([uv, "venv", "-q", "--clear", "--python", sys.executable, VENV], check=True)
        return
    if not importlib.util.find_spec("ensurepip") and not apt_install("python3-venv"):
        raise SetupError(
            "this Python has no ensurepip; run 'apt-get install python3-venv' as root, then again"
        )
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)


def _uv() -> str | None:
    return shutil.which("uv")


def _constraints() -> list[str]:
    lock = ROOT / "requirements.lock"
    return ["-c", str(lock)] if lock.is_file() else []


def _pip(*arguments: str) -> None:
    uv = _uv()
    python = str(VENV / "bin" / "python")
    if uv:
        command = [uv, "pip", arguments[0], "-q", "--python", python, *arguments[1:]]
    else:
        command = [python, "-m", "pip", arguments[0], "-q", "--disable-pip-version-check"]
        command += arguments[1:]
    done = subprocess.run(command, cwd=ROOT, stdout=sys.stderr, check=False)
    if done.returncode != 0:
        raise SetupError("installing the packages failed; the lines above say why")


def _install_sumo() -> None:
    """The manylinux2014 build of the traffic engine: half the download, same results.

    Any failure is left to the ordinary installation, which takes whatever wheel fits.
    """
    if platform.system() != "Linux" or list(VENV.glob("lib/python3*/site-packages/libsumo")):
        return
    lock = ROOT / "requirements.lock"
    pins = lock.read_text().splitlines() if lock.is_file() else []
    wanted = next((p.split(";")[0].strip() for p in pins if p.startswith(f"{SUMO}==")), None)
    pip = VENV / "bin" / "pip"
    if wanted is None or not pip.exists():
        return
    with tempfile.TemporaryDirectory() as folder:
        fetched = subprocess.run(
            [
                pip, "download", "-q", "--disable-pip-version-check", "--no-deps",
                "--only-binary=:all:", f"--platform=manylinux2014_{platform.machine()}",
                f"--python-version={sys.version_info.major}.{sys.version_info.minor}",
                "-d", folder, wanted,
            ],
            capture_output=True,
            check=False,
        )  # fmt: skip
        wheels = list(Path(folder).glob("*.whl"))
        if fetched.returncode == 0 and wheels:
            _pip("install", "--no-deps", str(wheels[0]))
