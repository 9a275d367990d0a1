"""What a doctor looks at: the shop's state before a customer meets it. Each command judges what it depends on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .decision import Finding


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The settings and the connection as rules may read them."""

    connected: bool
    reconnect_needed: bool = False
    suspended: bool = False
    missing_scopes: tuple[str, ...] = ()
    member_trust: str = "hash"
    member_hash_confirmed: bool = False
    texts_can_be_sent: bool = True
    whole_number_checked: bool = True
    command_on: bool = True


Doctor = Callable[[ShopFacts], Iterable[Finding]]
