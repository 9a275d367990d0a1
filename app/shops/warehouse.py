"""The group `wms` of a shop's settings, and what must not outlive the warehouse that it was typed in for."""

import re
from collections.abc import Mapping
from typing import Any, ClassVar, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from pydantic.alias_generators import to_camel

GROUP = "wms"
WMS_SECRETS = frozenset({(GROUP, name) for name in ("clientId", "clientSecret", "apiKey", "apiCd")})
SHIP_DATE = "shipDate"
"""The command that only a warehouse can serve (H11, H30)."""
_ADDRESS = re.compile(r"(?:https?://)?([^./]+)\.sellmate\.co\.kr/?")
_SCHEMES = {"sellmate": "domain", "fassto": "cst_cd", "channelApp": "app_id"}


class WmsSettings(BaseModel):
    """`domain` is the first label of Sellmate's login address, `cst_cd` Fassto's customer code, `app_id` a WMS app that
    is installed in the channel. `credential`: the operator's partner contract, or the merchant's own keys. `shop_id`:
    this shop, as the provider numbers it.
    """

    model_config: ClassVar[ConfigDict] = ConfigDict(
        alias_generator=to_camel, extra="forbid", frozen=True, validate_by_name=True
    )

    provider: Literal["none", "sellmate", "fassto", "channelApp"] = "none"
    domain: str | None = Field(None, pattern=r"^[a-z0-9][a-z0-9-]{1,62}$")
    credential: Literal["partner", "merchantKey"] = "partner"
    shop_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,40}$")
    cst_cd: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,40}$")
    app_id: str | None = Field(None, pattern=r"^[A-Za-z0-9_-]{1,60}$")
    inbound_lead_days: int = Field(1, ge=0, le=14)

    @field_validator("domain", mode="before")
    @classmethod
    def _of_an_address(cls, value: object) -> object:
        """People paste the whole address; an empty field of a form means none."""
        if not isinstance(value, str):
            return value
        plain = value.strip().lower()
        found = _ADDRESS.fullmatch(plain)
        return (found[1] if found else plain) or None

    @field_validator("shop_id", "cst_cd", "app_id", mode="before")
    @classmethod
    def _trimmed(cls, value: object) -> object:
        return (value.strip() or None) if isinstance(value, str) else value

    @model_validator(mode="after")
    def _complete(self) -> "WmsSettings":
        needed = _SCHEMES.get(self.provider)
        if needed and not getattr(self, needed):
            raise ValueError(f"{to_camel(needed)} is needed for {self.provider}")
        return self


def has_warehouse(settings: Mapping[str, Any]) -> bool:
    return bool((settings.get(GROUP) or {}).get("provider", "none") != "none")


def another_warehouse(
    before: Mapping[str, Any], merged: dict[str, Any], patch: Mapping[str, Any], secrets: dict[str, str]
) -> None:
    """Removing the warehouse removes all that was typed in for it; another one inherits no keys and no shop number.
    Changes `merged` and `secrets`. What `patch` itself brings stays.
    """
    if not has_warehouse(merged):
        merged.pop(GROUP, None)
        for group, name in WMS_SECRETS:
            secrets.pop(f"{group}.{name}", None)
        return
    given = patch.get(GROUP)
    brought = given if isinstance(given, dict) else {}
    old, new = before.get(GROUP) or {}, merged[GROUP]
    if old.get("provider") != new.get("provider"):
        for group, name in WMS_SECRETS - {(GROUP, name) for name in brought}:
            secrets.pop(f"{group}.{name}", None)
    account = ("provider", "domain", "cstCd", "appId")
    if "shopId" not in brought and [old.get(name) for name in account] != [new.get(name) for name in account]:
        new.pop("shopId", None)
