"""Whether an agent may carry something out for a customer (policy.md). Pure; the first row that fits decides."""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from enum import StrEnum

from app.ports.agents import AgentApproval, ApprovalState
from commands.kernel.mall import AgentChoices
from commands.kernel.order import OrderId


class Permission(StrEnum):
    ALREADY = "already"
    REFUSED = "refused"
    APPROVED = "approved"
    SETTING = "setting"
    NEEDED = "needed"


@dataclass(frozen=True, slots=True)
class Subject:
    """One thing that an agent wants done. `key` names it for ever; `act`: as the customer knows it; `total`: what is
    surely paid back, None where that is not certain; `done`: confirmed before.
    """

    key: str
    command: str
    act: str
    order_id: OrderId
    expires_at: datetime
    total: Decimal | None = None
    currency: str = "KRW"
    is_plan: bool = True
    done: bool = False


@dataclass(frozen=True, slots=True)
class Case:
    subject: Subject
    approval: AgentApproval | None
    choices: AgentChoices
    shop_currency: str
    now: datetime


def is_confirmed_already(case: Case) -> bool:
    """A1 이미 확정된 계획"""
    return case.subject.done


def was_refused(case: Case) -> bool:
    """A2 매니저가 이 일을 거절함"""
    return case.approval is not None and case.approval.state is ApprovalState.REFUSED


def was_approved(case: Case) -> bool:
    """A3 이 일에 대해 고객이 문자로, 또는 매니저가 콘솔에서 승인함"""
    approval = case.approval
    if approval is None or approval.subject != case.subject.key or case.now >= approval.expires_at:
        return False
    return approval.state is ApprovalState.APPROVED


def is_within_the_setting(case: Case) -> bool:
    """A4 쇼핑몰이 허용한 명령이고, 환불액이 확실하며 같은 통화로 한도 이하"""
    subject, choices = case.subject, case.choices
    if not subject.is_plan or subject.command not in choices.confirm or choices.up_to is None:
        return False
    return (
        subject.total is not None
        and subject.currency == case.shop_currency
        and (Decimal(0) <= subject.total <= choices.up_to)
    )


RULES = (
    ("A1", is_confirmed_already, Permission.ALREADY),
    ("A2", was_refused, Permission.REFUSED),
    ("A3", was_approved, Permission.APPROVED),
    ("A4", is_within_the_setting, Permission.SETTING),
)


def decide_permission(case: Case) -> Permission:
    for _row, fits, permission in RULES:
        if fits(case):
            return permission
    return Permission.NEEDED
