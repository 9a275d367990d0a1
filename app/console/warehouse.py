"""What a look at a shop's warehouse finds, as the page 설정 shows it."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from app.ports import Connection
from commands.kernel.who import Language


@dataclass(frozen=True, slots=True)
class Checked:
    works: bool
    text: str


@dataclass(frozen=True, slots=True)
class WarehouseShops:
    """`found`: shops of the provider with the number of our variants that each carries, most first."""

    text: str
    commerce_key: str
    asked: int
    found: Sequence[tuple[str, int]]


@dataclass(frozen=True, slots=True)
class UnmappedVariant:
    code: str
    custom_code: str
    product: str
    option: str


@dataclass(frozen=True, slots=True)
class SkuReport:
    """Lists may end before the counts do. `whole_mall` False: the mall has more products than were read."""

    text: str
    unmapped_count: int
    unmapped: Sequence[UnmappedVariant]
    unmappable_count: int
    unmappable: Sequence[UnmappedVariant]
    whole_mall: bool

    @property
    def complete(self) -> bool:
        return not self.unmapped_count and not self.unmappable_count


@dataclass(frozen=True, slots=True)
class Found:
    """What one press of a tool has to say. `removing`: the removal still waits for its tick."""

    trouble: str = ""
    removing: bool = False
    checked: Checked | None = None
    shops: WarehouseShops | None = None
    mapping: SkuReport | None = None


class Warehouse(Protocol):
    """Each asks the provider now, with what is stored. Raises `Failure` with a sentence."""

    async def check(self, connection: Connection, language: Language) -> Checked: ...

    async def shops(self, connection: Connection, language: Language) -> WarehouseShops: ...

    async def mapping(self, connection: Connection, language: Language) -> SkuReport: ...
