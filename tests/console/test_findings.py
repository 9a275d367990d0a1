"""What the doctors say, beside the group of settings that it is about, in the words of that page."""

import re
from pathlib import Path
from typing import Any

import pytest

from app.console.setting_findings import by_section
from app.ports import Connection
from app.shops.doctor import Checkup
from commands.kernel.ports import Unavailable
from commands.kernel.surcharges import RegionalSurcharges
from commands.kernel.warehouse import Capability
from commands.kernel.who import Language, Shop
from commands.registry import COMMANDS
from commands.shapes import FindingShape
from tests.world import MALL, HandClock, fresh_database, opened_road

from .on_the_road import Desk, plain
from .world import SCOPES, MallThatIsAway, World

RAW = re.compile(
    r"\b(?:wms|cancel|shipping|commands|exchangeReturn|orders|identity|partialShipping)\.[a-zA-Z]+"
)
SETTINGS: dict[str, Any] = {
    "admins": ["100"],
    "cancel": {"mode": "complete"},
    "shipping": {"days": []},
    "commands": {"exchangeReturn": False, "addressChange": False, "shipDate": False},
    "wms": {"provider": "fassto", "cstCd": "94001"},
}


class Fees:
    """`by_supplier` None: the mall did not say; `away`: it does not answer."""

    def __init__(self, by_supplier: bool | None, *, away: bool = False) -> None:
        self._by_supplier = by_supplier
        self._away = away
        self.asked: list[bool] = []

    async def surcharges(self, shop: Shop, *, fresh: bool) -> RegionalSurcharges:
        self.asked.append(fresh)
        if self._away:
            raise Unavailable
        return RegionalSurcharges(in_use=True, by_supplier=self._by_supplier)


class Standing:
    """A warehouse that can do `served`."""

    def __init__(self, *served: Capability) -> None:
        self._served = frozenset(served)

    async def standing(
        self, connection: Connection, language: Language
    ) -> tuple[frozenset[Capability] | None, list[FindingShape]]:
        return self._served, []


def checkup(world: World, fees: Fees, **more: Any) -> Checkup:
    return Checkup(
        COMMANDS,
        world.store.mall_tokens,
        rules=MallThatIsAway(),
        required_scopes=frozenset(SCOPES),
        texts_can_be_sent=lambda _connection: True,
        surcharges=fees,
        **more,
    )


def codes(found: dict[str, list[FindingShape]], where: str) -> list[str]:
    return [finding.code for finding in found.get(where, ())]


@pytest.mark.parametrize(
    ("fees", "told"),
    [
        (Fees(True), True),
        (Fees(False), False),
        (Fees(None), False),
        (Fees(True, away=True), False),
    ],
)
async def test_fees_by_supplier_are_told_when_the_mall_says_so(world: World, fees: Fees, told: bool) -> None:
    found = await checkup(world, fees).by_command(await world.connected(), Language.KO)
    assert ("fee_by_supplier" in codes(found, "addressChange")) is told
    assert ("fee_by_supplier" in codes(by_section(found, Language.KO), "commands")) is told
    assert fees.asked == [False]  # what is warm will do


async def test_nobody_asks_a_mall_without_tokens(world: World) -> None:
    connection = await world.connected()
    await world.store.mall_tokens.kill(connection.shop.mall_id)
    fees = Fees(True)
    await checkup(world, fees).by_command(connection, Language.KO)
    assert fees.asked == []


async def test_each_doctor_stands_beside_its_settings(world: World) -> None:
    connection = await world.connected(settings=SETTINGS)
    looked = checkup(world, Fees(True), warehouse=Standing(Capability.RESTOCK_DATE))
    found = by_section(await looked.by_command(connection, Language.KO), Language.KO)
    assert {"no_shipping_day", "stock_not_served"} <= set(codes(found, "shipping"))
    assert {"return_address_missing", "auto_pickup_not_confirmed"} <= set(codes(found, "exchangeReturn"))
    assert {"fee_by_supplier", "warehouse_cannot_change"} <= set(codes(found, "commands"))
    assert codes(found, "commands").count("command_off") == 3
    assert {"stock_not_served", "warehouse_cannot_change"} <= set(codes(found, "wms"))


@pytest.mark.parametrize("language", list(Language))
async def test_no_sentence_names_a_setting_as_code_does(world: World, language: Language) -> None:
    connection = await world.connected(settings=SETTINGS)
    looked = checkup(world, Fees(True), warehouse=Standing())
    found = by_section(await looked.by_command(connection, language), language)
    sentences = [finding.manager_text for findings in found.values() for finding in findings]
    assert len(sentences) > 8
    assert [sentence for sentence in sentences if RAW.search(sentence)] == []


async def test_on_the_whole_road(tmp_path: Path) -> None:
    async with opened_road(fresh_database(tmp_path), HandClock()) as road:
        road.world.malls[MALL].settings[1].shipping["supplier_regional_surcharge"] = "S"
        road.clock.forward(minutes=6)  # type: ignore[attr-defined]
        page = plain((await (await Desk(road).enters()).opens("/console/settings")).text)
    assert "공급사별 지역 배송비" in page
