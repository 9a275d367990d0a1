"""What the merchant chose, in the mall and with us, as facts that rules may read."""

from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Literal

from .money import Money


@dataclass(frozen=True, slots=True)
class CancelChoices:
    """`complete_scope`: states (N10 …) in which a cancel may be completed without a WMS (H42)."""

    mode: Literal["complete", "request"] = "request"
    complete_scope: frozenset[str] = frozenset()
    undo_minutes: int = 0


@dataclass(frozen=True, slots=True)
class ExchangeReturnChoices:
    """`seller_fault`: what becomes of claims by fault of the mall (H43, H44). `return_address`: where customers send
    their own parcels (H45). `auto_pickup_off`: an admin says that 택배사 수거신청 자동접수 is off (H23).
    """

    seller_fault: Literal["request", "pending"] = "pending"
    return_address: str | None = None
    deadline_hours: int = 48
    at_deadline: Literal["remind", "approve", "handOver"] = "remind"
    evidence_days: int = 90
    same_price_only: bool = True
    auto_pickup_off: bool = False


@dataclass(frozen=True, slots=True)
class PartialShippingChoices:
    """H46–H48. `minimum_amount` in won; None: every order."""

    enabled: bool = False
    base_days: int = 3
    minimum_amount: int | None = None


@dataclass(frozen=True, slots=True)
class ShippingChoices:
    """`days`: ISO weekdays on which parcels leave; `extra_closed`: KST days beside the public holidays; `cutoff`:
    `HH:MM` KST; `every_day`: weekends and holidays count as shipping days.
    """

    days: tuple[int, ...] = (1, 2, 3, 4, 5)
    cutoff: str = "14:00"
    extra_closed: tuple[date, ...] = ()
    every_day: bool = False
    notify_change: bool = True


@dataclass(frozen=True, slots=True)
class AgentChoices:
    """`confirm`: commands whose plans an agent may confirm alone, if they surely pay back no more than `up_to`."""

    confirm: frozenset[str] = frozenset()
    up_to: Decimal | None = None


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of a connection that commands read (DESIGN §6). `version` grows with every change."""

    version: int = 0
    lookback_months: int = 12
    commands_on: frozenset[str] = field(default_factory=frozenset)
    cancel: CancelChoices = field(default_factory=CancelChoices)
    exchange_return: ExchangeReturnChoices = field(default_factory=ExchangeReturnChoices)
    partial_shipping: PartialShippingChoices = field(default_factory=PartialShippingChoices)
    shipping: ShippingChoices = field(default_factory=ShippingChoices)
    agent: AgentChoices = field(default_factory=AgentChoices)


class Restore(StrEnum):
    """What the mall does with stock or coupons of a cancelled order."""

    AUTOMATIC = "automatic"
    NEVER = "never"
    ASK = "ask"
    UNRECOGNISED = "unrecognised"


class ClaimPeriod(StrEnum):
    """From when the claim period counts: the order day, or the end of the delivery."""

    FROM_ORDER = "order_date"
    FROM_DELIVERY = "shipend_date"
    UNRECOGNISED = "unrecognised"


@dataclass(frozen=True, slots=True)
class MallRules:
    """쇼핑몰 설정 > 주문 설정 > 주문 후 설정 and 프로모션 > 쿠폰 설정, as they stood when read. None: not readable.

    `exposed`: words such as `cancel_N20` (신청버튼 노출 범위). The two fees are what the mall shows to buyers, no call
    charges them: `exchange_shipping_fee` there and back, `return_shipping_fee` one way.
    """

    claims_open: bool | None
    exposed: frozenset[str]
    period: ClaimPeriod
    period_days: int | None
    auto_accept: bool | None
    refunds_with_acceptance: bool | None
    uses_product_preparation: bool | None
    refund_account_required: bool | None
    stock_after_payment: Restore
    coupon_after_payment: Restore
    coupon_partial: Restore
    customer_pays_return_shipping: bool | None = None
    exchange_shipping_fee: Money | None = None
    return_shipping_fee: Money | None = None
    address_open: frozenset[str] | None = None
