"""Speech recognisers, chosen by name."""

from speech.recognisers.base import Capabilities, Recogniser, RecogniserOptions, Transcript
from speech.recognisers.registry import RECOGNISERS, load_recogniser

__all__ = [
    "RECOGNISERS",
    "Capabilities",
    "Recogniser",
    "RecogniserOptions",
    "Transcript",
    "load_recogniser",
]
