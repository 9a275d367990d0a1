"""Whose a plan is."""

from app.keys import KeyRing
from commands.kernel.who import Customer, Guest, MallId, Member


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
