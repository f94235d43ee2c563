"""Finds a recogniser by name; `auto` takes the first that can run here."""

import logging
from collections.abc import Callable, Mapping
from types import MappingProxyType

from speech.errors import ModelMissing, UnknownBackend
from speech.recognisers.base import Recogniser, RecogniserOptions
from speech.recognisers.faster_whisper import FasterWhisper
from speech.recognisers.moonshine import Moonshine
from speech.recognisers.openai import OpenAiRecogniser

_log = logging.getLogger(__name__)

RECOGNISERS: Mapping[str, Callable[[RecogniserOptions], Recogniser]] = MappingProxyType(
    {
        "moonshine": Moonshine,
        "faster_whisper": FasterWhisper,
        "openai": OpenAiRecogniser,
    }
)


def load_recogniser(name: str = "auto", options: RecogniserOptions | None = None) -> Recogniser:
    """A loaded recogniser.

    `auto` takes what the options point to (a URL, then a model), else the embedded one. Raises
    UnknownBackend for a name that is not in RECOGNISERS and ModelMissing when it cannot run here.
    """
    options = options or RecogniserOptions()
    if name != "auto":
        if name not in RECOGNISERS:
            known = ", ".join(("auto", *RECOGNISERS))
            raise UnknownBackend(f"no recogniser is called {name!r}: choose one of {known}")
        recogniser = RECOGNISERS[name](options)
        recogniser.load()
        return recogniser
    problems: list[str] = []
    for candidate in _candidates(options):
        recogniser = RECOGNISERS[candidate](options)
        try:
            recogniser.load()
        except ModelMissing as problem:
            _log.warning("recogniser %s is skipped: %s", candidate, problem)
            problems.append(f"{candidate}: {problem}")
            continue
        return recogniser
    raise ModelMissing("every recogniser", "; ".join(problems))


def _candidates(options: RecogniserOptions) -> list[str]:
    wanted = []
    if options.url:
        wanted.append("openai")
    elif options.model:
        wanted.append("faster_whisper")
    return [*wanted, "moonshine"]
