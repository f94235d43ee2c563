"""Voices, chosen by name."""

from speech.voices.base import Voice, VoiceOptions
from speech.voices.registry import VOICES, load_voice

__all__ = ["VOICES", "Voice", "VoiceOptions", "load_voice"]
