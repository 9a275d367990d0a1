"""Why `/발송예정일` is off, or says less than it could, before a customer meets it (H11, H16, H30). Pure."""

from collections.abc import Iterator

from commands.kernel.decision import Effect, Finding, Layer
from commands.kernel.doctor import ShopFacts
from commands.kernel.warehouse import Capability

from .command import NO_WAREHOUSE, STOCK_NOT_SERVED, WMS_SETTING
from .stock import TELLS_DATES


def examine(facts: ShopFacts) -> Iterator[Finding]:
    served = facts.warehouse
    if served is None:
        yield Finding("D1", NO_WAREHOUSE.code, Effect.NOTES, Layer.WMS, setting_path=WMS_SETTING)
        return
    if not served & TELLS_DATES:
        yield Finding("D2", STOCK_NOT_SERVED.code, Effect.BLOCKS, Layer.WMS, setting_path=WMS_SETTING)
    elif Capability.RESTOCK_DATE not in served:
        yield Finding("D2", "restock_not_served", Effect.NOTES, Layer.WMS, setting_path=WMS_SETTING)
    if not facts.shipping.days and not facts.shipping.every_day:
        layer = Layer.COMMAND_SETTING
        yield Finding("D3", "no_shipping_day", Effect.BLOCKS, layer, setting_path="shipping.days")
    if not facts.command_on:
        layer = Layer.COMMAND_SETTING
        yield Finding("D4", "command_off", Effect.NOTES, layer, setting_path="commands.shipDate")
