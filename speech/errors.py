"""The errors of this room: each message is one line that says what is wrong and how to mend it."""


class SpeechError(Exception):
    """Base of everything that hearing or speaking may raise."""


class ModelMissing(SpeechError):
    """A backend cannot be loaded because a file or a package is not there."""

    def __init__(self, what: str, how_to_get: str) -> None:
        super().__init__(f"{what} is missing: {how_to_get}")
        self.what = what
        self.how_to_get = how_to_get


class UnknownBackend(SpeechError):
    """A recogniser or voice was asked for by a name that does not exist."""


class RecogniserError(SpeechError):
    """A loaded recogniser failed on one piece of audio."""


class VoiceError(SpeechError):
    """A loaded voice failed on one piece of text."""


class AudioError(SpeechError):
    """Audio of a form that cannot be used."""
