"""A look at a shop's warehouse for its managers: does it answer, which shop is this one, which variants are known."""

import asyncio
from collections.abc import Awaitable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from app.errors import Misconfigured, Upstream
from app.ports import Connection
from app.ports.wms import Catalogues, MallVariant, WmsState
from commands.explain import findings_shape
from commands.kernel.texts import beside
from commands.kernel.warehouse import Capability
from commands.kernel.who import Language
from commands.shapes import FindingShape

from .account import Account
from .commerce_key import commerce_key
from .doctor import WmsFacts, examine
from .gateway import WmsGateway
from .standing import state_of

TEXTS = beside(__file__)
LOOK_SECONDS, REPORT_SECONDS = 8.0, 25.0
MOST_PRODUCTS = 1_000
ENOUGH_TO_SUGGEST = 60
Answer = TypeVar("Answer")


@dataclass(frozen=True, slots=True)
class Checked:
    """`state` None: there is no warehouse, or `missing` names what is still to be typed in."""

    account: Account | None
    state: WmsState | None
    served: frozenset[Capability] = frozenset()


@dataclass(frozen=True, slots=True)
class Suggestion:
    """A shop of the provider, and how many of the variants that were asked for it carries."""

    shop_id: str
    matches: int


@dataclass(frozen=True, slots=True)
class Suggested:
    commerce_key: str
    asked: int
    suggestions: tuple[Suggestion, ...]


@dataclass(frozen=True, slots=True)
class Mapped:
    """`unmapped`: variants without a partner; `unmappable`: of an option kind that the provider cannot map (F4)."""

    mapped: int
    unmapped: tuple[MallVariant, ...]
    unmappable: tuple[MallVariant, ...]
    complete: bool


class WarehouseSilent(Exception):
    """Nothing could be looked up; `state` says why."""

    def __init__(self, account: Account | None, state: WmsState | None) -> None:
        self.account = account
        self.state = state
        super().__init__(str(state))


class WmsConnection:
    def __init__(self, gateway: WmsGateway, catalogues: Catalogues) -> None:
        self._gateway = gateway
        self._catalogues = catalogues

    async def check(self, connection: Connection) -> Checked:
        """Asks now, whatever was refused before; what comes of it is noted for the doctor."""
        account = self._gateway.account_of(connection)
        if account is None or account.missing:
            return Checked(account, None)
        served = self._gateway.capabilities_of(account)
        try:
            await self._within(account, self._gateway.adapter_of(account).check(account), LOOK_SECONDS)
        except WarehouseSilent as silent:
            return Checked(account, silent.state, served)
        return Checked(account, WmsState.OK, served)

    async def suggested(self, connection: Connection) -> Suggested:
        """A suggestion only: the merchant confirms by setting `wms.shopId`. Raises `WarehouseSilent`, `Unavailable`."""
        account = self._ready(connection)
        catalogue = await self._catalogues.of(connection.shop, most_products=100)
        codes = [variant.variant_code for variant in catalogue.variants][:ENOUGH_TO_SUGGEST]
        adapter = self._gateway.adapter_of(account)
        found = await self._within(account, adapter.shops_with(account, codes), LOOK_SECONDS)
        ranked = sorted(found.items(), key=lambda pair: (-pair[1], pair[0]))
        suggestions = tuple(Suggestion(shop_id, matches) for shop_id, matches in ranked)
        return Suggested(commerce_key(connection.shop), len(codes), suggestions)

    async def mapped(self, connection: Connection) -> Mapped:
        """Raises `WarehouseSilent`, and `Unavailable` for the mall."""
        account = self._ready(connection)
        catalogue = await self._catalogues.of(connection.shop, most_products=MOST_PRODUCTS)
        unmappable = [v for v in catalogue.variants if v.linked and account.provider == "fassto"]
        rest = [variant for variant in catalogue.variants if variant not in unmappable]
        codes = [code for variant in rest for code in variant.codes]
        found = await self._within(
            account, self._gateway.adapter_of(account).stock(account, codes), REPORT_SECONDS
        )
        unmapped = tuple(variant for variant in rest if not found.keys() & set(variant.codes))
        return Mapped(len(rest) - len(unmapped), unmapped, tuple(unmappable), catalogue.complete)

    async def standing(
        self, connection: Connection, language: Language
    ) -> tuple[frozenset[Capability] | None, Sequence[FindingShape]]:
        """For the doctor: asks nobody outside."""
        account = self._gateway.account_of(connection)
        if account is None:
            return None, ()
        served = self._gateway.capabilities_of(account)
        facts = WmsFacts(account, served, await self._gateway.standing.of(account))
        return served, findings_shape(tuple(examine(facts)), TEXTS, language)

    def _ready(self, connection: Connection) -> Account:
        account = self._gateway.account_of(connection)
        if account is None or account.missing:
            raise WarehouseSilent(account, None)
        return account

    async def _within(self, account: Account, look: Awaitable[Answer], seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds):
                answer = await look
        except (Misconfigured, Upstream) as error:
            state = WmsState.BAD_DOMAIN if isinstance(error, Misconfigured) else state_of(error)
            await self._gateway.standing.note(account, state)
            raise WarehouseSilent(account, state) from error
        except TimeoutError:
            raise WarehouseSilent(account, WmsState.UNREACHABLE) from None
        await self._gateway.standing.note(account, WmsState.OK)
        return answer
