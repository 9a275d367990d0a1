"""Who did what to what. Lines are only ever added; purge.py ends the ones about phone checks."""

from app.clock import from_millis, to_millis
from app.ids import new_id
from app.ports import AuditLine, Statements
from commands.kernel.who import ChannelId, MallId

from .database import OpenDatabase
from .values import from_json, to_json


class SqlAudit:
    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def add(self, line: AuditLine) -> None:
        await self._database.write(_ADD, **_row(line))

    async def add_in(self, statements: Statements, line: AuditLine) -> None:
        await statements.run(_ADD, **_row(line))

    async def newest(self, channel_id: ChannelId, limit: int) -> list[AuditLine]:
        rows = await self._database.read(
            """SELECT * FROM audit_line WHERE channel_id = :channel_id
            ORDER BY at DESC, id DESC LIMIT :at_most""",
            channel_id=channel_id,
            at_most=limit,
        )
        return [
            AuditLine(
                channel_id=ChannelId(row["channel_id"]),
                act=row["act"],
                by=row["by_whom"],
                subject=row["subject"],
                at=from_millis(row["at"]),
                mall_id=None if row["mall_id"] is None else MallId(row["mall_id"]),
                facts=from_json(row["facts"]),
            )
            for row in rows
        ]


_ADD = """INSERT INTO audit_line (id, channel_id, mall_id, act, by_whom, subject, at, facts)
VALUES (:id, :channel_id, :mall_id, :act, :by_whom, :subject, :at, :facts)"""


def _row(line: AuditLine) -> dict[str, object]:
    return {
        "id": new_id(line.at),
        "channel_id": line.channel_id,
        "mall_id": line.mall_id,
        "act": line.act,
        "by_whom": line.by,
        "subject": line.subject,
        "at": to_millis(line.at),
        "facts": to_json(dict(line.facts)),
    }
