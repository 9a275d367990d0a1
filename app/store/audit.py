"""Who did what to what. Lines are only ever added; purge.py ends the ones about phone checks."""

from collections.abc import Sequence

from app.clock import from_millis, to_millis
from app.ids import new_id
from app.ports import AuditLine, AuditPage, AuditWanted, Row, Statements
from commands.kernel.who import ChannelId, MallId

from .database import OpenDatabase
from .values import from_json, to_json

LONGEST_MILLIS = 15
MOST_AT_ONCE = 50


class SqlAudit:
    def __init__(self, database: OpenDatabase) -> None:
        self._database = database

    async def add(self, line: AuditLine) -> None:
        await self._database.write(_ADD, **_row(line))

    async def add_in(self, statements: Statements, line: AuditLine) -> None:
        await statements.run(_ADD, **_row(line))

    async def add_all(self, lines: Sequence[AuditLine]) -> None:
        """Several at once, in one statement."""
        for start in range(0, len(lines), MOST_AT_ONCE):
            rows = [_row(line) for line in lines[start : start + MOST_AT_ONCE]]
            values = ", ".join(f"({', '.join(f':{name}{n}' for name in row)})" for n, row in enumerate(rows))
            params = {f"{name}{n}": value for n, row in enumerate(rows) for name, value in row.items()}
            sql = f"INSERT INTO audit_line ({', '.join(rows[0])}) VALUES {values}"  # noqa: S608  our own names
            await self._database.write(sql, **params)

    async def newest(self, channel_id: ChannelId, limit: int) -> list[AuditLine]:
        rows = await self._database.read(
            """SELECT * FROM audit_line WHERE channel_id = :channel_id
            ORDER BY at DESC, id DESC LIMIT :at_most""",
            channel_id=channel_id,
            at_most=limit,
        )
        return [_line(row) for row in rows]

    async def page(
        self, channel_id: ChannelId, wanted: AuditWanted, *, cursor: str | None = None, limit: int = 50
    ) -> AuditPage:
        """By (at, id): a line that is added meanwhile moves no page."""
        where, params = _matching(wanted)
        if after := _place(cursor):
            where.append("(at < :cursor_at OR (at = :cursor_at AND id < :cursor_id))")
            params |= {"cursor_at": after[0], "cursor_id": after[1]}
        sql = f"""SELECT * FROM audit_line WHERE {" AND ".join(["channel_id = :channel_id", *where])}
            ORDER BY at DESC, id DESC LIMIT :at_most"""  # noqa: S608  texts are ours
        rows = await self._database.read(sql, channel_id=channel_id, at_most=limit + 1, **params)
        more = len(rows) > limit
        following = f"{rows[limit - 1]['at']}.{rows[limit - 1]['id']}" if more else None
        return AuditPage([_line(row) for row in rows[:limit]], following)


def _matching(wanted: AuditWanted) -> tuple[list[str], dict[str, object]]:
    where: list[str] = []
    params: dict[str, object] = {}
    if wanted.acts is not None:
        where.append("act LIKE :acts")
        params["acts"] = f"{wanted.acts}.%"
    for name, value in (("by_whom", wanted.by), ("subject", wanted.subject)):
        if value is not None:
            where.append(f"{name} = :{name}")
            params[name] = value
    for name, sign, at in (("since", ">=", wanted.since), ("until", "<", wanted.until)):
        if at is not None:
            where.append(f"at {sign} :{name}")
            params[name] = to_millis(at)
    return where, params


def _place(cursor: str | None) -> tuple[int, str] | None:
    at, dot, id_ = (cursor or "").partition(".")
    return (int(at), id_) if dot and at.isascii() and at.isdigit() and len(at) <= LONGEST_MILLIS else None


def _line(row: Row) -> AuditLine:
    return AuditLine(
        channel_id=ChannelId(row["channel_id"]),
        act=row["act"],
        by=row["by_whom"],
        subject=row["subject"],
        at=from_millis(row["at"]),
        mall_id=None if row["mall_id"] is None else MallId(row["mall_id"]),
        facts=from_json(row["facts"]),
    )


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
