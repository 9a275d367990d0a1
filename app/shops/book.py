"""Connections in memory for two seconds: the hot path reads no database, and a suspended shop stops at once here
and within two seconds in other workers.
"""

from datetime import datetime, timedelta

from app.clock import Clock
from app.ports import Connection, Connections
from commands.kernel.who import ChannelId

LIFE = timedelta(seconds=2)
MOST = 5_000


class ConnectionBook:
    def __init__(self, connections: Connections, clock: Clock) -> None:
        self._connections = connections
        self._clock = clock
        self._pages: dict[ChannelId, tuple[datetime, Connection | None]] = {}

    async def of_channel(self, channel_id: ChannelId) -> Connection | None:
        now = self._clock()
        page = self._pages.get(channel_id)
        if page and now < page[0]:
            return page[1]
        found = await self._connections.of_channel(channel_id)
        if len(self._pages) >= MOST:
            self._pages.clear()
        self._pages[channel_id] = (now + LIFE, found)
        return found

    def forget(self, channel_id: ChannelId) -> None:
        self._pages.pop(channel_id, None)
