"""Lets the traffic and camera wheels load on a machine without X11, GL and their like.

The wheels name libraries that only their windows and file importers use. Where such a library is
missing, a stand-in whose functions return 0 is written once per machine and loaded before the
import; a real library always wins, and nothing outside this process sees a stand-in.
"""

from __future__ import annotations

import ctypes
import hashlib
import importlib.util
import os
import platform
import sys
import tempfile
from collections.abc import Iterable, Sequence
from functools import lru_cache
from pathlib import Path

from world.elf import read_symbols, stub_library

#: Libraries that may be stood in for: no code path of a windowless simulation enters them.
WINDOW_LIBRARIES = (
    "libX11.so.6",
    "libXext.so.6",
    "libXrender.so.1",
    "libGL.so.1",
    "libexpat.so.1",
    "libatomic.so.1",
)
#: One process may hold both wheels and can load only one libX11, so stand-ins serve both.
WHEELS = ("libsumo", "panda3d")
#: What the wheels may take from the system itself and never lack on a machine that runs them.
_SYSTEM = ("libstdc++.so.6", "libgcc_s.so.1", "libm.so.6", "libz.so.1", "libc.so.6")


def cache_root() -> Path:
    """The user's cache folder of Ridealong (`$XDG_CACHE_HOME/ridealong` or `~/.cache/…`)."""
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "ridealong"


def _load(name: str) -> ctypes.CDLL | None:
    try:
        return ctypes.CDLL(name)
    except OSError:
        return None


def wheel_libraries(wheels: Iterable[str]) -> list[Path]:
    """Every native library inside the installed `wheels`; those not installed are left out."""
    found: list[Path] = []
    for wheel in wheels:
        spec = importlib.util.find_spec(wheel)
        if spec is None or not spec.submodule_search_locations:
            continue
        home = Path(next(iter(spec.submodule_search_locations)))
        for folder in (home, home.with_name(f"{wheel}.libs")):
            found += (p for p in folder.rglob("*") if ".so" in p.suffixes or p.suffix == ".so")
    return sorted(found)


def unmet_symbols(libraries: Sequence[Path], present: Sequence[ctypes.CDLL]) -> set[bytes]:
    """Symbols that `libraries` need and that neither they nor the `present` ones define."""
    defined: set[bytes] = set()
    needed: set[bytes] = set()
    for path in libraries:
        symbols = read_symbols(path)
        defined |= symbols.defined
        needed |= symbols.needed
    handles = [ctypes.CDLL(None), *present]
    return {
        name
        for name in needed - defined
        if not any(hasattr(handle, name.decode()) for handle in handles)
    }


def _write_stubs(folder: Path, missing: Sequence[str], names: set[bytes]) -> None:
    """Fills `folder` in one move, so that a second process never sees half of it."""
    folder.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    with tempfile.TemporaryDirectory(dir=folder.parent) as scratch:
        made = Path(scratch) / "stubs"
        made.mkdir()
        for soname in missing:
            (made / soname).write_bytes(stub_library(soname, names, platform.machine()))
        try:
            made.rename(folder)
        except OSError:  # another process was first, with the same content
            if not folder.is_dir():
                raise


def stub_folder(missing: Sequence[str], wheels: Sequence[str] = WHEELS) -> Path:
    """Folder with a stand-in for each `missing` SONAME, made on first use on this machine."""
    libraries = wheel_libraries(wheels)
    fingerprint = hashlib.sha256(repr((platform.machine(), sorted(missing))).encode())
    for path in libraries:
        stat = path.stat()
        fingerprint.update(f"{path}:{stat.st_size}:{stat.st_mtime_ns};".encode())
    folder = cache_root() / "stubs" / fingerprint.hexdigest()[:24]
    if not folder.is_dir():
        real = [h for n in (*_SYSTEM, *WINDOW_LIBRARIES) if n not in missing and (h := _load(n))]
        _write_stubs(folder, missing, unmet_symbols(libraries, real))
    return folder


@lru_cache(maxsize=1)
def ensure() -> tuple[str, ...]:
    """Makes `import libsumo` and Panda3D's software renderer work; call it before importing them.

    Returns the SONAMEs that stand-ins were loaded for, empty where the machine has them all.
    """
    if sys.platform != "linux":
        return ()
    missing = tuple(name for name in WINDOW_LIBRARIES if _load(name) is None)
    if missing:
        folder = stub_folder(missing)
        for name in missing:
            ctypes.CDLL(str(folder / name))
    return missing


def tool_environment(wheels: Sequence[str]) -> dict[str, str]:
    """Environment for a program out of `wheels` (netconvert), with stand-ins on its path only."""
    env = dict(os.environ)
    missing = tuple(name for name in WINDOW_LIBRARIES if _load(name) is None)
    if missing:
        env["LD_LIBRARY_PATH"] = str(stub_folder(missing, wheels))
    return env
