"""The agents' side of the composition: MCP over the same Functions, with approvals of its own."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal, InvalidOperation
from importlib.util import find_spec

import orjson
from starlette.routing import BaseRoute

from app.agent import wire
from app.agent.approvals import Approvals
from app.agent.customers import TEXTS, Customers, Identity
from app.agent.desk import AgentDesk
from app.agent.door import PATH, Door, agent_routes
from app.agent.face import AgentFace, Session
from app.agent.journal import Journal
from app.agent.keys import Doorkeeper
from app.agent.resources import PolicyPage
from app.agent.rules import Subject
from app.agent.tools import Turn
from app.clock import Clock
from app.effects.keeper import PURPOSE
from app.identity.approvals import ApprovalCodes, Approved
from app.identity.functions import connected, not_sent
from app.identity.verification import CodeGone, CodeMalformed, CodeNotSent, CodeSent, CodeWrong, SendProblem
from app.identity.wire import ChooseParams, SendCodeParams, VerifyCodeParams
from app.keys import BadToken, KeyRing
from app.ports import Call, Connection, ConnectionOf, Function, KeptPlan
from app.shops.doctor import Checkup
from app.shops.settings import choices_of
from app.sms.gateway import SmsGateway
from app.store.phone import VerificationStore
from app.store.phone_sessions import PhoneSessionStore
from app.store.store import Store
from app.wiring.base import Base
from app.wiring.people import People
from commands.kernel.failures import Failure, FailureType
from commands.kernel.order import OrderId
from commands.kernel.plan import ReceiptState
from commands.kernel.who import Language

RECEIPT_WAITS = timedelta(minutes=10)
FINAL = frozenset({ReceiptState.DONE, ReceiptState.FAILED, ReceiptState.REQUESTED, ReceiptState.WITHDRAWN})
"""Nothing can be taken back of these, so nothing can come of asking."""


@dataclass(frozen=True, slots=True)
class PhoneIdentity:
    """The agent's `Identity` over the Functions that a chat uses."""

    people: People
    connection_of: ConnectionOf

    async def send(self, call: Call, phone: str) -> wire.SentCode:
        # A chat shows the phone screen first; here the tool itself is that step.
        await self.people.verification.opened(call)
        sent = await self.people.functions.send_code(call, SendCodeParams(phone=phone))
        return wire.SentCode(**sent.model_dump())

    async def verify(self, call: Call, verification_id: str, code: str) -> wire.Offered | None:
        params = VerifyCodeParams.model_validate({"verificationId": verification_id, "code": code})
        try:
            offered = await self.people.functions.verify_code(call, params)
        except Failure as failure:
            right = failure.type is FailureType.UPSTREAM_UNAVAILABLE
            if right and await self.people.sessions.active(call) is not None:
                return None
            raise
        return wire.Offered.model_validate(offered.model_dump())

    async def offered(self, call: Call) -> wire.Offered:
        call, connection = await connected(self.connection_of, call)
        choice = await self.people.functions.offered(call, connection)
        accounts = [wire.OfferedAccount(account_ref=one.ref, label=one.label) for one in choice.accounts]
        return wire.Offered(accounts=accounts, guest_orders=choice.guest_orders)

    async def choose(self, call: Call, account_ref: str | None, *, guest: bool) -> wire.ChosenAccount:
        params = ChooseParams.model_validate({"accountRef": account_ref, "guest": guest})
        chosen = await self.people.functions.choose(call, params)
        return wire.ChosenAccount(state=chosen.state, label=chosen.label)


@dataclass(frozen=True, slots=True)
class PhoneApprovals:
    """The agent's `Codes`: failures in words."""

    codes: ApprovalCodes

    async def send(self, call: Call, connection: Connection, subject: str, about: str) -> wire.SentCode:
        match await self.codes.ask(call, connection, subject, about):
            case CodeSent() as sent:
                return wire.SentCode(
                    verification_id=sent.verification_id,
                    masked_phone=sent.masked_phone,
                    expires_in=sent.expires_in,
                    resend_after=sent.resend_after,
                )
            case CodeNotSent(problem=SendProblem.OFF):
                raise Failure(
                    FailureType.FORBIDDEN, TEXTS.say(call.language, "approval.off"), ways=["manager"]
                )
            case CodeNotSent(problem=SendProblem.NOT_OPENED):
                raise Failure(FailureType.NOT_IDENTIFIED, TEXTS.say(call.language, "handle.unknown"))
            case CodeNotSent() as refused:
                raise not_sent(refused, call.language)

    async def check(self, call: Call, subject: str, verification_id: str, code: str) -> None:
        say = TEXTS.say
        match await self.codes.judge(call, subject, verification_id, code):
            case Approved():
                return
            case CodeWrong(left=left):
                text = say(call.language, "approval.wrong", left=left)
                raise Failure(FailureType.WRONG_CODE, text, left=left)
            case CodeGone():
                raise Failure(FailureType.EXPIRED_CODE, say(call.language, "approval.gone"))
            case CodeMalformed():
                text = say(call.language, "approval.malformed")
                raise Failure(FailureType.INVALID_PARAMS, text, member="approvalCode")


@dataclass(frozen=True, slots=True)
class KeptSubjects:
    """The agent's `Subjects`: plans by their token, receipts by the Function that shows them to their owner."""

    store: Store
    keys: KeyRing
    receipt_get: Function
    clock: Clock

    async def plan(self, call: Call, connection: Connection, token: str) -> Subject | None:
        """Only what this very conversation previewed: a token from elsewhere says nothing here."""
        shop = connection.shop
        try:
            mall_id, plan_id = orjson.loads(self.keys.verify(PURPOSE, token))
        except BadToken:
            return None
        plan = await self.store.plans.get(shop.mall_id, plan_id) if mall_id == shop.mall_id else None
        if plan is None or plan.reach.user_id != call.caller_id:
            return None
        if (plan.channel_id, plan.shop_no) != (shop.channel_id, shop.shop_no):
            return None
        done = await self.store.intents.of_plan(plan.mall_id, plan.id) is not None
        total, currency = refund_of(plan)
        return Subject(
            key=f"plan:{plan.id}",
            command=plan.command,
            act=str(plan.shown.get("kind", "return")) if plan.command == "exchangeReturn" else plan.command,
            order_id=plan.order_id,
            expires_at=plan.expires_at,
            total=total,
            currency=currency,
            done=done,
        )

    async def receipt(self, turn: Turn, receipt_id: str) -> Subject | None:
        """Raises `Failure(notFound)` for somebody else's."""
        params = self.receipt_get.params.model_validate({"receiptId": receipt_id})
        receipt = (await self.receipt_get.run(turn.call, params)).receipt
        state = ReceiptState(receipt.state)
        act = "withdraw" if state is ReceiptState.PENDING else "undo"
        assert turn.conversation is not None
        return Subject(
            key=f"{act}:{receipt.receipt_id}:{turn.conversation.id}",
            command=act,
            act=act,
            order_id=OrderId(receipt.order_id),
            expires_at=self.clock() + RECEIPT_WAITS,
            is_plan=False,
            done=state in FINAL,
        )


def refund_of(plan: KeptPlan) -> tuple[Decimal | None, str]:
    """What is surely paid back. None: nobody knows yet, or it is no plan that pays back."""
    refund = plan.shown.get("refund")
    if not isinstance(refund, dict) or refund.get("certain") is not True or "total" not in refund:
        return None, "KRW"
    try:
        return Decimal(refund["total"]), refund["currency"]
    except (InvalidOperation, TypeError, KeyError):
        return None, "KRW"


@dataclass(frozen=True, slots=True)
class AgentSide:
    """Neither `doors` nor `routes` without the extra `agents`."""

    face: AgentFace
    journal: Journal
    session: Session
    doors: Mapping[str, Door]
    routes: Sequence[BaseRoute]

    async def close(self) -> None:
        await self.session.close()
        await self.journal.written()


def agent_side(
    base: Base, who: People, sms: SmsGateway, functions: Iterable[Function], checkup: Checkup
) -> AgentSide:
    settings, store, keys, clock = base.settings, base.store, base.keys, base.clock
    connection_of = base.book.of_channel
    served = {function.name: function for function in functions}
    codes = ApprovalCodes(
        VerificationStore(store.database),
        store.once,
        store.chats,
        store.audit,
        keys,
        clock,
        sms.of,
        app_daily_budget=settings.sms_daily_budget,
    ).of_sessions(PhoneSessionStore(store.database))
    identity: Identity = PhoneIdentity(who, connection_of)
    customers = Customers(identity, store.agent_conversations, clock)
    approvals = Approvals(
        store.agent_approvals,
        PhoneApprovals(codes),
        KeptSubjects(store, keys, served["receipt.get"], clock),
        lambda connection: choices_of(connection).agent,
        clock,
    )
    journal = Journal(store.audit.add_all, store.agent_keys)
    desk = AgentDesk(served, customers, approvals, journal, connection_of, shop_language, clock)
    doorkeeper = Doorkeeper(store.agent_keys, clock)
    policy = PolicyPage(checkup.by_command, choices_of)
    face = AgentFace(desk, doorkeeper, policy, connection_of, shop_language)
    session = Session(face, max_body=settings.max_body_bytes)
    if not find_spec("mcp"):
        return AgentSide(face, journal, session, {}, ())
    doors = {PATH: Door(face, session, settings.public_url)}
    return AgentSide(face, journal, session, doors, agent_routes(settings.public_url))


def shop_language(connection: Connection) -> Language:
    chosen = connection.settings.get("language")
    return Language(chosen) if chosen in set(Language) else Language.KO
