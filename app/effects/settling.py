"""A receipt's state changes together with its audit line and the job that tells the customer, or not at all."""

from datetime import datetime

from app.keys import KeyRing
from app.ports import Audit, AuditLine, Intent, Intents, Jobs, KeptPlan, Statements
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.who import CallerKind

from .customers import customer_hash

TELL = "tell"
TOLD = frozenset(
    {
        ReceiptState.DONE,
        ReceiptState.REQUESTED,
        ReceiptState.PENDING,
        ReceiptState.CHECKING,
        ReceiptState.FAILED,
    }
)


def receipt_of(plan: KeptPlan, intent: Intent) -> Receipt:
    caller = intent.caller
    return Receipt(
        receipt_id=intent.id,
        command=plan.command,
        state=intent.state,
        order_id=intent.order_id,
        shown=plan.shown if intent.shown is None else intent.shown,
        by=f"manager:{caller.id}" if caller.kind is CallerKind.MANAGER else "user",
        at=intent.at,
        claim_code=intent.claim_code,
        undo_until=intent.undo_until,
        decision=intent.decision,
    )


def under_way(intent: Intent) -> Receipt:
    """What anybody who sees the order may know: something is being done to it."""
    return Receipt("", "", intent.state, intent.order_id, {}, "", intent.at)


class Settling:
    def __init__(self, intents: Intents, jobs: Jobs, audit: Audit, keys: KeyRing) -> None:
        self._intents = intents
        self._jobs = jobs
        self._audit = audit
        self._keys = keys

    async def move(
        self,
        plan: KeptPlan,
        intent: Intent,
        to: Settled,
        at: datetime,
        *,
        stale: bool = False,
        tells: bool = True,
        note: bool = False,
        later: bool = False,
    ) -> Intent | None:
        """None when somebody else moved it first. `tells`: the customer hears of it, unless they cannot know of the
        receipt; `note`: the team too; `later`: the shop decided on a request.
        """

        async def also(statements: Statements, moved: Intent) -> None:
            await self.write_down(statements, plan, moved, to.state.value, at)
            if tells and not (moved.stale and not moved.answered):
                needs_person = (to.decision or {}).get("verdict") == "needsManager"
                await self.tell(statements, moved, note=note or needs_person, later=later)

        moved = await self._intents.move(intent, to, at, also, stale=stale)
        if moved is not None:
            self._jobs.wake()
        return moved

    async def write_down(
        self, statements: Statements, plan: KeptPlan, intent: Intent, act: str, at: datetime
    ) -> None:
        line = AuditLine(
            channel_id=plan.channel_id,
            act=f"{plan.command}.{act}",
            by=f"{intent.caller.kind}:{intent.caller.id}",
            subject=intent.order_id,
            at=at,
            mall_id=plan.mall_id,
            facts={
                "receipt": intent.id,
                "customer": customer_hash(self._keys, plan.mall_id, plan.customer),
                "settings": plan.settings_version,
                "stale": intent.stale,
                "codes": " ".join(f["code"] for f in (intent.decision or {}).get("findings", ())),
            },
        )
        await self._audit.add_in(statements, line)

    async def tell(
        self, statements: Statements, intent: Intent, *, note: bool = False, later: bool = False
    ) -> None:
        """At most one message per receipt and state. In a row of its own: a slow chat must not hold up the mall."""
        if intent.state not in TOLD:
            return
        payload = {"mall": intent.mall_id, "receipt": intent.id, "state": intent.state.value}
        await self._jobs.put_in(
            statements,
            f"{intent.mall_id}:{TELL}",
            TELL,
            {**payload, "note": note, "later": later},
            unique=f"{TELL}:{intent.id}:{intent.state}",
        )
