"""Intents, which are the receipts. The database's own uniqueness decides who was first; states change by
compare-and-set, and what must be kept with a change is kept in its transaction.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from app.clock import from_millis, to_millis
from app.keys import KeyRing
from app.ports import Also, Decided, Intent, Row, Statements, Verdict, Waits
from app.ports.effects import UNFINISHED, UNSETTLED
from commands.kernel.order import OrderId
from commands.kernel.plan import Json, ReceiptState, Settled
from commands.kernel.who import Caller, CallerKind, ChannelId, MallId

from .database import OpenDatabase, in_transaction
from .errors import Duplicate
from .sealed import INTENT_SHOWN, INTENT_WORDS
from .values import from_json, instant_or_none, millis_or_none, to_json

_ATTEMPTS = 20  # many confirms may meet at one order; one of them gets through each time


class SqlIntents:
    """The `Intents` port."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def accept(self, intent: Intent, also: Also) -> bool:
        async def work(statements: Statements) -> bool:
            rows = await statements.run(
                """INSERT INTO intent (mall_id, id, plan_id, job_id, order_id, state, by_kind, by_id, at,
                    undo_until, finished, stale, answered)
                VALUES (:mall_id, :id, :plan_id, :job_id, :order_id, :state, :by_kind, :by_id, :at,
                    :undo_until, 0, 0, :answered)
                ON CONFLICT DO NOTHING RETURNING id""",
                mall_id=intent.mall_id,
                id=intent.id,
                plan_id=intent.plan_id,
                job_id=intent.job_id,
                order_id=intent.order_id,
                state=intent.state.value,
                by_kind=intent.caller.kind.value,
                by_id=intent.caller.id,
                at=to_millis(intent.at),
                undo_until=millis_or_none(intent.undo_until),
                answered=int(intent.answered),
            )
            if rows:
                await also(statements, intent)
            return bool(rows)

        return await in_transaction(self._database, work, attempts=_ATTEMPTS)

    async def get(self, mall_id: MallId, receipt_id: str) -> Intent | None:
        return await self._one("id = :id", mall_id, id=receipt_id)

    async def of_plan(self, mall_id: MallId, plan_id: str) -> Intent | None:
        return await self._one("plan_id = :plan_id", mall_id, plan_id=plan_id)

    async def of_job(self, mall_id: MallId, job_id: str) -> Intent | None:
        return await self._one("job_id = :job_id", mall_id, job_id=job_id)

    async def of_order(self, mall_id: MallId, order_id: OrderId, state: ReceiptState) -> list[Intent]:
        where = "order_id = :order_id AND state = :state ORDER BY at, id"
        return await self._all(where, mall_id, order_id=order_id, state=state.value)

    async def unfinished(self, mall_id: MallId, order_ids: Iterable[OrderId]) -> list[Intent]:
        named = {f"order_{number}": order_id for number, order_id in enumerate(order_ids)}
        if not named:
            return []
        names = ", ".join(f":{name}" for name in named)
        where = f"(finished = 0 OR state = 'pending') AND order_id IN ({names}) ORDER BY id"
        return await self._all(where, mall_id, **named)

    async def move(
        self,
        intent: Intent,
        to: Settled,
        at: datetime,
        also: Also | None = None,
        *,
        stale: bool = False,
        waits: Waits | None = None,
        decided: Decided | None = None,
        look_at: datetime | None = None,
    ) -> Intent | None:
        shown = None if to.shown is None else to_json(dict(to.shown)).encode()
        values = {
            "to": to.state.value,
            "finished": int(to.state not in UNFINISHED),
            "stale": int(stale),
            "claim_code": to.claim_code,
            "decision": None if to.decision is None else to_json(dict(to.decision)),
            "shown_enc": shown and INTENT_SHOWN.seal(self._keys, shown, intent.mall_id, intent.id),
            "settled_at": None if to.state in UNSETTLED else to_millis(at),
            "channel_id": waits and waits.channel_id,
            "kind": waits and waits.kind,
            "due_at": millis_or_none(waits.due_at if waits else look_at),
        }
        # A claim that waited may be `checking` once more: what an older job still says of it counts no more.
        return await self._change(
            intent,
            f"""state = :to, finished = :finished, stale = :stale, settled_at = :settled_at,
                claim_code = COALESCE(:claim_code, claim_code), decision = COALESCE(:decision, decision),
                shown_enc = COALESCE(:shown_enc, shown_enc), channel_id = COALESCE(:channel_id, channel_id),
                kind = COALESCE(:kind, kind), due_at = :due_at, {_DECIDED}""",
            "state = :state AND job_id = :job_id",
            also,
            state=intent.state.value,
            job_id=intent.job_id,
            **values,
            **self._row_of(intent, decided),
        )

    async def approve(self, intent: Intent, decided: Decided, job_id: str, also: Also) -> Intent | None:
        try:
            return await self._change(
                intent,
                f"""state = 'checking', finished = 0, answered = 1, due_at = NULL, job_id = :job_id,
                    {_DECIDED}""",
                """state = 'pending' AND NOT EXISTS (SELECT 1 FROM intent AS other
                WHERE other.mall_id = :mall_id AND other.order_id = :order_id AND other.finished = 0)""",
                also,
                order_id=intent.order_id,
                job_id=job_id,
                **self._row_of(intent, decided),
            )
        except Duplicate:  # something else began with the order at the same moment
            return None

    def _row_of(self, intent: Intent, decided: Decided | None) -> dict[str, object]:
        words = decided.words.encode() if decided and decided.words else None
        return {
            "verdict": decided and decided.verdict.value,
            "decided_by": decided and decided.by,
            "decided_at": decided and to_millis(decided.at),
            "words_enc": words and INTENT_WORDS.seal(self._keys, words, intent.mall_id, intent.id),
        }

    async def show(self, intent: Intent, shown: Json) -> Intent | None:
        """The first statement takes the row, so that nothing comes between reading and writing."""

        async def add(statements: Statements, now: Intent) -> None:
            whole = to_json({**(now.shown or {}), **shown}).encode()
            await statements.run(
                "UPDATE intent SET shown_enc = :shown_enc WHERE mall_id = :mall_id AND id = :id",
                mall_id=now.mall_id,
                id=now.id,
                shown_enc=INTENT_SHOWN.seal(self._keys, whole, now.mall_id, now.id),
            )

        return await self._change(intent, "state = state", "state NOT IN ('failed', 'withdrawn')", add)

    async def answer(self, intent: Intent, also: Also) -> Intent | None:
        return await self._change(intent, "answered = 1", "finished = 0 AND answered = 0", also)

    async def _change(
        self, intent: Intent, change: str, where: str, also: Also | None, **params: Any
    ) -> Intent | None:
        async def work(statements: Statements) -> Intent | None:
            rows = await statements.run(
                f"""UPDATE intent SET {change}
                WHERE mall_id = :mall_id AND id = :id AND {where} RETURNING *""",  # noqa: S608
                mall_id=intent.mall_id,
                id=intent.id,
                **params,
            )
            if not rows:
                return None
            changed = self._intent(rows[0])
            if also is not None:
                await also(statements, changed)
            return changed

        return await in_transaction(self._database, work, attempts=_ATTEMPTS)

    async def _one(self, where: str, mall_id: MallId, **params: object) -> Intent | None:
        found = await self._all(where, mall_id, **params)
        return found[0] if found else None

    async def _all(self, where: str, mall_id: MallId, **params: object) -> list[Intent]:
        sql = f"SELECT * FROM intent WHERE mall_id = :mall_id AND {where}"  # noqa: S608  texts are ours
        return [self._intent(row) for row in await self._database.read(sql, mall_id=mall_id, **params)]

    def _intent(self, row: Row) -> Intent:
        return intent_of(row, self._keys)


def intent_of(row: Row, keys: KeyRing) -> Intent:
    shown = INTENT_SHOWN.open_or_none(keys, row["shown_enc"], row["mall_id"], row["id"])
    return Intent(
        id=row["id"],
        mall_id=MallId(row["mall_id"]),
        plan_id=row["plan_id"],
        job_id=row["job_id"],
        order_id=OrderId(row["order_id"]),
        state=ReceiptState(row["state"]),
        caller=Caller(CallerKind(row["by_kind"]), row["by_id"]),
        at=from_millis(row["at"]),
        undo_until=instant_or_none(row["undo_until"]),
        claim_code=row["claim_code"],
        decision=None if row["decision"] is None else from_json(row["decision"]),
        shown=None if shown is None else from_json(shown),
        stale=bool(row["stale"]),
        answered=bool(row["answered"]),
        waits=_waits(row),
        decided=_decided(row, keys),
    )


def _waits(row: Row) -> Waits | None:
    if row["channel_id"] is None:
        return None
    # Of a request that lies in the mall it is when somebody looks at it again.
    due_at = instant_or_none(row["due_at"]) if row["state"] == ReceiptState.PENDING else None
    return Waits(ChannelId(row["channel_id"]), row["kind"], due_at)


def _decided(row: Row, keys: KeyRing) -> Decided | None:
    if row["verdict"] is None:
        return None
    words = INTENT_WORDS.open_or_none(keys, row["words_enc"], row["mall_id"], row["id"])
    at = from_millis(row["decided_at"])
    return Decided(Verdict(row["verdict"]), row["decided_by"], at, words.decode() if words else None)


_DECIDED = """verdict = COALESCE(:verdict, verdict), decided_by = COALESCE(:decided_by, decided_by),
    decided_at = COALESCE(:decided_at, decided_at), words_enc = COALESCE(:words_enc, words_enc)"""
