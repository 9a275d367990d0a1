"""The one call that a claim makes to the mall."""

from collections.abc import Mapping

from commands.kernel.order import ItemState, OrderItemCode
from commands.kernel.ports import ExchangeCall, ExchangeTarget, ReturnCall
from commands.kernel.spec import Ask

from .facts import ClaimPlan, Facts, Kind
from .finding_out import TEXTS
from .reasons import REASONS
from .wish import Wish

REQUESTED: Mapping[Kind, str] = {"exchange": "E00", "return": "R00"}
CLAIMED: Mapping[Kind, frozenset[ItemState]] = {
    "exchange": frozenset({ItemState.EXCHANGING, ItemState.EXCHANGED}),
    "return": frozenset({ItemState.RETURNING, ItemState.RETURNED}),
}


async def call_mall(ask: Ask, wish: Wish, facts: Facts, plan: ClaimPlan) -> str | None:
    """Files the request; its number or code, if the mall gave one."""
    if plan.kind == "return":
        return await ask.ports.claims.request_return(ask.shop, return_call(ask, wish, plan))
    return await ask.ports.claims.request_exchange(ask.shop, exchange_call(ask, wish, facts, plan))


def return_call(ask: Ask, wish: Wish, plan: ClaimPlan) -> ReturnCall:
    return ReturnCall(
        order_id=wish.order_id,
        lines=plan.lines,
        reason_type=REASONS[wish.reason_type].letter,
        reason=_reason(ask, wish),
        pickup=wish.pickup,
        self_send=wish.self_send,
        account=wish.account,
    )


def exchange_call(ask: Ask, wish: Wish, facts: Facts, plan: ClaimPlan) -> ExchangeCall:
    products = {item.code: item.product_no for item in facts.order.items}
    return ExchangeCall(
        order_id=wish.order_id,
        lines=plan.lines,
        reason_type=REASONS[wish.reason_type].letter,
        reason=_reason(ask, wish),
        targets=tuple(_target(wish, code, products[code]) for code, _ in plan.lines),
        pickup=wish.pickup,
        self_send=wish.self_send,
    )


def _target(wish: Wish, code: OrderItemCode, product_no: int) -> ExchangeTarget:
    variant_code, quantity = wish.targets[code]
    return ExchangeTarget(code, product_no, variant_code, quantity)


def _reason(ask: Ask, wish: Wish) -> str:
    """Managers read it in the mall's back office."""
    reason = TEXTS.say(ask.language, f"reason.{wish.reason_type}")
    return f"{reason}: {wish.reason_text}" if wish.reason_text else reason
