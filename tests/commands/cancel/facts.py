"""One boring order of a boring mall; a row of a table says only what is different."""

from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from commands.cancel.facts import Facts
from commands.cancel.packing import Packing
from commands.kernel.mall import CancelChoices, ClaimPeriod, MallRules, Restore
from commands.kernel.money import Money
from commands.kernel.order import (
    ItemState,
    Order,
    OrderId,
    OrderItem,
    OrderItemCode,
    PaidState,
    Payment,
    RefundWay,
    SalesChannel,
)
from commands.kernel.plan import Receipt

FIRST, SECOND = OrderItemCode("20261118-0000012-01"), OrderItemCode("20261118-0000012-02")
CARD = Payment(
    methods=("card",),
    ways=(("card", RefundWay.AUTOMATIC_GATEWAY),),
    state=PaidState.PAID,
    transactions=1,
    paid=Money(Decimal(39000), "KRW"),
)
MALL = MallRules(
    claims_open=True,
    exposed=frozenset({"cancel_N10", "cancel_N20", "cancel_N21", "cancel_N22"}),
    period=ClaimPeriod.FROM_DELIVERY,
    period_days=7,
    auto_accept=False,
    refunds_with_acceptance=False,
    uses_product_preparation=True,
    refund_account_required=False,
    stock_after_payment=Restore.AUTOMATIC,
    coupon_after_payment=Restore.AUTOMATIC,
    coupon_partial=Restore.NEVER,
)
ALL_STATES = frozenset({"N10", "N20", "N21", "N22"})
COMPLETE = CancelChoices(mode="complete", complete_scope=ALL_STATES)
REQUEST = CancelChoices()
STATES = {
    "N00": ItemState.AWAITING_PAYMENT,
    "N10": ItemState.PREPARING,
    "N20": ItemState.PREPARING,
    "N21": ItemState.PREPARING,
    "N22": ItemState.PREPARING,
    "N30": ItemState.IN_TRANSIT,
    "N40": ItemState.DELIVERED,
    "C00": ItemState.CANCEL_REQUESTED,
    "C11": ItemState.PREPARING,
    "C40": ItemState.CANCELLED,
    "R10": ItemState.RETURNING,
    "R11": ItemState.RETURN_REJECTED,
    "E40": ItemState.EXCHANGED,
    "N99": ItemState.UNRECOGNISED,
}


def item(code: OrderItemCode = FIRST, status: str = "N20", **different: Any) -> OrderItem:
    plain: dict[str, Any] = {"product_no": 11, "product_name": "린넨 셔츠", "option_text": "M", "quantity": 1}
    return OrderItem(code, status_code=status, state=STATES[status], **(plain | different))


def order(*items: OrderItem, **different: Any) -> Order:
    plain: dict[str, Any] = {
        "order_id": OrderId("20261118-0000012"),
        "ordered_at": datetime(2026, 11, 18, 3, tzinfo=UTC),
        "total": Money(Decimal(39000), "KRW"),
        "items": items or (item(),),
        "channel": SalesChannel.OWN_MALL,
        "channel_code": "self",
        "payment": CARD,
    }
    return Order(**(plain | different))


def facts(
    of: Order | None = None,
    *,
    chosen: dict[OrderItemCode, int] | None = None,
    choices: CancelChoices = COMPLETE,
    today: date = date(2026, 11, 20),
    packing: Packing | None = None,
    under_way: Receipt | None = None,
    **mall: Any,
) -> Facts:
    of = of or order()
    wanted = chosen if chosen is not None else {i.code: i.quantity for i in of.items}
    return Facts(of, wanted, replace(MALL, **mall), choices, today, packing, under_way)


def paid(**different: Any) -> Payment:
    return replace(CARD, **different)


TWO = order(item(), item(SECOND, quantity=3))
