"""Which of the accounts found by a number are offered, and how they are shown. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from app.ports import Account

MOST_UNCHECKED = 10


@dataclass(frozen=True, slots=True)
class Offer:
    """`too_many`: the mall found more than we may trust without comparing whole numbers; a person must look."""

    accounts: tuple[Account, ...]
    guest_orders: bool
    too_many: bool = False


def offered(found: Sequence[Account], signed_member_id: str | None) -> Offer:
    """Somebody whose login the mall knows may prove that one account, and take no other."""
    each_once = tuple({account.member_id: account for account in reversed(found)}.values())[::-1]
    if len(each_once) > MOST_UNCHECKED and not all(account.full_match for account in each_once):
        return Offer((), guest_orders=signed_member_id is None, too_many=True)
    if signed_member_id is not None:
        own = tuple(account for account in each_once if account.member_id == signed_member_id)
        return Offer(own, guest_orders=False)
    return Offer(each_once, guest_orders=True)


def masked_id(member_id: str) -> str:
    """`mi***`; of a very short id only the first letter."""
    return f"{member_id[: 2 if len(member_id) > 2 else 1]}***"


def labels(member_ids: Sequence[str]) -> tuple[str, ...]:
    """Masked; ids that look alike get a running number, so that each can be chosen."""
    masks = [masked_id(member_id) for member_id in member_ids]
    return tuple(
        f"{mask} ({masks[: place + 1].count(mask)})" if masks.count(mask) > 1 else mask
        for place, mask in enumerate(masks)
    )
