"""Reading and writing `sms_event`: how many messages went where, for the limits of identity.

One row follows each message: `send`, then `verified` when its code was typed in, or `failed` when it surely was
not sent. `wrong` rows count tries, `stop_…` rows keep the breakers open.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta

from app.clock import from_millis, to_millis
from app.ports import NewVerification, PastSend, Row, SendHistory, Statements
from commands.kernel.who import ChannelId

DAY = timedelta(hours=24)
_MOST_ROWS = 100  # more than any limit asks for
_INSERT = (
    "INSERT INTO sms_event (id, at, kind, channel_id, chat_user_id, phone_hash, block_hash, client_ip)"
    " VALUES (:id, :at, :kind, :channel, :chat_user, :phone_hash, :block_hash, :client_ip)"
)
_ALL = "('send', 'verified', 'failed')"
_NOT_FAILED = "('send', 'verified')"


async def take_turn(statements: Statements, now: datetime) -> None:
    """Senders count one after the other, in every process: this row stays locked until the transaction ends.

    Numbers are shared between channels and the budget between malls, so one gate for all is the only fair one.
    """
    await statements.run(
        _INSERT + " ON CONFLICT (id) DO UPDATE SET at = excluded.at",
        id="gate",
        at=to_millis(now),
        kind="gate",
        channel="",
        chat_user="",
        phone_hash="",
        block_hash="",
        client_ip=None,
    )


async def add_event(statements: Statements, new: NewVerification, kind: str, event_id: str) -> None:
    await statements.run(
        _INSERT,
        id=event_id,
        at=to_millis(new.created_at),
        kind=kind,
        channel=new.channel_id,
        chat_user=new.chat_user_id,
        phone_hash=new.phone_hash,
        block_hash=new.block_hash,
        client_ip=new.address,
    )


async def add_wrong_try(
    statements: Statements,
    event_id: str,
    phone_hash: str,
    channel_id: ChannelId,
    chat_user_id: str,
    now: datetime,
) -> None:
    await statements.run(
        _INSERT,
        id=event_id,
        at=to_millis(now),
        kind="wrong",
        channel=channel_id,
        chat_user=chat_user_id,
        phone_hash=phone_hash,
        block_hash="",
        client_ip=None,
    )


async def send_history(statements: Statements, new: NewVerification) -> SendHistory:
    """Always the same statements, whatever the number: nobody learns from the time that it took."""
    now, channel, number = new.created_at, new.channel_id, new.phone_hash

    async def sends(where: str, kinds: str, since: timedelta, **params: object) -> Sequence[Row]:
        return await statements.run(
            f"SELECT at, kind, phone_hash FROM sms_event WHERE {where} AND kind IN {kinds}"  # noqa: S608
            " AND at > :since ORDER BY at DESC LIMIT :most",
            since=to_millis(now - since),
            most=_MOST_ROWS,
            **params,
        )

    of_number = await sends("phone_hash = :number", _NOT_FAILED, DAY, number=number)
    wrong = await sends(
        "phone_hash = :number AND channel_id = :channel", "('wrong')", 2 * DAY, number=number, channel=channel
    )
    of_user = await sends(
        "channel_id = :channel AND chat_user_id = :user", _ALL, DAY, channel=channel, user=new.chat_user_id
    )
    of_address = (
        await sends("client_ip = :address", _ALL, DAY, address=new.address) if new.address is not None else ()
    )
    minute = await sends("channel_id = :channel", _ALL, timedelta(minutes=1), channel=channel)
    hour = await sends("channel_id = :channel", _NOT_FAILED, timedelta(hours=1), channel=channel)
    block = await sends("block_hash = :block", _NOT_FAILED, timedelta(minutes=10), block=new.block_hash)
    stops = await statements.run(
        "SELECT at, kind FROM sms_event WHERE at > :since AND ((kind = 'stop_channel' AND channel_id = :channel)"
        " OR (kind = 'stop_block' AND block_hash = :block)) ORDER BY at DESC",
        since=to_millis(now - timedelta(hours=2)),
        channel=channel,
        block=new.block_hash,
    )
    channel_day, channel_since = await _spent(statements, "channel_id = :channel", now, channel=channel)
    app_day, app_since = await _spent(statements, "1 = 1", now)
    return SendHistory(
        of_number=_times(of_number),
        wrong_tries=_times(wrong),
        of_user=_past(of_user),
        of_address=_times(of_address),
        channel_minute=_times(minute),
        of_channel=_past(hour),
        of_block=_past(block),
        channel_stopped_at=_newest(stops, "stop_channel"),
        block_stopped_at=_newest(stops, "stop_block"),
        channel_day=channel_day,
        channel_day_since=channel_since,
        app_day=app_day,
        app_day_since=app_since,
    )


async def _spent(
    statements: Statements, where: str, now: datetime, **params: object
) -> tuple[int, datetime | None]:
    rows = await statements.run(
        f"SELECT COUNT(*) AS sent, MIN(at) AS oldest FROM sms_event WHERE {where}"  # noqa: S608
        f" AND kind IN {_NOT_FAILED} AND at > :since",
        since=to_millis(now - DAY),
        **params,
    )
    oldest = rows[0]["oldest"]
    return rows[0]["sent"], None if oldest is None else from_millis(oldest)


def _times(rows: Sequence[Row]) -> tuple[datetime, ...]:
    return tuple(from_millis(row["at"]) for row in rows)


def _past(rows: Sequence[Row]) -> tuple[PastSend, ...]:
    return tuple(
        PastSend(from_millis(row["at"]), row["phone_hash"], verified=row["kind"] == "verified")
        for row in rows
    )


def _newest(stops: Sequence[Row], kind: str) -> datetime | None:
    return next((from_millis(row["at"]) for row in stops if row["kind"] == kind), None)
