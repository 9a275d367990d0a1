"""How the connections of a mall stand: set by what Cafe24 tells us, noted in the audit, told to who remembers it."""

from collections.abc import Callable, Mapping
from typing import Protocol

from app.clock import Clock
from app.ports import Audit, AuditLine, Connection, Connections, ConnectionState
from commands.kernel.who import ChannelId, MallId

TOLD_BY = "cafe24"
ACTS: Mapping[ConnectionState, str] = {
    ConnectionState.CONNECTED: "connection.resume",
    ConnectionState.RECONNECT: "connection.reconnect",
    ConnectionState.SUSPENDED: "connection.suspend",
}


class Forgets(Protocol):
    """`forget(mall, order)`: lists that may hold the order, all of the mall for None."""

    def forget(self, mall_id: str, order_id: str | None = None) -> None: ...


class Standing:
    """`changed` drops what this process remembers of a channel's connection."""

    def __init__(
        self,
        connections: Connections,
        audit: Audit,
        orders: Forgets,
        clock: Clock,
        changed: Callable[[ChannelId], None],
    ) -> None:
        self._connections = connections
        self._audit = audit
        self._orders = orders
        self._clock = clock
        self._changed = changed

    async def set(self, mall_id: MallId, shop_no: int | None, state: ConnectionState, event_no: int) -> None:
        """All shops of the mall for None. A repeat changes nothing and is not noted again."""
        by_channel = {c.shop.channel_id: c for c in await self._connections.of_mall(mall_id)}
        for channel_id in await self._connections.set_state(mall_id, shop_no, state):
            self._changed(channel_id)
            await self._note(by_channel.get(channel_id), ACTS[state], event_no)
        if state is ConnectionState.SUSPENDED:
            self._orders.forget(mall_id)

    async def end(self, mall_id: MallId, event_no: int) -> None:
        """The app is gone from the mall for good."""
        for connection in await self._connections.of_mall(mall_id):
            ended = await self._connections.remove(connection.shop.channel_id)
            self._changed(connection.shop.channel_id)
            await self._note(ended, "connection.remove", event_no)

    async def _note(self, connection: Connection | None, act: str, event_no: int) -> None:
        if connection is None:
            return
        shop = connection.shop
        line = AuditLine(
            channel_id=shop.channel_id,
            act=act,
            by=TOLD_BY,
            subject=f"shop:{shop.shop_no}",
            at=self._clock(),
            mall_id=shop.mall_id,
            facts={"event_no": event_no},
        )
        await self._audit.add(line)
