"""What the rules of `/주문취소` look at, and the plan that comes of them."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date

from commands.kernel import claim_rules
from commands.kernel.calendar import kst_day
from commands.kernel.claim_rules import CLAIMED
from commands.kernel.mall import CancelChoices, MallRules
from commands.kernel.money import Money
from commands.kernel.order import Order, OrderItem, OrderItemCode, PaidState, RefundWay
from commands.kernel.plan import Receipt

from .packing import Packing, is_all

BALANCES = frozenset({"credit", "point"})
"""Methods that the sum paid leaves out: what was spent of them comes back as such."""
NO_MONEY = frozenset({"coupon", "market_discount"})


@dataclass(frozen=True, slots=True)
class Facts:
    """`chosen`: quantity by item code, the customer's wish. `today` is a KST day. `under_way`: what we are doing to
    the order already. `packing` None: a shop without a warehouse.
    """

    order: Order
    chosen: Mapping[OrderItemCode, int]
    mall: MallRules
    choices: CancelChoices
    today: date
    packing: Packing | None = None
    under_way: Receipt | None = None

    @property
    def items(self) -> Iterator[OrderItem]:
        """The chosen items, in the order's order."""
        return (item for item in self.order.items if self.chosen.get(item.code))

    @property
    def is_whole_order(self) -> bool:
        """Every item with all its pieces, and no claim on any of them before."""
        return all(self.chosen.get(item.code) == item.quantity for item in self.order.items)

    @property
    def is_all_to_ship(self) -> bool:
        """The chosen lines are all that the order would still ship."""
        return is_all(self.order, (code for code, count in self.chosen.items() if count))

    @property
    def has_claims(self) -> bool:
        return any(item.state in CLAIMED for item in self.order.items)

    @property
    def days_since_order(self) -> int:
        """Calendar days in Korea; 0 on the order day."""
        return (self.today - kst_day(self.order.ordered_at)).days


@dataclass(frozen=True, slots=True)
class Refund:
    """`automatic`: the mall gives the money back by itself. `certain`: all that was paid comes back; `total` is then
    the money of it, None where no money was paid. `methods` with their sums, as far as these are certain.
    """

    automatic: bool
    certain: bool
    total: Money | None
    methods: tuple[tuple[str, Money | None], ...]
    gateway: bool = False


@dataclass(frozen=True, slots=True)
class CancelPlan:
    """`complete`: which call we make. `outcome_complete`: what the customer may expect; a lifted request completes.
    `needs_account`: a refund account must be given before a plan is made. `stops`: the warehouse is stopped first, if
    it holds the lines; `tells`: somebody at the shop has to stop it.
    """

    lines: tuple[tuple[OrderItemCode, int], ...]
    complete: bool
    outcome_complete: bool
    refund: Refund
    restore_stock: bool
    restore_coupon: bool
    needs_account: bool
    stops: bool = False
    tells: bool = False


def refund_of(facts: Facts) -> Refund:
    """Automatic only for a whole order, paid and untouched before, of one gateway payment, by methods that all are
    (H38–H40).
    """
    payment = facts.order.payment
    ways = {way for _, way in payment.ways}
    whole = facts.is_whole_order and not facts.has_claims and payment.state is PaidState.PAID
    by_itself = bool(ways) and ways <= {RefundWay.AUTOMATIC, RefundWay.AUTOMATIC_GATEWAY}
    one_payment = payment.transactions is None or payment.transactions <= 1
    total = payment.paid if whole and payment.paid and payment.paid.amount else None
    return Refund(
        automatic=whole and by_itself and one_payment,
        certain=whole and payment.paid is not None,
        total=total,
        methods=_methods(payment.methods, total),
        gateway=RefundWay.AUTOMATIC_GATEWAY in ways,
    )


def _methods(methods: tuple[str, ...], total: Money | None) -> tuple[tuple[str, Money | None], ...]:
    """A single method beside the balances took the whole sum; how several shared it nobody tells."""
    given_back = [method for method in methods if method not in NO_MONEY]
    in_money = [method for method in given_back if method not in BALANCES]
    return tuple((method, total if in_money == [method] else None) for method in given_back)


def needs_account(facts: Facts) -> bool:
    return claim_rules.needs_account(facts.order, facts.mall)
