"""Lets a manager act in one chat: signed, 30 minutes, bound to channel, manager and chat (CHANNEL.md §17)."""

from datetime import datetime, timedelta

import orjson

from app.clock import to_millis
from app.keys import BadToken, KeyRing

PURPOSE = "chat"
LIFE = timedelta(minutes=30)


def chat_token(keys: KeyRing, *, channel_id: str, manager_id: str, chat_id: str, now: datetime) -> str:
    return keys.sign(PURPOSE, orjson.dumps([channel_id, manager_id, chat_id, to_millis(now + LIFE)]))


def chat_of(keys: KeyRing, token: str, *, channel_id: str, manager_id: str, now: datetime) -> str | None:
    """The chat, or None when the token is altered, expired, or another manager's or channel's."""
    try:
        channel, manager, chat, until = orjson.loads(keys.verify(PURPOSE, token))
    except (BadToken, orjson.JSONDecodeError, ValueError):
        return None
    fits = channel == channel_id and manager == manager_id and to_millis(now) < until
    return str(chat) if fits else None
