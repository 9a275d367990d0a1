"""Everything kept of one customer of a mall, deleted on request. What shows how money moved stays, without the person:
receipts keep lines, sums, codes, states and times; the audit keeps its keyed hashes, and no chat user.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Any

from app.clock import to_millis
from app.keys import KeyRing
from app.ports import Row, Statements
from app.ports.erasing import Erased
from commands.kernel.who import Customer, MallId, person_of

from .database import OpenDatabase, in_transaction
from .people import customer_from_json
from .sealed import INTENT_SHOWN, PLAN_CUSTOMER, PLAN_SHOWN
from .values import from_json, to_json

BATCH = 500
ERASED = "erased"
_NOBODY = {
    "customer": {"kind": "guest", "cellphone": ERASED},
    "reach": {"user_id": None, "chat_id": None, "language": None},
}
KEPT_OF_SHOWN = frozenset(
    {
        "items",
        "parts",
        "codes",
        "outcome",
        "refund",
        "currency",
        "kind",
        "shippingPayer",
        "shippingFee",
        "marked",
    }
)
KEPT_OF_LINE = frozenset({"orderItemCode", "productName", "optionText", "quantity"})
KEPT_OF_FINDING = ("rule", "code", "effect", "layer", "decisive", "items")


class SqlErasing:
    """The `ErasedRows` port. Owners of plans are sealed, so each plan of the mall is opened: slow, and rarely done."""

    def __init__(self, database: OpenDatabase, keys: KeyRing) -> None:
        self._database = database
        self._keys = keys

    async def erase(
        self, mall_id: MallId, customer: Customer, at: datetime, by: str, *, phone_hashes: Iterable[str] = ()
    ) -> Erased:
        plans = await self._plans_of(mall_id, customer)
        hashes = list(phone_hashes)

        async def work(statements: Statements) -> Erased:
            intents = await _intents_of(statements, mall_id, plans)
            if busy := sum(not intent["finished"] for intent in intents.values()):
                return Erased(busy=busy)
            for plan in plans:
                intent = intents.get(plan["id"])
                if intent is None:
                    await statements.run(_DROP_PLAN, mall_id=mall_id, id=plan["id"])
                else:
                    await self._strip(statements, plan, intent, to_millis(at), by)
            users = {(plan["channel_id"], plan["user_id"]) for plan in plans if plan["user_id"]}
            sessions, chats = await _forget_people(statements, mall_id, users, hashes)
            return Erased(0, len(plans), len(intents), sessions, chats)

        return await in_transaction(self._database, work)

    async def _plans_of(self, mall_id: MallId, customer: Customer) -> list[dict[str, Any]]:
        wanted = person_of(customer)
        found: list[dict[str, Any]] = []
        after = ""
        while True:
            rows = await self._database.read(
                """SELECT id, channel_id, customer_enc, shown_enc FROM plan
                WHERE mall_id = :mall_id AND id > :after ORDER BY id LIMIT :at_most""",
                mall_id=mall_id,
                after=after,
                at_most=BATCH,
            )
            if not rows:
                return found
            after = rows[-1]["id"]
            for row in rows:
                opened = PLAN_CUSTOMER.open_or_none(self._keys, row["customer_enc"], mall_id, row["id"])
                if opened is None:
                    continue
                who = from_json(opened)
                if person_of(customer_from_json(who["customer"])) == wanted:
                    found.append({**row, "user_id": who["reach"]["user_id"]})

    async def _strip(self, statements: Statements, plan: Row, intent: Row, now: int, by: str) -> None:
        mall_id = intent["mall_id"]
        shown = PLAN_SHOWN.open_or_none(self._keys, plan["shown_enc"], mall_id, plan["id"])
        await statements.run(
            """UPDATE plan SET customer_enc = :customer_enc, shown_enc = :shown_enc, payload_enc = NULL, seen = ''
            WHERE mall_id = :mall_id AND id = :id""",
            mall_id=mall_id,
            id=plan["id"],
            customer_enc=PLAN_CUSTOMER.seal(self._keys, to_json(_NOBODY).encode(), mall_id, plan["id"]),
            shown_enc=PLAN_SHOWN.seal(self._keys, _plain(shown), mall_id, plan["id"]),
        )
        own = INTENT_SHOWN.open_or_none(self._keys, intent["shown_enc"], mall_id, intent["id"])
        await statements.run(
            _STRIP_INTENT,
            mall_id=mall_id,
            id=intent["id"],
            shown_enc=None
            if own is None
            else INTENT_SHOWN.seal(self._keys, _plain(own), mall_id, intent["id"]),
            decision=None if intent["decision"] is None else to_json(_codes(from_json(intent["decision"]))),
            by=by,
            now=now,
        )
        if intent["by_kind"] == "user":
            await statements.run(
                _STRIP_AUDIT,
                channel_id=plan["channel_id"],
                order_id=intent["order_id"],
                by=f"user:{intent['by_id']}",
            )
        await statements.run(
            "DELETE FROM job_step WHERE mall_id = :mall_id AND job_id = :job_id",
            mall_id=mall_id,
            job_id=intent["job_id"],
        )


async def _intents_of(statements: Statements, mall_id: MallId, plans: list[dict[str, Any]]) -> dict[str, Row]:
    found: dict[str, Row] = {}
    for plan in plans:
        rows = await statements.run(
            "SELECT * FROM intent WHERE mall_id = :mall_id AND plan_id = :id", mall_id=mall_id, id=plan["id"]
        )
        if rows:
            found[plan["id"]] = rows[0]
    return found


async def _forget_people(
    statements: Statements, mall_id: MallId, users: set[tuple[str, str]], hashes: list[str]
) -> tuple[int, int]:
    """Sessions and chats of the customer's chat users, and of their number in the mall's channels. The counters that
    limit text messages stay: eight days, hashed.
    """
    sessions = chats = 0
    for channel_id, user_id in sorted(users):
        who = {"channel_id": channel_id, "user_id": user_id}
        for table in ("phone_session", "sms_verification"):
            rows = await statements.run(
                f"""DELETE FROM {table} WHERE channel_id = :channel_id AND chat_user_id = :user_id
                RETURNING channel_id""",  # noqa: S608  names are ours
                **who,
            )
            sessions += len(rows)
        chats += len(await statements.run(_DROP_CHAT, **who))
    for phone_hash in hashes:
        for table in ("phone_session", "sms_verification"):
            rows = await statements.run(
                f"""DELETE FROM {table} WHERE phone_hash = :phone_hash AND channel_id IN (
                    SELECT channel_id FROM connection WHERE mall_id = :mall_id)
                RETURNING channel_id, chat_user_id""",  # noqa: S608  names are ours
                phone_hash=phone_hash,
                mall_id=mall_id,
            )
            sessions += len(rows)
            for row in rows:
                gone = await statements.run(
                    _DROP_CHAT, channel_id=row["channel_id"], user_id=row["chat_user_id"]
                )
                chats += len(gone)
    return sessions, chats


def _plain(opened: bytes | None) -> bytes:
    """What a receipt shows, without anything that a person wrote or is reached by."""
    shown = {} if opened is None else from_json(opened)
    kept = {name: value for name, value in shown.items() if name in KEPT_OF_SHOWN}
    if isinstance(kept.get("items"), list):
        kept["items"] = [_line(line) for line in kept["items"]]
    return to_json(kept).encode()


def _line(line: Any) -> Any:
    return {n: v for n, v in line.items() if n in KEPT_OF_LINE} if isinstance(line, dict) else line


def _codes(decision: Mapping[str, Any]) -> dict[str, Any]:
    """Findings without sentences and facts: those may quote the customer or the mall."""
    blank = {"facts": {}, "customerText": "", "managerText": ""}
    findings = [
        {name: finding[name] for name in KEPT_OF_FINDING if name in finding} | blank
        for finding in decision.get("findings", ())
    ]
    return {"verdict": decision.get("verdict"), "findings": findings}


_DROP_PLAN = "DELETE FROM plan WHERE mall_id = :mall_id AND id = :id"
_DROP_CHAT = """DELETE FROM chat_of_user WHERE channel_id = :channel_id AND user_id = :user_id
RETURNING user_id"""
_STRIP_AUDIT = """UPDATE audit_line SET by_whom = 'user'
WHERE channel_id = :channel_id AND subject = :order_id AND by_whom = :by"""
_STRIP_INTENT = """UPDATE intent SET words_enc = NULL, due_at = NULL, decision = :decision, shown_enc = :shown_enc,
    by_id = CASE WHEN by_kind = 'user' THEN 'erased' ELSE by_id END,
    verdict = CASE WHEN state = 'pending' THEN 'withdrawn' ELSE verdict END,
    decided_by = CASE WHEN state = 'pending' THEN :by ELSE decided_by END,
    decided_at = CASE WHEN state = 'pending' THEN :now ELSE decided_at END,
    settled_at = CASE WHEN state = 'pending' THEN :now ELSE settled_at END,
    state = CASE WHEN state = 'pending' THEN 'withdrawn' ELSE state END
WHERE mall_id = :mall_id AND id = :id"""
