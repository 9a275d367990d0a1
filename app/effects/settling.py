"""A receipt's state changes together with its audit line and the job that tells the customer, or not at all."""

from datetime import datetime

from app.clock import to_millis
from app.ids import new_id
from app.keys import KeyRing
from app.ports import Audit, AuditLine, Decided, Intent, Intents, Jobs, KeptPlan, Statements, Verdict, Waits
from commands.kernel.plan import Receipt, ReceiptState, Settled
from commands.kernel.who import CallerKind

from .customers import customer_hash
from .endings import MALL_SAID, in_words
from .looks import next_look

EFFECT = "effect"
TELL = "tell"
ANNOUNCE = "announce"
AFTERWARDS, TAKE_BACK = "afterwards", "take_back"
TOLD = frozenset(
    {
        ReceiptState.DONE,
        ReceiptState.REQUESTED,
        ReceiptState.PENDING,
        ReceiptState.CHECKING,
        ReceiptState.FAILED,
        ReceiptState.WITHDRAWN,
    }
)


def receipt_of(plan: KeptPlan, intent: Intent, reader: CallerKind = CallerKind.USER) -> Receipt:
    caller = intent.caller
    shown = {**plan.shown, **(intent.shown or {})}
    return Receipt(
        receipt_id=intent.id,
        command=plan.command,
        state=intent.state,
        order_id=intent.order_id,
        shown={name: value for name, value in shown.items() if name != MALL_SAID},
        by=f"manager:{caller.id}" if caller.kind is CallerKind.MANAGER else "user",
        at=intent.at,
        claim_code=intent.claim_code,
        undo_until=intent.undo_until,
        decision=in_words(intent, reader),
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
        due_at: datetime | None = None,
        decided: Decided | None = None,
        takes_back: bool = False,
    ) -> Intent | None:
        """None when somebody else moved it first. `tells`: the customer hears of it, unless they cannot know of the
        receipt; `note`: the team too; `later`: the shop decided on a request. `due_at`: of a claim that waits from now
        on; `decided`: of one that waits no more; `takes_back`: what was done for it outside the mall is to be undone.
        """
        waits = to.state is ReceiptState.PENDING
        queue = Waits(plan.channel_id, to.kind or plan.command, due_at) if waits else None

        async def also(statements: Statements, moved: Intent) -> None:
            act = decided.verdict.value if decided else to.state.value
            await self.write_down(statements, plan, moved, act, at)
            if waits:
                await self.announce(statements, moved, "new", at)
            if tells and not (moved.stale and not moved.answered):
                told = note or _needs_person(to) or _failed_after_approval(moved)
                await self.tell(statements, moved, note=told, later=later)
            if takes_back:
                payload = {"mall": moved.mall_id, "receipt": moved.id}
                unique = f"{TAKE_BACK}:{moved.id}"
                await self._jobs.put_in(
                    statements, beside_lane(moved.mall_id), TAKE_BACK, payload, unique=unique
                )

        moved = await self._intents.move(
            intent,
            to,
            at,
            also,
            stale=stale,
            waits=queue,
            decided=decided,
            look_at=next_look(intent.at, at) if to.state is ReceiptState.REQUESTED else None,
        )
        if moved is not None:
            self._jobs.wake()
        return moved

    async def approve(self, plan: KeptPlan, intent: Intent, decided: Decided) -> Intent | None:
        """The claim waits no more and is carried out, once: its new job, state and audit line are one transaction.
        None when it was decided meanwhile, or something else works on its order.
        """

        async def also(statements: Statements, approved: Intent) -> None:
            await self._jobs.put_in(
                statements,
                plan.mall_id,
                EFFECT,
                {"receipt": approved.id},
                job_id=approved.job_id,
                unique=f"{EFFECT}:{plan.id}:approved",
            )
            await self.write_down(statements, plan, approved, decided.verdict.value, decided.at)

        approved = await self._intents.approve(intent, decided, new_id(decided.at), also)
        if approved is not None:
            self._jobs.wake()
        return approved

    async def write_down(
        self, statements: Statements, plan: KeptPlan, intent: Intent, act: str, at: datetime
    ) -> None:
        line = AuditLine(
            channel_id=plan.channel_id,
            act=f"{plan.command}.{act}",
            by=_doer(intent),
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

    async def announce(self, statements: Statements, intent: Intent, about: str, at: datetime) -> None:
        """To the team, once per claim, occasion and hour."""
        payload = {"mall": intent.mall_id, "receipt": intent.id, "about": about, "at": to_millis(at)}
        await self._jobs.put_in(
            statements,
            f"{intent.mall_id}:{TELL}",
            ANNOUNCE,
            payload,
            unique=f"{ANNOUNCE}:{intent.id}:{about}:{to_millis(at)}",
        )


def beside_lane(mall_id: str) -> str:
    """A row of its own: a slow warehouse must not hold up the mall."""
    return f"{mall_id}:{AFTERWARDS}"


def _needs_person(to: Settled) -> bool:
    return (to.decision or {}).get("verdict") == "needsManager"


def _failed_after_approval(intent: Intent) -> bool:
    """A manager believes that it is done."""
    approved = intent.decided is not None and intent.decided.verdict is Verdict.APPROVED
    return approved and intent.state is ReceiptState.FAILED


def _doer(intent: Intent) -> str:
    """Who decided on it last; a customer's own deeds name the customer's id in Channel, where it is known."""
    began = f"{intent.caller.kind}:{intent.caller.id}"
    if intent.decided is None:
        return began
    own = intent.decided.by == CallerKind.USER and intent.caller.kind is CallerKind.USER
    return began if own else intent.decided.by
