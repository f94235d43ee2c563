"""Stand-in libraries load, answer 0, and say who they are; symbols of real ones are read."""

from __future__ import annotations

import _ctypes
import ctypes
import platform
from pathlib import Path

import pytest

from world.elf import MACHINES, read_symbols, stub_library

pytestmark = pytest.mark.skipif(platform.machine() not in MACHINES, reason="no stand-ins here")


def test_a_stand_in_loads_and_every_function_returns_zero(tmp_path: Path) -> None:
    path = tmp_path / "libnobody.so.3"
    names = [f"function_{n}".encode() for n in range(500)]
    path.write_bytes(stub_library("libnobody.so.3", names, platform.machine()))
    library = ctypes.CDLL(str(path))
    assert [library[name.decode()]() for name in names] == [0] * 500
    assert not hasattr(library, "function_500")


def test_a_loaded_stand_in_is_found_by_its_soname(tmp_path: Path) -> None:
    path = tmp_path / "anything.so"
    path.write_bytes(stub_library("libsomebody.so.1", [b"hello"], platform.machine()))
    with pytest.raises(OSError, match="libsomebody"):
        ctypes.CDLL("libsomebody.so.1")
    ctypes.CDLL(str(path))
    assert ctypes.CDLL("libsomebody.so.1").hello() == 0


def test_symbols_of_a_real_library_are_read() -> None:
    symbols = read_symbols(Path(_ctypes.__file__))
    assert b"PyInit__ctypes" in symbols.defined
    assert b"PyErr_SetString" in symbols.needed


def test_what_is_no_library_is_an_error(tmp_path: Path) -> None:
    path = tmp_path / "text.so"
    path.write_text("hello")
    with pytest.raises(ValueError, match=r"text\.so: not a little-endian ELF64 library"):
        read_symbols(path)


def test_another_machine_is_an_error() -> None:
    with pytest.raises(ValueError, match="no stand-in libraries for s390x"):
        stub_library("libx.so", [b"x"], "s390x")
