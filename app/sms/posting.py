"""One request to a provider, and what its failure means for the message (SMS.md §8). Nothing is ever repeated."""

import asyncio
import json
import re
from collections.abc import Mapping
from typing import Any

from app.http import Client, ConnectFailed, Response, TransportFailed
from app.ports import SmsError, SmsTrouble

TOTAL_SECONDS = 8.0
LONGEST_TEXT_BYTES = 90
_SENDER = re.compile(r"[0-9]{8,11}")


async def ask(
    client: Client,
    provider: str,
    method: str,
    url: str,
    *,
    headers: Mapping[str, str],
    body: Mapping[str, Any] | None = None,
    total: float = TOTAL_SECONDS,
) -> Mapping[str, Any]:
    """The answer's JSON object. Raises `SmsError`."""
    content = None if body is None else json.dumps(body, ensure_ascii=False).encode()
    try:
        async with asyncio.timeout(total):
            response = await client.request(method, url, headers=dict(headers), content=content)
    except ConnectFailed as error:
        raise SmsError(SmsTrouble.UNAVAILABLE, provider, type(error).__name__) from None
    except (TransportFailed, TimeoutError) as error:
        raise SmsError(SmsTrouble.UNCERTAIN, provider, type(error).__name__) from None
    return _answer(provider, response)


def _answer(provider: str, response: Response) -> Mapping[str, Any]:
    status = response.status_code
    if status in {401, 403}:
        raise SmsError(SmsTrouble.AUTH, provider, _code(response))
    if status == 429:
        raise SmsError(SmsTrouble.UNAVAILABLE, provider, _code(response))
    if 400 <= status < 500:
        raise SmsError(SmsTrouble.REJECTED, provider, _code(response))
    answer = _json_object(response)
    if status != 200 or answer is None:
        raise SmsError(SmsTrouble.UNCERTAIN, provider, str(status))
    return answer


def _code(response: Response) -> str:
    """The provider's own word, if it looks like one: an error text might hold the number."""
    word = (_json_object(response) or {}).get("errorCode")
    return (
        word if isinstance(word, str) and re.fullmatch(r"[A-Za-z]{1,60}", word) else str(response.status_code)
    )


def _json_object(response: Response) -> Mapping[str, Any] | None:
    try:
        parsed = json.loads(response.content)
    except ValueError:
        return None
    return parsed if isinstance(parsed, dict) else None


def part(answer: Mapping[str, Any], *names: str) -> Mapping[str, Any]:
    """A nested object; an empty one where the answer has something else."""
    current: Any = answer
    for name in names:
        current = current.get(name) if isinstance(current, dict) else None
    return current if isinstance(current, dict) else {}


def check_message(provider: str, sender: str, text: str) -> None:
    """Refused before it costs a call. Raises `SmsError`."""
    if not _SENDER.fullmatch(sender):
        raise SmsError(SmsTrouble.REJECTED, provider, "bad_sender")
    try:
        size = len(text.encode("euc-kr"))
    except UnicodeEncodeError:
        raise SmsError(SmsTrouble.REJECTED, provider, "bad_text") from None
    if size > LONGEST_TEXT_BYTES:
        raise SmsError(SmsTrouble.REJECTED, provider, "text_too_long")


def domestic(to_e164: str) -> str:
    """Korean providers want the digits with the leading zero."""
    return "0" + to_e164.removeprefix("+82")
