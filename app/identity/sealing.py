"""Numbers and accounts at rest: sealed, and bound to the row that they belong to."""

import json
import secrets
import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from app.keys import KeyRing
from app.ports import Account, Call, PhoneSession

SESSION_LIFE = timedelta(hours=12)
_NUMBER = "phone_enc"
_ACCOUNTS = "phone_accounts"


@dataclass(frozen=True, slots=True)
class OfferedAccount:
    """`ref` says nothing about the member and is good for this grant only."""

    ref: str
    member_id: str


def seal_number(keys: KeyRing, e164: str, bound_to: str) -> bytes:
    return keys.seal(_NUMBER, e164.encode(), bound_to)


def open_number(keys: KeyRing, sealed: bytes, bound_to: str) -> str:
    """Raises `BadToken`."""
    return keys.open(_NUMBER, sealed, bound_to).decode()


def new_session(
    keys: KeyRing, call: Call, e164: str, phone_hash: str, user_chat_id: str | None, now: datetime
) -> PhoneSession:
    """What a right code opens. Who it is for comes from the signed call alone."""
    return PhoneSession(
        id=str(uuid.uuid4()),
        channel_id=call.channel_id,
        chat_user_id=call.caller_id,
        phone_enc=seal_number(keys, e164, _owner(call.channel_id, call.caller_id)),
        phone_hash=phone_hash,
        created_at=now,
        last_seen_at=now,
        ends_at=now + SESSION_LIFE,
        user_chat_id=user_chat_id,
    )


def number_of(keys: KeyRing, session: PhoneSession) -> str:
    """Raises `BadToken`."""
    return open_number(keys, session.phone_enc, _owner(session.channel_id, session.chat_user_id))


def offer(accounts: Sequence[Account]) -> tuple[OfferedAccount, ...]:
    return tuple(OfferedAccount(secrets.token_urlsafe(12), account.member_id) for account in accounts)


def seal_accounts(keys: KeyRing, session: PhoneSession, accounts: Sequence[OfferedAccount]) -> bytes:
    plain = json.dumps([[account.ref, account.member_id] for account in accounts]).encode()
    return keys.seal(_ACCOUNTS, plain, _owner(session.channel_id, session.chat_user_id))


def accounts_of(keys: KeyRing, session: PhoneSession) -> tuple[OfferedAccount, ...]:
    """Raises `BadToken`."""
    if session.accounts_enc is None:
        return ()
    plain = keys.open(_ACCOUNTS, session.accounts_enc, _owner(session.channel_id, session.chat_user_id))
    return tuple(OfferedAccount(ref, member_id) for ref, member_id in json.loads(plain))


def _owner(channel_id: str, chat_user_id: str) -> str:
    return f"{channel_id}|{chat_user_id}"
