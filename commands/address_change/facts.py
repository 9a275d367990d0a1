"""What the rules of `/배송지변경` look at, and the plan that comes of them."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from commands.kernel.address import Address
from commands.kernel.mall import MallRules
from commands.kernel.order import Order, OrderId, OrderItem
from commands.kernel.plan import Receipt
from commands.kernel.surcharges import RegionalSurcharges
from commands.kernel.warehouse import WarehouseOrder

from .surcharge import Surcharge, surcharge_of


@dataclass(frozen=True, slots=True)
class Packing:
    """How far the warehouse is. `held` None: it does not hold the order (yet), so that nothing is packed; `silent`: it
    does not answer; `can_change` False: it lacks a capability that the change needs; `others`: orders in our packages.
    """

    held: WarehouseOrder | None = None
    silent: bool = False
    can_change: bool = True
    others: frozenset[OrderId] = frozenset()


@dataclass(frozen=True, slots=True)
class Facts:
    """`wanted` None: no address was given yet; then the rows on the new address say nothing. `packing` None: a shop
    without a warehouse.
    """

    order: Order
    mall: MallRules
    surcharges: RegionalSurcharges
    wanted: Address | None = None
    packing: Packing | None = None
    under_way: Receipt | None = None

    @property
    def items(self) -> Iterator[OrderItem]:
        """Every item: the address is one for the whole order."""
        return iter(self.order.items)

    @property
    def present(self) -> Address | None:
        """Where the order goes now; None when nowhere, or when its shipments go to different places."""
        places = {
            Address(
                receiver_name=r.name,
                cellphone=r.cellphone,
                zipcode=r.zipcode,
                address1=r.address1,
                address2=r.address2,
                phone=r.phone or None,
                message=r.message or None,
            )
            for r in self.order.receivers
        }
        return places.pop() if len(places) == 1 else None

    def fee(self, which: Literal["before", "after"]) -> Surcharge | None:
        address = self.present if which == "before" else self.wanted
        return surcharge_of(self.surcharges, address) if address else None


@dataclass(frozen=True, slots=True)
class AddressPlan:
    """One write a shipment. `tells_warehouse`: it holds the order, and hears of the change first."""

    shipments: tuple[str, ...]
    address: Address | None
    tells_warehouse: bool
