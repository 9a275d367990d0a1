"""What a webhook says: its number, its mall, its words. Pure; payloads are hints, never truth (PLATFORM.md §d)."""

import json
from dataclasses import dataclass
from datetime import datetime
from hashlib import sha256
from typing import Any

import orjson

from app.http import is_host_label
from commands.kernel.who import MallId

from .fields import to_instant, to_number, to_text

APP_REMOVED = 90077
APP_EXPIRED = 90078
APP_EXTENDED = 90079
APP_GONE = frozenset({APP_REMOVED, APP_EXPIRED})
SHOP_CLOSED = frozenset({90112, 90166, 90167, 90169})
SHOP_EVENTS = SHOP_CLOSED | {90110, 90111, 90168}
ORDER_EVENTS = frozenset(
    {*range(90023, 90030), 90031, 90064, *range(90070, 90075), 90160, 90162, *range(90193, 90197)}
)
NEW_ORDER = 90023


class Unreadable(Exception):
    """Not the JSON of an event."""


@dataclass(frozen=True, slots=True)
class Event:
    number: int
    mall_id: MallId | None
    resource: dict[str, Any]

    @property
    def shop_no(self) -> int | None:
        return to_number(self.resource.get("event_shop_no")) or to_number(self.resource.get("shop_no"))

    @property
    def order_ids(self) -> list[str]:
        """Bulk events hold a comma list."""
        return [word for word in to_text(self.resource.get("order_id")).split(",") if word]

    @property
    def happened_at(self) -> datetime | None:
        """Of an app event: when it was removed, ran out, or was extended."""
        dates = ("deleted_date", "expired_date", "updated_date")
        return next((at for at in (to_instant(self.resource.get(name)) for name in dates) if at), None)

    def dedupe_key(self, received_at: datetime) -> str:
        """The same event within hours. Shop and order events hold no date: off–on–off must not lose the second off,
        nor requested–rejected–requested the second request, and working one twice does no harm.
        """
        canonical = json.dumps(self.resource, sort_keys=True, separators=(",", ":"), default=str)
        seconds = 60 if self.number in SHOP_EVENTS | ORDER_EVENTS else 6 * 3600
        turn = 0 if self.happened_at else int(received_at.timestamp()) // seconds
        return sha256(f"{self.number}|{turn}|{canonical}".encode()).hexdigest()


def read_event(body: bytes) -> Event:
    """Raises `Unreadable`. Some events stand at the top level, one sample nests its ids under `sample`."""
    try:
        envelope = orjson.loads(body)
    except orjson.JSONDecodeError as error:
        raise Unreadable from error
    if not isinstance(envelope, dict):
        raise Unreadable
    resource = envelope.get("resource", envelope)
    if not isinstance(resource, dict):
        raise Unreadable
    sample = resource.get("sample")
    if isinstance(sample, dict):
        resource = resource | sample
    mall_id = to_text(resource.get("mall_id"))
    number = to_number(envelope.get("event_no"))
    if number is None:
        raise Unreadable
    return Event(number, MallId(mall_id) if is_host_label(mall_id) else None, resource)
