"""Codes on their way. Their tally is in `phone_tally`, what a right code opens in `phone_sessions`.

No number and no code is kept in the clear; a code's hash goes as soon as the code ends.
"""

import asyncio
from collections.abc import Callable
from datetime import datetime, timedelta

from app.clock import to_millis
from app.ports import (
    Database,
    KeptCode,
    NewVerification,
    PhoneSession,
    Row,
    SendHistory,
    SendRefusal,
    SendStop,
    Statements,
    TryAnswer,
)
from app.store.database import in_transaction
from app.store.phone_sessions import keep_session
from app.store.phone_tally import add_event, add_wrong_try, send_history, take_turn
from commands.kernel.who import ChannelId

ADDRESS_KEPT_FOR = timedelta(hours=48)
_ATTEMPTS = 20  # several workers may meet at one gate; one of them gets through each time


class VerificationStore:
    """The `Verifications` of the app."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._turn = asyncio.Lock()

    async def reserve(
        self, new: NewVerification, decide: Callable[[SendHistory], SendRefusal | None]
    ) -> tuple[SendRefusal | None, SendHistory]:
        async def work(statements: Statements) -> tuple[SendRefusal | None, SendHistory]:
            await take_turn(statements, new.created_at)
            past = await send_history(statements, new)
            refusal = decide(past)
            if refusal is not None:
                for stop in sorted(refusal.stops):
                    await add_event(statements, new, SendStop(stop).value, f"{new.id}:{stop}")
            else:
                await _replace(statements, new)
                await add_event(statements, new, "send", new.id)
            return refusal, past

        # Senders of one process queue here instead of losing transactions to one another.
        async with self._turn:
            return await in_transaction(self._database, work, attempts=_ATTEMPTS)

    async def settle(
        self, verification_id: str, *, provider: str, ref: str | None, outcome: str, failed: bool
    ) -> None:
        async def work(statements: Statements) -> None:
            await statements.run(
                "UPDATE sms_verification SET provider = :provider, provider_ref = :ref,"
                " provider_result = :outcome WHERE id = :id",
                provider=provider,
                ref=ref,
                outcome=outcome,
                id=verification_id,
            )
            if failed:
                await statements.run(
                    "UPDATE sms_verification SET state = 'send_failed', code_hash = NULL"
                    " WHERE id = :id AND state = 'pending'",
                    id=verification_id,
                )
                await statements.run(
                    "UPDATE sms_event SET kind = 'failed' WHERE id = :id AND kind = 'send'",
                    id=verification_id,
                )

        await in_transaction(self._database, work, attempts=_ATTEMPTS)

    async def attempt(
        self,
        verification_id: str,
        channel_id: ChannelId,
        chat_user_id: str,
        purpose: str,
        now: datetime,
        judge: Callable[[KeptCode], PhoneSession | None],
    ) -> TryAnswer:
        """The count goes up, and is committed, before the code is looked at: parallel guesses share no try."""
        rows = await self._database.write(
            "UPDATE sms_verification SET attempts = attempts + 1"
            " WHERE id = :id AND channel_id = :channel AND chat_user_id = :chat_user"
            " AND purpose = :purpose AND state = 'pending' AND attempts < max_attempts"
            " AND expires_at > :now"
            " RETURNING id, code_hash, key_id, phone_enc, phone_hash, attempts, max_attempts",
            id=verification_id,
            channel=channel_id,
            chat_user=chat_user_id,
            purpose=purpose,
            now=to_millis(now),
        )
        if not rows:
            return TryAnswer()
        session = judge(_kept_code(rows[0]))
        if session is None:
            return TryAnswer(left=await self._wrong(rows[0], channel_id, chat_user_id, now))
        return await self._right(rows[0]["id"], session)

    async def _wrong(self, row: Row, channel_id: ChannelId, chat_user_id: str, now: datetime) -> int:
        """How many tries are left."""
        left: int = row["max_attempts"] - row["attempts"]

        async def work(statements: Statements) -> None:
            event_id = f"{row['id']}:{row['attempts']}"
            await add_wrong_try(statements, event_id, row["phone_hash"], channel_id, chat_user_id, now)
            if left <= 0:
                await statements.run(
                    "UPDATE sms_verification SET state = 'exhausted', code_hash = NULL"
                    " WHERE id = :id AND state = 'pending'",
                    id=row["id"],
                )

        await in_transaction(self._database, work, attempts=_ATTEMPTS)
        return left

    async def _right(self, verification_id: str, session: PhoneSession) -> TryAnswer:
        """Using the code up and opening the session are one step: there is no code spent for nothing."""

        async def work(statements: Statements) -> TryAnswer:
            used = await statements.run(
                "UPDATE sms_verification SET state = 'verified', code_hash = NULL"
                " WHERE id = :id AND state = 'pending' RETURNING id",
                id=verification_id,
            )
            if not used:
                return TryAnswer()
            await statements.run("UPDATE sms_event SET kind = 'verified' WHERE id = :id", id=verification_id)
            await keep_session(statements, session)
            return TryAnswer(session=session)

        return await in_transaction(self._database, work, attempts=_ATTEMPTS)

    async def purge(self, now: datetime) -> None:
        """The rows themselves end with `app.store.purge`."""
        await self._database.write(_EXPIRE, moment=to_millis(now))
        await self._database.write(_FORGET_ADDRESSES, moment=to_millis(now - ADDRESS_KEPT_FOR))


_EXPIRE = (
    "UPDATE sms_verification SET state = 'expired', code_hash = NULL"
    " WHERE state = 'pending' AND expires_at <= :moment"
)
_FORGET_ADDRESSES = "UPDATE sms_event SET client_ip = NULL WHERE client_ip IS NOT NULL AND at <= :moment"


async def _replace(statements: Statements, new: NewVerification) -> None:
    await statements.run(
        "UPDATE sms_verification SET state = 'replaced', code_hash = NULL WHERE channel_id = :channel"
        " AND chat_user_id = :chat_user AND purpose = :purpose AND state = 'pending'",
        channel=new.channel_id,
        chat_user=new.chat_user_id,
        purpose=new.purpose,
    )
    await statements.run(
        "INSERT INTO sms_verification (id, channel_id, chat_user_id, purpose, phone_hash, phone_enc,"
        " code_hash, key_id, attempts, max_attempts, created_at, expires_at, resend_after, state)"
        " VALUES (:id, :channel, :chat_user, :purpose, :phone_hash, :phone_enc, :code_hash, :key_id, 0,"
        " :max_attempts, :created_at, :expires_at, :resend_after, 'pending')",
        id=new.id,
        channel=new.channel_id,
        chat_user=new.chat_user_id,
        purpose=new.purpose,
        phone_hash=new.phone_hash,
        phone_enc=new.phone_enc,
        code_hash=new.code_hash,
        key_id=new.key_id,
        max_attempts=new.max_attempts,
        created_at=to_millis(new.created_at),
        expires_at=to_millis(new.expires_at),
        resend_after=to_millis(new.resend_after),
    )


def _kept_code(row: Row) -> KeptCode:
    return KeptCode(row["id"], row["code_hash"], row["key_id"], bytes(row["phone_enc"]), row["phone_hash"])
