"""What a mall has granted to the app: one-minute codes, two-hour access, fourteen-day refresh."""

from __future__ import annotations

import secrets
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

CODE_LIFE = timedelta(seconds=60)
ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=14)
PARALLEL_ACCESS = 15


@dataclass(frozen=True, slots=True)
class Code:
    """One authorization code, waiting to be exchanged."""

    user_id: str
    scopes: tuple[str, ...]
    redirect_uri: str
    challenge: str | None
    until: datetime


@dataclass(frozen=True, slots=True)
class Grant:
    """One token pair."""

    access_token: str
    refresh_token: str
    user_id: str
    scopes: tuple[str, ...]
    issued_at: datetime

    @property
    def access_until(self) -> datetime:
        return self.issued_at + ACCESS_LIFE

    @property
    def refresh_until(self) -> datetime:
        return self.issued_at + REFRESH_LIFE


class Tokens:
    """All codes and pairs of one mall."""

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._codes: dict[str, Code] = {}
        self._by_access: dict[str, Grant] = {}
        self._by_refresh: dict[str, Grant] = {}

    def code(self, user_id: str, scopes: tuple[str, ...], redirect_uri: str, challenge: str | None) -> str:
        """A new code for the redirect."""
        code = secrets.token_urlsafe(16)
        self._codes[code] = Code(user_id, scopes, redirect_uri, challenge, self._now() + CODE_LIFE)
        return code

    def redeem(self, code: str) -> Code | None:
        """The code, used up by this very look; None when unknown, used or too old."""
        known = self._codes.pop(code, None)
        return known if known and self._now() < known.until else None

    def issue(self, user_id: str, scopes: tuple[str, ...]) -> Grant:
        """A new pair; beyond fifteen parallel access tokens the oldest stops working."""
        grant = Grant(secrets.token_urlsafe(24), secrets.token_urlsafe(24), user_id, scopes, self._now())
        self._by_access[grant.access_token] = grant
        self._by_refresh[grant.refresh_token] = grant
        alive = [g for g in self._by_access.values() if self._now() < g.access_until]
        self._by_access = {g.access_token: g for g in alive[-PARALLEL_ACCESS:]}
        return grant

    def refresh(self, refresh_token: str) -> Grant | None:
        """A new pair for a living refresh token, which dies at once.

        ASSUMPTION: the old access token works until its own end.
        """
        old = self._by_refresh.pop(refresh_token, None)
        if old is None or self._now() >= old.refresh_until:
            return None
        return self.issue(old.user_id, old.scopes)

    def valid(self, access_token: str) -> Grant | None:
        """The pair behind a living access token."""
        grant = self._by_access.get(access_token)
        return grant if grant and self._now() < grant.access_until else None

    def revoke(self, token: str) -> None:
        """End a token; ending an access token ends its refresh token too."""
        grant = self._by_access.pop(token, None)
        self._by_refresh.pop(grant.refresh_token if grant else token, None)

    def clear(self) -> None:
        """End everything, as when the mall removes the app."""
        self._codes.clear()
        self._by_access.clear()
        self._by_refresh.clear()
