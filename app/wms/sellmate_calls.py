"""Calls to Sellmate: the token of a tenant, and what is sent with it."""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from app.clock import Clock
from app.errors import OffContract, Rejected, Unauthorized
from app.http import outside_url

from .account import Account
from .calls import Call, Caller
from .reading import text, whole
from .sellmate_wire import PATHS, SYSTEM, TOKEN_LIFE
from .tokens import Token, Tokens


class SellmateCalls:
    def __init__(self, caller: Caller, clock: Clock, url: str) -> None:
        outside_url(url, domain="any")  # a wrong address stops the start
        self._caller = caller
        self._clock = clock
        self._url = url
        self._tokens = Tokens(clock)

    def forget(self, account: Account) -> None:
        self._tokens.forget(account)

    async def call(self, account: Account, method: str, path: str, filled: str, **content: Any) -> Any:
        base, write = outside_url(self._url, domain=account.domain), method != "GET"

        async def send(token: str) -> Any:
            headers = {"authorization": f"Bearer {token}"}
            operation = f"{method} {PATHS[path]}"
            call = Call(
                SYSTEM, operation, method, f"{base}/{filled}", headers=headers, write=write, **content
            )
            return await self._caller.send(call)

        return await self._tokens.use(account, lambda: self._issue(account), send)

    async def _issue(self, account: Account) -> Token:
        """The same call issues nothing twice over: a token has no other effect, so a lost answer is asked again."""
        secrets = {"client_id": account.client_id, "client_secret": account.client_secret}
        url = f"{outside_url(self._url, domain=account.domain)}/{PATHS['token']}"
        try:
            body = await self._caller.send(Call(SYSTEM, "POST auth", "POST", url, body=secrets))
        except Rejected as refused:
            if refused.status in {404, 410}:
                raise
            raise Unauthorized(SYSTEM, "POST auth", status=refused.status) from None
        token = text(body.get("access_token")) if isinstance(body, Mapping) else None
        if token is None:
            raise OffContract(SYSTEM, "POST auth", note="no token")
        seconds = whole(body.get("expires_in"))
        life = timedelta(seconds=max(seconds - 60, 1)) if seconds else TOKEN_LIFE
        return Token(token, self._clock() + life)
