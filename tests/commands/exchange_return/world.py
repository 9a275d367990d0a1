"""One boring delivered order of a boring mall, and a mall, photos and effects in memory."""

from dataclasses import fields, replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from commands.exchange_return.facts import Asked, Facts, Target
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import Choices, ClaimPeriod, ExchangeReturnChoices, MallRules, Restore
from commands.kernel.money import Money
from commands.kernel.order import (
    ItemState,
    Order,
    OrderId,
    OrderItem,
    OrderItemCode,
    PaidState,
    Payment,
    Receiver,
    RefundWay,
    SalesChannel,
)
from commands.kernel.plan import Planned
from commands.kernel.ports import Photo, RecentOrders, Variant
from commands.kernel.spec import Ask, Ports
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop

NOW = datetime(2026, 11, 20, 3, tzinfo=UTC)
ORDER = OrderId("20261110-0000012")
FIRST, SECOND = OrderItemCode(f"{ORDER}-01"), OrderItemCode(f"{ORDER}-02")
CARD = Payment(
    methods=("card",),
    ways=(("card", RefundWay.AUTOMATIC_GATEWAY),),
    state=PaidState.PAID,
    transactions=1,
    paid=Money(Decimal(39000), "KRW"),
)
MALL = MallRules(
    claims_open=True,
    exposed=frozenset({"exchange_N20", "exchange_N30", "exchange_N40", "return_N30", "return_N40"}),
    period=ClaimPeriod.FROM_DELIVERY,
    period_days=7,
    auto_accept=False,
    refunds_with_acceptance=False,
    uses_product_preparation=True,
    refund_account_required=False,
    stock_after_payment=Restore.AUTOMATIC,
    coupon_after_payment=Restore.AUTOMATIC,
    coupon_partial=Restore.NEVER,
    customer_pays_return_shipping=False,
    exchange_shipping_fee=Money(Decimal(6000), "KRW"),
    return_shipping_fee=Money(Decimal(3000), "KRW"),
)
CHOICES = ExchangeReturnChoices(return_address="경기도 파주시 문발로 000", auto_pickup_off=True)
AT_ONCE = replace(CHOICES, seller_fault="request")
STATES = {
    "N00": ItemState.AWAITING_PAYMENT,
    "N10": ItemState.PREPARING,
    "N20": ItemState.PREPARING,
    "N22": ItemState.PREPARING,
    "N30": ItemState.IN_TRANSIT,
    "N40": ItemState.DELIVERED,
    "N50": ItemState.DELIVERED,
    "C00": ItemState.CANCEL_REQUESTED,
    "C11": ItemState.PREPARING,
    "C40": ItemState.CANCELLED,
    "R00": ItemState.RETURNING,
    "R10": ItemState.RETURNING,
    "R11": ItemState.RETURN_REJECTED,
    "R40": ItemState.RETURNED,
    "E00": ItemState.EXCHANGING,
    "E10": ItemState.EXCHANGING,
    "E11": ItemState.EXCHANGE_REJECTED,
    "E40": ItemState.EXCHANGED,
    "N99": ItemState.UNRECOGNISED,
}


def won(amount: int) -> Money:
    return Money(Decimal(amount), "KRW")


def variant(code: str, *, stock: int | None = 5, extra: int = 0, on_sale: bool = True) -> Variant:
    return Variant(code, (("사이즈", code[-1]),), stock, won(extra), on_sale)


OWN, LARGE, DEAR, GONE_V = variant("P1M"), variant("P1L"), variant("P1X", extra=2000), variant("P1S", stock=0)
VARIANTS = (OWN, LARGE, DEAR, GONE_V)


def item(code: OrderItemCode = FIRST, status: str = "N40", **different: Any) -> OrderItem:
    plain: dict[str, Any] = {
        "product_no": 11,
        "product_name": "린넨 셔츠",
        "option_text": "M",
        "quantity": 1,
        "variant_code": "P1M",
        "delivered_at": datetime(2026, 11, 15, 3, tzinfo=UTC) if status in {"N40", "N50"} else None,
    }
    return OrderItem(code, status_code=status, state=STATES[status], **(plain | different))


def order(*items: OrderItem, **different: Any) -> Order:
    plain: dict[str, Any] = {
        "order_id": ORDER,
        "ordered_at": datetime(2026, 11, 10, 3, tzinfo=UTC),
        "total": won(39000),
        "items": items or (item(),),
        "channel": SalesChannel.OWN_MALL,
        "channel_code": "self",
        "payment": CARD,
        "receivers": (Receiver("김민지", "010-1234-5678", "06236", "서울 강남구 테헤란로 1", "101호"),),
    }
    return Order(**(plain | different))


TWO = order(item(), item(SECOND, quantity=3))


def facts(
    of: Order | None = None,
    *,
    kind: Any = "return",
    chosen: dict[OrderItemCode, int] | None = None,
    choices: ExchangeReturnChoices = CHOICES,
    asked: Asked | None = None,
    today: date = date(2026, 11, 20),
    under_way: Any = None,
    approved: bool = False,
    **mall: Any,
) -> Facts:
    of = of or order()
    wanted = chosen if chosen is not None else {i.code: i.quantity for i in of.items}
    rules = replace(MALL, **mall)
    return Facts(of, kind, wanted, rules, choices, today, asked, under_way, approved)


def swap(wanted: Variant | None = LARGE, *, count: int = 1, own: Variant | None = OWN, **more: Any) -> Asked:
    """An exchange of the first line."""
    target = Target(wanted.variant_code if wanted else "P9Z", count, wanted, own)
    return Asked("changeOfMind", targets={FIRST: target}, **more)


def under(of: Order, status: str, *codes: OrderItemCode) -> Order:
    """The order with these lines, or all, in another state."""
    changed = (
        replace(i, status_code=status, state=STATES[status]) if i.code in codes or not codes else i
        for i in of.items
    )
    return replace(of, items=tuple(changed))


class Mall:
    """Answers reads with its order, and calls as `answers` say: a change of the order, an error, or both."""

    def __init__(self, first: Order | None, *answers: Any) -> None:
        self.order = first
        self.rules_now = MALL
        self.variants_now = VARIANTS
        self.answers = list(answers)
        self.calls: list[Any] = []
        self.photos_kept = {"photo1", "photo2"}
        self.open: dict[OrderId, Any] = {}
        self.drafts: list[Any] = []
        self.read_fresh: list[bool] = []

    async def one(self, _shop: Any, _customer: Any, order_id: str) -> Order | None:
        return self.order if self.order and self.order.order_id == order_id else None

    async def recent(self, _shop: Any, _customer: Any, **_how: Any) -> RecentOrders:
        return RecentOrders((self.order,) if self.order else (), 3)

    async def rules(self, _shop: Any, *, fresh: bool) -> MallRules:
        return self.rules_now

    async def of_product(self, _shop: Any, _number: int, *, fresh: bool) -> tuple[Variant, ...]:
        self.read_fresh.append(fresh)
        return self.variants_now

    async def photos(self, _shop: Any, _customer: Any, _order: Any, refs: Any) -> tuple[Photo, ...]:
        if not set(refs) <= self.photos_kept:
            raise Failure(FailureType.INVALID_PARAMS, "gone")
        return tuple(Photo(ref) for ref in refs)

    async def open_receipts(self, _ask: Any, _ids: Any) -> Any:
        return self.open

    async def plan(self, _ask: Any, draft: Any) -> Planned:
        self.drafts.append(draft)
        return Planned(f"token{len(self.drafts)}", NOW)

    def known(self, _shop: Any, _number: int) -> None:
        return None

    async def request_return(self, _shop: Any, call: Any) -> str | None:
        return self._answer(call)

    async def request_exchange(self, _shop: Any, call: Any) -> str | None:
        return self._answer(call)

    def _answer(self, call: Any) -> str | None:
        self.calls.append(call)
        changed, error = self.answers.pop(0)
        self.order = changed or self.order
        if error is not None:
            raise error
        return None


def asking(mall: Mall, choices: ExchangeReturnChoices = CHOICES, *, proven: bool = True) -> Ask:
    nobody = dict.fromkeys(field.name for field in fields(Ports))
    served = ("orders", "rules", "claims", "variants", "evidence", "effects", "pictures")
    return Ask(
        shop=Shop(MallId("mall"), 1, ChannelId("c1"), name="가게"),
        customer=Member("sujin", proven=proven),
        caller=Caller(CallerKind.USER, "u1"),
        language=Language.KO,
        now=NOW,
        choices=Choices(version=1, commands_on=frozenset({"exchangeReturn"}), exchange_return=choices),
        ports=Ports(**nobody | dict.fromkeys(served, mall)),  # type: ignore[arg-type]
    )


PICKUP = {"sameAsOrder": True}


def wanting(kind: str = "return", reason: str = "changeOfMind", **more: Any) -> dict[str, Any]:
    """Params of a preview of the first line."""
    plain: dict[str, Any] = {
        "kind": kind,
        "orderId": ORDER,
        "items": [{"orderItemCode": FIRST, "quantity": 1}],
        "reason": {"type": reason},
        "pickup": PICKUP,
    }
    if kind == "exchange":
        plain["exchangeFor"] = [{"orderItemCode": FIRST, "variantCode": "P1L", "quantity": 1}]
    return plain | more
