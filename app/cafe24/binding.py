"""The second yes: tokens that a consent brought become those of a (mall, shop) ↔ channel connection (DESIGN §7)."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import Any

from app.clock import Clock
from app.ports import (
    Audit,
    AuditLine,
    BindOutcome,
    Connection,
    Connections,
    ConnectionState,
    MallTokens,
    Once,
    Pairing,
)
from commands.kernel.who import ChannelId, MallId, Shop

from . import wire

GONE = "cafe24_gone"
"""A mark in `Once`, by mall: the app was removed there or ran out. A new consent lifts it."""


def active_shops(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """What the second yes needs to know of `GET /shops`; disabled shops are left out."""
    shops = [wire.Shop.model_validate(row) for row in rows if isinstance(row, dict)]
    return [
        {"shop_no": shop.shop_no, "name": shop.shop_name, "currency": shop.currency_code or "KRW"}
        for shop in sorted(shops, key=lambda shop: (not shop.default, shop.shop_no or 0))
        if shop.shop_no and shop.active is not False
    ]


class Binding:
    """`forget` drops what this process remembers of a mall, `changed` of a channel's connection."""

    def __init__(
        self,
        *,
        connections: Connections,
        tokens: MallTokens,
        once: Once,
        audit: Audit,
        clock: Clock,
        forget: Callable[[MallId], None],
        changed: Callable[[ChannelId], None],
    ) -> None:
        self._connections = connections
        self._tokens = tokens
        self._once = once
        self._audit = audit
        self._clock = clock
        self._forget = forget
        self._changed = changed

    async def is_taken(self, pairing: Pairing, shop_no: int) -> bool:
        """Whether this shop answers in another channel already."""
        others = await self._connections.of_mall(pairing.mall_id)
        return any(o.shop.shop_no == shop_no and o.shop.channel_id != pairing.channel_id for o in others)

    async def bind(self, pairing: Pairing, chosen: Mapping[str, Any]) -> BindOutcome:
        """Refused: nothing of the mall's working tokens is touched, and the caller revokes the new ones."""
        assert pairing.tokens is not None
        now = self._clock()
        shop = Shop(
            mall_id=pairing.mall_id,
            shop_no=int(chosen["shop_no"]),
            channel_id=pairing.channel_id,
            name=str(chosen["name"]) or pairing.mall_id,
            currency=str(chosen["currency"]),
        )
        # A crash before the tokens are stored leaves what the state says: consent again.
        connection = Connection(
            shop=shop,
            state=ConnectionState.RECONNECT,
            operator=pairing.tokens.operator,
            settings={"admins": [pairing.manager_id], "language": pairing.language.value},
        )
        outcome = await self._connections.bind(connection, now)
        if outcome is not BindOutcome.BOUND:
            return outcome
        await self._tokens.put(pairing.mall_id, replace(pairing.tokens, generation=0))
        await self._once.take(GONE, pairing.mall_id, now)
        self._forget(pairing.mall_id)
        await self._wake(pairing, shop.shop_no)
        await self._audit.add(
            AuditLine(
                channel_id=pairing.channel_id,
                act="connection.bind",
                by=f"manager:{pairing.manager_id}",
                subject=f"shop:{shop.shop_no}",
                at=now,
                mall_id=pairing.mall_id,
                facts={"operator": pairing.tokens.operator},
            )
        )
        return outcome

    async def _wake(self, pairing: Pairing, shop_no: int) -> None:
        """Tokens are per mall: its other shops that are open work again as well."""
        open_shops = {int(shop["shop_no"]) for shop in pairing.shops} | {shop_no}
        for connection in await self._connections.of_mall(pairing.mall_id):
            its_no = connection.shop.shop_no
            if its_no in open_shops and connection.state is not ConnectionState.CONNECTED:
                await self._connections.set_state(pairing.mall_id, its_no, ConnectionState.CONNECTED)
            self._changed(connection.shop.channel_id)
