"""The only reader of the environment: settings of the process (DESIGN §9). A merchant's choices are data, not here."""

import base64
import binascii
import re
from functools import cached_property
from typing import Annotated, Literal

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

from app.errors import Misconfigured
from app.keys import KeyRing

Words = Annotated[tuple[str, ...], NoDecode]


class Settings(BaseSettings):
    """Read from `JUMUN_*` or `.env`. What has no default must be set, else start-up stops and says so."""

    model_config = SettingsConfigDict(env_prefix="JUMUN_", env_file=".env", extra="ignore")

    database_url: str = Field("sqlite:///var/jumun.db", description="`sqlite:///…` 또는 `postgresql://…`")
    secret_key: SecretStr = Field(description="32 bytes in base64; several, comma separated, newest first")
    public_url: str = Field(description="Where Channel, Cafe24 and browsers reach this server")
    ops_token: SecretStr | None = Field(None, description="Opens `/metrics` from elsewhere than loopback")
    max_body_bytes: int = Field(1_048_576, gt=0, description="A larger Function or webhook body is refused")

    channel_app_id: str = Field(description="App id in Channel's developer portal")
    channel_app_secret: SecretStr = Field(description="App secret: issues tokens")
    channel_signing_key: SecretStr = Field(description="Hex; verifies every Function call")
    channel_appstore_url: str = Field("https://app-store-api.channel.io", description="Channel's AppStore")
    channel_button_form: Literal["flat", "attributes"] = Field("flat", description="Wire form of buttons")
    wam_frame_ancestors: str = Field("https:", description="Who may frame the screens (CSP words)")

    cafe24_client_id: str = Field(description="Client id of the Cafe24 app")
    cafe24_client_secret: SecretStr = Field(description="Client secret: OAuth and the launch signature")
    cafe24_webhook_keys: Words = Field((), description="Accepted `X-API-Key` values, comma separated")
    cafe24_api_url: str = Field("https://{mall_id}.cafe24api.com", description="API base, with `{mall_id}`")
    cafe24_api_version: str = Field("2026-03-01", description="`X-Cafe24-Api-Version`")
    cafe24_optional_scopes: Words = Field((), description="Asked for beside the required ones")

    sms_provider: Literal["solapi", "nhn", "outbox", "off"] = Field("off", description="The operator's SMS")
    sms_sender: str = Field("", description="Registered sender number, digits")
    sms_daily_budget: int = Field(20_000, ge=0, description="Text messages a day over all malls")
    solapi_api_url: str = Field("https://api.solapi.com", description="Solapi")
    solapi_api_key: SecretStr | None = Field(None, description="Solapi API key")
    solapi_api_secret: SecretStr | None = Field(None, description="Solapi API secret")
    nhn_api_url: str = Field("https://sms.api.nhncloudservice.com", description="NHN Cloud SMS")
    nhn_app_key: SecretStr | None = Field(None, description="NHN Cloud app key")
    nhn_secret_key: SecretStr | None = Field(None, description="NHN Cloud secret key")

    evidence_url: str = Field("var/evidence", description="A folder, or `s3://bucket?endpoint=…&region=…`")
    evidence_access_key: SecretStr | None = Field(None, description="Access key of the bucket")
    evidence_secret_key: SecretStr | None = Field(None, description="Secret key of the bucket")

    sellmate_api_url: str = Field(
        "https://c-api.sellmate.co.kr/external/{domain}", description="Sellmate's API base, with `{domain}`"
    )
    sellmate_client_id: str = Field(
        "", description="Sellmate's partner id, for shops without keys of their own"
    )
    sellmate_client_secret: SecretStr | None = Field(None, description="Sellmate's partner secret")
    sellmate_assumed: Words = Field((), description="Sellmate operations to use though their wire is assumed")
    fassto_api_url: str = Field("https://fmsapi.fassto.ai", description="Fassto FMS")

    postcode_search_url: str = Field("", description="Finds addresses by words; empty: forms do without")

    redis_url: str | None = Field(None, description="Shared rate limiter; else the database keeps it")
    forwarded_allow_ips: str = Field("127.0.0.1", description="Proxies whose forwarded headers are trusted")

    @field_validator("cafe24_webhook_keys", "cafe24_optional_scopes", "sellmate_assumed", mode="before")
    @classmethod
    def _split(cls, value: object) -> object:
        return tuple(w.strip() for w in value.split(",") if w.strip()) if isinstance(value, str) else value

    @field_validator("channel_signing_key")
    @classmethod
    def _hex(cls, value: SecretStr) -> SecretStr:
        if not re.fullmatch(r"([0-9a-fA-F]{2}){16,}", value.get_secret_value()):
            raise ValueError("needs at least 16 bytes in hex")
        return value

    @field_validator("public_url")
    @classmethod
    def _no_slash(cls, value: str) -> str:
        if not re.match(r"https?://[^/]+", value):
            raise ValueError("needs an address that starts with https://")
        return value.rstrip("/")

    @field_validator("secret_key")
    @classmethod
    def _decodable(cls, value: SecretStr) -> SecretStr:
        _keys_of(value)
        return value

    @cached_property
    def keys(self) -> KeyRing:
        return KeyRing(_keys_of(self.secret_key))

    @property
    def signing_key(self) -> bytes:
        return bytes.fromhex(self.channel_signing_key.get_secret_value())

    @property
    def cafe24_redirect_uri(self) -> str:
        return f"{self.public_url}/cafe24/callback"

    @property
    def is_sqlite(self) -> bool:
        return self.database_url.startswith("sqlite")


def _keys_of(value: SecretStr) -> list[bytes]:
    try:
        keys = [base64.b64decode(k, validate=True) for k in value.get_secret_value().split(",") if k]
    except binascii.Error as error:
        raise ValueError("needs base64") from error
    KeyRing(keys)
    return keys


def read_settings(**overrides: object) -> Settings:
    """Raises `Misconfigured` naming every setting that is missing or wrong, never its value."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as error:
        lines = sorted({f"JUMUN_{str(e['loc'][0]).upper()}: {_reason(e['msg'])}" for e in error.errors()})
        raise Misconfigured("settings need attention\n  " + "\n  ".join(lines)) from None


def _reason(message: str) -> str:
    return "is missing" if message == "Field required" else message.removeprefix("Value error, ")
