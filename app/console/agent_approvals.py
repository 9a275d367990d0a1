"""What waits for a manager, as the page shows it: the goods, the money, and where a new address leads."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from app.ports import Plans
from app.ports.agents import AgentApproval
from commands.explain import money_text
from commands.kernel.who import Language

from .agent_near import WORDS
from .words import when

PLAN = "plan:"


@dataclass(frozen=True, slots=True)
class ApprovalView:
    """`lines`: goods and how many; `to`: where a new address leads, masked."""

    id: str
    act: str
    order_id: str
    amount: str
    lines: list[str]
    to: str
    at: str
    minutes_left: int


async def approval_views(
    plans: Plans, approvals: Iterable[AgentApproval], now: datetime, language: Language
) -> list[ApprovalView]:
    return [await _view(plans, approval, now, language) for approval in approvals]


def _amount(kept: str | None, language: Language) -> str:
    """Of a sum and its currency, as `100000 KRW`."""
    if kept is None:
        return WORDS.say(language, "amount.unknown")
    total, _, currency = kept.partition(" ")
    return money_text(total, currency, language)


async def _view(plans: Plans, approval: AgentApproval, now: datetime, language: Language) -> ApprovalView:
    shown = {}
    if approval.subject.startswith(PLAN):
        plan = await plans.get(approval.mall_id, approval.subject.removeprefix(PLAN))
        shown = dict(plan.shown) if plan else {}
    address = shown.get("address") or {}
    to = " ".join(str(address.get(name, "")) for name in ("zipcode", "address1", "receiverName"))
    return ApprovalView(
        id=approval.id,
        act=WORDS.say(language, f"act.{approval.act}"),
        order_id=approval.order_id,
        amount=_amount(approval.amount, language),
        lines=[
            f"{line.get('productName', '')} {line.get('optionText', '')} × {line.get('quantity', '')}"
            for line in shown.get("items", ())
        ],
        to=to.strip(),
        at=when(approval.created_at, language),
        minutes_left=max(1, int((approval.expires_at - now).total_seconds() // 60)),
    )
