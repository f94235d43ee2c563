"""Reads the dynamic symbols of ELF64 libraries and writes tiny stand-in libraries."""

from __future__ import annotations

import struct
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

_SECTION = struct.Struct("<IIQQQQIIQQ")
_SYMBOL = struct.Struct("<IBBHQQ")
_DYNSYM = 11
_GLOBAL, _WEAK = 1, 2
#: Machine name -> (ELF machine number, "return 0" in machine code).
MACHINES = {
    "x86_64": (62, bytes.fromhex("31c0c3")),
    "aarch64": (183, bytes.fromhex("000080d2c0035fd6")),
}
_PAGE = 0x10000  # the largest page size of either machine


@dataclass(frozen=True)
class Symbols:
    """Names that a library offers and names that it needs from others (weak needs left out)."""

    defined: frozenset[bytes]
    needed: frozenset[bytes]


def read_symbols(path: Path) -> Symbols:
    """The dynamic symbols of a library; raises `ValueError` when it is no ELF64 file."""
    data = path.read_bytes()
    if data[:6] != b"\x7fELF\x02\x01":
        raise ValueError(f"{path.name}: not a little-endian ELF64 library")
    (offset,) = struct.unpack_from("<Q", data, 0x28)
    size, count = struct.unpack_from("<HH", data, 0x3A)
    sections = [_SECTION.unpack_from(data, offset + i * size) for i in range(count)]
    defined: set[bytes] = set()
    needed: set[bytes] = set()
    for section in sections:
        if section[1] != _DYNSYM:
            continue
        strings = sections[section[6]][4]
        table = data[section[4] : section[4] + section[5]]
        for name, info, _, home, _, _ in _SYMBOL.iter_unpack(table):
            binding = info >> 4
            if not name or binding not in (_GLOBAL, _WEAK):
                continue
            start = strings + name
            word = data[start : data.index(b"\0", start)]
            if home:
                defined.add(word)
            elif binding == _GLOBAL:
                needed.add(word)
    return Symbols(frozenset(defined), frozenset(needed))


def _hash(name: bytes) -> int:
    """The System V hash that the loader uses to look a symbol up."""
    value = 0
    for byte in name:
        value = (value << 4) + byte
        high = value & 0xF0000000
        value = (value ^ (high >> 24)) & ~high & 0xFFFFFFFF
    return value


def _hash_table(names: list[bytes]) -> bytes:
    buckets = [0] * max(len(names), 1)
    chain = [0] * (len(names) + 1)
    for index, name in enumerate(names, start=1):
        slot = _hash(name) % len(buckets)
        chain[index], buckets[slot] = buckets[slot], index
    words = [len(buckets), len(chain), *buckets, *chain]
    return struct.pack(f"<{len(words)}I", *words)


def stub_library(soname: str, names: Iterable[bytes], machine: str) -> bytes:
    """A shared library called `soname` in which each of `names` is a function returning 0.

    Raises `ValueError` for a machine other than those of `MACHINES`.
    """
    if machine not in MACHINES:
        raise ValueError(f"no stand-in libraries for {machine}, only for {', '.join(MACHINES)}")
    number, code = MACHINES[machine]
    wanted = sorted(set(names))
    strings = bytearray(b"\0")
    symbols = bytearray(_SYMBOL.pack(0, 0, 0, 0, 0, 0))
    code_at = 64 + 4 * 56
    for name in wanted:
        symbols += _SYMBOL.pack(len(strings), (_GLOBAL << 4) | 2, 0, 1, code_at, len(code))
        strings += name + b"\0"
    soname_at = len(strings)
    strings += soname.encode() + b"\0"

    symbols_at = (code_at + len(code) + 7) & ~7
    hashes = _hash_table(wanted)
    hashes_at = symbols_at + len(symbols)
    strings_at = hashes_at + len(hashes)
    end = strings_at + len(strings)
    # The loader writes into the dynamic table, so it lies alone in a writable page.
    table_at = (end + _PAGE - 1) & ~(_PAGE - 1)
    entries = [(14, soname_at), (4, hashes_at), (5, strings_at), (6, symbols_at)]
    entries += [(10, len(strings)), (11, _SYMBOL.size), (0, 0)]
    table = b"".join(struct.pack("<qQ", *entry) for entry in entries)

    header = b"\x7fELF\x02\x01\x01" + bytes(9)
    header += struct.pack("<HHIQQQIHHHHHH", 3, number, 1, 0, 64, 0, 0, 64, 56, 4, 64, 0, 0)
    segments = (
        (1, 5, 0, end, _PAGE),
        (1, 6, table_at, len(table), _PAGE),
        (2, 6, table_at, len(table), 8),
        (0x6474E551, 6, 0, 0, 16),  # a stack that is not executable
    )
    for kind, flags, at, length, align in segments:
        header += struct.pack("<IIQQQQQQ", kind, flags, at, at, at, length, length, align)
    body = (header + code).ljust(symbols_at, b"\0") + bytes(symbols) + hashes + bytes(strings)
    return body.ljust(table_at, b"\0") + table
