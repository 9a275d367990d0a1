"""Whose a plan is."""

from app.keys import KeyRing
from app.ports import Intent, KeptPlan
from commands.kernel.spec import Ask
from commands.kernel.who import CallerKind, Customer, MallId, person_of


def owns(ask: Ask, plan: KeptPlan) -> bool:
    shop = (plan.mall_id, plan.shop_no, plan.channel_id)
    same_shop = shop == (ask.shop.mall_id, ask.shop.shop_no, ask.shop.channel_id)
    return same_shop and person_of(plan.customer) == person_of(ask.customer)


def may_see(ask: Ask, intent: Intent) -> bool:
    """What a manager began is not shown to a customer."""
    return ask.caller.kind is CallerKind.MANAGER or intent.caller.kind is CallerKind.USER


def customer_hash(keys: KeyRing, mall_id: MallId, customer: Customer) -> str:
    """For the audit, which holds no personal data."""
    kind, name = person_of(customer)
    return keys.mac("customer", f"{mall_id}|{kind}|{name}".encode())
