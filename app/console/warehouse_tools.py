"""The tools beside the group 물류 시스템 of the page 설정: checking, choosing the shop, SKUs, removal."""

from collections.abc import Awaitable, Callable
from datetime import timedelta
from functools import partial
from typing import Any

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
from .warehouse import Found, Warehouse

LONGEST_ID = 40
Look = Callable[[Language], Awaitable[Found]]


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
        async def look(language: Language) -> Found:
            return Found(checked=await self._warehouse.check(connection, language))

        return await self._looked(visit, connection, look)

    async def shops(self, visit: Visit, connection: Connection) -> Response:
        async def look(language: Language) -> Found:
            return Found(shops=await self._warehouse.shops(connection, language))

        return await self._looked(visit, connection, look)

    async def mapping(self, visit: Visit, connection: Connection) -> Response:
        async def look(language: Language) -> Found:
            return Found(mapping=await self._warehouse.mapping(connection, language))

        return await self._looked(visit, connection, look)

    async def choose(self, visit: Visit, connection: Connection) -> Response:
        """One of the shops that were suggested; any other number is typed into the form above."""
        chosen = visit.form.get("shop", "").strip()[:LONGEST_ID]
        if not chosen:
            text = TEXTS.say(visit.session.language, "wms.shops.none")
            return await self._page.with_warehouse(visit, connection, Found(text), 422)
        return await self._changed(visit, connection, {"wms": {"shopId": chosen}}, "wmsShop")

    async def remove(self, visit: Visit, connection: Connection) -> Response:
        """All that was typed in for it goes with it, keys too; without a warehouse `/발송예정일` is off."""
        if visit.form.get("understood") != "1":
            text = TEXTS.say(visit.session.language, "wms.remove.needed")
            found = Found(text, removing=True)
            return await self._page.with_warehouse(visit, connection, found, 422)
        return await self._changed(visit, connection, {"wms": None}, "wmsRemoved")

    async def _looked(self, visit: Visit, connection: Connection, look: Look) -> Response:
        language = visit.session.language
        if wait := self._turnstile.wait(connection.shop.channel_id, self._clock()):
            headers = {"retry-after": str(wait)}
            return self._pages.notice("tooMany", language, status=429, headers=headers, seconds=wait)
        try:
            found = await look(language)
        except Failure as failure:
            return await self._page.with_warehouse(visit, connection, Found(failure.message), 502)
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
            return await self._page.with_warehouse(visit, connection, Found(text), 409)
        return go(f"{HERE}?done={done}#wms")
