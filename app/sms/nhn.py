"""NHN Cloud SMS v3.0, the route for codes: its text must hold 인증 (SMS.md §6.2)."""

import logging
import re
from collections.abc import Mapping
from typing import Any

from app.errors import Misconfigured
from app.http import Client, outside_url
from app.log import say
from app.ports import SmsError, SmsTrouble

from .posting import ask, check_message, domestic, part

DEFAULT_URL = "https://sms.api.nhncloudservice.com"
_APP_KEY = re.compile(r"[A-Za-z0-9_-]{1,64}")
_log = logging.getLogger(__name__)


class NhnCloud:
    name = "nhn"

    def __init__(
        self, client: Client, *, app_key: str, secret_key: str, sender: str, base_url: str = DEFAULT_URL
    ) -> None:
        if not _APP_KEY.fullmatch(app_key):
            raise Misconfigured("the NHN Cloud app key cannot stand in a path")
        self._client = client
        self._secret_key = secret_key
        self._sender = sender
        self._url = f"{outside_url(base_url)}/sms/v3.0/appKeys/{app_key}"

    async def send(self, *, to_e164: str, text: str, ref: str) -> str:
        check_message(self.name, self._sender, text)
        answer = await ask(
            self._client,
            self.name,
            "POST",
            f"{self._url}/sender/auth/sms",
            headers=self._headers(),
            body={
                "body": text,
                "sendNo": self._sender,
                "recipientList": [{"recipientNo": domestic(to_e164), "countryCode": "82"}],
                "userId": "jumun",
            },
        )
        self._require_success(answer)
        sent = part(answer, "body", "data")
        results = sent.get("sendResultList")
        if not isinstance(results, list) or len(results) != 1 or not isinstance(results[0], dict):
            raise SmsError(SmsTrouble.UNCERTAIN, self.name, "no_recipient_result")
        code = results[0].get("resultCode")
        if type(code) is not int:
            raise SmsError(SmsTrouble.UNCERTAIN, self.name, "no_recipient_code")
        if code != 0:
            raise SmsError(SmsTrouble.REJECTED, self.name, str(code))
        say(_log, "info", "text message accepted", provider=self.name, status=code, trace_id=ref)
        return str(sent.get("requestId") or "")

    async def check(self) -> None:
        """The sender stands among the registered ones, in use and not blocked."""
        check_message(self.name, self._sender, "")
        answer = await ask(self._client, self.name, "GET", f"{self._url}/sendNos", headers=self._headers())
        self._require_success(answer)
        if not any(self._is_usable(one) for one in _sender_rows(answer)):
            raise SmsError(SmsTrouble.REJECTED, self.name, "sender_not_registered")

    def _is_usable(self, row: Mapping[str, Any]) -> bool:
        number = str(row.get("sendNo", "")).replace("-", "")
        return number == self._sender and row.get("useYn") == "Y" and row.get("blockYn") != "Y"

    def _require_success(self, answer: Mapping[str, Any]) -> None:
        header = part(answer, "header")
        if type(header.get("isSuccessful")) is not bool:
            raise SmsError(SmsTrouble.UNCERTAIN, self.name, "no_header")
        if not header["isSuccessful"]:
            code = header.get("resultCode")
            raise SmsError(SmsTrouble.REJECTED, self.name, str(code) if type(code) is int else "refused")

    def _headers(self) -> dict[str, str]:
        return {"x-secret-key": self._secret_key, "content-type": "application/json;charset=UTF-8"}


def _sender_rows(answer: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """ASSUMPTION: the list stands in `body.data`, as everywhere else in this API."""
    rows = part(answer, "body").get("data")
    return [row for row in rows if isinstance(row, dict)] if isinstance(rows, list) else []
