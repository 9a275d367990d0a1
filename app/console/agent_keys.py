"""Keys of agents: made and revoked by admins, shown once. The page also holds what waits for a manager."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from starlette.responses import Response

from app.clock import Clock
from app.ports import AuditLine, Connection
from app.ports.agents import Scope

from .agent_approvals import approval_views
from .agent_calls import conversations
from .agent_near import WORDS, AgentNeighbours
from .pages import Pages
from .visits import Visit
from .words import when

LONGEST_NAME, MOST_KEYS = 60, 50


class AgentKeysPage:
    def __init__(self, pages: Pages, near: AgentNeighbours, clock: Clock) -> None:
        self._pages = pages
        self._near = near
        self._clock = clock

    async def show(self, visit: Visit, connection: Connection) -> Response:
        return await self.page(visit, connection)

    async def create(self, visit: Visit, connection: Connection) -> Response:
        name = " ".join(visit.form.get("name", "").split())[:LONGEST_NAME]
        scopes = frozenset(scope for scope in Scope if visit.form.get(f"scope-{scope}"))
        if not name or not name.isprintable() or not scopes:
            error = "name.missing" if scopes else "scopes.missing"
            return await self.page(visit, connection, error=error, typed=name, status=422)
        channel_id, who, now = connection.shop.channel_id, visit.session.who, self._clock()
        living = [key for key in await self._near.keys.of_channel(channel_id) if key.revoked_at is None]
        if len(living) >= MOST_KEYS:
            return await self.page(visit, connection, error="keys.tooMany", typed=name, status=409)
        key, secret, key_hash = self._near.new_key(channel_id, name, scopes, who, now)
        await self._near.keys.add(key, key_hash)
        await self._note(
            visit, connection, "agents.keyCreated", key.prefix, {"scopes": " ".join(sorted(scopes))}
        )
        return await self.page(visit, connection, secret=secret)

    async def revoke(self, visit: Visit, connection: Connection) -> Response:
        channel_id, key_id = connection.shop.channel_id, visit.form.get("id", "")[:LONGEST_NAME]
        done = await self._near.keys.revoke(channel_id, key_id, self._clock())
        if done:
            await self._note(visit, connection, "agents.keyRevoked", key_id, {})
        said = "keys.revoked.done" if done else "keys.unknown"
        return await self.page(visit, connection, said=said, status=200 if done else 404)

    async def page(
        self, visit: Visit, connection: Connection, *, said: str = "", status: int = 200, **more: str
    ) -> Response:
        """`more`: `secret` of the key just made; `error` and `typed` of a form that was incomplete."""
        language, channel_id = visit.session.language, connection.shop.channel_id
        near, now = self._near, self._clock()
        waiting = await near.approvals.waiting(channel_id, now)
        past = await conversations(near.audit, channel_id, language)
        keys = [
            {
                "id": key.id,
                "name": key.name,
                "prefix": key.prefix,
                "scopes": [scope.value for scope in Scope if scope in key.scopes],
                "made": when(key.created_at, language),
                "used": when(key.last_used_at, language) if key.last_used_at else "",
                "revoked": when(key.revoked_at, language) if key.revoked_at else "",
            }
            for key in await near.keys.of_channel(channel_id)
        ]
        return self._pages.page(
            "agents",
            language,
            status=status,
            script=True,
            **visit.frame("agents"),
            tell=partial(WORDS.say, language),
            approvals=await approval_views(near.plans, waiting, now, language),
            conversations=past,
            keys=keys,
            scopes=[scope.value for scope in Scope],
            mcp_url=near.mcp_url,
            said=said,
            **{"secret": "", "error": "", "typed": ""} | more,
        )

    async def _note(
        self, visit: Visit, connection: Connection, act: str, subject: str, facts: Mapping[str, Any]
    ) -> None:
        shop = connection.shop
        line = AuditLine(shop.channel_id, act, visit.session.who, subject, self._clock(), shop.mall_id, facts)
        await self._near.audit.add(line)
