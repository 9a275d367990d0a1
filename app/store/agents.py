"""Agents' keys, conversations and approvals. Keys and handles are random, so that a plain hash keeps them safe."""

from collections.abc import Mapping
from datetime import datetime

from app.clock import from_millis, to_millis
from app.ports import Row, Statements
from app.ports.agents import AgentApproval, AgentConversation, AgentKey, ApprovalState, Scope
from commands.kernel.order import OrderId
from commands.kernel.who import ChannelId, MallId

from .database import OpenDatabase, in_transaction
from .values import instant_or_none


class SqlAgentKeys:
    """The `AgentKeys` port."""

    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def add(self, key: AgentKey, key_hash: str) -> None:
        await self._database.write(
            """INSERT INTO agent_key (id, channel_id, name, prefix, key_hash, scopes, created_by, created_at)
            VALUES (:id, :channel_id, :name, :prefix, :key_hash, :scopes, :created_by, :created_at)""",
            id=key.id,
            channel_id=key.channel_id,
            name=key.name,
            prefix=key.prefix,
            key_hash=key_hash,
            scopes=" ".join(scope for scope in Scope if scope in key.scopes),
            created_by=key.created_by,
            created_at=to_millis(key.created_at),
        )

    async def of_hash(self, key_hash: str) -> AgentKey | None:
        rows = await self._database.read("SELECT * FROM agent_key WHERE key_hash = :hash", hash=key_hash)
        return _key(rows[0]) if rows else None

    async def of_channel(self, channel_id: ChannelId) -> list[AgentKey]:
        rows = await self._database.read(
            "SELECT * FROM agent_key WHERE channel_id = :channel_id ORDER BY created_at DESC, id DESC",
            channel_id=channel_id,
        )
        return [_key(row) for row in rows]

    async def revoke(self, channel_id: ChannelId, key_id: str, now: datetime) -> bool:
        rows = await self._database.write(
            """UPDATE agent_key SET revoked_at = :now
            WHERE channel_id = :channel_id AND id = :id AND revoked_at IS NULL RETURNING id""",
            channel_id=channel_id,
            id=key_id,
            now=to_millis(now),
        )
        return bool(rows)

    async def used(self, at: Mapping[str, datetime]) -> None:
        for key_id, moment in at.items():
            await self._database.write(
                "UPDATE agent_key SET last_used_at = :at WHERE id = :id", id=key_id, at=to_millis(moment)
            )


class SqlAgentConversations:
    """The `AgentConversations` port."""

    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def begin(self, conversation: AgentConversation, *, at_most: int, since: datetime) -> bool:
        async def work(statements: Statements) -> bool:
            rows = await statements.run(
                "SELECT COUNT(*) AS n FROM agent_conversation WHERE key_id = :key_id AND created_at > :since",
                key_id=conversation.key_id,
                since=to_millis(since),
            )
            if rows[0]["n"] >= at_most:
                return False
            await statements.run(
                """INSERT INTO agent_conversation (id, key_id, channel_id, created_at)
                VALUES (:id, :key_id, :channel_id, :created_at)""",
                id=conversation.id,
                key_id=conversation.key_id,
                channel_id=conversation.channel_id,
                created_at=to_millis(conversation.created_at),
            )
            return True

        return await in_transaction(self._database, work)

    async def sent(self, conversation_id: str, verification_id: str) -> None:
        await self._database.write(
            "UPDATE agent_conversation SET verification_id = :verification_id WHERE id = :id",
            id=conversation_id,
            verification_id=verification_id,
        )

    async def of_verification(self, key_id: str, verification_id: str) -> AgentConversation | None:
        rows = await self._database.read(
            """SELECT * FROM agent_conversation
            WHERE verification_id = :verification_id AND key_id = :key_id""",
            verification_id=verification_id,
            key_id=key_id,
        )
        return _conversation(rows[0]) if rows else None

    async def open(self, conversation_id: str, handle_hash: str, ends_at: datetime) -> bool:
        rows = await self._database.write(
            """UPDATE agent_conversation SET handle_hash = :handle_hash, ends_at = :ends_at
            WHERE id = :id AND handle_hash IS NULL RETURNING id""",
            id=conversation_id,
            handle_hash=handle_hash,
            ends_at=to_millis(ends_at),
        )
        return bool(rows)

    async def of_handle(self, key_id: str, handle_hash: str, now: datetime) -> AgentConversation | None:
        rows = await self._database.read(
            """SELECT * FROM agent_conversation
            WHERE handle_hash = :handle_hash AND key_id = :key_id AND ends_at > :now""",
            handle_hash=handle_hash,
            key_id=key_id,
            now=to_millis(now),
        )
        return _conversation(rows[0]) if rows else None


class SqlAgentApprovals:
    """The `AgentApprovals` port."""

    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def ask(self, approval: AgentApproval) -> AgentApproval:
        await self._database.write(
            """INSERT INTO agent_approval (mall_id, id, channel_id, key_id, conversation_id, subject, act, order_id,
                amount, state, created_at, expires_at)
            VALUES (:mall_id, :id, :channel_id, :key_id, :conversation_id, :subject, :act, :order_id,
                :amount, :state, :created_at, :expires_at)
            ON CONFLICT (mall_id, subject) DO UPDATE SET id = excluded.id, state = excluded.state,
                by_whom = NULL, verification_id = NULL, amount = excluded.amount, decided_at = NULL,
                created_at = excluded.created_at, expires_at = excluded.expires_at
                WHERE agent_approval.expires_at <= excluded.created_at""",
            mall_id=approval.mall_id,
            id=approval.id,
            channel_id=approval.channel_id,
            key_id=approval.key_id,
            conversation_id=approval.conversation_id,
            subject=approval.subject,
            act=approval.act,
            order_id=approval.order_id,
            amount=approval.amount,
            state=approval.state.value,
            created_at=to_millis(approval.created_at),
            expires_at=to_millis(approval.expires_at),
        )
        return await self.of_subject(approval.mall_id, approval.subject) or approval

    async def of_subject(self, mall_id: MallId, subject: str) -> AgentApproval | None:
        rows = await self._database.read(
            "SELECT * FROM agent_approval WHERE mall_id = :mall_id AND subject = :subject",
            mall_id=mall_id,
            subject=subject,
        )
        return _approval(rows[0]) if rows else None

    async def one(self, channel_id: ChannelId, approval_id: str) -> AgentApproval | None:
        rows = await self._database.read(
            "SELECT * FROM agent_approval WHERE channel_id = :channel_id AND id = :id",
            channel_id=channel_id,
            id=approval_id,
        )
        return _approval(rows[0]) if rows else None

    async def texted(self, approval: AgentApproval, verification_id: str) -> None:
        await self._database.write(
            """UPDATE agent_approval SET verification_id = :verification_id
            WHERE mall_id = :mall_id AND id = :id""",
            mall_id=approval.mall_id,
            id=approval.id,
            verification_id=verification_id,
        )

    async def decide(
        self, approval: AgentApproval, state: ApprovalState, by: str, now: datetime
    ) -> AgentApproval | None:
        rows = await self._database.write(
            """UPDATE agent_approval SET state = :state, by_whom = :by_whom, decided_at = :now
            WHERE mall_id = :mall_id AND id = :id AND state = :waiting AND expires_at > :now RETURNING *""",
            mall_id=approval.mall_id,
            id=approval.id,
            state=state.value,
            waiting=ApprovalState.WAITING.value,
            by_whom=by,
            now=to_millis(now),
        )
        return _approval(rows[0]) if rows else None

    async def waiting(self, channel_id: ChannelId, now: datetime) -> list[AgentApproval]:
        rows = await self._database.read(
            """SELECT * FROM agent_approval WHERE channel_id = :channel_id AND state = :waiting
            AND expires_at > :now ORDER BY created_at, id LIMIT 100""",
            channel_id=channel_id,
            waiting=ApprovalState.WAITING.value,
            now=to_millis(now),
        )
        return [_approval(row) for row in rows]


def _key(row: Row) -> AgentKey:
    return AgentKey(
        id=row["id"],
        channel_id=ChannelId(row["channel_id"]),
        name=row["name"],
        prefix=row["prefix"],
        scopes=frozenset(map(Scope, row["scopes"].split())),
        created_by=row["created_by"],
        created_at=from_millis(row["created_at"]),
        last_used_at=instant_or_none(row["last_used_at"]),
        revoked_at=instant_or_none(row["revoked_at"]),
    )


def _conversation(row: Row) -> AgentConversation:
    return AgentConversation(
        id=row["id"],
        key_id=row["key_id"],
        channel_id=ChannelId(row["channel_id"]),
        created_at=from_millis(row["created_at"]),
        verification_id=row["verification_id"],
        ends_at=instant_or_none(row["ends_at"]),
    )


def _approval(row: Row) -> AgentApproval:
    return AgentApproval(
        id=row["id"],
        mall_id=MallId(row["mall_id"]),
        channel_id=ChannelId(row["channel_id"]),
        key_id=row["key_id"],
        conversation_id=row["conversation_id"],
        subject=row["subject"],
        act=row["act"],
        order_id=OrderId(row["order_id"]),
        amount=row["amount"],
        created_at=from_millis(row["created_at"]),
        expires_at=from_millis(row["expires_at"]),
        state=ApprovalState(row["state"]),
        by=row["by_whom"],
        verification_id=row["verification_id"],
    )
