"""The signature of an app launch: over the raw query string, never over decoded values (PLATFORM.md §a.6). Pure."""

import hmac
from base64 import b64encode
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from urllib.parse import unquote

from app.http import is_host_label
from commands.kernel.who import MallId

FRESH = timedelta(minutes=10)
ALONE = frozenset({"hmac", "mall_id", "timestamp", "shop_no", "user_id", "user_type"})
REPRESENTATIVE = "P"


@dataclass(frozen=True, slots=True)
class Launch:
    """A launch whose signature and time were right. `signature` tells a repeat."""

    mall_id: MallId
    shop_no: int
    operator: str
    name: str
    is_representative: bool
    lang: str
    signature: str


class BadLaunch(Exception):
    """`expired` is worth another try from the back office; anything else is forged or broken."""

    def __init__(self, reason: str, *, expired: bool = False) -> None:
        self.expired = expired
        super().__init__(reason)


def read_launch(query: bytes, secret: str, now: datetime) -> Launch:
    """Raises `BadLaunch`."""
    try:
        raw = query.decode("ascii")
    except UnicodeDecodeError as error:
        raise BadLaunch("not a query string") from error
    pairs = [(pair.partition("=")[0], pair) for pair in raw.split("&") if pair]
    names = [unquote(name) for name, _ in pairs]
    if any(names.count(name) > 1 for name in ALONE):
        raise BadLaunch("a parameter comes twice")
    values = {unquote(name): pair.partition("=")[2] for name, pair in pairs}
    if not {"hmac", "mall_id", "timestamp"} <= values.keys():
        raise BadLaunch("a parameter is missing")
    message = "&".join(pair for name, pair in sorted(pairs) if name != "hmac")
    expected = b64encode(hmac.new(secret.encode(), message.encode(), sha256).digest())
    # A bare + stays a plus: form decoding would make a blank of it.
    signature = unquote(values["hmac"])
    if not hmac.compare_digest(expected, signature.encode()):
        raise BadLaunch("the signature is wrong")
    if abs(now - _instant(values["timestamp"])) > FRESH:
        raise BadLaunch("the launch is too old", expired=True)
    mall_id = unquote(values["mall_id"])
    shop_no = values.get("shop_no") or "1"
    if not is_host_label(mall_id) or not (shop_no.isascii() and shop_no.isdigit() and len(shop_no) < 6):
        raise BadLaunch("a parameter is malformed")
    return Launch(
        mall_id=MallId(mall_id),
        shop_no=int(shop_no),
        operator=unquote(values.get("user_id", ""))[:64],
        name=unquote(values.get("user_name", ""))[:64],
        is_representative=values.get("user_type") == REPRESENTATIVE,
        lang=unquote(values.get("lang", "")),
        signature=signature,
    )


def _instant(text: str) -> datetime:
    if not (text.isascii() and text.isdigit() and len(text) <= 11):
        raise BadLaunch("the timestamp is malformed")
    return datetime.fromtimestamp(int(text), tz=UTC)
