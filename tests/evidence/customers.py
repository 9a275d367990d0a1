"""A customer with photos in hand."""

from collections.abc import AsyncIterator, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx

from app.sandbox.channel.people import User
from app.store import open_database
from app.wiring.evidence import EvidenceSide, evidence_side
from commands.kernel.order import OrderId
from commands.kernel.ports import Photo
from commands.kernel.who import ChannelId, Customer, MallId, Member, Shop
from tests.world import MALL, Road

START = "evidence.start"


@dataclass
class Uploader:
    road: Road
    user: User
    member: Customer
    orders: list[str]

    @classmethod
    async def arrives(cls, road: Road, user_id: str, member_id: str) -> "Uploader":
        user = road.user(user_id, member_id)
        found = await road.customer_calls(user, "orderList.view")
        return cls(road, user, Member(member_id), [order["orderId"] for order in found["orders"]])

    async def starts(self, order_id: str | None = None, language: str = "ko") -> str:
        """The path of an address for one file."""
        params = {"orderId": order_id or self.orders[0], "kind": "return"}
        answer = await self.road.customer_calls(self.user, START, params, language=language)
        return urlsplit(answer["uploadUrl"]).path

    async def uploads(self, body: bytes, order_id: str | None = None, **given: Any) -> httpx.Response:
        return await sends(self.road, await self.starts(order_id), body, **given)

    async def has_uploaded(self, body: bytes, order_id: str | None = None) -> str:
        """The ref."""
        answer = await self.uploads(body, order_id)
        assert answer.status_code == 201, answer.text
        ref: str = answer.json()["uploadRef"]
        return ref

    async def asks_about(
        self, side: EvidenceSide, refs: Iterable[str], order_id: str | None = None
    ) -> tuple[Photo, ...]:
        """As a preview of a claim does."""
        return await side.album.photos(
            shop(self.road), self.member, OrderId(order_id or self.orders[0]), refs
        )


def shop(road: Road) -> Shop:
    return Shop(MallId(MALL), 1, ChannelId(road.world.talk.channel_id), "한옥마켓")


async def sends(
    road: Road, path: str, body: bytes, *, name: str = "photo.jpg", field: str = "file", **headers: str
) -> httpx.Response:
    return await road.client.post(path, files={field: (name, body)}, headers=headers)


def side_of(road: Road) -> EvidenceSide:
    """The album on the road's own database and folder, as another process of the same application has it."""
    from app.store import store_on

    store = store_on(open_database(road.settings.database_url), road.settings.keys, road.clock)
    return evidence_side(road.settings, store, store.connections.of_channel, road.clock)


async def pieces(parts: Iterable[bytes]) -> AsyncIterator[bytes]:
    for part in parts:
        yield part


def files_in(folder: Path) -> list[Path]:
    return sorted(path for path in folder.rglob("*") if path.is_file())
