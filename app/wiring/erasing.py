"""Deleting what is kept of one customer, across the parts that keep something."""

from collections.abc import Mapping

from app.effects.erasing import EraseMore, Erasing
from app.identity.codes import phone_hash
from app.store.erasing import SqlErasing
from app.wiring.base import Base


def customer_erasing(base: Base, more: Mapping[str, EraseMore]) -> Erasing:
    """`more`: by name, what other parts keep of customers."""
    keys, store = base.keys, base.store

    def phone_hashes(e164: str) -> list[str]:
        """With each key: a session may be older than the newest."""
        return [phone_hash(keys.key("phone", key_id), e164) for key_id in keys.key_ids]

    return Erasing(
        SqlErasing(store.database, keys),
        store.audit,
        keys,
        base.clock,
        phone_hashes=phone_hashes,
        more=more,
    )
