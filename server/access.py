"""Who may come in: token, one-time link, Host and Origin checks. Pure, but for the link's use."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Iterable, Mapping
from urllib.parse import urlsplit

from server.settings import Settings

COOKIE = "ridealong"
_LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "[::1]", "::1"})


class Access:
    """The door of one service.

    Without a token (loopback only) everybody on this machine may come in, if the Host header
    names this machine: that keeps web pages elsewhere out (DNS rebinding). With a token a client
    shows it as `Authorization: Bearer`, as `?token=` or as the cookie that the one-time link sets.
    """

    def __init__(self, settings: Settings) -> None:
        token = settings.token.get_secret_value() if settings.token else None
        self._token = token
        self._origins = frozenset(settings.origins)
        self._hosts = None if token else _LOCAL_NAMES | {settings.host}
        self._link: str | None = secrets.token_urlsafe(18) if token else None
        # Derived, so that a cookie outlives a restart of the talking process.
        self.cookie = hashlib.sha256(f"cabin {token}".encode()).hexdigest() if token else ""

    @property
    def needs_token(self) -> bool:
        return self._token is not None

    @property
    def link_token(self) -> str | None:
        """The unused one-time token for the link that `serve` prints."""
        return self._link

    def host_ok(self, host: str | None) -> bool:
        """Does the Host header name this service?"""
        if self._hosts is None:
            return True
        return host is not None and _name(host) in self._hosts

    def origin_ok(self, origin: str | None, host: str | None) -> bool:
        """May a page of this origin open a WebSocket? Programs send no Origin."""
        if origin is None or origin in self._origins:
            return True
        parts = urlsplit(origin)
        return parts.scheme in ("http", "https") and bool(host) and parts.netloc == host

    def allowed(
        self, headers: Mapping[str, str], query: Mapping[str, str], cookies: Mapping[str, str]
    ) -> bool:
        """Does this request carry a valid token?"""
        if self._token is None:
            return True
        scheme, _, bearer = headers.get("authorization", "").partition(" ")
        if scheme.lower() == "bearer" and _same(bearer.strip(), (self._token,)):
            return True
        if _same(cookies.get(COOKIE, ""), (self.cookie,)):
            return True
        return _same(query.get("token", ""), (self._token,))

    def redeem(self, token: str) -> bool:
        """True once for the one-time link, and always for the token itself."""
        if self._token is None:
            return False
        if self._link is not None and _same(token, (self._link,)):
            self._link = None
            return True
        return _same(token, (self._token,))


def _same(given: str, wanted: Iterable[str]) -> bool:
    """Constant-time comparison that also takes text outside ASCII."""
    return any(hmac.compare_digest(given.encode(), item.encode()) for item in wanted)


def _name(host: str) -> str:
    """The name in a Host header, without its port."""
    if host.startswith("["):
        return host.partition("]")[0] + "]"
    return host.partition(":")[0]
