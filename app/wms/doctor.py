"""What the warehouse of a shop keeps commands from doing, told to the merchant before a customer meets it. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from app.ports.wms import WmsState
from commands.kernel.decision import ChangesWhen, Effect, Finding, Layer
from commands.kernel.warehouse import Capability

from .account import Account

PATH = "wms.provider"
_TROUBLES = {
    WmsState.BAD_CREDENTIALS: "wms_bad_credentials",
    WmsState.BAD_DOMAIN: "wms_bad_domain",
    WmsState.NOT_ENABLED: "wms_not_enabled",
}
_LOWERED = (
    (Capability.ORDERS, "wms_orders_not_served"),
    (Capability.CANCEL, "wms_cancel_not_served"),
    (Capability.CHANGE_ADDRESS, "wms_address_not_served"),
)


@dataclass(frozen=True, slots=True)
class WmsFacts:
    """`account` None: no warehouse, of which the doctor of the ship date speaks."""

    account: Account | None
    served: frozenset[Capability] = frozenset()
    trouble: WmsState | None = None


def examine(facts: WmsFacts) -> Iterator[Finding]:
    """W1: 인증 거부. W2: 빠진 설정. W3: 매장 미연결. W4: 제공하지 않는 기능."""
    if facts.account is None:
        return
    provider = {"provider": facts.account.provider}
    if facts.account.missing:
        seen = {**provider, "missing": ", ".join(facts.account.missing)}
        yield Finding("W2", "wms_incomplete", Effect.BLOCKS, Layer.WMS, seen, setting_path=PATH)
        return
    if code := _TROUBLES.get(facts.trouble or WmsState.OK):
        act = ChangesWhen(act="check_warehouse")
        yield Finding("W1", code, Effect.BLOCKS, Layer.WMS, provider, (), PATH, act)
    if facts.account.provider == "sellmate" and not facts.account.shop_id:
        path = "wms.shopId"
        yield Finding("W3", "wms_shop_unmapped", Effect.NOTES, Layer.WMS, provider, setting_path=path)
    for needed, code in _LOWERED:
        if needed not in facts.served:
            yield Finding("W4", code, Effect.LOWERS, Layer.WMS, provider, setting_path=PATH)
            if needed is Capability.ORDERS:
                return
