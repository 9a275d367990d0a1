"""What the console's pages about agents need of the other parts."""

from collections.abc import Iterable
from datetime import datetime

from app.agent.door import PATH
from app.agent.keys import hash_of, new_key
from app.console.agent_near import AgentNeighbours
from app.ports.agents import AgentKey, Scope
from app.wiring.base import Base
from commands.kernel.who import ChannelId


def agent_neighbours(base: Base) -> AgentNeighbours:
    """Also without the extra `agents`: keys and past conversations stay where they were."""
    store = base.store
    return AgentNeighbours(
        keys=store.agent_keys,
        approvals=store.agent_approvals,
        plans=store.plans,
        audit=store.audit,
        new_key=_new_key,
        mcp_url=f"{base.settings.public_url}{PATH}",
    )


def _new_key(
    channel_id: ChannelId, name: str, scopes: Iterable[Scope], by: str, now: datetime
) -> tuple[AgentKey, str, str]:
    key, secret = new_key(channel_id, name, scopes, by, now)
    return key, secret, hash_of(secret)
