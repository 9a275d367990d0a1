"""A warehouse of the console's tests: it says what the test lets it say."""

from dataclasses import dataclass, field

from app.console.warehouse import Checked, SkuReport, UnmappedVariant, WarehouseShops
from app.ports import Connection
from commands.kernel.failures import Failure
from commands.kernel.who import Language

SHIRT = UnmappedVariant("P000000A000B", "", "오가닉 코튼 셔츠", "화이트 / L")


@dataclass
class Depot:
    """`silent`: what each look raises instead."""

    checked: Checked = field(default_factory=lambda: Checked(True, "셀메이트(hanok)와 잘 연결되어 있습니다."))
    shops_found: list[tuple[str, int]] = field(default_factory=list)
    report: SkuReport = field(default_factory=lambda: SkuReport("모두 연결", 0, [], 0, [], True))
    silent: Failure | None = None
    looks: list[str] = field(default_factory=list)

    async def check(self, connection: Connection, language: Language) -> Checked:
        self._looked("check")
        return self.checked

    async def shops(self, connection: Connection, language: Language) -> WarehouseShops:
        self._looked("shops")
        return WarehouseShops("매장을 찾았습니다.", "cafe24_hanok_1", 60, self.shops_found)

    async def mapping(self, connection: Connection, language: Language) -> SkuReport:
        self._looked("mapping")
        return self.report

    def _looked(self, what: str) -> None:
        self.looks.append(what)
        if self.silent:
            raise self.silent
