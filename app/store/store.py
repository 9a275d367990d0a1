"""Everything that is kept, in one value: main opens it and hands its parts to those who need them."""

from dataclasses import dataclass

from app.clock import Clock
from app.keys import KeyRing

from .agents import SqlAgentApprovals, SqlAgentConversations, SqlAgentKeys
from .audit import SqlAudit
from .channel_tokens import SqlChannelTokens
from .chats import SqlChats
from .claims import SqlClaims
from .connections import SqlConnections
from .database import OpenDatabase, open_database
from .evidence import SqlPhotos
from .intents import SqlIntents
from .looks import SqlLooks
from .mall_tokens import SqlMallTokens
from .once import SqlOnce
from .pairings import SqlPairings
from .plans import SqlPlans
from .promises import SqlShipPromises
from .webhooks import SqlDeliveries
from .wms import SqlMarkBook, SqlWmsTroubles


@dataclass(frozen=True, slots=True)
class Store:
    database: OpenDatabase
    connections: SqlConnections
    mall_tokens: SqlMallTokens
    pairings: SqlPairings
    once: SqlOnce
    chats: SqlChats
    audit: SqlAudit
    channel_tokens: SqlChannelTokens
    deliveries: SqlDeliveries
    plans: SqlPlans
    intents: SqlIntents
    promises: SqlShipPromises
    wms_marks: SqlMarkBook
    wms_troubles: SqlWmsTroubles
    photos: SqlPhotos
    claims: SqlClaims
    looks: SqlLooks
    agent_keys: SqlAgentKeys
    agent_conversations: SqlAgentConversations
    agent_approvals: SqlAgentApprovals

    async def close(self) -> None:
        await self.database.close()


def open_store(url: str, keys: KeyRing, clock: Clock) -> Store:
    return store_on(open_database(url), keys, clock)


def store_on(database: OpenDatabase, keys: KeyRing, clock: Clock) -> Store:
    return Store(
        database=database,
        connections=SqlConnections(database, keys, clock),
        mall_tokens=SqlMallTokens(database, keys, clock),
        pairings=SqlPairings(database, keys, clock),
        once=SqlOnce(database, keys),
        chats=SqlChats(database),
        audit=SqlAudit(database),
        channel_tokens=SqlChannelTokens(database, keys),
        deliveries=SqlDeliveries(database, keys),
        plans=SqlPlans(database, keys),
        intents=SqlIntents(database, keys),
        promises=SqlShipPromises(database, keys),
        wms_marks=SqlMarkBook(database, keys),
        wms_troubles=SqlWmsTroubles(database),
        photos=SqlPhotos(database, keys),
        claims=SqlClaims(database, keys),
        looks=SqlLooks(database, keys),
        agent_keys=SqlAgentKeys(database),
        agent_conversations=SqlAgentConversations(database),
        agent_approvals=SqlAgentApprovals(database),
    )
