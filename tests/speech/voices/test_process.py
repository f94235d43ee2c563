"""The process behind a voice: it is really another one, it can die, it can be stopped."""

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from speech.errors import ModelMissing, VoiceError
from speech.voices.process import VoiceProcess

SETTINGS = {"voice": "en-us", "words_per_minute": 165, "pitch": 45}
LONG = "I am slowing down because a cyclist is merging ahead of us. " * 20


@pytest.fixture
def process() -> Iterator[VoiceProcess]:
    voice = VoiceProcess("espeak_engine", SETTINGS, timeout_s=20)
    voice.start()
    yield voice
    voice.stop()


def sound(process: VoiceProcess, text: str) -> bytes:
    return b"".join(process.speak(text, threading.Event()))


def same(one: bytes, other: bytes) -> bool:
    """Espeak says no word twice in quite the same way; its length tells the texts here apart."""
    return len(one) == pytest.approx(len(other), rel=0.01)


def test_it_is_a_process_of_its_own(process: VoiceProcess) -> None:
    assert process.pid not in (None, os.getpid())
    assert process.rate_hz == 22_050


def test_the_library_never_enters_this_process() -> None:
    # A fresh interpreter, since other tests may have imported anything.
    program = (
        "import sys, threading\n"
        "from speech.voices import load_voice\n"
        "voice = load_voice('espeak')\n"
        "assert b''.join(voice.speak('hello', threading.Event()))\n"
        "voice.close()\n"
        "assert 'espeakng_loader' not in sys.modules\n"
        "assert 'espeak-ng' not in open('/proc/self/maps').read()\n"
    )
    root = Path(__file__).parents[3]
    subprocess.run([sys.executable, "-c", program], cwd=root, check=True, timeout=60)


def test_a_killed_process_comes_back_with_the_next_words(process: VoiceProcess) -> None:
    before, pid = sound(process, "Stop."), process.pid
    assert pid is not None
    os.kill(pid, signal.SIGKILL)
    assert same(sound(process, "Stop."), before)
    assert process.pid not in (None, pid)


def test_death_in_the_middle_is_an_error_and_not_the_end(process: VoiceProcess) -> None:
    pieces = process.speak(LONG, threading.Event())
    next(pieces)
    assert process.pid is not None
    os.kill(process.pid, signal.SIGKILL)
    with pytest.raises(VoiceError, match="died"):
        list(pieces)
    assert sound(process, "Stop.")


def test_a_process_that_hangs_is_replaced() -> None:
    process = VoiceProcess("espeak_engine", SETTINGS, timeout_s=1)
    process.start()
    pid = process.pid
    assert pid is not None
    os.kill(pid, signal.SIGSTOP)
    assert sound(process, "Stop.")
    assert process.pid != pid
    process.stop()


def test_cancel_ends_the_sound_and_the_next_words_are_clean(process: VoiceProcess) -> None:
    whole = sound(process, "Stop.")
    for heard in (0, 1, 3):
        cancel = threading.Event()
        pieces = process.speak(LONG, cancel)
        for _ in range(heard):
            next(pieces)
        cancel.set()
        assert list(pieces) == []
        assert same(sound(process, "Stop."), whole)


def test_cancel_is_seen_while_no_sound_comes(process: VoiceProcess) -> None:
    assert process.pid is not None
    os.kill(process.pid, signal.SIGSTOP)
    cancel = threading.Event()
    threading.Timer(0.1, cancel.set).start()
    stopped = process.pid
    assert list(process.speak("Stop.", cancel)) == []
    assert process.pid == stopped  # a voice that is waited for in vain is replaced
    os.kill(stopped, signal.SIGCONT)


def test_who_stops_reading_leaves_a_clean_voice(process: VoiceProcess) -> None:
    whole = sound(process, "Stop.")
    pieces = process.speak(LONG, threading.Event())
    next(pieces)
    pieces.close()  # type: ignore[attr-defined]
    assert same(sound(process, "Stop."), whole)


def test_two_threads_are_spoken_one_after_the_other(process: VoiceProcess) -> None:
    texts = ["Stop.", "Take the next exit on the right.", "Why are you slowing down?"]
    wanted = [sound(process, text) for text in texts]
    found: dict[str, bytes] = {}
    threads = [
        threading.Thread(target=lambda text=text: found.update({text: sound(process, text)}))
        for text in texts
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(same(found[text], one) for text, one in zip(texts, wanted, strict=True))


def test_an_engine_that_cannot_start_says_why() -> None:
    process = VoiceProcess("espeak_engine", {**SETTINGS, "voice": "klingon-xx"}, timeout_s=5)
    with pytest.raises(ModelMissing, match="no voice 'klingon-xx'"):
        process.start()
    assert process.pid is None


def test_it_ends_when_its_parent_does() -> None:
    program = (
        "import os\n"
        "from speech.voices.espeak import EspeakVoice\n"
        "from speech.voices import VoiceOptions\n"
        "voice = EspeakVoice(VoiceOptions())\n"
        "voice.load()\n"
        "print(voice.pid, flush=True)\n"
        "os._exit(0)\n"  # as if it had crashed
    )
    root = Path(__file__).parents[3]
    done = subprocess.run(
        [sys.executable, "-c", program], cwd=root, check=True, timeout=60, capture_output=True
    )
    pid = int(done.stdout)
    for _ in range(500):
        if (
            not Path(f"/proc/{pid}/cmdline").is_file()
            or not Path(f"/proc/{pid}/cmdline").read_bytes()
        ):
            return
        time.sleep(0.01)
    pytest.fail("the voice process outlived its parent")
