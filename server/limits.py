"""Limits of one connection: how big, how often, how long. Pure; time comes from outside."""

from __future__ import annotations

from dataclasses import dataclass

from server.protocol import MAX_MESSAGE_BYTES

#: The transport takes messages up to this size so that the sender gets an explanation instead of
#: a dead socket; anything above is cut off by the transport with close code 1009.
TRANSPORT_MAX_BYTES = 12 * 1024 * 1024
EVENTS_PER_S, EVENTS_BURST = 20.0, 60.0
#: Microphone: 32 kB/s is real time; the burst covers the pre-roll and a stalled network.
AUDIO_BYTES_PER_S, AUDIO_BURST_BYTES = 40_000.0, 640_000.0
MAX_UTTERANCE_S = 20.0
#: So many refused messages within a minute and the connection is closed.
STRIKES_PER_MINUTE = 100

#: WebSocket close codes (RFC 6455, and the private range).
CLOSE_POLICY, CLOSE_TOO_BIG, CLOSE_TRY_LATER = 1008, 1009, 1013
CLOSE_UNAUTHORISED, CLOSE_FORBIDDEN = 4401, 4403


@dataclass
class Bucket:
    """A token bucket: `rate` a second, at most `burst` at once."""

    rate: float
    burst: float

    def __post_init__(self) -> None:
        self._level = self.burst
        self._at_s = 0.0

    def take(self, amount: float, now_s: float) -> bool:
        """True when `amount` may pass at `now_s` (a clock that never goes back)."""
        self._level = min(self.burst, self._level + max(0.0, now_s - self._at_s) * self.rate)
        self._at_s = now_s
        if amount > self._level:
            return False
        self._level -= amount
        return True


class ConnectionLimits:
    """The buckets of one connection, and how often it overstepped."""

    def __init__(self) -> None:
        self.events = Bucket(EVENTS_PER_S, EVENTS_BURST)
        self.audio = Bucket(AUDIO_BYTES_PER_S, AUDIO_BURST_BYTES)
        self._strikes = Bucket(STRIKES_PER_MINUTE / 60, STRIKES_PER_MINUTE)
        self._told_s: dict[str, float] = {}

    def strike(self, now_s: float) -> bool:
        """Counts a refused message; False when it was one too many."""
        return self._strikes.take(1, now_s)

    def tell(self, code: str, now_s: float) -> bool:
        """Should this error be told now? The same one is told once a second at the most."""
        if now_s - self._told_s.get(code, -1e9) < 1.0:
            return False
        self._told_s[code] = now_s
        return True


def too_big(size_bytes: int) -> bool:
    return size_bytes > MAX_MESSAGE_BYTES
