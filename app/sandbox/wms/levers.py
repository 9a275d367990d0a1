"""What a visitor may do in the simulated warehouse, and switch it on for the shop."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta, timezone
from typing import Any

from app.sandbox.cafe24.state import Mall
from app.sandbox.channel.errors import FunctionFailed
from app.sandbox.channel.functions import Caller
from app.sandbox.channel.state import ChannelTalk
from app.sandbox.faults import Faults
from app.sandbox.wms.depot import Depot, DepotRefused, Goods, ShopLine, ShopOrder
from app.sandbox.wms.fassto import FasstoServer
from app.sandbox.wms.sellmate import SellmateServer

SHOP_NO = 1
KST = timezone(timedelta(hours=9))
LONGEST_DAYS, MOST_PIECES = 60, 999
DOMAIN, API_CODE, CUSTOMER = "hanok", "sandbox-api", "94001"
PROVIDERS = {
    "none": "WMS 없음",
    "sellmate": "셀메이트",
    "fassto": "파스토 FMS",
    "channelApp": "채널톡 WMS 앱",
}
WMS_APP = "sandbox-wms-app"
OFFERED_GOODS = 40
Body = dict[str, Any]


class LeverStuck(Exception):
    """It cannot be done now; the text is for the visitor."""


@dataclass(frozen=True, slots=True)
class WarehouseKeys:
    """Made anew at each start; none of them opens anything real."""

    partner_secret: str
    api_key: str = field(repr=False)


NO_KEYS = WarehouseKeys("", "")


class Warehouse:
    """The simulated warehouse of the demo mall, behind both servers."""

    def __init__(
        self, mall: Mall, talk: ChannelTalk, keys: WarehouseKeys, *, now: Callable[[], datetime]
    ) -> None:
        self._talk = talk
        self._keys = keys
        self._now = now
        self.provider = "none"
        self.faults = Faults()
        self.depot = Depot(lambda: orders_of(mall), lambda: goods_of(mall))
        self.sellmate = SellmateServer(
            self.depot, now=now, domain=DOMAIN, clients={"partner": keys.partner_secret}, faults=self.faults
        )
        self.fassto = FasstoServer(
            self.depot,
            now=now,
            api_code=API_CODE,
            api_key=keys.api_key,
            customer=CUSTOMER,
            faults=self.faults,
        )

    def acts(self) -> Mapping[str, Callable[[Body], Awaitable[str]]]:
        return {
            "wmsUse": self._use,
            "wmsPrint": self._print,
            "wmsShip": self._ship,
            "wmsCombine": self._combine,
            "wmsRestock": self._restock,
            "wmsStock": self._stock,
        }

    def view(self) -> dict[str, Any]:
        depot = self.depot
        goods = depot.goods[:OFFERED_GOODS]
        restock = depot.restock
        return {
            "provider": self.provider,
            "providers": PROVIDERS,
            "orders": list(depot.parcels),
            "goods": [
                {
                    "sku": one.sku,
                    "name": one.name,
                    "stock": depot.stock(one),
                    "restock": f"{restock[one.sku]:%Y-%m-%d}" if one.sku in restock else None,
                }
                for one in goods
            ],
            "calls": [*self.sellmate.meeting.calls, *self.fassto.meeting.calls][-20:],
        }

    def settings_of(self, provider: str) -> dict[str, Any]:
        """What a merchant would type in."""
        if provider == "sellmate":
            return {"provider": provider, "domain": DOMAIN, "shopId": self.sellmate.shop_id}
        if provider == "fassto":
            keys = {"apiCd": API_CODE, "apiKey": self._keys.api_key}
            return {"provider": provider, "cstCd": CUSTOMER, **keys}
        if provider == "channelApp":
            return {"provider": provider, "appId": WMS_APP}
        return {"provider": "none"}

    async def use(self, provider: str) -> str:
        """As the merchant would: the settings, then a look. Raises `FunctionFailed`."""
        manager = Caller("manager", next(iter(self._talk.managers)))
        patch = {"wms": None if provider == "none" else self.settings_of(provider)}
        await self._talk.call_function("settings.update", {"patch": patch}, caller=manager, language="ko")
        self.provider = provider
        checked = await self._talk.call_function("wms.check", {}, caller=manager, language="ko")
        return str(checked["text"])

    async def _use(self, body: Body) -> str:
        provider = str(body.get("value"))
        if provider not in PROVIDERS:
            raise LeverStuck("모르는 WMS입니다.")
        try:
            return await self.use(provider)
        except FunctionFailed as failed:
            raise LeverStuck(f"앱의 답: {failed.message}") from failed

    async def _print(self, body: Body) -> str:
        try:
            number = self.depot.print_label(str(body.get("orderId")))
        except DepotRefused as refused:
            raise LeverStuck("송장을 출력할 품목이 없습니다.") from refused
        return f"송장 {number}을 출력했습니다. 이제 이 주문은 창고에서 바꿀 수 없습니다."

    async def _ship(self, body: Body) -> str:
        try:
            self.depot.ship(str(body.get("orderId")))
        except DepotRefused as refused:
            raise LeverStuck("송장을 출력한 주문만 보낼 수 있습니다.") from refused
        return "창고에서 내보냈습니다. 몰의 발송 처리는 카페24 관리자에서 따로 해 주세요."

    async def _combine(self, body: Body) -> str:
        try:
            package = self.depot.combine(str(body.get("orderId")), str(body.get("otherId")))
        except DepotRefused as refused:
            raise LeverStuck("송장이 없는 서로 다른 두 주문만 합포장할 수 있습니다.") from refused
        return f"두 주문을 한 합포장으로 묶었습니다: {package}"

    async def _restock(self, body: Body) -> str:
        """`days` from today, or null for no date."""
        sku, days = self._known(body), body.get("days")
        if days is None:
            self.depot.restock.pop(sku, None)
            return "재입고 예정일을 지웠습니다."
        if not _is_number(days, -LONGEST_DAYS, LONGEST_DAYS):
            raise LeverStuck("재입고 예정일은 오늘부터 60일 안으로 정해 주세요.")
        day = self._now().astimezone(KST).date() + timedelta(days=days)
        self.depot.restock[sku] = day
        return f"재입고 예정일을 {day.month}월 {day.day}일로 등록했습니다."

    async def _stock(self, body: Body) -> str:
        sku, quantity = self._known(body), body.get("quantity")
        if not _is_number(quantity, 0, MOST_PIECES):
            raise LeverStuck("재고는 0개부터 999개까지 넣을 수 있습니다.")
        self.depot.stock_of[sku] = quantity
        return f"창고 재고를 {quantity}개로 바꾸었습니다. 1분 안에 읽은 재고는 그 뒤에 바뀝니다."

    def _known(self, body: Body) -> str:
        sku = str(body.get("sku"))
        if all(goods.sku != sku for goods in self.depot.goods):
            raise LeverStuck("창고에 없는 품목입니다.")
        return sku


def _is_number(value: object, least: int, most: int) -> bool:
    return isinstance(value, int) and not isinstance(value, bool) and least <= value <= most


def orders_of(mall: Mall) -> list[ShopOrder]:
    """The mall's orders as a warehouse collects them."""
    return [
        ShopOrder(
            order_id=order.order_id,
            ordered_at=order.ordered_at,
            lines=tuple(
                ShopLine(item.code, item.variant_code, item.product_name, item.quantity, item.status)
                for item in order.items
            ),
            receiver=_receiver(order.receivers[0]) if order.receivers else {},
        )
        for order in list(mall.orders.values())
        if order.shop_no == SHOP_NO
    ]


def _receiver(one: Any) -> dict[str, str]:
    return {
        "name": one.name,
        "mobile": one.cellphone,
        "tel": one.phone,
        "zipcode": one.zipcode,
        "address1": one.address1,
        "address2": one.address2,
        "message": one.shipping_message,
    }


def goods_of(mall: Mall) -> list[Goods]:
    return [
        Goods(variant.variant_code, f"{product.product_name} {variant.key}".strip(), variant.quantity)
        for product in mall.products.values()
        for variant in product.variants
    ]
