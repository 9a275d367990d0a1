"""Connecting a mall, with two yeses."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from commands.kernel.who import ChannelId, Language, MallId

from .mall import TokenPair


@dataclass(frozen=True, slots=True)
class Pairing:
    """A connection on its way: asked for by a manager, then consented to, then confirmed (DESIGN §7)."""

    id: str
    mall_id: MallId
    shop_no: int | None
    channel_id: ChannelId
    manager_id: str
    language: Language
    expires_at: datetime
    tokens: TokenPair | None = None
    shops: Sequence[Mapping[str, Any]] = ()


@dataclass(frozen=True, slots=True)
class Consent:
    """Where the representative operator consents. `notice` is a sentence when the mall could not be probed."""

    authorize_url: str
    notice: str | None = None


class Connecting(Protocol):
    """Connecting a mall: every rule of DESIGN §7 and of the connection stands behind these two."""

    async def start(
        self,
        *,
        channel_id: ChannelId,
        manager_id: str,
        mall_id: str | None,
        pairing_code: str | None,
        shop_no: int | None,
        language: Language,
    ) -> Consent:
        """Raises `Failure(invalidParams | conflict | notFound)` with a sentence for the manager."""
        ...

    async def remove(self, channel_id: ChannelId, by: str) -> bool:
        """Revokes and wipes. False when there was nothing to remove."""
        ...


class Pairings(Protocol):
    async def start(self, pairing: Pairing, state: str) -> None:
        """Keeps the state's hash; earlier unfinished ones of this channel end."""
        ...

    async def consume_state(self, state: str, now: datetime) -> Pairing | None:
        """Once only. None: unknown, used, or expired."""
        ...

    async def hold(
        self,
        pairing_id: str,
        tokens: TokenPair,
        shops: Sequence[Mapping[str, Any]],
        ticket: str,
        expires_at: datetime,
    ) -> None:
        """Keeps the unbound tokens until the second yes, under the ticket of the one form."""
        ...

    async def see(self, ticket: str, now: datetime) -> Pairing | None:
        """The held pairing, without ending it."""
        ...

    async def finish(self, ticket: str, now: datetime) -> Pairing | None:
        """The second yes, once only."""
        ...

    async def of_channel(self, channel_id: ChannelId, now: datetime) -> Pairing | None:
        """The unfinished one, for `connecting`."""
        ...

    async def lapsed(self, now: datetime) -> list[Pairing]:
        """Ends and returns those whose tokens were never bound: to be revoked."""
        ...
