"""Whose a plan is."""

from app.keys import KeyRing
from app.ports import Intent, KeptPlan
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind, Customer, Guest, MallId, Member


def owns(ask: Ask, plan: KeptPlan) -> bool:
    shop = (plan.mall_id, plan.shop_no, plan.channel_id)
    same_shop = shop == (ask.shop.mall_id, ask.shop.shop_no, ask.shop.channel_id)
    return same_shop and is_same(plan.customer, ask.customer)


def may_see(ask: Ask, intent: Intent) -> bool:
    """What a manager began is not shown to a customer."""
    return ask.caller.kind is CallerKind.MANAGER or intent.caller.kind is CallerKind.USER


def is_same(one: Customer, other: Customer) -> bool:
    """The same person of the mall, however well proven each time."""
    return _name(one) == _name(other)


def customer_hash(keys: KeyRing, mall_id: MallId, customer: Customer) -> str:
    """For the audit, which holds no personal data."""
    kind, name = _name(customer)
    return keys.mac("customer", f"{mall_id}|{kind}|{name}".encode())


def _name(customer: Customer) -> tuple[str, str]:
    match customer:
        case Member(member_id=member_id):
            return "member", member_id
        case Guest(cellphone=cellphone):
            return "guest", cellphone
