"""Prometheus metrics of one service; every app has a registry of its own."""

from __future__ import annotations

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram, generate_latest

from server import protocol as p

_LATENCY_S = (0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 1.0, 1.5, 2.5, 5.0)


class Metrics:
    """What an operator wants to see; `observe` taps the events of the car."""

    def __init__(self) -> None:
        self.registry = registry = CollectorRegistry()
        self.connections = Gauge("ridealong_connections", "Open browsers", registry=registry)
        self.refused = Counter(
            "ridealong_refused_messages", "Messages that could not be used", ["code"],
            registry=registry,
        )  # fmt: skip
        self.utterances = Counter(
            "ridealong_utterances", "Utterances by token and decision", ["mode", "decision"],
            registry=registry,
        )  # fmt: skip
        self.refusals = Counter(
            "ridealong_refusals", "Utterances refused for their words", ["code"], registry=registry
        )
        self.latency = Histogram(
            "ridealong_reply_seconds", "End of speech (or Enter) to first sound or text",
            buckets=_LATENCY_S, registry=registry,
        )  # fmt: skip
        self.situations = Counter("ridealong_situations", "Ticks seen", registry=registry)
        self.missed = Counter(
            "ridealong_deadline_misses", "Ticks whose plan came too late", registry=registry
        )
        self.link_up = Gauge(
            "ridealong_link_up", "1 while the drive is connected", registry=registry
        )
        self.guard = Counter(
            "ridealong_guard_ticks", "Ticks by guard verdict", ["verdict"], registry=registry
        )

    def observe(self, event: p.ToBrowser) -> None:
        match event:
            case p.Utterance():
                self.utterances.labels(event.mode.value, event.decision.value).inc()
                if event.refusal_code:
                    self.refusals.labels(event.refusal_code).inc()
            case p.Latency():
                self.latency.observe(event.total_ms / 1e3)
            case _:
                pass

    def text(self) -> bytes:
        return generate_latest(self.registry)
