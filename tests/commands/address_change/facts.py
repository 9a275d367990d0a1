"""One boring order on its way to Seoul; a row of a table says only what is different."""

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

from commands.address_change.facts import Facts, Packing
from commands.kernel.address import Address
from commands.kernel.mall import ClaimPeriod, MallRules, Restore
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderId, OrderItem, OrderItemCode, Receiver, SalesChannel
from commands.kernel.surcharges import RegionalSurcharges
from commands.kernel.warehouse import Stage, WarehouseItem, WarehouseOrder

FIRST, SECOND = OrderItemCode("20261118-0000012-01"), OrderItemCode("20261118-0000012-02")
ORDER_ID, OTHER = OrderId("20261118-0000012"), OrderId("20261118-0000013")
SHIPMENT = "D-20261118-0000012-00"
SEOUL = Address("김수진", "010-1234-5678", "06236", "서울특별시 강남구 테헤란로 10", "3층")
SUWON = Address("김수진", "010-1234-5678", "16489", "경기도 수원시 팔달구 효원로 1", "101호")
JEJU = Address("김수진", "010-1234-5678", "63122", "제주특별자치도 제주시 첨단로 242", "2층")
UDO = Address("김수진", "010-1234-5678", "63365", "제주특별자치도 제주시 우도면 우도로 1", "1층")
ULLEUNG = Address("김수진", "010-1234-5678", "40221", "경상북도 울릉군 울릉읍 도동길 1", "1층")
NONE = RegionalSurcharges(in_use=False, by_supplier=False)
MALL = MallRules(
    claims_open=True,
    exposed=frozenset(),
    period=ClaimPeriod.FROM_DELIVERY,
    period_days=7,
    auto_accept=False,
    refunds_with_acceptance=False,
    uses_product_preparation=True,
    refund_account_required=False,
    stock_after_payment=Restore.AUTOMATIC,
    coupon_after_payment=Restore.AUTOMATIC,
    coupon_partial=Restore.NEVER,
    address_open=frozenset({"N00", "N10", "N20"}),
)
STATES = {
    "N00": ItemState.AWAITING_PAYMENT,
    "N10": ItemState.PREPARING,
    "N20": ItemState.PREPARING,
    "N22": ItemState.PREPARING,
    "N30": ItemState.IN_TRANSIT,
    "N40": ItemState.DELIVERED,
    "C00": ItemState.CANCEL_REQUESTED,
    "C40": ItemState.CANCELLED,
    "E11": ItemState.EXCHANGE_REJECTED,
    "N99": ItemState.UNRECOGNISED,
}


def item(code: OrderItemCode = FIRST, status: str = "N20", **different: Any) -> OrderItem:
    plain: dict[str, Any] = {"product_no": 11, "product_name": "린넨 셔츠", "option_text": "M", "quantity": 1}
    return OrderItem(code, status_code=status, state=STATES[status], **(plain | different))


def receiver(address: Address = SEOUL, shipment: str | None = SHIPMENT) -> Receiver:
    return Receiver(
        address.receiver_name,
        address.cellphone,
        address.zipcode,
        address.address1,
        address.address2,
        shipment,
    )


def order(*items: OrderItem, **different: Any) -> Order:
    plain: dict[str, Any] = {
        "order_id": ORDER_ID,
        "ordered_at": datetime(2026, 11, 18, 3, tzinfo=UTC),
        "total": Money(Decimal(39000), "KRW"),
        "items": items or (item(),),
        "channel": SalesChannel.OWN_MALL,
        "channel_code": "self",
        "receivers": (receiver(),),
    }
    return Order(**(plain | different))


def facts(*items: OrderItem, of: Order | None = None, **different: Any) -> Facts:
    plain: dict[str, Any] = {
        "order": of or order(*items),
        "mall": MALL,
        "surcharges": NONE,
        "wanted": SUWON,
    }
    return Facts(**(plain | different))


def packed(stage: Stage = Stage.RECEIVED, *, others: tuple[OrderId, ...] = (), **more: Any) -> Packing:
    held = WarehouseOrder("w1", ORDER_ID, (WarehouseItem("w1-1", FIRST, None, 1, stage, **more),))
    return Packing(held, others=frozenset(others))
