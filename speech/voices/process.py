"""The parent's half of a voice that lives in a process of its own."""

import json
import select
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from speech.errors import ModelMissing, VoiceError
from speech.voices.pipe_protocol import AUDIO, DONE, FAILED, HEADER, READY

_WORKER = Path(__file__).parent / "worker.py"
_POLL_MS = 20  # how soon a cancel is seen while no sound comes
_START_S = 30.0  # neural voices take some seconds to load
_STOP_S = 2.0


class _Died(Exception):
    """The process ended or its pipe broke."""


class VoiceProcess:
    """Starts the worker, speaks through it, and starts it again after it died."""

    def __init__(self, engine: str, settings: dict[str, Any], timeout_s: float) -> None:
        self._command = [sys.executable, "-P", str(_WORKER), engine, json.dumps(settings)]
        self._timeout_s = timeout_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[bytes] | None = None
        self._utterance = 0
        self.rate_hz = 0

    @property
    def pid(self) -> int | None:
        """Process id while it runs."""
        process = self._process
        return process.pid if process is not None and process.poll() is None else None

    def start(self) -> None:
        """Starts the process unless it runs; raises ModelMissing with the engine's reason."""
        with self._lock:
            self._start()

    def stop(self) -> None:
        """Ends the process; waits for an utterance that is being read to be given up."""
        with self._lock:
            self._stop()

    def speak(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        """Samples of `text`; starts a dead process again, once, while nothing has been heard."""
        with self._lock:
            heard = False
            for attempt in (1, 2):
                try:
                    for samples in self._attempt(text, cancel):
                        heard = True
                        yield samples
                    return
                except _Died as problem:
                    self._stop()
                    if heard or attempt == 2:
                        raise VoiceError(f"the voice process died ({problem})") from None

    def _start(self) -> None:
        if self.pid is not None:
            return
        self._stop()
        self._process = subprocess.Popen(
            self._command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, bufsize=0
        )
        self._utterance = 0
        try:
            kind, _, payload = self._frame(_START_S, None)
        except _Died as problem:
            self._stop()
            raise ModelMissing("a working voice process", f"it did not start ({problem})") from None
        if kind != READY:
            self._stop()
            raise ModelMissing("a part of the voice", payload.decode("utf-8", "replace"))
        self.rate_hz = int(payload)

    def _stop(self) -> None:
        process, self._process = self._process, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                pipe.close()
        try:
            process.wait(_STOP_S)  # it ends by itself when its stdin closes
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def _attempt(self, text: str, cancel: threading.Event) -> Iterator[bytes]:
        self._start()
        self._utterance += 1
        mine, finished = self._utterance, False
        self._send({"say": text, "id": mine})
        try:
            while not cancel.is_set():
                kind, utterance, payload = self._frame(self._timeout_s, cancel)
                if utterance != mine:
                    continue  # left over from an utterance that was cancelled
                finished = kind in (DONE, FAILED)
                if kind == FAILED:
                    raise VoiceError(payload.decode("utf-8", "replace"))
                if kind == DONE:
                    return
                if kind == AUDIO:
                    yield payload
        finally:
            if not finished and self._process is not None:
                self._cancel(mine)

    def _cancel(self, utterance: int) -> None:
        try:
            self._send({"cancel": utterance})
        except _Died:
            self._stop()  # the next utterance starts a new one

    def _send(self, request: dict[str, Any]) -> None:
        pipe = self._pipe("stdin")
        try:
            pipe.write(json.dumps(request).encode() + b"\n")
        except OSError as problem:
            raise _Died(str(problem)) from None

    def _frame(self, timeout_s: float, cancel: threading.Event | None) -> tuple[bytes, int, bytes]:
        """The next frame; a frame of kind b"" when `cancel` is set first."""
        pipe = self._pipe("stdout")
        deadline_s = time.monotonic() + timeout_s
        waiting = select.poll()  # unlike select() good for any number of open files
        waiting.register(pipe, select.POLLIN)
        while not waiting.poll(_POLL_MS):
            if cancel is not None and cancel.is_set():
                return b"", 0, b""
            if time.monotonic() > deadline_s:
                self._kill()
                raise _Died(f"no answer in {timeout_s:.0f} s")
        kind, utterance, length = HEADER.unpack(_exactly(pipe, HEADER.size))
        return kind, utterance, _exactly(pipe, length)

    def _kill(self) -> None:
        if self._process is not None:
            self._process.kill()

    def _pipe(self, name: str) -> BinaryIO:
        pipe = getattr(self._process, name, None)
        if pipe is None or pipe.closed:
            raise _Died("it is not running")
        return pipe  # type: ignore[no-any-return]


def _exactly(pipe: BinaryIO, count: int) -> bytes:
    parts: list[bytes] = []
    while count:
        part = pipe.read(count)
        if not part:
            raise _Died("its output ended")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)
