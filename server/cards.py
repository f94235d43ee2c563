"""Cards: how a command's life cycle is shown and when it is spoken of. Pure."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from model.contract.situation import RequestView
from modes.replies import life_cycle_text, progress_text
from modes.vocabulary import OPEN_STATES, RequestState
from server import protocol as p

#: Cards of commands that ended long ago are forgotten.
MAX_CARDS = 100


@dataclass(frozen=True)
class Update:
    """A card that changed, and what the car says about it ("" for nothing)."""

    card: p.Card
    spoken: str


class CardBook:
    """The newest card of each command, refusal and confirmation, by id."""

    def __init__(self, foreign_turn: Callable[[], int]) -> None:
        """`foreign_turn` numbers the card of a command that was not given here."""
        self._cards: dict[str, p.Card] = {}
        self._spoken: set[tuple[str, RequestState]] = set()
        self._foreign_turn = foreign_turn

    def show(self, card: p.Card) -> p.Card:
        """A card made here (heard, refused, asked back)."""
        self._cards[card.id] = card
        self._forget_old()
        return card

    def get(self, card_id: str) -> p.Card | None:
        return self._cards.get(card_id)

    def open_confirmation(self) -> p.Card | None:
        """The question that waits for yes or no."""
        asked = [c for c in self._cards.values() if c.kind == "confirm" and c.state is None]
        return asked[-1] if asked else None

    def close_confirmation(self, state: RequestState) -> p.Card | None:
        """Yes, no or too late: the card as it now is."""
        card = self.open_confirmation()
        if card is None:
            return None
        closed = card.model_copy(update={"state": state, "options": (), "expires_in_s": None})
        return self.show(closed)

    def follow(self, requests: Iterable[RequestView], t_s: float) -> list[Update]:
        """Cards that the newest situation changes."""
        updates = []
        for view in requests:
            old = self._cards.get(view.id)
            if old is not None and old.state is not None and old.state not in OPEN_STATES:
                continue  # it has ended once; a late situation does not wake it
            turn = old.turn if old is not None else self._foreign_turn()
            card = command_card(view, turn, t_s)
            if old is not None and _same(old, card):
                continue
            self.show(card)
            updates.append(Update(card, self._speech(view)))
        return updates

    def fail(self, card_id: str, reason: str) -> p.Card | None:
        """The driving process could not take a command."""
        old = self._cards.get(card_id)
        if old is None or old.kind != "command" or old.state not in OPEN_STATES:
            return None
        return self.show(
            old.model_copy(update={"state": RequestState.REFUSED, "detail": reason, "options": ()})
        )

    def _speech(self, view: RequestView) -> str:
        """Each state is spoken of once at the most."""
        key = (view.id, view.state)
        if key in self._spoken:
            return ""
        self._spoken.add(key)
        return life_cycle_text(view)

    def _forget_old(self) -> None:
        for stale in list(self._cards)[: max(0, len(self._cards) - MAX_CARDS)]:
            del self._cards[stale]
            self._spoken = {key for key in self._spoken if key[0] != stale}


def command_card(view: RequestView, turn: int, t_s: float) -> p.Card:
    """How a request looks now."""
    title, detail = progress_text(view)
    is_open = view.state in OPEN_STATES
    left_s = view.expires_s - t_s if is_open and view.expires_s is not None else None
    return p.Card(
        id=view.id,
        turn=turn,
        kind="command",
        state=view.state,
        title=title,
        detail=detail,
        expires_in_s=None if left_s is None else round(max(0.0, left_s), 1),
    )


def _same(old: p.Card, new: p.Card) -> bool:
    """The countdown runs in the browser: it alone is no change."""
    return (old.state, old.title, old.detail) == (new.state, new.title, new.detail)
