"""Forms as they come in: small, from our own pages only, each with the token of its session."""

import hmac
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import parse_qsl

from starlette.requests import Request

from app.keys import BadToken, KeyRing

CSRF_PURPOSE = "console_csrf"


@dataclass(frozen=True, slots=True)
class Limits:
    bytes: int
    fields: int


SMALL = Limits(8_192, 20)
LARGE = Limits(65_536, 120)


class NotOurForm(Exception):
    """Too large, not a form, or not sent from a page of ours."""


async def form_of(request: Request, limits: Limits = SMALL) -> dict[str, str]:
    """The last value of each field. Raises `NotOurForm`."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise NotOurForm
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > limits.bytes:
            raise NotOurForm
    try:
        return dict(parse_qsl(body.decode(), keep_blank_values=True, max_num_fields=limits.fields))
    except ValueError as error:
        raise NotOurForm from error


def is_from_our_page(headers: Mapping[str, str], origin: str) -> bool:
    """Our pages send no referrer, for which browsers write `Origin: null`: then Sec-Fetch-Site must speak."""
    site = headers.get("sec-fetch-site")
    sent = headers.get("origin")
    if site is not None:
        return site == "same-origin" and sent in {None, "null", origin}
    return sent == origin


class Csrf:
    """A token that only a page made for this session (or this door cookie) holds."""

    def __init__(self, keys: KeyRing) -> None:
        self._keys = keys

    def token(self, bound_to: str) -> str:
        return self._keys.sign(CSRF_PURPOSE, bound_to.encode())

    def fits(self, token: str, bound_to: str) -> bool:
        try:
            held = self._keys.verify(CSRF_PURPOSE, token)
        except BadToken:
            return False
        return bool(bound_to) and hmac.compare_digest(held, bound_to.encode())
