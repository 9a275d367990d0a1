"""What the rules of `/교환반품` look at, and the plan that comes of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from commands.kernel import claim_rules
from commands.kernel.calendar import kst_day
from commands.kernel.mall import ExchangeReturnChoices, MallRules
from commands.kernel.money import Money
from commands.kernel.order import ItemState, Order, OrderItem, OrderItemCode
from commands.kernel.plan import Receipt
from commands.kernel.ports import Variant

from .reasons import REASONS, Party, Reason

Kind = Literal["exchange", "return"]
KINDS: tuple[Kind, ...] = ("exchange", "return")
SHIPPED = frozenset({ItemState.IN_TRANSIT, ItemState.DELIVERED})
NOT_SHIPPED = frozenset({ItemState.AWAITING_PAYMENT, ItemState.PREPARING})


@dataclass(frozen=True, slots=True)
class Target:
    """What is wanted instead of a line. `variant` None: its product has no such one. `own`: the line's, where known."""

    variant_code: str
    quantity: int
    variant: Variant | None
    own: Variant | None

    @property
    def same_price(self) -> bool:
        """Not known is not the same."""
        return bool(self.variant and self.own and self.variant.extra_price == self.own.extra_price)


@dataclass(frozen=True, slots=True)
class Asked:
    """What the customer said beyond the lines. `sends`: they bring the parcel on its way themselves."""

    reason: str
    photos: int = 0
    targets: Mapping[OrderItemCode, Target] = field(default_factory=dict)
    sends: bool = False


@dataclass(frozen=True, slots=True)
class Facts:
    """`chosen`: quantity by item code. `asked` None: a list looks at what would be possible. `under_way`: what we are
    doing to the order already. `approved`: a manager has looked at the photos and said yes. `today` is a KST day.
    """

    order: Order
    kind: Kind
    chosen: Mapping[OrderItemCode, int]
    mall: MallRules
    choices: ExchangeReturnChoices
    today: date
    asked: Asked | None = None
    under_way: Receipt | None = None
    approved: bool = False

    @property
    def items(self) -> Iterator[OrderItem]:
        """The chosen items, in the order's order."""
        return (item for item in self.order.items if self.chosen.get(item.code))

    @property
    def is_whole_order(self) -> bool:
        return all(self.chosen.get(item.code) == item.quantity for item in self.order.items)

    @property
    def days_since_order(self) -> int:
        """Calendar days in Korea; 0 on the order day."""
        return (self.today - kst_day(self.order.ordered_at)).days

    @property
    def needs_parcel(self) -> bool:
        """What has not left the shop needs no way back."""
        return any(item.state in SHIPPED for item in self.items)

    @property
    def reason(self) -> Reason | None:
        return REASONS[self.asked.reason] if self.asked else None

    @property
    def mall_at_fault(self) -> bool:
        return self.reason is not None and self.reason.fault == "mall"

    @property
    def waits_for_manager(self) -> bool:
        """신청 대기 (H44): only claims by fault of the mall, and only until a manager has said yes."""
        return self.mall_at_fault and self.choices.seller_fault == "pending" and not self.approved


@dataclass(frozen=True, slots=True)
class ClaimPlan:
    """`outcome`: filed in the mall at once, or kept here until a manager decides. `fee`: what the mall tells buyers
    that the way costs, for information only.
    """

    kind: Kind
    lines: tuple[tuple[OrderItemCode, int], ...]
    outcome: Literal["request", "pending"]
    payer: Party
    fee: Money | None
    needs_account: bool
    needs_parcel: bool


def needs_account(facts: Facts) -> bool:
    """Only a return gives money back; an exchange request has no place for an account (ORDERS.md §4.5)."""
    return facts.kind == "return" and claim_rules.needs_account(facts.order, facts.mall)


def fee_of(facts: Facts) -> Money | None:
    """None where the mall pays, where nothing travels, and where the mall's setting tells nothing."""
    if facts.mall_at_fault or not facts.needs_parcel:
        return None
    mall = facts.mall
    return mall.exchange_shipping_fee if facts.kind == "exchange" else mall.return_shipping_fee
