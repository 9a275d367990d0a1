"""What a doctor looks at: the shop's state before a customer meets it. Each command judges what it depends on."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field

from .decision import Finding
from .mall import CancelChoices, ExchangeReturnChoices, MallRules, ShippingChoices
from .warehouse import Capability


@dataclass(frozen=True, slots=True)
class ShopFacts:
    """The settings and the connection as rules may read them. `mall`: None while the mall cannot be asked; `warehouse`:
    what the connected one can do, None without one.
    """

    connected: bool
    reconnect_needed: bool = False
    suspended: bool = False
    missing_scopes: tuple[str, ...] = ()
    member_trust: str = "hash"
    member_hash_confirmed: bool = False
    texts_can_be_sent: bool = True
    whole_number_checked: bool = True
    command_on: bool = True
    trial: bool = False
    has_wms: bool = False
    cancel: CancelChoices = field(default_factory=CancelChoices)
    mall: MallRules | None = None
    warehouse: frozenset[Capability] | None = None
    shipping: ShippingChoices = field(default_factory=ShippingChoices)
    fee_by_supplier: bool = False
    exchange_return: ExchangeReturnChoices = field(default_factory=ExchangeReturnChoices)


Doctor = Callable[[ShopFacts], Iterable[Finding]]
