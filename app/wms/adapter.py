"""What the gateway needs of a provider. Reads and writes raise the tree of app/errors."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Protocol

from commands.kernel.address import Address
from commands.kernel.order import OrderId, OrderItemCode
from commands.kernel.warehouse import (
    Capability,
    Mark,
    MarkResult,
    Stage,
    StockLevel,
    WarehouseItem,
    WarehouseOrder,
)

from .account import Account

# Refusals that we find ourselves, before the provider is asked for anything.
NOT_HELD = MarkResult("refused", "not_held")
ITEM_UNKNOWN = MarkResult("refused", "item_unknown")
LABEL_PRINTED = MarkResult("refused", "label_printed")
STAGE_UNKNOWN = MarkResult("refused", "stage_unknown")
NOT_SERVED = MarkResult("refused", "not_served")
DONE = MarkResult("done")

REACHED: Mapping[Mark, frozenset[Stage]] = {
    "cancel": frozenset({Stage.CANCEL_MARKED, Stage.CANCELLED}),
    "return": frozenset({Stage.RETURN_MARKED, Stage.RETURNED}),
    "exchange": frozenset({Stage.EXCHANGE_MARKED, Stage.EXCHANGED}),
    "hold": frozenset({Stage.HELD}),
}
"""The stages in which a mark stands."""


class Adapter(Protocol):
    """A write looks first: what stands already is done, and nothing that has left the shelf is marked."""

    def capabilities(self, account: Account) -> frozenset[Capability]: ...

    async def check(self, account: Account) -> None:
        """One cheap read."""
        ...

    async def orders(
        self, account: Account, order_ids: Sequence[OrderId]
    ) -> dict[OrderId, WarehouseOrder]: ...

    async def package_orders(self, account: Account, package_id: str) -> frozenset[OrderId]: ...

    async def stock(self, account: Account, skus: Sequence[str]) -> dict[str, StockLevel]: ...

    async def mark(
        self,
        account: Account,
        mark: Mark,
        order_id: OrderId,
        codes: Sequence[OrderItemCode],
        reason: str,
        *,
        whole: bool,
    ) -> MarkResult: ...

    async def restore(
        self, account: Account, mark: Mark, order_id: OrderId, codes: Sequence[OrderItemCode]
    ) -> MarkResult: ...

    async def change_address(self, account: Account, order_id: OrderId, address: Address) -> MarkResult: ...

    async def shops_with(self, account: Account, codes: Sequence[str]) -> dict[str, int]:
        """Shops of the provider that carry these variant codes, and how many of them (WMS.md §4.5)."""
        ...

    def forget(self, account: Account) -> None:
        """Drops what is remembered of it."""
        ...


def in_the_way(items: Iterable[WarehouseItem]) -> MarkResult | None:
    """A printed label, or a stage that cannot be told, which is never "not printed"."""
    printed = [item.label_printed for item in items]
    if True in printed:
        return LABEL_PRINTED
    return STAGE_UNKNOWN if None in printed else None
