"""`order.getOrders` and `order.getExchangeableItems`: the customer's own orders in the words of the platform."""

import asyncio
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime, time

from app.clock import to_millis
from commands.explain import WORDS as COMMON
from commands.kernel.calendar import KST
from commands.kernel.claim_rules import needs_account
from commands.kernel.mall import MallRules
from commands.kernel.masking import masked_cellphone, masked_name
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderItem, SalesChannel
from commands.kernel.plan import Receipt, ReceiptState
from commands.kernel.spec import Ask
from commands.kernel.who import Member

from . import commerce_shapes as shapes
from .claimability import ClaimabilityOf
from .commerce_shapes import Claimability
from .searching import FURTHEST, Place, Wanted, word
from .words import WORDS

DEFAULT_LIMIT, MOST = 5, 20
CLAIM_KINDS = {
    "cancel": frozenset({ItemState.CANCEL_REQUESTED, ItemState.CANCELLED}),
    "return": frozenset({ItemState.RETURNING, ItemState.RETURNED, ItemState.RETURN_REJECTED}),
    "exchange": frozenset({ItemState.EXCHANGING, ItemState.EXCHANGED, ItemState.EXCHANGE_REJECTED}),
}


async def orders_page(
    ask: Ask, claimability: ClaimabilityOf, wanted: Wanted, place: Place, limit: int
) -> shapes.OrdersResult:
    """Newest first. One more than asked for is read, to know whether a page follows."""
    limit = min(max(limit, 1), MOST)
    found = [o for o in await _read(ask, wanted, place.given + limit + 1) if wanted.takes(o)]
    rest = [o for o in sorted(found, key=_newest, reverse=True) if place.comes_after(o)]
    page = rest[:limit]
    shown = [await _order(ask, claimability, order) for order in page]
    more = len(rest) > limit and place.given + limit <= FURTHEST
    last = page[-1] if page else None
    following = last and Place(place.given + len(page), to_millis(last.ordered_at), last.order_id)
    return shapes.OrdersResult(orders=shown, next=following.cursor() if following and more else None)


async def _read(ask: Ask, wanted: Wanted, at_most: int) -> Sequence[Order]:
    if wanted.order_ids is not None:
        read = [ask.ports.orders.one(ask.shop, ask.customer, i) for i in sorted(wanted.order_ids)]
        return [order for order in await asyncio.gather(*read) if order]
    recent = await ask.ports.orders.recent(
        ask.shop, ask.customer, at_most=at_most, months=ask.choices.lookback_months, states=wanted.states
    )
    return recent.orders


def _newest(order: Order) -> tuple[int, str]:
    return to_millis(order.ordered_at), order.order_id


async def _order(ask: Ask, claimability: ClaimabilityOf, order: Order) -> shapes.Order:
    mall = await ask.ports.rules.rules(ask.shop, fresh=False)
    may = await claimability.of(ask, order)
    groups = await ask.ports.ship_dates.of(ask, order)
    ships = {code: group.ship_date for group in groups for code in group.codes if group.ship_date}
    under_way = (await ask.ports.effects.open_receipts(ask, [order.order_id])).get(order.order_id)
    own = order.channel is SalesChannel.OWN_MALL
    return shapes.Order(
        id=order.order_id,
        title=_title(ask, order),
        ordered_at=to_millis(order.ordered_at),
        buyer=shapes.Buyer(member_id=ask.customer.member_id) if isinstance(ask.customer, Member) else None,
        items=[_item(ask, item, may[item.code], ships.get(item.code)) for item in order.items],
        payment=_payment(order, mall),
        fulfillments=_fulfillments(order),
        shipping_address=_address(order),
        claims=[*_claims(order), *_waiting(under_way)],
        market_id=order.channel_code or ("self" if own else None),
    )


def _title(ask: Ask, order: Order) -> str:
    first = order.items[0].product_name if order.items else order.order_id
    more = len(order.items) - 1
    return WORDS.say(ask.language, "order.title", product=first, count=more) if more > 0 else first


def _item(ask: Ask, item: OrderItem, may: Claimability, ships: date | None) -> shapes.Item:
    return shapes.Item(
        id=item.code,
        name=item.product_name,
        image_url=ask.ports.pictures.known(ask.shop, item.product_no),
        amount=float(item.unit_price.amount * item.quantity) if item.unit_price else 0,
        quantity=item.quantity,
        option=item.option_text or None,
        product_id=str(item.product_no) if item.product_no else None,
        variant_id=item.variant_code,
        state=word(item.state),
        shipped_at=_instant(item.shipped_at),
        delivered_at=_instant(item.delivered_at),
        estimated_ship_date=to_millis(datetime.combine(ships, time(), KST)) if ships else None,
        claimability=may,
        status_code=item.status_code,
        status_text=COMMON.say(ask.language, f"state.{item.state}"),
        claim_status_code=item.status_code if item.claim_code else None,
        tracking_number=item.tracking.number if item.tracking else None,
        tracking_company_name=item.tracking.company if item.tracking else None,
        shipping_code=item.shipment_code,
    )


def _instant(at: datetime | None) -> int | None:
    return to_millis(at) if at else None


def _payment(order: Order, mall: MallRules) -> shapes.Payment:
    parts = order.breakdown
    discounts = [_amount(m) for m in (parts.points, parts.credit, parts.coupons)]
    known = [d for d in discounts if d is not None]
    return shapes.Payment(
        state=word(order.payment.state),
        currency=order.total.currency,
        total_amount=float(order.total.amount),
        items_amount=_amount(parts.goods),
        shipping_amount=_amount(parts.shipping),
        discount_amount=sum(known) if len(known) == len(discounts) else None,
        methods=list(order.payment.methods),
        require_refund_bank_account=needs_account(order, mall),
        point_amount=discounts[0],
        credit_amount=discounts[1],
        coupon_discount_amount=discounts[2],
        due_amount=_amount(parts.due),
    )


def _amount(money: Money | None) -> float | None:
    return None if money is None else float(money.amount)


def _fulfillments(order: Order) -> list[shapes.Fulfillment]:
    """One a parcel, as far as the mall says what travels together."""
    parcels: dict[str, list[OrderItem]] = {}
    for item in order.items:
        code = item.shipment_code or (item.tracking.number if item.tracking else None)
        if code:
            parcels.setdefault(code, []).append(item)
    return [_fulfillment(code, items) for code, items in parcels.items()]


def _fulfillment(code: str, items: Sequence[OrderItem]) -> shapes.Fulfillment:
    tracking = next((item.tracking for item in items if item.tracking), None)
    states = {item.state for item in items}
    return shapes.Fulfillment(
        id=code,
        state=word(states.pop()) if len(states) == 1 else "mixed",
        item_ids=[item.code for item in items],
        tracking_number=tracking.number if tracking else None,
        tracking_company=tracking.company if tracking else None,
        tracking_company_name=tracking.company if tracking else None,
        tracking_url=tracking.url if tracking else None,
        items=[shapes.FulfilledItem(item_id=item.code, state=word(item.state)) for item in items],
    )


def _address(order: Order) -> shapes.Address | None:
    to = next(iter(order.receivers), None)
    if to is None:
        return None
    return shapes.Address(
        last_name=masked_name(to.name),
        cell_phone_number=masked_cellphone(to.cellphone),
        zipcode=to.zipcode,
        address1=to.address1,
    )


def _claims(order: Order) -> Iterable[shapes.Claim]:
    for claim in order.claims:
        items = [i.code for i in order.items if i.state is claim.state and i.claim_code == claim.claim_code]
        yield shapes.Claim(
            id=claim.claim_code or f"{order.order_id}:{word(claim.state)}",
            type=claim.kind,
            state=word(claim.state),
            item_ids=items,
            created_at=_instant(claim.at),
        )


def _waiting(receipt: Receipt | None) -> Iterable[shapes.Claim]:
    """A claim that waits for a manager with us: the mall does not know it yet."""
    if receipt is None or receipt.state is not ReceiptState.PENDING or not receipt.receipt_id:
        return
    lines: Sequence[Mapping[str, str]] = receipt.shown.get("items", ())
    yield shapes.Claim(
        id=receipt.receipt_id,
        type=str(receipt.shown.get("kind") or receipt.command),
        state=receipt.state.value,
        item_ids=[line["orderItemCode"] for line in lines],
        created_at=to_millis(receipt.at),
    )


async def exchangeable_items(
    ask: Ask, claimability: ClaimabilityOf, order: Order, chosen: frozenset[str]
) -> shapes.ExchangeableResult:
    """Only lines that `/교환반품` would take, each with the options that it would offer."""
    may = await claimability.may_exchange(ask, order)
    items = [i for i in order.items if may[i.code].allowed and (not chosen or i.code in chosen)]
    return shapes.ExchangeableResult(
        exchangeable_items=[
            shapes.ExchangeableItem(
                id=item.code, product_id=str(item.product_no), variants=await _variants(ask, item)
            )
            for item in items
        ]
    )


async def _variants(ask: Ask, item: OrderItem) -> list[shapes.Variant]:
    """With `samePriceOnly` the options of another price are left out; what is not known is not the same."""
    variants = await ask.ports.variants.of_product(ask.shop, item.product_no, fresh=False)
    own = next((v for v in variants if v.variant_code == item.variant_code), None)
    extra = own.extra_price if own else None
    same_only = ask.choices.exchange_return.same_price_only
    return [
        shapes.Variant(
            id=variant.variant_code,
            additional_amount=float(variant.extra_price.amount),
            options=[shapes.Option(name=name, value=value) for name, value in variant.options],
            stock_quantity=variant.stock,
            use_inventory=variant.stock is not None,
            selling=variant.on_sale,
        )
        for variant in variants
        if not same_only or variant.extra_price == extra
    ]
