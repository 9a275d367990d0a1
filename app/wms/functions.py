"""`wms.check`, `wms.shops`, `wms.mapping`: how a shop's warehouse stands, for its admins."""

from collections.abc import Awaitable, Callable
from typing import Any

from app.ports import Call, Connection, Connections, Function, Surface
from app.ports.wms import MallVariant, WmsState
from commands.kernel.failures import Failure, FailureType
from commands.kernel.ports import Unavailable
from commands.kernel.who import Language
from commands.shapes import Params, Shape

from .account import Account
from .connection import TEXTS, WarehouseSilent, WmsConnection

MOST_LISTED = 200


class NoParams(Params):
    pass


class CheckResult(Shape):
    """`state` is absent without a warehouse, and while something is `missing`."""

    provider: str
    state: WmsState | None = None
    text: str
    missing: list[str]
    capabilities: list[str]


class ShopSuggestion(Shape):
    shop_id: str
    matches: int


class ShopsResult(Shape):
    commerce_key: str
    shop_id: str | None = None
    asked: int
    suggestions: list[ShopSuggestion]
    text: str


class VariantShape(Shape):
    variant_code: str
    custom_variant_code: str | None = None
    product_no: int
    product_name: str
    option_text: str


class MappingResult(Shape):
    """Lists end at 200; the counts are of all."""

    mapped: int
    unmapped_count: int
    unmapped: list[VariantShape]
    unmappable_count: int
    unmappable: list[VariantShape]
    complete: bool
    text: str


class WmsFunctions:
    """`require_admin` raises `Failure(forbidden)`."""

    def __init__(
        self,
        wms: WmsConnection,
        connections: Connections,
        require_admin: Callable[[Call, Connection], None],
        not_connected: Callable[[Language], str],
    ) -> None:
        self._wms = wms
        self._connections = connections
        self._require_admin = require_admin
        self._not_connected = not_connected

    def functions(self) -> list[Function]:
        managers = frozenset({Surface.MANAGER})
        return [
            Function("wms.check", NoParams, CheckResult, self.check, managers),
            Function("wms.shops", NoParams, ShopsResult, self.shops, managers),
            Function("wms.mapping", NoParams, MappingResult, self.mapping, managers),
        ]

    async def check(self, call: Call, _params: NoParams) -> CheckResult:
        checked = await self._wms.check(await self._connection(call))
        account = checked.account
        return CheckResult(
            provider=account.provider if account else "none",
            state=checked.state,
            text=check_text(account, checked.state, call.language),
            missing=list(account.missing) if account else [],
            capabilities=sorted(checked.served),
        )

    async def shops(self, call: Call, _params: NoParams) -> ShopsResult:
        connection = await self._connection(call)
        found = await self._looked(call, self._wms.suggested(connection))
        best = found.suggestions[0] if found.suggestions else None
        key = "shops.none" if best is None else "shops.several" if found.suggestions[1:] else "shops.one"
        facts = {"asked": found.asked, "shop": best.shop_id, "matches": best.matches} if best else {}
        return ShopsResult(
            commerce_key=found.commerce_key,
            shop_id=(connection.settings.get("wms") or {}).get("shopId"),
            asked=found.asked,
            suggestions=[ShopSuggestion(shop_id=s.shop_id, matches=s.matches) for s in found.suggestions],
            text=TEXTS.say(call.language, key, **facts),
        )

    async def mapping(self, call: Call, _params: NoParams) -> MappingResult:
        found = await self._looked(call, self._wms.mapped(await self._connection(call)))
        whole = not found.unmapped and not found.unmappable
        counts = {
            "mapped": found.mapped,
            "unmapped": len(found.unmapped),
            "unmappable": len(found.unmappable),
        }
        return MappingResult(
            mapped=found.mapped,
            unmapped_count=len(found.unmapped),
            unmapped=[_shape(variant) for variant in found.unmapped[:MOST_LISTED]],
            unmappable_count=len(found.unmappable),
            unmappable=[_shape(variant) for variant in found.unmappable[:MOST_LISTED]],
            complete=found.complete,
            text=TEXTS.say(call.language, "mapping.whole" if whole else "mapping.gaps", **counts),
        )

    async def _connection(self, call: Call) -> Connection:
        connection = await self._connections.of_channel(call.channel_id)
        if connection is None:
            raise Failure(FailureType.NOT_CONNECTED, self._not_connected(call.language))
        self._require_admin(call, connection)
        return connection

    async def _looked(self, call: Call, look: Awaitable[Any]) -> Any:
        try:
            return await look
        except WarehouseSilent as silent:
            sentence = check_text(silent.account, silent.state, call.language)
            raise Failure(
                FailureType.UPSTREAM_UNAVAILABLE, sentence, state=silent.state and silent.state.value
            ) from silent
        except Unavailable as error:
            sentence = TEXTS.say(call.language, "mall.unavailable")
            raise Failure(FailureType.UPSTREAM_UNAVAILABLE, sentence) from error


def check_text(account: Account | None, state: WmsState | None, language: Language) -> str:
    """One precise sentence: what is wrong, and where it is put right."""
    if account is None:
        return TEXTS.say(language, "check.none")
    if state is None:
        names = ", ".join(TEXTS.say(language, f"field.{name}") for name in account.missing)
        return TEXTS.say(language, "check.missing", names=names)
    kind: str = account.provider
    if kind == "sellmate" and account.own_keys:
        kind = "sellmate.own"
    return TEXTS.say(language, f"check.{state.value}.{kind}", domain=account.domain)


def _shape(variant: MallVariant) -> VariantShape:
    return VariantShape(
        variant_code=variant.variant_code,
        custom_variant_code=variant.custom_variant_code,
        product_no=variant.product_no,
        product_name=variant.product_name,
        option_text=variant.option_text,
    )
