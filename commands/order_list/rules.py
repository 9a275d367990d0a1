"""When the list is empty, why; and what a detail must add to an order that is out of the ordinary.

L1 and L2 explain an empty list. L3 to L5 note what we cannot change ourselves.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from commands.kernel.decision import ChangesWhen, Decision, Effect, Finding, Layer, decide
from commands.kernel.order import ItemState, Order, SalesChannel

LATEST_ORDERS = 5
LOOKBACK_SETTING = "orders.lookbackMonths"
SPECIAL_TRAITS = ("escrow", "multipleAddresses", "subscription")


@dataclass(frozen=True, slots=True)
class ListFacts:
    """What was searched, for whom, and how many orders came of it."""

    customer: Literal["member", "guest"]
    orders_found: int
    months_searched: int


def decide_list(facts: ListFacts) -> Decision[None]:
    return decide(None, [f for f in (nothing_for_a_member(facts), nothing_for_a_guest(facts)) if f])


def nothing_for_a_member(facts: ListFacts) -> Finding | None:
    """L1: 조회 기간 안에 주문이 없음."""
    if facts.orders_found or facts.customer != "member":
        return None
    return Finding(
        "L1",
        "no_orders_in_lookback",
        Effect.BLOCKS,
        Layer.COMMAND_SETTING,
        facts={"months": facts.months_searched},
        setting_path=LOOKBACK_SETTING,
        changes_when=ChangesWhen(act="place_an_order"),
    )


def nothing_for_a_guest(facts: ListFacts) -> Finding | None:
    """L2: 비회원은 최근 3개월 주문만."""
    if facts.orders_found or facts.customer != "guest":
        return None
    return Finding(
        "L2",
        "no_guest_orders_in_three_months",
        Effect.BLOCKS,
        Layer.IDENTITY,
        facts={"months": facts.months_searched},
        changes_when=ChangesWhen(act="sign_in_to_the_shop"),
    )


def decide_detail(order: Order) -> Decision[None]:
    """Notes only: every order of the customer may be looked at."""
    return decide(None, [*unrecognised_states(order), *other_sales_channel(order), *special_order(order)])


def unrecognised_states(order: Order) -> Iterator[Finding]:
    """L3: 상태 표에 없는 코드."""
    strange = [item for item in order.items if item.state is ItemState.UNRECOGNISED]
    if strange:
        codes = ", ".join(dict.fromkeys(item.status_code for item in strange))
        yield Finding(
            "L3",
            "unrecognised_status",
            Effect.NOTES,
            Layer.ORDER,
            facts={"codes": codes},
            items=tuple(item.code for item in strange),
        )


def other_sales_channel(order: Order) -> Iterator[Finding]:
    """L4: 자사몰 주문이 아님."""
    if order.channel is not SalesChannel.OWN_MALL:
        yield Finding(
            "L4", "other_sales_channel", Effect.NOTES, Layer.ORDER, facts={"channel": order.channel_code}
        )


def special_order(order: Order) -> Iterator[Finding]:
    """L5: 에스크로·복수 배송지·정기 배송."""
    traits = [trait for trait in SPECIAL_TRAITS if trait in order.traits]
    if traits:
        yield Finding("L5", "special_order", Effect.NOTES, Layer.ORDER, facts={"traits": ", ".join(traits)})


RULES = ("L1", "L2", "L3", "L4", "L5")
