"""A shop of a mall, bound to a channel."""

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any, Protocol

from commands.kernel.who import ChannelId, MallId, Shop


class ConnectionState(StrEnum):
    """DESIGN §3. `none` and `connecting` have no row in `connection`."""

    NONE = "none"
    CONNECTING = "connecting"
    CONNECTED = "connected"
    RECONNECT = "reconnect"
    SUSPENDED = "suspended"


@dataclass(frozen=True, slots=True)
class Connection:
    """One shop of one mall, bound to one channel. `settings` holds only what differs from the defaults."""

    shop: Shop
    state: ConnectionState
    operator: str
    settings: Mapping[str, Any] = field(default_factory=dict)
    secrets: Mapping[str, str] = field(default_factory=dict)
    version: int = 0
    connected_at: datetime | None = None


ConnectionOf = Callable[[ChannelId], Awaitable[Connection | None]]
"""The connection of a channel, whatever its state."""


class BindOutcome(StrEnum):
    BOUND = "bound"
    SHOP_TAKEN = "shop_taken"
    CHANNEL_TAKEN = "channel_taken"


class Connections(Protocol):
    """Both (mall, shop) and channel are unique."""

    async def of_channel(self, channel_id: ChannelId) -> Connection | None: ...

    async def of_mall(self, mall_id: MallId) -> list[Connection]: ...

    async def bind(self, connection: Connection, at: datetime) -> BindOutcome:
        """Inserts, or renews a connection of the same three; refuses when either side is taken."""
        ...

    async def set_state(
        self, mall_id: MallId, shop_no: int | None, state: ConnectionState
    ) -> list[ChannelId]:
        """All shops of the mall for None. Returns the channels whose state changed."""
        ...

    async def change_settings(
        self, channel_id: ChannelId, *, seen: int, settings: Mapping[str, Any], secrets: Mapping[str, str]
    ) -> int | None:
        """The new version, or None when the version is no longer the one `seen`."""
        ...

    async def remove(self, channel_id: ChannelId) -> Connection | None:
        """The connection that was removed, with all that was kept for it."""
        ...
