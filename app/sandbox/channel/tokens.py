"""Token pairs of the app: its own and one per channel, and the limit on asking for them."""

from __future__ import annotations

import base64
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

import orjson

from app.sandbox.channel.errors import NativeRefused, unauthorized

ACCESS_LIFE = timedelta(seconds=1800)
REFRESH_LIFE = timedelta(days=7)  # ASSUMPTION: the life of a refresh token is not documented
WINDOW = timedelta(minutes=30)
CALLS_PER_WINDOW = 10


@dataclass(frozen=True, slots=True)
class Pair:
    """`channel_id` is None for the token of the app itself."""

    access: str
    refresh: str
    channel_id: str | None
    issued_at: datetime


class AppTokens:
    """Issues, refreshes and checks; a refresh token works once (ASSUMPTION: the strictest reading)."""

    def __init__(self, now: Callable[[], datetime], app_id: str, secret: str) -> None:
        self._now = now
        self._app_id = app_id
        self._secret = secret
        self._by_access: dict[str, Pair] = {}
        self._by_refresh: dict[str, Pair] = {}
        self._window_from: datetime | None = None
        self.calls = 0

    def issue(self, secret: object, channel_id: str | None) -> Pair:
        self._count()
        if not isinstance(secret, str) or not secrets.compare_digest(secret.encode(), self._secret.encode()):
            raise unauthorized("the app secret is wrong")
        return self._new(channel_id)

    def refresh(self, token: object) -> Pair:
        self._count()
        old = self._by_refresh.pop(token, None) if isinstance(token, str) else None
        if old is None or self._now() >= old.issued_at + REFRESH_LIFE:
            raise unauthorized("the refresh token is unknown, used or expired")
        return self._new(old.channel_id)

    def valid(self, access: str | None) -> Pair:
        """The pair behind a living access token."""
        pair = self._by_access.get(access or "")
        if pair is None or self._now() >= pair.issued_at + ACCESS_LIFE:
            raise unauthorized("the access token is missing, unknown or expired")
        return pair

    def end(self, channel_id: str) -> None:
        """All tokens of a channel die, as when it removes the app."""
        self._by_access = {k: p for k, p in self._by_access.items() if p.channel_id != channel_id}
        self._by_refresh = {k: p for k, p in self._by_refresh.items() if p.channel_id != channel_id}

    def _count(self) -> None:
        now = self._now()
        if self._window_from is None or now >= self._window_from + WINDOW:
            self._window_from, self.calls = now, 0
        if self.calls >= CALLS_PER_WINDOW:
            raise NativeRefused(1, "tooManyRequests", "10 token calls per 30 minutes are allowed")
        self.calls += 1

    def _new(self, channel_id: str | None) -> Pair:
        pair = Pair(
            self._jwt("access", channel_id), self._jwt("refresh", channel_id), channel_id, self._now()
        )
        self._by_access[pair.access] = pair
        self._by_refresh[pair.refresh] = pair
        return pair

    def _jwt(self, use: str, channel_id: str | None) -> str:
        """Three dotted parts like the real ones; nobody may read them."""
        claims = {"app": self._app_id, "channel": channel_id, "use": use, "iat": int(self._now().timestamp())}
        parts = (orjson.dumps({"alg": "HS256", "typ": "JWT"}), orjson.dumps(claims), secrets.token_bytes(32))
        return ".".join(base64.urlsafe_b64encode(part).rstrip(b"=").decode() for part in parts)
