"""What a shop typed in to reach its warehouse. Held in memory only, and never printed."""

from dataclasses import dataclass, field
from typing import Any, Literal

from app.ports import Connection
from commands.kernel.who import ChannelId

from .commerce_key import commerce_key

Provider = Literal["sellmate", "fassto", "channelApp"]
PROVIDERS: tuple[Provider, ...] = ("sellmate", "fassto", "channelApp")


@dataclass(frozen=True, slots=True)
class Partner:
    """The Sellmate credentials of whoever runs jumun, for shops that type in their domain alone."""

    client_id: str = ""
    client_secret: str = field(default="", repr=False)


@dataclass(frozen=True, slots=True)
class Account:
    """`domain` is Sellmate's, `customer_code` Fassto's (cstCd), `app_id` a WMS app's of the channel. `token`: a ready
    one that Sellmate gave the merchant. `own_keys`: they are the merchant's, not the operator's. `missing`: members of
    the settings that are still empty.
    """

    provider: Provider
    channel_id: ChannelId
    domain: str = ""
    customer_code: str = ""
    shop_id: str | None = None
    lead_days: int = 1
    client_id: str = field(default="", repr=False)
    client_secret: str = field(default="", repr=False)
    token: str = field(default="", repr=False)
    own_keys: bool = False
    missing: tuple[str, ...] = ()
    app_id: str = ""
    commerce_key: str = ""

    @property
    def made_of(self) -> str:
        """All that the credentials are made of, to be hashed with a key: never kept, never logged."""
        parts = (
            self.provider,
            self.domain,
            self.customer_code,
            self.client_id,
            self.client_secret,
            self.token,
            self.app_id,
        )
        return "\n".join(parts)


def account_of(connection: Connection, partner: Partner) -> Account | None:
    """None: the shop has no warehouse. Reads what was validated when it was stored."""
    chosen = connection.settings.get("wms") or {}
    provider = chosen.get("provider")
    if provider == "sellmate":
        return _sellmate(connection, chosen, partner)
    if provider == "channelApp":
        app_id = str(chosen.get("appId") or "")
        return Account(
            "channelApp",
            connection.shop.channel_id,
            shop_id=chosen.get("shopId"),
            missing=_missing({"appId": app_id}),
            app_id=app_id,
            commerce_key=commerce_key(connection.shop),
        )
    return _fassto(connection, chosen) if provider == "fassto" else None


def _sellmate(connection: Connection, chosen: dict[str, Any], partner: Partner) -> Account:
    domain, secrets = str(chosen.get("domain") or ""), connection.secrets
    token = ""
    if chosen.get("credential") == "merchantKey":
        client_id, client_secret = secrets.get("wms.clientId", ""), secrets.get("wms.clientSecret", "")
        token = "" if client_id and client_secret else secrets.get("wms.apiKey", "")
        required = {} if token else {"clientId": client_id, "clientSecret": client_secret}
    else:
        client_id, client_secret = partner.client_id, partner.client_secret
        required = {"partner": client_id and client_secret}
    return Account(
        "sellmate",
        connection.shop.channel_id,
        domain=domain,
        shop_id=chosen.get("shopId"),
        client_id=client_id,
        client_secret=client_secret,
        token=token,
        own_keys=chosen.get("credential") == "merchantKey",
        missing=_missing({"domain": domain} | required),
    )


def _fassto(connection: Connection, chosen: dict[str, Any]) -> Account:
    code, secrets = str(chosen.get("cstCd") or ""), connection.secrets
    api_code, api_key = secrets.get("wms.apiCd", ""), secrets.get("wms.apiKey", "")
    return Account(
        "fassto",
        connection.shop.channel_id,
        customer_code=code,
        shop_id=chosen.get("shopId"),
        lead_days=chosen.get("inboundLeadDays", 1),
        client_id=api_code,
        client_secret=api_key,
        missing=_missing({"cstCd": code, "apiCd": api_code, "apiKey": api_key}),
    )


def _missing(required: dict[str, str]) -> tuple[str, ...]:
    return tuple(name for name, value in required.items() if not value)
