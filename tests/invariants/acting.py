"""How people, shop and machine do what the rules of the machine say."""

import asyncio
import shutil
import tempfile
from collections import Counter
from pathlib import Path
from typing import Any

from hypothesis.stateful import RuleBasedStateMachine

from app.sandbox.cafe24.ledger import Act
from app.sandbox.channel.errors import FunctionFailed

from .books import Books, Plan
from .choices import (
    ACCOUNT,
    CHOICES,
    GUEST,
    GUEST_PHONE,
    HINDRANCES,
    MALL_HINDRANCES,
    MANAGER,
    MAYBE,
    MEMBERS,
    ORDERS,
    PREVIEW_REFUSALS,
    REFUSALS,
    REFUSED_FOR_GOOD,
)
from .hasty import HastyLoop
from .town import Town

met: Counter[str] = Counter()
"""What the stories came by, so that a machine that does nothing is noticed."""
STEP = "step"


class Acting(RuleBasedStateMachine):
    """One town a story."""

    migrated: Path

    def opened(self, choices: str) -> None:
        self.loop = HastyLoop()
        self.runner = asyncio.Runner(loop_factory=lambda: self.loop)
        self.folder = Path(tempfile.mkdtemp(prefix="jumun-invariants-"))
        self.town = Town(self.folder, self.loop).founded(self.migrated)
        self.events: list[Act] = []
        self.known: list[Plan] = []
        self.orders = dict(ORDERS)
        self.hindered: tuple[str, int] | None = None
        self.runner.run(self._opens(choices))
        self.books = Books(self.town.mall)

    def closed(self) -> None:
        self.runner.run(self.town.ends())
        self.runner.run(self.town.streets.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    async def _opens(self, choices: str) -> None:
        await self.town.opens()
        for user_id, member_id in MEMBERS.items():
            self.town.road.user(user_id, member_id)
        self.town.road.user(GUEST)
        await self._guest_enters()
        await self.town.shop_chooses(CHOICES[choices])

    def _begins(self) -> None:
        """A moment between any two acts: the mall's call buckets drain."""
        met[STEP] += 1
        self.town.clock.forward(seconds=2)
        if self.hindered and met[STEP] >= self.hindered[1]:
            self._hinder(self.hindered[0], 1)
            self.hindered = None

    def _hinder(self, what: str, over: int) -> None:
        if self.hindered and not over:
            self._hinder(self.hindered[0], 1)
        if what in HINDRANCES:
            self.runner.run(self.town.shop_chooses(HINDRANCES[what][over]))
        else:
            self.town.mall.settings[1].order[what] = MALL_HINDRANCES[what][over]

    async def _guest_enters(self) -> None:
        sent = await self._answer(GUEST, "identity.screen", {"screen": "phone"})
        sent = await self._answer(GUEST, "identity.sendCode", {"phone": GUEST_PHONE})
        if isinstance(sent, dict):
            code = next(w for w in self.town.outbox.messages[-1].text.split() if w.strip("[]").isdigit())
            params = {"verificationId": sent["verificationId"], "code": code.strip("[]")}
            await self._answer(GUEST, "identity.verifyCode", params)
            await self._answer(GUEST, "identity.choose", {"guest": True})

    async def _answer(self, person: str, method: str, params: dict[str, Any]) -> dict[str, Any] | str:
        """The result, or the type of the failure."""
        sent = params | {"chatToken": await self._chat_token()} if person == MANAGER else params
        try:
            return dict(await self.town.calls(person, method, sent))
        except FunctionFailed as failed:
            failure = failed
        assert failure.kind not in {None, "internal", "parseError", "methodNotFound"}, failure
        return str(failure.kind)

    async def _chat_token(self) -> str:
        chat = {"type": "userChat", "id": "chat-minji"}
        action = await self.town.road.manager_calls("orderList.open", {"chat": chat})
        return str(action["attributes"]["wamArgs"]["chatToken"])

    def _orders_of(self, person: str) -> set[str]:
        orders = self.town.mall.orders.values()
        if person == GUEST:
            return {o.order_id for o in orders if o.is_guest and o.buyer.cellphone == GUEST_PHONE}
        return {o.order_id for o in orders if o.buyer.member_id == person}

    @staticmethod
    def _is_of(plan: Plan, person: str) -> bool:
        return person == plan.of or {person, plan.of} == {"minji", MANAGER}

    def _own(self, person: str, nth: int) -> str:
        """One of the person's orders, the newest first; 0 is a new one."""
        owner = "minji" if person == MANAGER else person
        own = [order_id for order_id, of in self.orders.items() if of == owner]
        if nth:
            return own[-1 - (nth - 1) % len(own)]
        likes = [order_id for order_id, of in ORDERS.items() if of == owner]
        order_id = self.town.orders_again(likes[len(own) % len(likes)], len(self.orders))
        self.orders[order_id] = owner
        self.books.open_accounts()
        return order_id

    def _previewed(self, person: str, nth: int, wish: Any) -> Plan:
        return self.runner.run(self._preview(person, self._own(person, nth), wish, "changeOfMind"))

    def _usable(self, plan: Plan) -> Plan:
        """The plan, or the newest before it that may be confirmed. What is drawn must not depend on answers."""
        before = self.known[: self.known.index(plan)]
        return plan if plan.token else next((p for p in reversed(before) if p.token), plan)

    async def _preview(self, person: str, order_id: str, wish: Any, reason: str) -> Plan:
        owner = self.orders[order_id]
        lines = self._lines(order_id, wish)
        words = {"type": reason} if not reason.startswith("<") else {"type": "other", "text": reason}
        params = {
            "orderId": order_id,
            "items": [{"orderItemCode": code, "quantity": count} for code, count in lines],
            "reason": words,
            "refundAccount": ACCOUNT,
        }
        answer = await self._answer(person, "cancel.preview", params)
        if answer == "notIdentified" and person == GUEST:
            await self._guest_enters()
            answer = await self._answer(person, "cancel.preview", params)
        plan = Plan(f"plan {len(self.known)}", person, order_id, tuple(sorted(lines)), None)
        if isinstance(answer, dict):
            assert owner == ("minji" if person == MANAGER else person), f"{person} sees {order_id} of {owner}"
            held = {i.code: i.quantity for i in self.town.mall.orders[order_id].items}
            assert all(0 < count <= held.get(code, 0) for code, count in lines), f"{lines} of {held}"
            assert len({code for code, _ in lines}) == len(lines)
            plan.token = answer.get("planToken")
            plan.promised = answer["outcome"]
            plan.takes_part = any(count < held[code] for code, count in lines)
            assert plan.token is None or answer["decision"]["verdict"] == "allowed"
        else:
            assert answer in PREVIEW_REFUSALS | MAYBE, answer
        met[f"preview {answer if isinstance(answer, str) else answer['decision']['verdict']}"] += 1
        self.known.append(plan)
        return plan

    def _lines(self, order_id: str, wish: Any) -> list[tuple[str, int]]:
        lines = [(item.code, item.quantity) for item in self.town.mall.orders[order_id].items]
        match wish:
            case "whole":
                return lines
            case "a line":
                return lines[:1]
            case "a piece":
                return [(code, 1) for code, count in lines if count > 1][:1] or lines[-1:]
        return [(f"{order_id}-{number:02d}", count) for number, count in wish]

    async def _confirm(self, plan: Plan, people: list[str]) -> None:
        if plan.token is None:
            return
        for person in people:
            if self._is_of(plan, person):
                self.books.asked.add(plan.order_id)
                plan.open = True
        params = {"planToken": plan.token}
        answers = await asyncio.gather(*(self._answer(p, "cancel.confirm", params) for p in people))
        for person, answer in zip(people, answers, strict=True):
            self._heard(plan, person, answer)

    def _heard(self, plan: Plan, person: str, answer: dict[str, Any] | str) -> None:
        own = self._is_of(plan, person)
        if isinstance(answer, dict):
            assert own, f"{person} confirmed {plan}"
            receipt = answer["receipt"]
            plan.receipts.add(receipt["receiptId"])
            plan.said.append(receipt["state"])
            met[receipt["state"]] += 1
            assert len(plan.receipts) == 1, f"two receipts: {plan}"
            return
        assert answer in REFUSALS | MAYBE, answer
        if not own:
            return
        plan.said.append(answer)
        met[answer] += 1
        assert not (plan.receipts and answer in REFUSED_FOR_GOOD), plan
        if answer in REFUSED_FOR_GOOD | {"forbidden"}:
            plan.open = False

    async def _undo(self, plan: Plan, person: str) -> None:
        for receipt_id in plan.receipts:
            answer = await self._answer(person, "cancel.undo", {"receiptId": receipt_id})
            if isinstance(answer, dict):
                assert self._is_of(plan, person), f"{person} took back {plan}"
                assert answer["receipt"]["state"] == "withdrawn"
                plan.withdrawn = True
                plan.said.append("withdrawn")

    def _dies(self, act: Any, awaits: int) -> None:
        async def until_reborn() -> None:
            if await self.loop.until_death(act, awaits):
                met["death"] += 1
                await self.town.dies_and_comes_back()

        self.runner.run(until_reborn())

    async def _tell(self, events: list[Act]) -> None:
        key = self.town.world.secrets.webhook_key
        for event in events:
            webhook = self.town.mall.act_webhook(event, key)
            await self.town.streets.post("/cafe24/webhooks", content=webhook.body, headers=webhook.headers)
