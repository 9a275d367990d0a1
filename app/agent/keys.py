"""Who is calling: an agent's key, of one channel, with its scopes. A key is shown once and kept as a hash."""

import re
import secrets
from collections import OrderedDict, deque
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from app.clock import Clock
from app.ids import new_id
from app.ports.agents import AgentKey, AgentKeys, Scope
from commands.kernel.who import ChannelId

START = "jumun_"
SHAPE = re.compile(rf"{START}[A-Za-z0-9_-]{{43}}")
SHOWN = len(START) + 6
CALLS, WITHIN = 240, timedelta(minutes=1)
TRUSTED = timedelta(seconds=2)
"""How long a revoked key may still work in another worker."""
MOST = 2_000


def hash_of(secret: str) -> str:
    """For 256 random bits; nothing shorter."""
    return sha256(secret.encode()).hexdigest()


def new_key(
    channel_id: ChannelId, name: str, scopes: Iterable[Scope], by: str, now: datetime
) -> tuple[AgentKey, str]:
    """The record, and the key itself, which nobody sees again."""
    secret = START + secrets.token_urlsafe(32)
    key = AgentKey(new_id(now), channel_id, name, secret[:SHOWN], frozenset(scopes), by, now)
    return key, secret


@dataclass
class Doorkeeper:
    """Answers for a bearer token. `forget` after a key was revoked here."""

    store: AgentKeys
    clock: Clock
    calls: int = CALLS
    _known: OrderedDict[str, tuple[datetime, AgentKey | None]] = field(default_factory=OrderedDict)
    _passed: dict[str, deque[datetime]] = field(default_factory=dict)

    async def who(self, token: str) -> AgentKey | None:
        """None for what is no key, an unknown and a revoked one alike."""
        if not SHAPE.fullmatch(token):
            return None
        now, key_hash = self.clock(), hash_of(token)
        known = self._known.get(key_hash)
        if known and now < known[0]:
            return known[1]
        key = await self.store.of_hash(key_hash)
        if key is not None and key.revoked_at is not None:
            key = None
        self._known[key_hash] = (now + TRUSTED, key)
        while len(self._known) > MOST:
            self._known.popitem(last=False)
        return key

    def forget(self) -> None:
        self._known.clear()

    def wait(self, key: AgentKey) -> int:
        """Counts the call and returns 0, or the seconds until the next one. Each worker counts by itself."""
        now = self.clock()
        times = self._passed.setdefault(key.id, deque())
        while times and times[0] <= now - WITHIN:
            times.popleft()
        if len(times) >= self.calls:
            return max(1, int((times[0] + WITHIN - now).total_seconds()))
        times.append(now)
        return 0
