"""How `/배송지변경` will really behave, told to the merchant before a customer meets it. Pure."""

from collections.abc import Iterator

from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.doctor import ShopFacts

from .finding_out import NEEDED
from .new_address import SURCHARGE_SETTING
from .rules import ADDRESS_SETTING


def examine(facts: ShopFacts) -> Iterator[Finding]:
    if facts.mall is not None and facts.mall.address_open is not None and not facts.mall.address_open:
        layer = Layer.MALL_SETTING
        yield Finding(
            "D1", "address_not_open", Effect.BLOCKS, layer, {"status": "-"}, setting_path=ADDRESS_SETTING
        )
    if facts.warehouse is not None and not facts.warehouse >= NEEDED:
        needs = Effect.NEEDS_MANAGER
        yield Finding("D2", "warehouse_cannot_change", needs, Layer.WMS, setting_path="wms.provider")
    if facts.fee_by_supplier:
        needs, layer = Effect.NEEDS_MANAGER, Layer.MALL_SETTING
        yield Finding("D3", "fee_by_supplier", needs, layer, setting_path=SURCHARGE_SETTING)
    if not facts.command_on:
        layer = Layer.COMMAND_SETTING
        yield Finding("D4", "command_off", Effect.NOTES, layer, setting_path="commands.addressChange")
