"""Solapi (formerly CoolSMS): one message a call, signed anew each time (SMS.md §6.1)."""

import hmac
import logging
import secrets
from collections.abc import Callable
from hashlib import sha256

from app.clock import Clock
from app.http import Client, outside_url
from app.log import say
from app.ports import SmsError, SmsTrouble

from .posting import ask, check_message, domestic

DEFAULT_URL = "https://api.solapi.com"
ACCEPTED = "2000"
_log = logging.getLogger(__name__)


def new_salt() -> str:
    return secrets.token_hex(16)


def signature(secret: str, date: str, salt: str) -> str:
    return hmac.new(secret.encode(), f"{date}{salt}".encode(), sha256).hexdigest()


class Solapi:
    name = "solapi"

    def __init__(
        self,
        client: Client,
        clock: Clock,
        *,
        api_key: str,
        api_secret: str,
        sender: str,
        base_url: str = DEFAULT_URL,
        salts: Callable[[], str] = new_salt,
    ) -> None:
        self._client = client
        self._clock = clock
        self._api_key = api_key
        self._api_secret = api_secret
        self._sender = sender
        self._base_url = outside_url(base_url)
        self._salts = salts

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        check_message(self.name, self._sender, text)
        # without a type a long text silently turns into a dearer LMS
        message = {"to": domestic(to_e164), "from": self._sender, "text": text, "type": "SMS"}
        answer = await ask(
            self._client,
            self.name,
            "POST",
            f"{self._base_url}/messages/v4/send",
            headers=self._headers(),
            body={"message": message},
        )
        status, message_id = answer.get("statusCode"), answer.get("messageId")
        failed = answer.get("failedMessageList")
        if failed:
            raise SmsError(SmsTrouble.REJECTED, self.name, "failed_list")
        if not isinstance(status, str):
            raise SmsError(SmsTrouble.UNCERTAIN, self.name, "no_status")
        if status != ACCEPTED:
            raise SmsError(SmsTrouble.REJECTED, self.name, status[:20])
        say(_log, "info", "text message accepted", provider=self.name, status=status, trace_id=ref)
        return str(message_id or "")

    async def check(self) -> None:
        """Only refused credentials count: whether this address exists for every contract is not documented."""
        check_message(self.name, self._sender, "")
        try:
            await ask(
                self._client, self.name, "GET", f"{self._base_url}/cash/v1/balance", headers=self._headers()
            )
        except SmsError as error:
            if error.trouble is SmsTrouble.AUTH:
                raise

    def _headers(self) -> dict[str, str]:
        """The same date and salt are refused the second time, so every request is signed for itself."""
        date, salt = self._clock().strftime("%Y-%m-%dT%H:%M:%SZ"), self._salts()
        signed = signature(self._api_secret, date, salt)
        return {
            "authorization": f"HMAC-SHA256 apiKey={self._api_key}, date={date}, salt={salt}, signature={signed}",
            "content-type": "application/json",
        }
