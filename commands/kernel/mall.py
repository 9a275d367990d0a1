"""What the merchant chose, in the mall and with us, as facts that rules may read."""

from dataclasses import dataclass, field
from enum import StrEnum
from typing import Literal


@dataclass(frozen=True, slots=True)
class CancelChoices:
    """`complete_scope`: states (N10 …) in which a cancel may be completed without a WMS (H42)."""

    mode: Literal["complete", "request"] = "request"
    complete_scope: frozenset[str] = frozenset()
    undo_minutes: int = 0


@dataclass(frozen=True, slots=True)
class Choices:
    """The settings of a connection that commands read (DESIGN §6). `version` grows with every change."""

    version: int = 0
    lookback_months: int = 12
    commands_on: frozenset[str] = field(default_factory=frozenset)
    cancel: CancelChoices = field(default_factory=CancelChoices)


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

    `exposed`: words such as `cancel_N20` (신청버튼 노출 범위).
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
