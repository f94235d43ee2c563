"""The web cabin's protocol on `WS /v1/cabin`: one pydantic model per event, both directions.

Text frames carry one JSON event each. Binary frames start with one byte that says what they are:

====== ============== =====================================================================
byte 0 direction      rest
====== ============== =====================================================================
0x01   browser → car  uint32 sequence, float64 client time ms, then PCM s16le mono 16 kHz
0x02   car → browser  uint32 turn number, uint32 sample rate Hz, then PCM s16le mono
0x03   car → browser  uint8 camera index (order of `hello.cameras`), float64 scenario s, JPEG
====== ============== =====================================================================

Numbers in binary headers are little-endian.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, TypeAdapter

from model.contract.situation import CauseView, Situation
from modes.vocabulary import Command, Decision, Intent, Mode, Question, RequestState, Speaker

VERSION = 1
AUDIO_UP, AUDIO_DOWN, CAMERA = 0x01, 0x02, 0x03
MAX_MESSAGE_BYTES = 64 * 1024


class _Event(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


# ---------------------------------------------------------------- car → browser


class SpeechStatus(_Event):
    """What hearing and speaking can do here; `missing` says how to get what is not there."""

    recogniser: str | None
    voice: str | None
    noise_suppression: bool = False  # what getUserMedia should ask for
    missing: tuple[str, ...] = ()


class Hello(_Event):
    """First event on every connection, and again when another drive begins."""

    type: Literal["hello"] = "hello"
    v: int = VERSION
    session: str
    product: str  # version
    scenario: str
    title: str
    seed: int
    source: Literal["simulated", "replay"]
    model: str
    cameras: tuple[str, ...]
    speech: SpeechStatus
    cues: tuple[tuple[float, str], ...] = ()  # scripted demo: scenario s, text
    unit: Literal["kph", "mph"] = "kph"


class Map(_Event):
    """The static map document, once per drive (shape: see `server/mapdoc.py`)."""

    type: Literal["map"] = "map"
    map: dict[str, Any]


class Scene(_Event):
    """The situation at 10 Hz, with the age of the newest one when the drive went silent."""

    type: Literal["scene"] = "scene"
    situation: Situation
    now_line: str = Field(max_length=42)  # the NOW sentence: what and why in one line


class Why(_Event):
    """The Why card: sees / so / does, each in a few words, tied to an object."""

    type: Literal["why"] = "why"
    t_s: float
    sees: str
    so: str
    does: str
    certain: bool
    cause: CauseView | None = None
    trace: str  # trace id


class Link(_Event):
    """Connection between the talking and the driving process."""

    type: Literal["link"] = "link"
    state: Literal["ok", "starting", "lost"]
    detail: str = ""
    paused: bool = False


class Turn(_Event):
    """What the assistant is doing; drives the orb."""

    type: Literal["turn"] = "turn"
    state: Literal["idle", "armed", "listening", "thinking", "speaking", "interrupted", "off"]
    turn: int


class Level(_Event):
    """Input level as the car hears it, 0 to 1, and whether it is speech."""

    type: Literal["level"] = "level"
    level: float
    speech: bool


class Transcript(_Event):
    """Words heard or typed. Partial until `final`; an empty final means nothing was understood."""

    type: Literal["transcript"] = "transcript"
    turn: int
    text: str
    final: bool
    source: Literal["voice", "text", "script"]
    speaker: Speaker = Speaker.UNKNOWN
    confidence: float | None = None


class Utterance(_Event):
    """What the Mode Expert and the scene rules made of an utterance."""

    type: Literal["utterance"] = "utterance"
    turn: int
    text: str
    mode: Mode
    token: str
    decision: Decision
    intent: Intent | None = None
    commands: tuple[Command, ...] = ()
    question: Question | None = None
    refusal_code: str | None = None
    refusal_class: str | None = None
    rules: tuple[str, ...] = ()
    confidence: float
    #: Said by the car after it heard a stop word in a partial, before the sentence ended.
    fast_path: bool = False


class Reply(_Event):
    """The car's answer; `spoken` is False when captions are all there is."""

    type: Literal["reply"] = "reply"
    turn: int
    text: str
    final: bool
    spoken: bool = False
    #: What the answer rests on: trace id, cause, facts with source and age.
    evidence: dict[str, Any] = Field(default_factory=dict)
    #: Set when speech was cut off: how much of `text` was really heard.
    heard_chars: int | None = None


class Card(_Event):
    """A command or refusal with its life cycle; the same `id` updates the same card."""

    type: Literal["card"] = "card"
    id: str
    turn: int
    kind: Literal["command", "refusal", "confirm"]
    #: Life cycle of a command; None for refusals and confirmations.
    state: RequestState | None
    title: str
    detail: str = ""
    code: str | None = None  # R03, or the rule id
    #: Buttons: text that is said for the passenger when pressed (at most two).
    options: tuple[str, ...] = Field(default=(), max_length=2)
    expires_in_s: float | None = None
    progress: float | None = Field(default=None, ge=0, le=1)


class Latency(_Event):
    """Parts of one turn, ms; the sum is end of speech (or Enter) to first audio or text."""

    type: Literal["latency"] = "latency"
    turn: int
    parts_ms: dict[str, float]  # endpoint, transcript, decide, answer, voice
    total_ms: float


class Playback(_Event):
    """`clear` drops everything queued for a turn at once (barge-in, Esc)."""

    type: Literal["playback"] = "playback"
    action: Literal["begin", "end", "clear"]
    turn: int


class Alert(_Event):
    type: Literal["alert"] = "alert"
    level: Literal["info", "warning", "takeover"]
    title: str
    detail: str = ""


class Error(_Event):
    """Something the client sent could not be used; the car goes on driving."""

    type: Literal["error"] = "error"
    code: str
    message: str  # what was wrong
    hint: str = ""  # how to mend it


class ScenarioInfo(_Event):
    name: str
    title: str
    line: str
    minutes: float
    tags: tuple[str, ...] = ()


class Scenarios(_Event):
    """What the picker offers."""

    type: Literal["scenarios"] = "scenarios"
    scenarios: tuple[ScenarioInfo, ...]


class Mark(_Event):
    """A tick on the replay timeline."""

    t_s: float
    kind: Literal["utterance", "command", "refusal", "event"]
    text: str


class Timeline(_Event):
    """State of a replay; sent on change and every second while playing."""

    type: Literal["timeline"] = "timeline"
    start_s: float
    end_s: float
    t_s: float
    playing: bool
    speed: float
    loop: bool = False
    marks: tuple[Mark, ...] | None = None  # only in the first one


ToBrowser = Annotated[
    Hello
    | Map
    | Scene
    | Why
    | Link
    | Turn
    | Level
    | Transcript
    | Utterance
    | Reply
    | Card
    | Latency
    | Playback
    | Alert
    | Error
    | Scenarios
    | Timeline,
    Field(discriminator="type"),
]

# ---------------------------------------------------------------- browser → car


class Say(_Event):
    """Typed words, a pressed option button, or a scripted prompt."""

    type: Literal["say"] = "say"
    text: str = Field(min_length=1, max_length=2_000)
    speaker: Speaker = Speaker.PASSENGER
    source: Literal["text", "script"] = "text"


class Talk(_Event):
    """Push to talk: key down, key up, or given up."""

    type: Literal["talk"] = "talk"
    action: Literal["start", "stop", "cancel"]
    speaker: Speaker = Speaker.PASSENGER


class HandsFree(_Event):
    type: Literal["hands_free"] = "hands_free"
    on: bool


class StopSpeaking(_Event):
    """Esc: the car falls silent at once."""

    type: Literal["stop_speaking"] = "stop_speaking"


class Played(_Event):
    """How much of a turn's audio really came out of the loudspeaker."""

    type: Literal["played"] = "played"
    turn: int
    ms: float = Field(ge=0)
    done: bool = False


class Answer(_Event):
    """Yes or No on a card that asks for confirmation, or Cancel on an open command."""

    type: Literal["answer"] = "answer"
    card: str = Field(max_length=64)
    action: Literal["confirm", "reject", "cancel"]


class Drive(_Event):
    type: Literal["drive"] = "drive"
    action: Literal["start", "pause", "resume", "restart"]
    scenario: str | None = Field(default=None, max_length=200)
    seed: int | None = None


class Settings(_Event):
    """Per-connection wishes; a key that is None stays as it is."""

    type: Literal["settings"] = "settings"
    voice: bool | None = None  # speak replies aloud
    cameras: bool | None = None  # send camera frames
    speaker: Speaker | None = None


class Seek(_Event):
    """Replay only."""

    type: Literal["seek"] = "seek"
    action: Literal["play", "pause", "seek", "speed", "loop"]
    t_s: float | None = None
    speed: float | None = Field(default=None, ge=0.25, le=4)
    loop: bool | None = None


FromBrowser = Annotated[
    Say | Talk | HandsFree | StopSpeaking | Played | Answer | Drive | Settings | Seek,
    Field(discriminator="type"),
]
to_browser: TypeAdapter[ToBrowser] = TypeAdapter(ToBrowser)
from_browser: TypeAdapter[FromBrowser] = TypeAdapter(FromBrowser)


def schema() -> dict[str, Any]:
    """JSON schema of both directions, served at `/v1/cabin/schema`."""
    return {
        "version": VERSION,
        "to_browser": to_browser.json_schema(mode="serialization"),
        "from_browser": from_browser.json_schema(),
    }
