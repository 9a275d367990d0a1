"""Beside the group 물류 시스템 of the page 설정: a look at the connection, which shop this is, SKUs, and removal."""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from typing import Any, Protocol

from starlette.responses import Response

from app.clock import Clock
from app.ports import Connection
from commands.kernel.failures import Failure, FailureType
from commands.kernel.who import Language

from .pages import TEXTS, Pages, go
from .rights import Shown
from .settings_page import HERE, ChangeSettings, SettingsPage, allowed, version_in
from .turnstile import Turnstile
from .visits import Visit

LONGEST_ID = 40
Look = Callable[[Connection, Language], Awaitable[object]]


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


class Warehouse(Protocol):
    """Each asks the provider now, with what is stored. Raises `Failure` with a sentence."""

    async def check(self, connection: Connection, language: Language) -> Checked: ...

    async def shops(self, connection: Connection, language: Language) -> WarehouseShops: ...

    async def mapping(self, connection: Connection, language: Language) -> SkuReport: ...


class WarehouseTools:
    def __init__(
        self,
        pages: Pages,
        page: SettingsPage,
        warehouse: Warehouse,
        *,
        change: ChangeSettings,
        shown: Shown,
        clock: Clock,
    ) -> None:
        self._pages = pages
        self._page = page
        self._warehouse = warehouse
        self._change = change
        self._shown = shown
        self._clock = clock
        self._turnstile = Turnstile(20, timedelta(minutes=5))

    async def check(self, visit: Visit, connection: Connection) -> Response:
        return await self._looked(visit, connection, "checked", self._warehouse.check)

    async def shops(self, visit: Visit, connection: Connection) -> Response:
        return await self._looked(visit, connection, "shops", self._warehouse.shops)

    async def mapping(self, visit: Visit, connection: Connection) -> Response:
        return await self._looked(visit, connection, "mapping", self._warehouse.mapping)

    async def choose(self, visit: Visit, connection: Connection) -> Response:
        """One of the shops that were suggested; any other number is typed into the form above."""
        chosen = visit.form.get("shop", "").strip()[:LONGEST_ID]
        if not chosen:
            text = TEXTS.say(visit.session.language, "wms.shops.none")
            return await self._page.with_warehouse(visit, connection, {"trouble": text}, 422)
        return await self._changed(visit, connection, {"wms": {"shopId": chosen}}, "wmsShop")

    async def remove(self, visit: Visit, connection: Connection) -> Response:
        """All that was typed in for it goes with it, keys too; without a warehouse `/발송예정일` is off."""
        if visit.form.get("understood") != "1":
            text = TEXTS.say(visit.session.language, "wms.remove.needed")
            found = {"trouble": text, "removing": True}
            return await self._page.with_warehouse(visit, connection, found, 422)
        return await self._changed(visit, connection, {"wms": None}, "wmsRemoved")

    async def _looked(self, visit: Visit, connection: Connection, name: str, look: Look) -> Response:
        language = visit.session.language
        if wait := self._turnstile.wait(connection.shop.channel_id, self._clock()):
            headers = {"retry-after": str(wait)}
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        try:
            found = {name: await look(connection, language)}
        except Failure as failure:
            return await self._page.with_warehouse(visit, connection, {"trouble": failure.message}, 502)
        return await self._page.with_warehouse(visit, connection, found)

    async def _changed(
        self, visit: Visit, connection: Connection, patch: dict[str, Any], done: str
    ) -> Response:
        """The form names the version that its admin saw."""
        language = visit.session.language
        try:
            await self._change(
                connection.shop.channel_id,
                patch,
                version=version_in(visit.form),
                by=visit.session.who,
                language=language,
                may=partial(allowed, visit, self._shown),
            )
        except Failure as failure:
            wrong = failure.type is FailureType.INVALID_PARAMS
            text = TEXTS.say(language, "settings.wrong.field") if wrong else failure.message
            return await self._page.with_warehouse(visit, connection, {"trouble": text}, 409)
        return go(f"{HERE}?done={done}#wms")
