"""The link shim: real libraries win, and without them the wheels still load and run."""

from __future__ import annotations

import ctypes
import os
import subprocess
import sys
from pathlib import Path

import pytest

from world import linkshim
from world.elf import read_symbols
from world.linkshim import WHEELS, WINDOW_LIBRARIES, ensure, stub_folder, tool_environment

BARE = """
import ctypes
from world import linkshim
from world.elf import read_symbols
real = linkshim._load
linkshim._load = lambda name: None if name in linkshim.WINDOW_LIBRARIES else real(name)
assert linkshim.ensure() == linkshim.WINDOW_LIBRARIES
from world.sumo import SumoEngine
from world.roadmap import map_path
engine = SumoEngine(map_path("town"), 1)
engine.step()
engine.close()
ctypes.CDLL({display!r})
print("ran")
"""


def _on_a_bare_machine(code: str, cache: Path) -> subprocess.CompletedProcess[str]:
    env = {**os.environ, "XDG_CACHE_HOME": str(cache)}
    return subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, env=env, check=False
    )


@pytest.mark.skipif(sys.platform != "linux", reason="the shim is for Linux")
def test_sumo_and_the_software_renderer_run_on_stand_ins_alone(tmp_path: Path) -> None:
    displays = [p for p in linkshim.wheel_libraries(WHEELS) if p.name == "libp3tinydisplay.so"]
    code = BARE.format(display=str(displays[0]))
    for _ in range(2):  # the first start makes the stand-ins, the second finds them
        done = _on_a_bare_machine(code, tmp_path)
        assert (done.returncode, done.stdout) == (0, "ran\n"), done.stderr
    assert len(list(tmp_path.glob("ridealong/stubs/*"))) == 1


def test_real_libraries_win() -> None:
    present = [name for name in WINDOW_LIBRARIES if linkshim._load(name) is not None]
    assert not set(ensure()) & set(present)


def test_stand_ins_hold_no_symbol_that_the_wheels_define(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    folder = stub_folder(WINDOW_LIBRARIES)
    assert sorted(p.name for p in folder.iterdir()) == sorted(WINDOW_LIBRARIES)
    stub = ctypes.CDLL(str(folder / "libGL.so.1"))
    assert stub.glBegin() == 0
    assert stub.XOpenDisplay() == 0
    own = read_symbols(next(p for p in linkshim.wheel_libraries(WHEELS) if p.name == "_libsumo.so"))
    assert not any(hasattr(stub, name.decode()) for name in sorted(own.defined)[:300])


def test_the_stubs_depend_on_what_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    assert stub_folder(("libGL.so.1",)) != stub_folder(("libX11.so.6",))


def test_a_tool_gets_the_stubs_on_its_own_path_only(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path))
    monkeypatch.delenv("LD_LIBRARY_PATH", raising=False)
    monkeypatch.setattr(linkshim, "_load", lambda name: None)
    assert tool_environment(["libsumo"])["LD_LIBRARY_PATH"].startswith(str(tmp_path))
    assert "LD_LIBRARY_PATH" not in os.environ
