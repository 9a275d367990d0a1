"""Calls to Fassto FMS: the token, and the envelope inside HTTP 200."""

from collections.abc import Mapping, Sequence
from typing import Any

from app.clock import Clock
from app.errors import OffContract, OutcomeUnknown, Rejected, Unauthorized, Unavailable
from app.http import outside_url

from .account import Account
from .calls import Call, Caller
from .fassto_wire import GOOD, INVALID_ACCESS, PATHS, SYSTEM, TOKEN_HEADER, expiry
from .reading import rows, text
from .tokens import Token, Tokens


class FasstoCalls:
    def __init__(self, caller: Caller, clock: Clock, url: str) -> None:
        self._caller = caller
        self._clock = clock
        self._base = outside_url(url)
        self._tokens = Tokens(clock)

    def forget(self, account: Account) -> None:
        self._tokens.forget(account)

    async def get(self, account: Account, path: str, params: Sequence[tuple[str, str]], **names: str) -> Any:
        return await self.call(account, "GET", path, params=params, **names)

    async def call(
        self,
        account: Account,
        method: str,
        path: str,
        *,
        params: Sequence[tuple[str, str]] = (),
        body: Any = None,
        **names: str,
    ) -> Any:
        filled = PATHS[path].format(customer=account.customer_code, **names)
        url = f"{self._base}/{filled}"

        async def send(token: str) -> Any:
            call = Call(
                SYSTEM, f"{method} {path}", method, url, params, {TOKEN_HEADER: token}, body, method != "GET"
            )
            return opened(call, await self._caller.send(call))

        return await self._tokens.use(account, lambda: self._issue(account), send)

    async def _issue(self, account: Account) -> Token:
        """The key stands in the query string, as the contract wants; no log and no error ever shows a URL."""
        keys = [("apiCd", account.client_id), ("apiKey", account.client_secret)]
        call = Call(SYSTEM, "POST connect", "POST", f"{self._base}/{PATHS['connect']}", keys)
        try:
            answer = rows(opened(call, await self._caller.send(call)))
        except Rejected as refused:
            raise Unauthorized(
                SYSTEM, call.operation, status=refused.status, wire_code=refused.wire_code
            ) from None
        token = text(answer[0].get(TOKEN_HEADER)) if answer else None
        if token is None:
            raise OffContract(SYSTEM, call.operation, note="no token")
        return Token(token, expiry(answer[0].get("expreDatetime"), self._clock()))


def opened(call: Call, body: Any) -> Any:
    """The `data` of an envelope: HTTP 200 alone says nothing."""
    envelope = body if isinstance(body, Mapping) else {}
    header, trouble = envelope.get("header"), envelope.get("errorInfo")
    code = text(header.get("code")) if isinstance(header, Mapping) else None
    error = text(trouble.get("errorCode")) if isinstance(trouble, Mapping) else None
    if error == INVALID_ACCESS:
        raise Unauthorized(call.system, call.operation, status=401, wire_code=error)
    if code == GOOD and error is None:
        return envelope.get("data")
    if code is None or code.startswith("5"):
        kind = OutcomeUnknown if call.write else Unavailable
        raise kind(call.system, call.operation, wire_code=error or code, note="no clear answer")
    raise Rejected(call.system, call.operation, wire_code=error or code)
