"""From text to a WAV file and back to text, as the command line does it."""

from pathlib import Path

import numpy as np
import pytest

from speech.audio import Recording, read_wav, to_pcm16, write_wav
from speech.errors import AudioError, VoiceError
from speech.files import hear_file, hear_recording, speak_to_file, speak_to_pcm
from speech.recognisers import Recogniser
from speech.vad import SileroModel
from speech.voices import load_voice
from speech.words import normal

from .conftest import CLEAR, Say, ScriptedRecogniser, ToneVoice


def test_what_is_spoken_into_a_file_is_heard_from_it(tmp_path: Path, moonshine: Recogniser) -> None:
    path = tmp_path / "why.wav"
    voice = load_voice("espeak", CLEAR)
    length_s = speak_to_file("Why are you slowing down?", path, voice)
    voice.close()
    assert read_wav(path).duration_s == pytest.approx(length_s)
    transcript = hear_file(path, moonshine)
    assert normal(transcript.text) == "why are you slowing down"
    assert transcript.audio_s == pytest.approx(length_s, abs=0.001)
    assert transcript.confidence is not None
    assert transcript.confidence > 0.5


def test_without_a_voice_the_embedded_one_speaks(tmp_path: Path) -> None:
    assert 0.3 < speak_to_file("Okay.", tmp_path / "okay.wav") < 2


def test_two_sentences_with_a_pause_are_heard_as_two(
    silero: SileroModel, clear_speech: Say
) -> None:
    speech = clear_speech("Why are you slowing down?")
    recogniser = ScriptedRecogniser(["One.", "Two."], confidences=[0.4, 0.8])
    sound = np.concatenate((speech, np.zeros(24000, np.float32), speech))
    transcript = hear_recording(Recording(sound, 16000), recogniser, silero)
    assert transcript.text == "One. Two."
    assert transcript.confidence == pytest.approx(0.6, abs=0.02)
    assert len(recogniser.heard_s) == 2


def test_silence_is_not_given_to_the_recogniser(silero: SileroModel) -> None:
    recogniser = ScriptedRecogniser(["Thank you for watching."])
    transcript = hear_recording(Recording(np.zeros(80000, np.float32), 16000), recogniser, silero)
    assert (transcript.text, transcript.confidence, recogniser.heard_s) == ("", 0.0, [])


def test_invented_words_are_left_out(silero: SileroModel, clear_speech: Say) -> None:
    speech = Recording(clear_speech("Why are you slowing down?"), 16000)
    assert hear_recording(speech, ScriptedRecogniser(["ha " * 20]), silero).text == ""


def test_a_very_long_talk_is_heard_in_parts(silero: SileroModel, clear_speech: Say) -> None:
    speech = np.tile(clear_speech("Why are you slowing down?"), 25)
    recogniser = ScriptedRecogniser(["Word."])
    hear_recording(Recording(speech, 16000), recogniser, silero)
    assert len(speech) / 16000 > 30
    assert sum(recogniser.heard_s) > 0.9 * len(speech) / 16000
    assert max(recogniser.heard_s) <= 15.1


def test_sentences_are_made_speakable() -> None:
    voice = ToneVoice()
    assert len(speak_to_pcm("I do 38 km/h. Okay?", voice)) == 7 * 1920
    assert voice.said == ["I do 38 kilometres per hour.", "Okay?"]


def test_files_that_cannot_be_are_clear_errors(tmp_path: Path, moonshine: Recogniser) -> None:
    with pytest.raises(AudioError, match="does not exist"):
        hear_file(tmp_path / "none.wav", moonshine)
    with pytest.raises(AudioError, match="cannot be written"):
        speak_to_file("Okay.", tmp_path / "no" / "folder.wav", ToneVoice())
    with pytest.raises(VoiceError, match="nothing to say"):
        speak_to_file("...", tmp_path / "a.wav", load_voice("none"))


def test_a_file_of_another_rate_is_heard(tmp_path: Path, silero: SileroModel) -> None:
    path = tmp_path / "a.wav"
    write_wav(path, to_pcm16(np.zeros(48000, np.float32)), 48_000)
    heard = hear_recording(read_wav(path), ScriptedRecogniser(["x"]), silero)
    assert heard.audio_s == 1.0
