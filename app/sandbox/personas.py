"""The customers that a visitor of the sandbox may be, found in the mall rather than written down."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass

from app.sandbox.cafe24.state import Mall
from app.sandbox.cafe24.wire import Row, digits
from app.sandbox.channel.people import User
from app.sandbox.phone.inbox import local_number

STRANGER_PHONE = "010-9999-0000"


@dataclass(frozen=True, slots=True)
class Persona:
    """`phone` is what this person would type when asked for a number."""

    key: str
    label: str
    hint: str
    phone: str
    user: User


def personas_of(mall: Mall) -> list[Persona]:
    """Members first, then those who come without signing in."""
    by_phone: dict[str, list[Row]] = defaultdict(list)
    for row in mall.customers.values():
        by_phone[digits(row.get("cellphone") or "")].append(row)
    by_phone.pop("", None)
    shared = [rows for rows in by_phone.values() if len(rows) > 1]
    members = [_member(row) for row in mall.customers.values()]
    two = [_logged_out("two", rows[0]["name"], _both(rows), rows[0]["cellphone"]) for rows in shared[:1]]
    return [*members, *two, *_guests(mall, set(by_phone)), _stranger()]


def _member(row: Row) -> Persona:
    member_id = row["member_id"]
    name = row.get("name") or member_id
    phone = local_number(row.get("cellphone") or "")
    profile = {"mobileNumber": phone, "email": row.get("email")}
    user = User(f"user-{member_id}", name, member_id, profile)
    return Persona(f"member:{member_id}", f"{name} · 회원 {member_id}", "로그인한 회원입니다.", phone, user)


def _both(rows: list[Row]) -> str:
    accounts = ", ".join(row["member_id"] for row in rows)
    return f"로그인하지 않았고, 번호 하나에 계정이 둘입니다 ({accounts})."


def _guests(mall: Mall, member_phones: set[str]) -> list[Persona]:
    """Buyers without an account, newest order first, as far as no member has their number."""
    found: dict[str, Persona] = {}
    for order in sorted(mall.orders.values(), key=lambda order: order.ordered_at, reverse=True):
        phone = digits(order.buyer.cellphone)
        if order.is_guest and phone and phone not in member_phones and phone not in found:
            hint = "비회원으로 주문했고, 휴대전화로 확인합니다."
            key = f"guest{len(found) + 1}"
            found[phone] = _logged_out(key, order.buyer.name, hint, order.buyer.cellphone)
    return list(found.values())[:2]


def _stranger() -> Persona:
    return _logged_out("stranger", "방문자", "로그인하지 않았고, 이 몰에 주문이 없습니다.", STRANGER_PHONE)


def _logged_out(key: str, name: str, hint: str, phone: str) -> Persona:
    kind = {"two": "로그인 안 함, 계정 둘", "stranger": "처음 온 손님"}.get(key, "비회원")
    # Channel does not know who this is: no name, no number in the profile.
    user = User(f"user-visitor-{key}", "방문자", None, {})
    return Persona(key, f"{name} · {kind}", hint, local_number(phone), user)
