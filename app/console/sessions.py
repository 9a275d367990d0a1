"""Who is in the console: a signed cookie of eight hours that ends after one idle hour, or by leaving."""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from enum import StrEnum

import orjson
from starlette.responses import Response

from app.clock import Clock, from_millis, to_millis
from app.keys import BadToken, KeyRing
from app.ports import Once
from commands.kernel.who import ChannelId, Language, MallId

PURPOSE = "console"
LEFT_PURPOSE = "console_left"
LIFE = timedelta(hours=8)
IDLE = timedelta(hours=1)
SKEW = timedelta(minutes=1)
MANAGER = "manager:"
OPERATOR = "operator:"


class Role(StrEnum):
    """What the sign-in proved. A manager's rights are read anew from the connection with each request."""

    ADMIN = "admin"
    MANAGER = "manager"


@dataclass(frozen=True, slots=True)
class Session:
    """`who`: `manager:{id}` or `operator:{id}`. `mall_id`: the mall that the channel was connected to when it was
    last seen; a session never outlives that connection.
    """

    id: str
    channel_id: ChannelId
    who: str
    role: Role
    language: Language
    mall_id: MallId | None
    began_at: datetime
    seen_at: datetime

    def alive(self, now: datetime) -> bool:
        return self.began_at - SKEW <= now < self.began_at + LIFE and now < self.seen_at + IDLE


class Sessions:
    """`secure`: the console is served over https."""

    def __init__(self, keys: KeyRing, clock: Clock, once: Once, *, secure: bool) -> None:
        self._keys = keys
        self._clock = clock
        self._once = once
        self._secure = secure
        self.cookie = "__Host-jumun_console" if secure else "jumun_console"

    def begin(
        self, *, channel_id: ChannelId, who: str, role: Role, language: Language, mall_id: MallId | None
    ) -> Session:
        """Always a new id: a cookie from before signing in is worth nothing."""
        now = self._clock()
        return Session(secrets.token_urlsafe(16), channel_id, who, role, language, mall_id, now, now)

    async def read(self, cookies: Mapping[str, str]) -> Session | None:
        """None: none, forged, too old, idle for too long, or left."""
        now = self._clock()
        session = self._opened(cookies.get(self.cookie, ""))
        if session is None or not session.alive(now):
            return None
        if await self._once.peek(LEFT_PURPOSE, session.id, now) is not None:
            return None
        return session

    def keep(self, response: Response, session: Session) -> None:
        """Writes the cookie, and so starts the idle hour anew."""
        now = self._clock()
        seen = replace(session, seen_at=now)
        left = max(1, int((seen.began_at + LIFE - now).total_seconds()))
        self._set(response, self._keys.sign(PURPOSE, _packed(seen)), left)

    def drop(self, response: Response) -> None:
        self._set(response, "", 0)

    async def end(self, session: Session) -> None:
        """A copy of the cookie ends too."""
        await self._once.first(LEFT_PURPOSE, session.id, self._clock(), session.began_at + LIFE)

    def _set(self, response: Response, value: str, max_age: int) -> None:
        response.set_cookie(
            self.cookie,
            value,
            max_age=max_age,
            path="/",  # what the prefix __Host- demands
            secure=self._secure,
            httponly=True,
            samesite="lax",
        )

    def _opened(self, cookie: str) -> Session | None:
        try:
            packed = orjson.loads(self._keys.verify(PURPOSE, cookie))
            session_id, channel_id, who, role, language, mall_id, began, seen = packed
            return Session(
                session_id,
                ChannelId(channel_id),
                who,
                Role(role),
                Language(language),
                None if mall_id is None else MallId(mall_id),
                from_millis(began),
                from_millis(seen),
            )
        except (BadToken, ValueError, TypeError):
            return None


def _packed(session: Session) -> bytes:
    return orjson.dumps(
        [
            session.id,
            session.channel_id,
            session.who,
            session.role,
            session.language,
            session.mall_id,
            to_millis(session.began_at),
            to_millis(session.seen_at),
        ]
    )
