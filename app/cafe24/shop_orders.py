"""The `ShopOrders` port: one order by its number, whoever ordered it, as long as this shop sold it."""

from pydantic import ValidationError

from app.ports import FoundOrder
from commands.kernel.order import OrderId
from commands.kernel.who import Customer, Guest, Member, Shop

from . import wire
from .carriers import Carriers
from .client import Cafe24Client, rows
from .gateway import ANSWER_SECONDS, EMBED, LONGEST_LIMIT, REPEATED_SECONDS
from .limiter import Limiter
from .reading import ORDER_ID, hyphenated, national_digits, to_order


class Cafe24ShopOrders:
    def __init__(self, client: Cafe24Client, carriers: Carriers, limiter: Limiter) -> None:
        self._client = client
        self._carriers = carriers
        self._limiter = limiter

    async def of_shop(self, shop: Shop, order_id: OrderId) -> FoundOrder | None:
        """The mall ignores filters that it does not know, so the number and the shop are checked here."""
        if not ORDER_ID.fullmatch(order_id):
            return None
        # The same counter as `Cafe24Orders.one`: neither may send the other's URL again.
        name = f"fresh:{shop.shop_no}:{order_id}"
        limit = await self._limiter.unused(shop.mall_id, name, of=LONGEST_LIMIT, seconds=REPEATED_SECONDS)
        params = {"order_id": order_id, "embed": EMBED, "limit": limit}
        body = await self._client.ask(shop, "orders", params, within=ANSWER_SECONDS)
        for row in rows(body, "orders", "GET orders"):
            try:
                head = wire.OrderHead.model_validate(row)
            except ValidationError:
                continue
            if head.order_id == order_id and head.shop_no in {None, shop.shop_no}:
                order = wire.Order.model_validate(row)
                shipped = any(item.tracking_no for item in order.items)
                url = await self._carriers.tracking_url(shop) if shipped else lambda _code, _number: None
                return FoundOrder(to_order(order, url), _customer(head))
        return None


def _customer(head: wire.OrderHead) -> Customer | None:
    """Two records that disagree name nobody."""
    recorded = {head.member_id, head.buyer.member_id} - {None, ""}
    if len(recorded) == 1:
        return Member(str(recorded.pop()))
    if recorded or hyphenated(head.buyer.cellphone) is None:
        return None
    return Guest(f"+82{national_digits(head.buyer.cellphone).removeprefix('0')}")
