"""Asking for consent, and the token endpoint (PLATFORM.md §a).

Cafe24 stamps tokens in Korean local time without an offset; we count two hours and fourteen days from receipt.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import timedelta
from urllib.parse import quote, urlencode

import orjson
from pydantic import ValidationError

from app.clock import Clock
from app.errors import OffContract, OutcomeUnknown, Unauthorized, Unavailable
from app.http import Client, ConnectFailed, Response, TransportFailed, outside_url
from app.ports import TokenPair
from commands.kernel.who import MallId

from .client import DEFAULT_API_URL
from .limiter import SYSTEM
from .wire import Token

REQUIRED_SCOPES = (
    "mall.read_application",
    "mall.read_order",
    "mall.write_order",
    "mall.read_store",
    "mall.read_product",
    "mall.read_customer",
    "mall.read_promotion",
    "mall.read_shipping",
)
OPTIONAL_SCOPES = (
    "mall.read_privacy",
    "mall.read_supply",
    "mall.read_notification",
    "mall.write_notification",
    "mall.read_personal",
)
ACCESS_LIFE = timedelta(hours=2)
REFRESH_LIFE = timedelta(days=14)
SECONDS = 5.0


class InvalidGrant(Unauthorized):
    """The code or the refresh token is wrong, expired or used. Final: only a new consent helps."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OAuthSettings:
    """`optional_scopes` are asked for only when the operator registered them for the app."""

    client_id: str
    client_secret: str
    redirect_uri: str
    api_url: str = DEFAULT_API_URL
    optional_scopes: Collection[str] = ()

    @property
    def scopes(self) -> tuple[str, ...]:
        return (*REQUIRED_SCOPES, *(s for s in self.optional_scopes if s not in REQUIRED_SCOPES))


def missing_scopes(granted: Collection[str]) -> tuple[str, ...]:
    return tuple(scope for scope in REQUIRED_SCOPES if scope not in granted)


class OAuth:
    def __init__(self, http: Client, settings: OAuthSettings, *, clock: Clock) -> None:
        self._http = http
        self._settings = settings
        self._clock = clock

    def authorize_url(self, mall_id: MallId, state: str) -> str:
        """Where the merchant's browser goes. Scopes stand comma-separated: a blank was refused."""
        query = urlencode(
            {
                "response_type": "code",
                "client_id": self._settings.client_id,
                "state": state,
                "redirect_uri": self._settings.redirect_uri,
                "scope": ",".join(self._settings.scopes),
            },
            quote_via=quote,
            safe=",",
        )
        return f"{self._base(mall_id)}/authorize?{query}"

    async def exchange(self, mall_id: MallId, code: str) -> TokenPair:
        """The code of the redirect, once, within its minute. Raises `InvalidGrant` and the usual tree."""
        form = {
            "grant_type": "authorization_code",
            "code": code,
            "redirect_uri": self._settings.redirect_uri,
        }
        return await self._token(mall_id, "exchange", form)

    async def refresh(self, mall_id: MallId, refresh_token: str) -> TokenPair:
        """A new pair; the old refresh token is dead as soon as Cafe24 answers. `OutcomeUnknown` when it may be."""
        form = {"grant_type": "refresh_token", "refresh_token": refresh_token}
        return await self._token(mall_id, "refresh", form)

    async def revoke(self, mall_id: MallId, access_token: str) -> None:
        """Ends the access token and its refresh token. A token that is dead already is no failure."""
        form = {"token": access_token, "token_hint": "access_token"}
        response = await self._post(mall_id, "revoke", form)
        if not response.is_success and response.status_code != 400:
            raise _refusal("revoke", response)

    def _base(self, mall_id: MallId) -> str:
        return f"{outside_url(self._settings.api_url, mall_id=mall_id)}/api/v2/oauth"

    async def _token(self, mall_id: MallId, operation: str, form: Mapping[str, str]) -> TokenPair:
        response = await self._post(mall_id, "token", form)
        if not response.is_success:
            raise _refusal(operation, response)
        try:
            token = Token.model_validate_json(response.content)
        except ValidationError as error:
            raise OutcomeUnknown(SYSTEM, operation, status=response.status_code, note="unreadable") from error
        if not token.access_token or not token.refresh_token or token.mall_id not in {"", mall_id}:
            raise OffContract(SYSTEM, operation, status=response.status_code, note="tokens of another mall")
        received_at = self._clock()
        return TokenPair(
            access=token.access_token,
            refresh=token.refresh_token,
            expires_at=received_at + ACCESS_LIFE,
            refresh_expires_at=received_at + REFRESH_LIFE,
            scopes=frozenset(token.scopes),
            operator=token.user_id,
        )

    async def _post(self, mall_id: MallId, endpoint: str, form: Mapping[str, str]) -> Response:
        try:
            return await self._http.post(
                f"{self._base(mall_id)}/{endpoint}",
                data=dict(form),
                auth=(self._settings.client_id, self._settings.client_secret),
                timeout=SECONDS,
            )
        except ConnectFailed as error:
            raise Unavailable(SYSTEM, endpoint, note="no connection") from error
        except TransportFailed as error:
            raise OutcomeUnknown(SYSTEM, endpoint, note="no answer") from error


def _refusal(operation: str, response: Response) -> Exception:
    """4xx says that nothing happened; a failing server may have rotated the pair before it failed."""
    status = response.status_code
    word = _error_word(response)
    if status == 400 and word == "invalid_grant":
        return InvalidGrant(SYSTEM, operation, status=status, wire_code=word)
    if status in {400, 401, 403, 404}:
        return Unauthorized(SYSTEM, operation, status=status, wire_code=word)
    if status == 429:
        return Unavailable(SYSTEM, operation, status=status)
    if status >= 500:
        return OutcomeUnknown(SYSTEM, operation, status=status)
    return OffContract(SYSTEM, operation, status=status, wire_code=word)


def _error_word(response: Response) -> str | None:
    try:
        body = orjson.loads(response.content)
    except orjson.JSONDecodeError:
        return None
    word = body.get("error") if isinstance(body, dict) else None
    return word[:60] if isinstance(word, str) else None
