"""What a merchant may choose (DESIGN §6): data of the connection, edited by its admins, merged by RFC 7396."""

from collections.abc import Mapping
from typing import Annotated, Any, Literal

from pydantic import Field, ValidationError, field_validator

from app.ports import Connection
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import CancelChoices, Choices, ExchangeReturnChoices
from commands.kernel.who import Language

from .agent_settings import AgentSettings, agent_of
from .group import Group
from .shipping_settings import PartialShippingSettings, ShippingSettings, partial_shipping_of, shipping_of
from .warehouse import GROUP, SHIP_DATE, WMS_SECRETS, WmsSettings, another_warehouse, has_warehouse

SECRETS = frozenset({("sms", "apiKey"), ("sms", "apiSecret")}) | WMS_SECRETS
DEEPEST = 8
Patch = dict[str, Any]


class OrderChoices(Group):
    lookback_months: int = Field(12, ge=1, le=36)


class IdentityChoices(Group):
    """`hash`: trust a member id once an admin confirmed that Channel's 회원 해시 is on."""

    member_trust: Literal["hash", "phone"] = "hash"
    member_hash_confirmed: bool = False


class SmsChoices(Group):
    provider: Literal["operator", "solapi", "nhn", "off"] = "operator"
    sender: str | None = Field(None, pattern=r"^[0-9]{8,11}$")
    daily_budget: int = Field(1000, ge=0, le=100_000)


class CancelSettings(Group):
    """`complete_scope`: the four states of H42 in which a cancel may be completed without a WMS."""

    mode: Literal["complete", "request"] = "request"
    complete_scope: tuple[Literal["N10", "N20", "N21", "N22"], ...] = ()
    undo_minutes: int = Field(0, ge=0, le=60)


class ExchangeReturnSettings(Group):
    """`deadline_hours`: how long a pending claim waits until `at_deadline`; `evidence_days`: how long photos are kept
    after their claim.
    """

    seller_fault: Literal["request", "pending"] = "pending"
    return_address: str | None = Field(None, max_length=300)
    deadline_hours: int = Field(48, ge=1, le=720)
    at_deadline: Literal["remind", "approve", "handOver"] = "remind"
    evidence_days: int = Field(90, ge=1, le=1095)
    same_price_only: bool = True
    auto_pickup_off: bool = False

    @field_validator("return_address")
    @classmethod
    def _one_that_can_be_read(cls, value: str | None) -> str | None:
        """An empty field of a form means none."""
        text = " ".join((value or "").split())
        if not text.isprintable():
            raise ValueError("an address is plain text")
        return text or None


class NotifySettings(Group):
    group_id: str | None = Field(None, max_length=80)
    claim_results: bool = True


class CommandSwitches(Group):
    order_list: bool = True
    cancel: bool = True
    exchange_return: bool = True
    address_change: bool = True
    ship_date: bool = True
    why: bool = True


class ShopSettings(Group):
    mode: Literal["trial", "live"] = "trial"
    test_members: Annotated[tuple[str, ...], Field(max_length=100)] = ()
    wms: WmsSettings = WmsSettings()
    cancel: CancelSettings = CancelSettings()
    exchange_return: ExchangeReturnSettings = ExchangeReturnSettings()
    partial_shipping: PartialShippingSettings = PartialShippingSettings()
    shipping: ShippingSettings = ShippingSettings()
    notify: NotifySettings = NotifySettings()
    orders: OrderChoices = OrderChoices()
    identity: IdentityChoices = IdentityChoices()
    sms: SmsChoices = SmsChoices()
    commands: CommandSwitches = CommandSwitches()
    agent: AgentSettings = AgentSettings()
    language: Language = Language.KO
    admins: Annotated[tuple[str, ...], Field(max_length=50)] = ()

    @field_validator("admins")
    @classmethod
    def _named_once(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        if any(not name or len(name) > 80 for name in value):
            raise ValueError("an admin is a manager id")
        return tuple(dict.fromkeys(value))


COMMANDS_BY_DEFAULT: dict[str, bool] = CommandSwitches().model_dump(by_alias=True)
ON_BY_DEFAULT = frozenset(name for name, on in COMMANDS_BY_DEFAULT.items() if on)
CANCEL_BY_DEFAULT = CancelChoices()
EXCHANGE_RETURN_BY_DEFAULT = ExchangeReturnChoices()
LOOKBACK_BY_DEFAULT = OrderChoices().lookback_months


def settings_of(connection: Connection) -> ShopSettings:
    return ShopSettings.model_validate(connection.settings)


def chosen(settings: ShopSettings) -> Patch:
    """Only what differs from the defaults."""
    return settings.model_dump(mode="json", by_alias=True, exclude_defaults=True)


def choices_of(connection: Connection) -> Choices:
    """The part that commands read. Reads what was validated when it was stored, since this is the hot path."""
    stored = connection.settings
    switched = stored.get("commands")
    cancel = stored.get("cancel")
    exchange_return = stored.get("exchangeReturn")
    return Choices(
        version=connection.version,
        cancel=_cancel(cancel) if cancel else CANCEL_BY_DEFAULT,
        exchange_return=_exchange_return(exchange_return) if exchange_return else EXCHANGE_RETURN_BY_DEFAULT,
        lookback_months=(stored.get("orders") or {}).get("lookbackMonths", LOOKBACK_BY_DEFAULT),
        partial_shipping=partial_shipping_of(stored),
        shipping=shipping_of(stored),
        agent=agent_of(stored),
        commands_on=_served(_on(COMMANDS_BY_DEFAULT | switched) if switched else ON_BY_DEFAULT, stored),
    )


def _cancel(stored: Mapping[str, Any]) -> CancelChoices:
    chosen = CancelSettings.model_validate(stored)
    return CancelChoices(chosen.mode, frozenset(chosen.complete_scope), chosen.undo_minutes)


def _exchange_return(stored: Mapping[str, Any]) -> ExchangeReturnChoices:
    return ExchangeReturnChoices(**ExchangeReturnSettings.model_validate(stored).model_dump())


def _on(switches: Mapping[str, bool]) -> frozenset[str]:
    return frozenset(name for name, on in switches.items() if on)


def _served(on: frozenset[str], stored: Mapping[str, Any]) -> frozenset[str]:
    """Without a warehouse there is no ship date, whatever its switch says."""
    return on if GROUP in stored and has_warehouse(stored) else on - {SHIP_DATE}


def shown(connection: Connection) -> dict[str, Any]:
    """All settings with their defaults, as they work; secrets only as `{"set": true}`."""
    plain: dict[str, Any] = settings_of(connection).model_dump(mode="json", by_alias=True)
    for group, name in sorted(SECRETS):
        plain[group][name] = {"set": f"{group}.{name}" in connection.secrets}
    if SHIP_DATE in plain["commands"] and not has_warehouse(plain):
        plain["commands"][SHIP_DATE] = False
    return plain


def patched(connection: Connection, patch: Patch) -> tuple[Patch, dict[str, str]]:
    """The stored settings and secrets after a merge patch. Raises `Failure(invalidParams)` naming the keys."""
    secrets = dict(connection.secrets)
    rest = {group: dict(value) if isinstance(value, dict) else value for group, value in patch.items()}
    for group, name in SECRETS:
        values = rest.get(group)
        if group in rest and values is None:
            secrets.pop(f"{group}.{name}", None)
        elif isinstance(values, dict) and name in values:
            _set_secret(secrets, f"{group}.{name}", values.pop(name))
    merged = merge(dict(connection.settings), rest)
    try:
        settings = ShopSettings.model_validate(merged)
    except ValidationError as error:
        raise Failure(FailureType.INVALID_PARAMS, _where(error)) from None
    if connection.settings.get("admins") and not settings.admins:
        raise Failure(FailureType.INVALID_PARAMS, "admins: at least one must remain")
    plain = chosen(settings)
    another_warehouse(connection.settings, plain, patch, secrets)
    return plain, secrets


def merge(target: Patch, patch: Mapping[str, Any], depth: int = 0) -> Patch:
    """RFC 7396: null removes, objects merge, anything else replaces."""
    if depth > DEEPEST:
        raise Failure(FailureType.INVALID_PARAMS, "patch: nested too deeply")
    for key, value in patch.items():
        if value is None:
            target.pop(key, None)
        elif isinstance(value, dict):
            held = target.get(key)
            target[key] = merge(dict(held) if isinstance(held, dict) else {}, value, depth + 1)
        else:
            target[key] = value
    return target


def changed_keys(before: Mapping[str, Any], after: Mapping[str, Any], prefix: str = "") -> list[str]:
    """`["orders.lookbackMonths"]`: names only, for the audit."""
    names: list[str] = []
    for key in sorted(before.keys() | after.keys()):
        old, new = before.get(key), after.get(key)
        if old == new:
            continue
        if isinstance(old or new, dict) and isinstance(old or {}, dict) and isinstance(new or {}, dict):
            names += changed_keys(old or {}, new or {}, f"{prefix}{key}.")
        else:
            names.append(prefix + key)
    return names


def _set_secret(secrets: dict[str, str], name: str, value: Any) -> None:
    if value is None:
        secrets.pop(name, None)
    elif isinstance(value, str) and 0 < len(value) <= 500:
        secrets[name] = value
    elif value != {"set": name in secrets}:
        raise Failure(FailureType.INVALID_PARAMS, f"{name}: needs a text")


def _where(error: ValidationError) -> str:
    return "; ".join(f"{'.'.join(str(p) for p in e['loc'])}: {e['msg']}" for e in error.errors())
