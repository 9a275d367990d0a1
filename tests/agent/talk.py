"""An agent in front of the real application: its key, its tools called in process, and the customer's phone."""

import re
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from typing import Any

from app.agent.desk import AgentDesk, Answer
from app.agent.face import AgentFace
from app.agent.keys import hash_of, new_key
from app.ports.agents import AgentKey, Scope
from app.wiring.agent import AgentSide
from commands.kernel.who import ChannelId
from tests.world import HandClock, Road, opened_road

MINJI, TAEHO = "010-0000-1001", "010-0000-1009"
ORDER = "20261120-0000101"
ALL = tuple(Scope)
CODE = re.compile(r"\[(\d{6})\]")


@dataclass
class Agent:
    """One key. `handle` is that of the newest customer who was verified."""

    road: Road
    face: AgentFace
    key: AgentKey
    secret: str
    handle: str = ""
    texts_read: int = field(default=0)

    @property
    def desk(self) -> AgentDesk:
        return self.face.desk

    async def raw(self, tool: str, **arguments: Any) -> Answer:
        return await self.desk.call(self.key, tool, arguments)

    async def calls(self, tool: str, **arguments: Any) -> dict[str, Any]:
        """The data of a good answer, of this agent's customer."""
        answer = await self.raw(tool, **({"customerHandle": self.handle} | arguments))
        assert not answer.failed, answer.content
        return dict(answer.content["data"])

    async def refused(self, tool: str, **arguments: Any) -> dict[str, Any]:
        answer = await self.raw(tool, **({"customerHandle": self.handle} | arguments))
        assert answer.failed, answer.content
        return dict(answer.content["error"])

    def newest_code(self) -> str:
        found = CODE.search(self.road.outbox.messages[-1].text)
        assert found
        return found[1]

    async def meets(self, phone: str = MINJI, *, guest: bool = False) -> dict[str, Any]:
        """A customer is verified and has chosen the first account."""
        sent = (await self.raw("identity_send_code", phone=phone)).content["data"]
        answer = await self.raw(
            "identity_verify_code", verificationId=sent["verificationId"], code=self.newest_code()
        )
        verified = dict(answer.content["data"])
        self.handle = verified["customerHandle"]
        chosen: dict[str, Any] = {"guest": True}
        if not guest:
            chosen = {"accountRef": verified["offered"]["accounts"][0]["accountRef"]}
        await self.calls("identity_choose_account", **chosen)
        return verified

    async def previews(self, order_id: str = ORDER, **more: Any) -> dict[str, Any]:
        detail = await self.calls("order_list_detail", orderId=order_id)
        items = [
            {"orderItemCode": item["orderItemCode"], "quantity": item["quantity"]}
            for item in detail["order"]["items"]
        ]
        wish = {"orderId": order_id, "items": items, "reason": {"type": "changeOfMind"}}
        return await self.calls("cancel_preview", **(wish | more))

    async def approved(self, token: str) -> str:
        """The customer reads the second message; its code."""
        assert isinstance(self.road.clock, HandClock)
        self.road.clock.forward(seconds=61)
        await self.calls("approval_request", planToken=token)
        return self.newest_code()


async def agent_of(road: Road, *, scopes: tuple[Scope, ...] = ALL, channel: str | None = None) -> Agent:
    side = side_of(road)
    channel_id = ChannelId(channel or road.world.talk.channel_id)
    key, secret = new_key(channel_id, "test", scopes, "manager:mgr-jiwoo", road.clock())
    await side.face.doorkeeper.store.add(key, hash_of(secret))
    return Agent(road, side.face, key, secret)


def side_of(road: Road) -> AgentSide:
    """What the composition root made."""
    closers = road.application.closers
    return next(c.__self__ for c in closers if isinstance(getattr(c, "__self__", None), AgentSide))


@asynccontextmanager
async def town(database_url: str, clock: HandClock) -> AsyncIterator[Road]:
    """Live: everybody may confirm."""
    async with opened_road(database_url, clock) as road:
        await road.world.goes_live()
        yield road


async def chooses(road: Road, **patch: Any) -> None:
    """An admin changes settings; the books of connections hear of it at once."""
    await road.manager_calls("settings.update", {"patch": patch})


def audit_of(road: Road) -> Any:
    return side_of(road).journal._add.__self__  # type: ignore[attr-defined]
