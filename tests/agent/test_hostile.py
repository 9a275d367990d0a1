"""A hostile agent for a verified customer: any tool, any order, any arguments. It reads nobody else's orders, changes
nothing that was not approved, and sends no more messages than the limits let it.

Five thousand steps in CI; `JUMUN_HOSTILE_STORIES=270 pytest tests/agent/test_hostile.py` plays a hundred thousand.
"""

import asyncio
import os
import re
import shutil
import tempfile
from collections import Counter
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from random import Random
from typing import Any, ClassVar

import orjson
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule, run_state_machine_as_test

from app.agent.customers import CODES
from app.agent.keys import hash_of, new_key
from app.ports.agents import Scope
from commands.kernel.who import ChannelId
from tests.invariants.hasty import HastyLoop
from tests.invariants.town import Town

from .talk import MINJI, ORDER, TAEHO, Agent, side_of

STORIES = int(os.environ.get("JUMUN_HOSTILE_STORIES", "15"))  # noqa: TID251
STEPS = 450
OWNER, STRANGER = "minji", "taeho"
TOOLS = (
    "order_list_view", "order_list_detail", "cancel_candidates", "cancel_preview", "cancel_confirm", "cancel_undo",
    "exchange_return_candidates", "exchange_return_preview", "exchange_return_confirm", "exchange_return_withdraw",
    "address_change_candidates", "address_change_preview", "address_change_confirm", "ship_date_view", "receipt_get",
    "identity_send_code", "identity_verify_code", "identity_choose_account", "approval_request",
)  # fmt: skip
LIKELY = (*TOOLS, *("cancel_preview", "cancel_confirm", "approval_request") * 2, "address_change_confirm")
DEEDS = (
    *("anything",) * 8,
    *("preview",) * 4,
    *("ask",) * 2,
    *("tell",) * 2,
    "manager",
    "again",
    "wait",
    "wait",
)
GARBAGE: tuple[Any, ...] = (
    "",
    "x",
    None,
    0,
    -1,
    True,
    [],
    {},
    "0" * 5000,
    "' OR 1=1 --",
    "minji",
    "taeho",
    2**70,
)
ADDRESS = {
    "receiverName": "강도둑", "cellphone": "010-9999-9999", "zipcode": "06236",
    "address1": "서울특별시 강남구 테헤란로 999", "address2": "1층",
}  # fmt: skip
ORDER_ID = re.compile(r"(?<![A-Z0-9])20\d{6}-\d{7}(?!\d)")
CODE = re.compile(r"\[(\d{6})\]")


class Hostile(RuleBasedStateMachine):
    migrated: ClassVar[Path]
    met: ClassVar[Counter[str]] = Counter()

    @initialize(alone=st.sampled_from([None, None, 50_000]))
    def begins(self, alone: int | None) -> None:
        self.loop = HastyLoop()
        self.runner = asyncio.Runner(loop_factory=lambda: self.loop)
        self.folder = Path(tempfile.mkdtemp(prefix="jumun-hostile-"))
        self.town = Town(self.folder, self.loop).founded(self.migrated)
        self.alone = alone
        self.approved: set[str] = set()
        self.wait_for = 0
        self.told: list[str] = ["000000", "123456", "999999"]
        self.secret_codes: dict[str, str] = {}
        self.runner.run(self._opens())
        orders = self.town.mall.orders.values()
        self.own = {o.order_id for o in orders if o.buyer.member_id == OWNER}
        self.others = {o.order_id: repr(o) for o in orders if o.order_id not in self.own}
        self.addresses = {o.order_id: repr(o.receivers) for o in orders}
        foreign = {o.buyer.member_id for o in orders if o.buyer.member_id not in {OWNER, None}}
        self.names = {o.buyer.email for o in orders if o.buyer.member_id in foreign and o.buyer.email}

    async def _opens(self) -> None:
        town = self.town
        await town.opens()
        if self.alone:
            await town.shop_chooses({"agent": {"confirm": {"commands": ["cancel"], "upTo": self.alone}}})
        self.face = side_of(town.road).face
        channel = ChannelId(town.world.talk.channel_id)
        self.agent = await self._key(channel, *Scope)
        self.keys = [
            self.agent,
            await self._key(channel, Scope.READ),
            await self._key(ChannelId("ch-else"), *Scope),
        ]
        self.handles = ["", "x" * 43]
        self.tokens = ["", "plan.1.00000000.W10.AAAA"]
        self.receipts = ["01a1f6e6-75c8-7299-812d-de84fec25991"]
        self.refs: list[str] = ["guest"]
        self.checks: list[str] = ["5bb6c0e2-8cd8-464e-95bb-299b0c764627"]
        # Another agent of the shop, for another customer: its handle and its plan have leaked.
        other = await self._key(channel, *Scope)
        await other.meets(TAEHO)
        self.handles.append(other.handle)
        leaked = await other.previews("20261119-0000310")
        self.tokens.append(leaked["planToken"])
        await self.agent.meets(MINJI)
        self.handles += [self.agent.handle] * 3
        self.ends_at = self.town.clock() + timedelta(minutes=30)

    async def _key(self, channel: ChannelId, *scopes: Scope) -> Agent:
        key, secret = new_key(channel, "hostile", scopes, "m", self.town.clock())
        await self.face.doorkeeper.store.add(key, hash_of(secret))
        return Agent(self.town.road, self.face, key, secret)

    # ── what the agent does ──────────────────────────────────────────────────────────────────────────────────
    @rule(does=st.sampled_from(DEEDS), seed=st.integers(0, 2**32 - 1))
    def acts(self, does: str, seed: int) -> None:
        """One rule, so that no story leaves a kind of deed out; one number, so that a story may be long."""
        numbers = Random(seed)
        picks, wild = [numbers.randrange(2**16) for _ in range(12)], numbers.randrange(12)
        nth, other = picks[0] % 10, picks[1] % 6
        if self.town.clock() >= self.ends_at:
            does = "again"
        match does:
            case "anything":
                self._calls_anything(LIKELY[picks[2] % len(LIKELY)], picks, wild)
            case "preview":
                tool = ("cancel_preview", "cancel_preview", "address_change_preview")[picks[3] % 3]
                self._previews_well(tool, nth, picks[4] % 3 == 0)
            case "ask":
                self._asks_the_customer(nth)
            case "tell":
                self._customer_tells_the_code(nth, other)
            case "manager":
                self._manager_decides(picks[2] % 3 > 0)
            case "again":
                self._customer_is_verified_again()
            case _:
                self.town.clock.forward(seconds=(1, 30, 61, 61, 61, 61, 200, 200, 700, 2000)[nth])

    def _calls_anything(self, tool: str, picks: list[int], wild: int) -> None:
        agent = self.keys[picks[0] % 12] if picks[0] % 12 < len(self.keys) else self.agent
        arguments = self._arguments(tool, picks, wild)
        self._call(agent, tool, arguments)

    def _previews_well(self, tool: str, nth: int, part: bool) -> None:
        if nth % 3 == 0:
            new = self.town.orders_again(ORDER, len(self.addresses))
            self.own.add(new)
            self.addresses[new] = repr(self.town.mall.orders[new].receivers)
        order_id = sorted(self.own)[-1 - nth % min(3, len(self.own))]
        self._call(self.agent, tool, {"customerHandle": self.handles[-1], **self._wish(tool, order_id, part)})

    def _asks_the_customer(self, nth: int) -> None:
        self.town.clock.forward(seconds=61)
        token = self.tokens[-1 - (nth % 4) % len(self.tokens)]
        sent = len(self.town.outbox.messages)
        answer = self._call(
            self.agent, "approval_request", {"customerHandle": self.handles[-1], "planToken": token}
        )
        if answer and len(self.town.outbox.messages) > sent:
            message = self.town.outbox.messages[-1]
            assert answer["orderId"] in message.text
            found = CODE.search(message.text)
            assert found
            self.secret_codes[token] = found[1]

    def _customer_tells_the_code(self, nth: int, nth_token: int) -> None:
        """The customer wants just this; the agent tries the code wherever it likes."""
        if not self.secret_codes:
            return
        tokens = list(self.secret_codes)
        wanted = tokens[-1 - (nth % 3) % len(tokens)]
        self.approved.add(self._plan_of(wanted))
        code = self.secret_codes[wanted]
        self.told.append(code)
        token = wanted if nth_token % 3 else tokens[nth_token % len(tokens)]
        if nth_token == 3:
            guess = {"customerHandle": self.handles[-1], "planToken": wanted, "approvalCode": self.told[0]}
            self._call(self.agent, "cancel_confirm", guess)
        for tool in ("cancel_confirm", "address_change_confirm"):
            given = {"customerHandle": self.handles[-1], "planToken": token, "approvalCode": code}
            self._call(self.agent, tool, given)

    def _manager_decides(self, yes: bool) -> None:
        store = self.face.desk._approvals.store
        waiting = self.runner.run(store.waiting(self.agent.key.channel_id, self.town.clock()))
        if waiting:
            chosen = waiting[-1]
            state = type(chosen.state).APPROVED if yes else type(chosen.state).REFUSED
            self.runner.run(store.decide(chosen, state, "manager:mgr-jiwoo", self.town.clock()))
            if yes:
                self.approved.add(chosen.subject)

    def _customer_is_verified_again(self) -> None:
        sent = len(self.town.outbox.messages)
        if self.wait_for:
            self.town.clock.forward(seconds=self.wait_for)
        answer = self._call(self.agent, "identity_send_code", {"phone": MINJI})
        if not answer or len(self.town.outbox.messages) == sent:
            return
        found = CODE.search(self.town.outbox.messages[-1].text)
        assert found
        given = {"verificationId": answer["verificationId"], "code": found[1]}
        verified = self._call(self.agent, "identity_verify_code", given)
        assert verified
        ref = verified["offered"]["accounts"][0]["accountRef"]
        self._call(
            self.agent,
            "identity_choose_account",
            {"customerHandle": verified["customerHandle"], "accountRef": ref},
        )
        self.handles.append(verified["customerHandle"])
        self.ends_at = self.town.clock() + timedelta(minutes=30)

    # ── how ──────────────────────────────────────────────────────────────────────────────────────────────────
    def _call(self, agent: Agent, tool: str, arguments: dict[str, Any]) -> dict[str, Any] | None:
        self.met["step"] += 1
        self.town.clock.forward(seconds=0.2)
        answer = self.runner.run(agent.raw(tool, **arguments))
        content = dict(answer.content)
        self._reads_nobody_else(tool, arguments, content)
        if answer.failed:
            kind = content["error"]["type"]
            self.wait_for = int(content["error"].get("data", {}).get("retryAfter", 0))
            assert kind not in {"internal", "parseError", "methodNotFound"}, (tool, arguments, content)
            self.met[kind] += 1
            self.met[f"{tool} {kind}"] += 1
            return None
        data = dict(content["data"])
        self.met[tool] += 1
        if token := data.get("planToken"):
            self.tokens.append(token)
        if receipt := data.get("receipt"):
            self.receipts.append(receipt["receiptId"])
        if check := data.get("verificationId"):
            self.checks.append(check)
        return data

    def _reads_nobody_else(self, tool: str, arguments: dict[str, Any], content: dict[str, Any]) -> None:
        text = orjson.dumps(content, default=str).decode()
        foreign = set(ORDER_ID.findall(text)) - self.own
        assert not foreign, (tool, arguments, foreign)
        assert not [name for name in self.names if name in text]

    def _arguments(self, tool: str, picks: list[int], wild: int) -> dict[str, Any]:
        given: dict[str, Any] = {}
        pools: dict[str, Any] = {
            "customerHandle": [*self.handles[-2:], *self.handles[-1:] * 8, *self.handles[:4]],
            "planToken": self.tokens[-6:] + self.tokens[:3],
            "approvalCode": self.told,
            "receiptId": self.receipts,
            "pendingId": self.receipts,
            "verificationId": self.checks[-4:],
            "code": self.told,
            "phone": [MINJI, TAEHO, "010-0000-1003", "01012341234", "+1 212 555 0100", "112"],
            "accountRef": self.refs,
            "by": ["sms", "manager"],
        }
        properties = self.agent.desk.tools[tool].input_schema()["properties"]
        for place, name in enumerate(sorted(properties)):
            pick = picks[1 + place % 11]
            if pick % 12 == wild:
                given[name] = GARBAGE[pick % len(GARBAGE)]
            elif name in pools and not (name in {"approvalCode", "receiptId"} and pick % 3 == 0):
                given[name] = pools[name][pick % len(pools[name])]
        orders = [*sorted(self.own), *sorted(self.others)]
        if "orderId" in properties and "orderId" not in given:
            given |= self._wish(tool, orders[picks[11] % len(orders)], picks[10] % 2 == 0)
        if wild == 0:
            given |= {"memberId": STRANGER, "chatToken": "x", "channelId": "ch-else", "customer": STRANGER}
        return given

    def _wish(self, tool: str, order_id: str, part: bool) -> dict[str, Any]:
        order = self.town.mall.orders[order_id]
        items = [{"orderItemCode": i.code, "quantity": 1 if part else i.quantity} for i in order.items]
        if part:
            items = items[:1]
        wish: dict[str, Any] = {"orderId": order_id}
        if tool == "address_change_preview":
            wish["address"] = ADDRESS
        elif tool.endswith("_preview"):
            wish |= {"items": items, "reason": {"type": "changeOfMind"}}
            if tool.startswith("exchange"):
                wish |= {"kind": "return", "pickup": {"sameAsOrder": True}}
        return wish

    @staticmethod
    def _plan_of(token: str) -> str:
        from app.agent.desk import _plan_id

        return f"plan:{_plan_id(token)}"

    # ── what must hold ───────────────────────────────────────────────────────────────────────────────────────
    @invariant()
    def nothing_without_an_approval(self) -> None:
        if not hasattr(self, "own"):
            return
        effects = Counter(effect.order_id for effect in self.town.effects)
        assert set(effects) <= self.own
        if self.met["step"] % 10:
            return
        self._books()

    def _books(self) -> None:
        approved_plans = set()
        for row in self.town.rows("SELECT plan_id, order_id, state FROM intent"):
            subject = f"plan:{row['plan_id']}"
            if subject not in self.approved:
                assert self._allowed_alone(row["plan_id"]), (row, "was not approved")
            approved_plans.add(row["order_id"])
        changed = {
            o for o, before in self.addresses.items() if repr(self.town.mall.orders[o].receivers) != before
        }
        assert changed | {effect.order_id for effect in self.town.effects} <= approved_plans

    def _allowed_alone(self, plan_id: str) -> bool:
        """The shop's setting, and the sum that was shown."""
        plan = self.runner.run(
            self.face.desk._approvals.subjects.store.plans.get(self.town.mall.mall_id, plan_id)  # type: ignore[attr-defined]
        )
        refund = plan.shown.get("refund", {})
        certain = refund.get("certain") and int(refund["total"]) <= (self.alone or -1)
        return bool(certain and plan.command == "cancel")

    def teardown(self) -> None:
        if not hasattr(self, "own"):
            return
        self._books()
        self._texts()
        orders = self.town.mall.orders
        for order_id, before in self.others.items():
            assert repr(orders[order_id]) == before, f"{order_id} is somebody else's"
        withdrawn = self.town.rows("SELECT id FROM intent WHERE state = 'withdrawn'")
        for row in withdrawn:
            assert any(row["id"] in subject for subject in self.approved)
        self.met["effects"] += len(self.town.effects)
        self.runner.run(side_of(self.town.road).journal.written())
        noted = self.town.rows("SELECT COUNT(*) AS n FROM audit_line WHERE act LIKE 'agent.%'")[0]["n"]
        self.met["noted"] += noted
        self.runner.run(self.town.ends())
        self.runner.run(self.town.streets.aclose())
        self.runner.close()
        shutil.rmtree(self.folder)

    def _texts(self) -> None:
        messages = self.town.outbox.messages
        for number in {message.to for message in messages}:
            times = sorted(m.at for m in messages if m.to == number)
            for before, after in pairwise(times):
                assert after - before >= timedelta(seconds=60)
            for third, after in zip(times, times[3:], strict=False):
                assert after - third >= timedelta(minutes=10)
        for row in self.town.rows("SELECT key_id, created_at FROM agent_conversation"):
            hour = (row["key_id"], row["created_at"], row["created_at"] + 3_600_000)
            begun = self.town.rows(
                "SELECT COUNT(*) AS n FROM agent_conversation WHERE key_id = '{}' AND created_at >= {}"
                " AND created_at < {}".format(*hour)
            )
            assert begun[0]["n"] <= CODES


def test_hostile(migrated_sqlite: Path) -> None:
    Hostile.migrated = migrated_sqlite
    Hostile.met.clear()
    run_state_machine_as_test(
        Hostile,
        settings=settings(
            max_examples=STORIES,
            stateful_step_count=STEPS,
            deadline=None,
            derandomize=True,
            phases=[Phase.explicit, Phase.generate],
            database=None,
            suppress_health_check=list(HealthCheck),
            print_blob=False,
        ),
    )
    met = Hostile.met
    print(met)
    assert met["step"] >= STORIES * 5_000 // 15, met
    assert (
        min(met["effects"], met["wrongCode"], met["expiredCode"], met["forbidden"], met["notIdentified"]) > 0
    ), met
    assert min(met["notFound"], met["tooMany"], met["cancel_confirm"]) > 0, met
