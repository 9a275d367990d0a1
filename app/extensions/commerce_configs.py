"""`core.getAppConfigs`: only what the channel's connection serves, with reasons, banks and filters as enums."""

from collections.abc import Iterable, Mapping

from commands.cancel.reasons import REASONS as CANCEL_REASONS
from commands.claiming import BANKS
from commands.exchange_return.reasons import REASONS as CLAIM_REASONS
from commands.explain import WORDS as COMMON
from commands.kernel.order import ItemState
from commands.kernel.spec import CommandSpec
from commands.kernel.who import Language

from .commerce_shapes import AppConfigs, Capabilities, Choice, EnumField, Options
from .searching import KEYS, word
from .words import WORDS

ACCOUNT = "refundBankAccount"


def app_configs(
    served: frozenset[str], commands: Mapping[str, CommandSpec], language: Language
) -> AppConfigs:
    """`served`: names of the commands that are on."""
    cancel = _reasons(commands["cancel"], CANCEL_REASONS, language)
    claim = _reasons(commands["exchangeReturn"], CLAIM_REASONS, language)
    claims = "exchangeReturn" in served
    way = ["requestPickup", "pickupAddress"]
    return AppConfigs(
        app_capabilities=Capabilities(
            get_orders_options=_orders(language) if "orderList" in served else None,
            request_cancel_order_options=_options(["orderId", "reason"], ["cancelItems", ACCOUNT], cancel)
            if "cancel" in served
            else None,
            request_return_order_options=_options(
                ["orderId", "reason"],
                ["returnItems", *way, ACCOUNT, "trackingNumber", "trackingCompany"],
                claim,
            )
            if claims
            else None,
            accept_return_order_options=_options(["orderId"], ["returnItems"], {}) if claims else None,
            request_exchange_order_options=_options(
                ["orderId", "beforeExchangeItems", "afterExchangeItems", "reason"], way, claim, banks=False
            )
            if claims
            else None,
            change_shipping_address_options=_options(["orderId", "newAddress"], [], {})
            if "addressChange" in served
            else None,
        )
    )


def _orders(language: Language) -> Options:
    keys = [Choice(value=key, label=WORDS.say(language, f"filter.{key}")) for key in KEYS]
    states = [Choice(value=word(s), label=COMMON.say(language, f"state.{s}")) for s in ItemState]
    fields = {
        "searchFilter.key": EnumField(type="enum", allowed_values=keys),
        "searchFilter.state": EnumField(type="enum", allowed_values=states),
    }
    return Options(required=[], optional=["searchFilter", "since", "limit"], field_configs=fields)


def _options(
    required: list[str], optional: list[str], reasons: dict[str, EnumField], *, banks: bool = True
) -> Options:
    fields = dict(reasons)
    if banks and ACCOUNT in optional:
        named = [Choice(value=name, label=name) for name in BANKS.values()]
        fields[f"{ACCOUNT}.bankName"] = EnumField(type="enum", allowed_values=named)
    return Options(required=required, optional=optional, field_configs=fields or None)


def _reasons(command: CommandSpec, names: Iterable[str], language: Language) -> dict[str, EnumField]:
    values = [Choice(value=name, label=command.texts.say(language, f"reason.{name}")) for name in names]
    return {"reason.type": EnumField(type="enum", allowed_values=values)}
