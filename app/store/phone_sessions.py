"""Phone sessions: one for each (channel, chat user), replaced by the next code that is right."""

from datetime import datetime

from app.clock import from_millis, to_millis
from app.ports import Database, PhoneSession, Row, Statements
from app.store.database import in_transaction
from commands.kernel.who import ChannelId

_COLUMNS = (
    "id, channel_id, chat_user_id, phone_enc, phone_hash, user_chat_id, accounts_enc, chosen,"
    " created_at, last_seen_at, ends_at"
)


class PhoneSessionStore:
    """The `PhoneSessions` of the app."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def of_user(self, channel_id: ChannelId, chat_user_id: str) -> PhoneSession | None:
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM phone_session"  # noqa: S608  our own column names
            " WHERE channel_id = :channel AND chat_user_id = :chat_user",
            channel=channel_id,
            chat_user=chat_user_id,
        )
        return _session(rows[0]) if rows else None

    async def of_chat(self, channel_id: ChannelId, user_chat_id: str) -> list[PhoneSession]:
        rows = await self._database.read(
            f"SELECT {_COLUMNS} FROM phone_session"  # noqa: S608  our own column names
            " WHERE channel_id = :channel AND user_chat_id = :chat",
            channel=channel_id,
            chat=user_chat_id,
        )
        return [_session(row) for row in rows]

    async def keep_accounts(self, session_id: str, accounts_enc: bytes) -> None:
        await self._database.write(
            "UPDATE phone_session SET accounts_enc = :accounts WHERE id = :id",
            accounts=accounts_enc,
            id=session_id,
        )

    async def choose(self, session_id: str, chosen: str, next_id: str, now: datetime) -> bool:
        rows = await self._database.write(
            "UPDATE phone_session SET chosen = :chosen, last_seen_at = :now,"
            " id = CASE WHEN chosen IS NULL OR chosen = :same THEN id ELSE :next_id END"
            " WHERE id = :id RETURNING id",
            chosen=chosen,
            same=chosen,
            now=to_millis(now),
            next_id=next_id,
            id=session_id,
        )
        return bool(rows)

    async def touch(self, session_id: str, now: datetime) -> None:
        await self._database.write(
            "UPDATE phone_session SET last_seen_at = :now WHERE id = :id", now=to_millis(now), id=session_id
        )

    async def end(self, channel_id: ChannelId, chat_user_id: str) -> None:
        async def work(statements: Statements) -> None:
            await statements.run(
                "UPDATE sms_verification SET state = 'replaced', code_hash = NULL"
                " WHERE channel_id = :channel AND chat_user_id = :chat_user AND state = 'pending'",
                channel=channel_id,
                chat_user=chat_user_id,
            )
            await statements.run(
                "DELETE FROM phone_session WHERE channel_id = :channel AND chat_user_id = :chat_user",
                channel=channel_id,
                chat_user=chat_user_id,
            )

        await in_transaction(self._database, work)

    async def end_all(self, channel_id: ChannelId) -> None:
        async def work(statements: Statements) -> None:
            await statements.run(
                "UPDATE sms_verification SET state = 'replaced', code_hash = NULL"
                " WHERE channel_id = :channel AND state = 'pending'",
                channel=channel_id,
            )
            await statements.run("DELETE FROM phone_session WHERE channel_id = :channel", channel=channel_id)

        await in_transaction(self._database, work)

    async def count_orderer_try(
        self, channel_id: ChannelId, chat_user_id: str, *, at_most: int
    ) -> int | None:
        rows = await self._database.write(
            "UPDATE phone_session SET orderer_tries = orderer_tries + 1"
            " WHERE channel_id = :channel AND chat_user_id = :chat_user AND orderer_tries < :at_most"
            " RETURNING orderer_tries",
            channel=channel_id,
            chat_user=chat_user_id,
            at_most=at_most,
        )
        return rows[0]["orderer_tries"] if rows else None

    async def give_back_orderer_try(self, channel_id: ChannelId, chat_user_id: str) -> None:
        await self._database.write(
            "UPDATE phone_session SET orderer_tries = orderer_tries - 1"
            " WHERE channel_id = :channel AND chat_user_id = :chat_user AND orderer_tries > 0",
            channel=channel_id,
            chat_user=chat_user_id,
        )


async def keep_session(statements: Statements, session: PhoneSession) -> None:
    await statements.run(
        f"INSERT INTO phone_session ({_COLUMNS}, orderer_tries)"  # noqa: S608  our own column names
        " VALUES (:id, :channel, :chat_user, :phone_enc, :phone_hash, :chat, NULL, NULL,"
        " :created_at, :last_seen_at, :ends_at, 0)"
        " ON CONFLICT (channel_id, chat_user_id) DO UPDATE SET id = excluded.id,"
        " phone_enc = excluded.phone_enc, phone_hash = excluded.phone_hash,"
        " user_chat_id = excluded.user_chat_id, accounts_enc = NULL, chosen = NULL,"
        " created_at = excluded.created_at, last_seen_at = excluded.last_seen_at,"
        " ends_at = excluded.ends_at, orderer_tries = 0",
        id=session.id,
        channel=session.channel_id,
        chat_user=session.chat_user_id,
        phone_enc=session.phone_enc,
        phone_hash=session.phone_hash,
        chat=session.user_chat_id,
        created_at=to_millis(session.created_at),
        last_seen_at=to_millis(session.last_seen_at),
        ends_at=to_millis(session.ends_at),
    )


def _session(row: Row) -> PhoneSession:
    return PhoneSession(
        id=row["id"],
        channel_id=ChannelId(row["channel_id"]),
        chat_user_id=row["chat_user_id"],
        phone_enc=bytes(row["phone_enc"]),
        phone_hash=row["phone_hash"],
        created_at=from_millis(row["created_at"]),
        last_seen_at=from_millis(row["last_seen_at"]),
        ends_at=from_millis(row["ends_at"]),
        user_chat_id=row["user_chat_id"],
        accounts_enc=None if row["accounts_enc"] is None else bytes(row["accounts_enc"]),
        chosen=row["chosen"],
    )
