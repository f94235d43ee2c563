"""The bytes between a voice and the process that makes its sound.

Requests are JSON lines on standard input: {"say": text, "id": n} or {"cancel": n}. Answers are
frames on standard output: one letter, id, length, payload. This file is read by both sides, so it
imports the standard library only.
"""

import struct

HEADER = struct.Struct("<cII")  # kind, id of the utterance (0 before the first), payload bytes

READY = b"R"  # payload: sample rate in Hz as decimal text
AUDIO = b"A"  # payload: mono 16-bit samples
DONE = b"D"  # no payload; the utterance is complete or was cancelled
FAILED = b"E"  # payload: one line of text
