"""What the mall's switch, buttons and period say to a line, and which orders go to a person: the rows that the commands
on claims share. `rule` is the row's id in the policy of the command that asks. Pure.
"""

from collections.abc import Mapping
from typing import Literal

from .calendar import KST
from .decision import ChangesWhen, Effect, Fact, Finding, Layer
from .mall import ClaimPeriod, MallRules
from .order import ItemState, Order, OrderItem, OrderItemCode, PaidState, RefundWay, SalesChannel
from .plan import Receipt, ReceiptState

ClaimKind = Literal["cancel", "exchange", "return"]

CLAIM_SETTINGS = "쇼핑몰 설정 > 주문 설정 > 주문 후 설정"
EXPOSURE_SETTING = f"{CLAIM_SETTINGS} > 신청버튼 노출 범위"
PERIOD_SETTING = f"{CLAIM_SETTINGS} > 신청버튼 노출 기간"
SPECIAL = ("escrow", "multipleAddresses", "subscription")
ACCOUNT_METHODS = frozenset({"cash", "icash"})
REFUSED_CANCEL = "C11"
RECEIPT_OPEN = "receipt_open"
CLOSED = frozenset({ItemState.CANCELLED, ItemState.RETURNED, ItemState.EXCHANGED})
OPEN = frozenset({ItemState.CANCEL_REQUESTED, ItemState.RETURNING, ItemState.EXCHANGING})
REJECTED = frozenset({ItemState.RETURN_REJECTED, ItemState.EXCHANGE_REJECTED})
CLAIMED = OPEN | CLOSED


def of_item(
    rule: str,
    item: OrderItem,
    code: str,
    layer: Layer = Layer.ORDER,
    *,
    effect: Effect = Effect.BLOCKS,
    facts: Mapping[str, Fact] | None = None,
    path: str | None = None,
    act: str | None = None,
) -> Finding:
    seen = {"status": item.status_code, **(facts or {})}
    changes = ChangesWhen(act=act) if act else None
    return Finding(rule, code, effect, layer, seen, (item.code,), path, changes)


def of_order(
    rule: str,
    code: str,
    effect: Effect,
    layer: Layer,
    *,
    facts: Mapping[str, Fact] | None = None,
    items: tuple[OrderItemCode, ...] = (),
    path: str | None = None,
    act: str | None = None,
) -> Finding:
    changes = ChangesWhen(act=act) if act else None
    return Finding(rule, code, effect, layer, facts or {}, items, path, changes)


def claims_switched_off(rule: str, mall: MallRules, item: OrderItem) -> Finding | None:
    if mall.claims_open is not False:
        return None
    layer, act = Layer.MALL_SETTING, "switch_claims_on"
    return of_item(rule, item, "claims_switched_off", layer, path=CLAIM_SETTINGS, act=act)


def has_open_claim(rule: str, item: OrderItem) -> Finding | None:
    """Whether a rejected line may be claimed again is not known (ORDERS §8), so it counts as open."""
    if item.state not in OPEN | REJECTED and item.status_code != REFUSED_CANCEL:
        return None
    return of_item(rule, item, "claim_open", act="talk_to_a_manager")


def has_closed_claim(rule: str, item: OrderItem) -> Finding | None:
    return of_item(rule, item, "claim_closed") if item.state in CLOSED else None


def status_is_unrecognised(rule: str, item: OrderItem) -> Finding | None:
    if item.state is not ItemState.UNRECOGNISED:
        return None
    return of_item(rule, item, "unrecognised_status", effect=Effect.NEEDS_MANAGER)


def is_not_exposed(rule: str, mall: MallRules, item: OrderItem, kind: ClaimKind) -> Finding | None:
    """A range that was not read says nothing: `setting_is_unrecognised` speaks then."""
    if mall.claims_open is None or f"{kind}_{item.status_code}" in mall.exposed:
        return None
    layer, act = Layer.MALL_SETTING, "expose_this_status"
    return of_item(rule, item, "status_not_exposed", layer, path=EXPOSURE_SETTING, act=act)


def preparation_is_not_used(rule: str, mall: MallRules, item: OrderItem) -> Finding | None:
    if item.status_code != "N10" or mall.uses_product_preparation is not False:
        return None
    return of_item(rule, item, "preparation_not_used", Layer.MALL_SETTING, path=CLAIM_SETTINGS)


def period_is_over(rule: str, mall: MallRules, item: OrderItem, days_since_order: int) -> Finding | None:
    """Counted from the delivery it never ends (H58, H65)."""
    limit = mall.period_days
    if mall.period is not ClaimPeriod.FROM_ORDER or limit is None or days_since_order <= limit:
        return None
    seen: dict[str, Fact] = {"days": days_since_order, "limit": limit}
    layer, act = Layer.MALL_SETTING, "lengthen_the_period"
    return of_item(rule, item, "period_over", layer, facts=seen, path=PERIOD_SETTING, act=act)


def setting_is_unrecognised(rule: str, mall: MallRules, item: OrderItem) -> Finding | None:
    days_missing = mall.period is ClaimPeriod.FROM_ORDER and mall.period_days is None
    preparation = item.status_code == "N10" and mall.uses_product_preparation is None
    unreadable = mall.claims_open is None or mall.period is ClaimPeriod.UNRECOGNISED or days_missing
    if not unreadable and not preparation:
        return None
    layer, needs = Layer.MALL_SETTING, Effect.NEEDS_MANAGER
    return of_item(rule, item, "unrecognised_setting", layer, effect=needs, path=CLAIM_SETTINGS)


def receipt_is_open(rule: str, receipt: Receipt | None) -> Finding | None:
    """Of a change by somebody else only that there is one. A claim that waits for a manager takes no more than its
    lines.
    """
    if receipt is None or receipt.state is ReceiptState.PENDING:
        return None
    seen: dict[str, Fact] = {}
    if receipt.receipt_id:
        seen = {"receiptId": receipt.receipt_id, "command": receipt.command, "state": receipt.state.value}
    if receipt.undo_until:
        seen["undoUntil"] = receipt.undo_until.astimezone(KST).isoformat()
    act = "take_it_back_or_wait" if receipt.undo_until else "wait"
    return of_order(rule, RECEIPT_OPEN, Effect.BLOCKS, Layer.ORDER, facts=seen, act=act)


def other_sales_channel(rule: str, order: Order) -> Finding | None:
    if order.channel is SalesChannel.OWN_MALL:
        return None
    seen = {"channel": order.channel_code}
    return of_order(rule, "other_sales_channel", Effect.NEEDS_MANAGER, Layer.ORDER, facts=seen)


def special_order(rule: str, order: Order) -> Finding | None:
    traits = [t for name in SPECIAL for t in (name, f"{name}Unknown") if t in order.traits]
    if not traits:
        return None
    seen = {"traits": ", ".join(traits)}
    return of_order(rule, "special_order", Effect.NEEDS_MANAGER, Layer.ORDER, facts=seen)


def payment_is_incomplete(rule: str, order: Order) -> Finding | None:
    state = order.payment.state
    if state in {PaidState.PAID, PaidState.UNPAID}:
        return None
    seen = {"paid": state.value}
    return of_order(rule, "payment_incomplete", Effect.NEEDS_MANAGER, Layer.PAYMENT, facts=seen)


def payment_is_unrecognised(rule: str, order: Order) -> Finding | None:
    strange = [method for method, way in order.payment.ways if way is RefundWay.UNRECOGNISED]
    if not strange and order.payment.ways:
        return None
    seen = {"methods": ", ".join(strange)}
    return of_order(rule, "unrecognised_payment", Effect.NEEDS_MANAGER, Layer.PAYMENT, facts=seen)


def account_setting_is_unrecognised(rule: str, order: Order, mall: MallRules) -> Finding | None:
    """Money that came by transfer needs an account whatever the setting says."""
    if mall.refund_account_required is not None or _came_by_transfer(order):
        return None
    layer, needs = Layer.MALL_SETTING, Effect.NEEDS_MANAGER
    return of_order(rule, "unrecognised_account_setting", needs, layer, path=CLAIM_SETTINGS)


def needs_account(order: Order, mall: MallRules) -> bool:
    """Where the mall asks for one with every claim, or money that came by transfer must go back by hand."""
    return mall.refund_account_required is True or _came_by_transfer(order)


def _came_by_transfer(order: Order) -> bool:
    return not ACCOUNT_METHODS.isdisjoint(order.payment.methods)
