"""Members by cellphone or id: what identity needs of the mall (`ports.Members`)."""

from typing import Any

from app.clock import Clock
from app.errors import Rejected, Unauthorized
from app.ports import Account
from commands.kernel.who import MallId, Shop

from . import wire
from .caches import Kept
from .client import Cafe24Client, Tokens, rows
from .reading import hyphenated, national_digits

EXISTS_SECONDS = 600.0
KEPT_MEMBERS = 10_000
PRIVACY_SCOPE = "mall.read_privacy"


class Cafe24Members:
    """`tokens` tells which scopes the mall granted."""

    def __init__(self, client: Cafe24Client, tokens: Tokens, *, clock: Clock) -> None:
        self._client = client
        self._tokens = tokens
        self._exists: Kept[tuple[str, int, str], bool] = Kept(KEPT_MEMBERS, clock)

    async def by_cellphone(self, shop: Shop, e164: str) -> list[Account]:
        """The port's. Cafe24 knows no member for a number that is not a Korean cellphone."""
        with_hyphens = hyphenated(e164)
        if with_hyphens is None:
            return []
        member_ids: list[str] = []
        # Which form the filter wants is not documented; the mall's own records are mostly hyphenated.
        for form in (national_digits(e164), with_hyphens):
            found = await self._customers(shop, {"cellphone": form})
            member_ids = list(dict.fromkeys(c.member_id for c in found if c.member_id))
            if member_ids:
                break
        if not member_ids:
            return []
        whole = await self._by_whole_number(shop, with_hyphens)
        if whole is None:
            return [Account(member_id, full_match=False) for member_id in member_ids]
        return [Account(member_id, full_match=True) for member_id in member_ids if member_id in whole]

    async def exists(self, shop: Shop, member_id: str) -> bool:
        """The port's. A comma would ask for several members at once."""
        if not member_id.strip() or "," in member_id:
            return False
        key = (shop.mall_id, shop.shop_no, member_id)
        known = self._exists.get(key)
        if known is None:
            found = await self._customers(shop, {"member_id": member_id})
            known = any(customer.member_id == member_id for customer in found)
            self._exists.put(key, known, EXISTS_SECONDS)
        return known

    async def _customers(self, shop: Shop, params: dict[str, object]) -> list[wire.Customer]:
        body = await self._client.ask(shop, "customers", params)
        return _read(body, "customers")

    async def _by_whole_number(self, shop: Shop, with_hyphens: str) -> frozenset[str] | None:
        """Members whose own record holds this very number; None where the mall did not grant the look."""
        if PRIVACY_SCOPE not in await self._scopes(shop.mall_id):
            return None
        params = {
            "search_type": "customer_info",
            "search_field": "hp",
            "keyword": f"{with_hyphens},{national_digits(with_hyphens)}",
            "limit": 100,
        }
        try:
            body = await self._client.get(shop.mall_id, "customersprivacy", params, shop_no=shop.shop_no)
        except (Unauthorized, Rejected):
            return None
        matching = (c for c in _read(body, "customersprivacy") if hyphenated(c.cellphone) == with_hyphens)
        return frozenset(c.member_id for c in matching if c.member_id)

    async def _scopes(self, mall_id: MallId) -> frozenset[str]:
        return (await self._tokens.access(mall_id)).scopes


def _read(body: Any, key: str) -> list[wire.Customer]:
    return [
        wire.Customer.model_validate(row) for row in rows(body, key, f"GET {key}") if isinstance(row, dict)
    ]
