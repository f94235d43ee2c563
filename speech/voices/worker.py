"""Runs a synthesiser in a process of its own: requests on stdin, audio frames on stdout.

The parent starts it as `python -P worker.py ENGINE SETTINGS_JSON`; see pipe_protocol.py. Nothing of
the parent is imported, so that GPL libraries stay on this side of the pipe.
"""

import importlib.util
import json
import os
import queue
import signal
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any, BinaryIO

Emit = Callable[[bytes], bool]  # takes samples, tells whether to go on


def _beside(name: str) -> Any:
    """A module from this folder, loaded by path: the folder itself must not be importable, since
    files in it are named like the libraries that they wrap."""
    spec = importlib.util.spec_from_file_location(f"ridealong_voice_{name}", _HERE / f"{name}.py")
    if spec is None or spec.loader is None:
        raise ImportError(f"{name}.py is not beside {__file__}")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


_HERE = Path(__file__).parent
_protocol = _beside("pipe_protocol")


class _Requests:
    """Reads stdin in a thread, so that a cancel is seen while sound is being made."""

    def __init__(self, source: BinaryIO) -> None:
        self._source = source
        self.texts: queue.SimpleQueue[tuple[int, str]] = queue.SimpleQueue()
        self._cancelled_up_to = 0
        threading.Thread(target=self._read, daemon=True).start()

    def cancelled(self, utterance: int) -> bool:
        return utterance <= self._cancelled_up_to

    def _read(self) -> None:
        for line in self._source:
            request = json.loads(line)
            if "cancel" in request:
                self._cancelled_up_to = max(self._cancelled_up_to, request["cancel"])
            else:
                self.texts.put((request["id"], request["say"]))
        os._exit(0)  # the parent is gone: stop at once, also in the middle of a word


def main() -> None:
    """Loads the engine, says READY, then answers one text after the other until stdin ends."""
    engine_name, settings = sys.argv[1], json.loads(sys.argv[2])
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C in the terminal is for the parent
    # Libraries print to stdout; only frames may go there.
    out = os.fdopen(os.dup(1), "wb")
    os.dup2(2, 1)

    def send(kind: bytes, utterance: int, payload: bytes = b"") -> None:
        try:
            out.write(_protocol.HEADER.pack(kind, utterance, len(payload)) + payload)
            out.flush()
        except BrokenPipeError:
            os._exit(0)  # the parent is gone

    try:
        engine = _beside(engine_name).open_engine(settings)
    except Exception as problem:  # whatever it is, the parent must hear of it
        send(_protocol.FAILED, 0, _one_line(problem))
        return
    send(_protocol.READY, 0, str(engine.rate_hz).encode())
    requests = _Requests(sys.stdin.buffer)
    while True:
        utterance, text = requests.texts.get()

        def emit(samples: bytes, utterance: int = utterance) -> bool:
            if requests.cancelled(utterance):
                return False
            send(_protocol.AUDIO, utterance, samples)
            return True

        try:
            if not requests.cancelled(utterance):
                engine.speak(text, emit)
        except Exception as problem:  # one bad text must not end the voice
            send(_protocol.FAILED, utterance, _one_line(problem))
        else:
            send(_protocol.DONE, utterance)


def _one_line(problem: Exception) -> bytes:
    return " ".join(f"{type(problem).__name__}: {problem}".split()).encode()


if __name__ == "__main__":
    main()
