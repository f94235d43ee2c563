"""What the Mode Expert is given beside the words, and what it says about them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

from model.contract.situation import Situation
from modes.dialogue import Dialogue
from modes.memory import Memory
from modes.vocabulary import Command, Intent, Mode, Question, Refusal, Speaker, Unit


@dataclass(frozen=True)
class Context:
    """What the Mode Expert may know besides the words.

    `exits` and `places` are names on this road and map, `now_s` the dialogue's clock,
    `assistant_before` the assistant's last words where no dialogue is kept.
    """

    dialogue: Dialogue = field(default_factory=Dialogue)
    speaker: Speaker = Speaker.UNKNOWN
    assistant_before: str = ""
    now_s: float = 0.0
    exits: tuple[str, ...] = ()
    places: tuple[str, ...] = ()
    unit: Unit = Unit.KPH
    #: Recent situations, oldest first, for questions (at best a `Memory`); empty without a drive.
    memory: Memory | Sequence[Situation] = ()


@dataclass(frozen=True)
class Reading:
    """What the words are. `layer` says which part decided, `confidence` how sure it is (0 to 1)."""

    text: str
    mode: Mode
    commands: tuple[Command, ...] = ()
    question: Question | None = None
    refusal: Refusal | None = None
    confidence: float = 0.9
    layer: str = "grammar"
    #: A call for caution that may not have been one: ease off and ask.
    doubtful: bool = False
    #: Said as a plea or warning rather than as an order.
    warning: bool = False
    #: Somebody spoke to the car but it did not understand.
    unclear: bool = False
    #: Yes, no, repeat: what is meant for the dialogue itself.
    dialogue: Intent | None = None
    words: str = field(default="", repr=False)

    @property
    def intent(self) -> Intent | None:
        """The first command's intent."""
        return self.commands[0].intent if self.commands else self.dialogue
