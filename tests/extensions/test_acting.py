"""One request, one effect: killed between two lines, an answer lost, stale, second thoughts, another wish."""

import asyncio
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

import pytest
from pydantic import BaseModel, ConfigDict

from app.extensions.acting import PURPOSE, SAME_WITHIN, Acting
from app.sandbox.channel.people import User
from commands.cancel import command as cancel
from commands.kernel.failures import Failure, FailureType
from commands.kernel.mall import Choices
from commands.kernel.spec import Ask, CommandSpec, FunctionSpec
from commands.kernel.who import Caller, CallerKind, ChannelId, Language, MallId, Member, Shop
from tests.scenario.verbs import refused
from tests.world import HandClock, Road

from .places import (
    COMPLETE,
    ONE_LINE,
    PREPARING,
    REASON,
    acted,
    commerce,
    in_mall,
    refunds,
    shop_is_live,
    statuses,
)

WISH = {"orderId": ONE_LINE, "reason": REASON}


@pytest.fixture
async def minji(road: Road) -> User:
    await shop_is_live(road)
    return road.user("u-minji", "minji")


async def test_an_answer_of_the_mall_that_was_lost_is_one_cancel(road: Road, minji: User) -> None:
    assert (await commerce(road, minji, "getOrders", {}))["orders"]
    road.world.malls.faults.inject("timeout_after_effect", path="POST /admin/orders", times=1)
    first = await acted(road, minji, "requestCancelOrder", WISH)
    assert first == {"success": True}, "it is being checked: a message tells how it ended"
    road.clock.forward(minutes=2)  # type: ignore[attr-defined]
    await road.drain_jobs()
    again = await acted(road, minji, "requestCancelOrder", WISH)
    assert again == {"success": True}
    assert len(refunds(road, ONE_LINE)) == 1
    assert statuses(road, ONE_LINE) == ["C40"]


async def test_second_thoughts_are_the_customer_s(road: Road, minji: User) -> None:
    """With an undo window the same request finds its receipt scheduled, and after an undo it is a new wish."""
    await road.manager_calls(
        "settings.update", {"patch": {"cancel": {**COMPLETE["cancel"], "undoMinutes": 5}}}
    )
    assert await acted(road, minji, "requestCancelOrder", WISH) == {"success": True}
    assert await acted(road, minji, "requestCancelOrder", WISH) == {"success": True}
    assert statuses(road, ONE_LINE) == ["N20"]
    detail = await road.customer_calls(minji, "cancel.candidates")
    hidden = next(h for h in detail["hidden"] if h["orderId"] == ONE_LINE)
    receipt_id = hidden["decision"]["findings"][0]["facts"]["receiptId"]
    await road.customer_calls(minji, "cancel.undo", {"receiptId": receipt_id})
    assert await acted(road, minji, "requestCancelOrder", WISH) == {"success": True}
    road.clock.forward(minutes=6)  # type: ignore[attr-defined]
    await road.drain_jobs()
    assert statuses(road, ONE_LINE) == ["C40"]
    assert len(refunds(road, ONE_LINE)) == 1


async def test_another_wish_is_not_the_same_request(road: Road, minji: User) -> None:
    codes = [item.code for item in in_mall(road, PREPARING).items]
    for code in codes:
        given = {"orderId": PREPARING, "reason": REASON, "cancelItems": [{"id": code}]}
        assert await acted(road, minji, "requestCancelOrder", given) == {"success": True}
        await road.drain_jobs()
    assert all(status.startswith("C") for status in statuses(road, PREPARING))


async def test_what_the_mall_refused_may_be_asked_again(road: Road, minji: User) -> None:
    in_mall(road, ONE_LINE).items[0].status = "N30"
    said = await acted(road, minji, "requestCancelOrder", WISH)
    assert said["success"] is False
    in_mall(road, ONE_LINE).items[0].status = "N20"
    road.clock.forward(minutes=2)  # type: ignore[attr-defined]
    assert await acted(road, minji, "requestCancelOrder", WISH) == {"success": True}


async def test_the_same_words_of_another_customer_are_another_request(road: Road, minji: User) -> None:
    assert await acted(road, minji, "requestCancelOrder", WISH) == {"success": True}
    sora = road.user("u-sora", "sora")
    failed = await refused(commerce(road, sora, "requestCancelOrder", WISH))
    assert (failed.code, failed.kind) == (3, "notFound")


# ── without the road: killed between two lines, and all at once ─────────────────────────────────────────────
class Noted:
    """A `Once` in memory."""

    def __init__(self) -> None:
        self.kept: dict[str, str] = {}

    async def first(self, purpose: str, key: str, now: datetime, until: datetime, value: str = "") -> bool:
        assert (purpose, until - now) == (PURPOSE, SAME_WITHIN)
        await asyncio.sleep(0)
        return self.kept.setdefault(key, value) == value

    async def peek(self, purpose: str, key: str, now: datetime) -> str | None:
        await asyncio.sleep(0)
        return self.kept.get(key)

    async def take(self, purpose: str, key: str, now: datetime) -> str | None:
        return self.kept.pop(key, None)


class Killed(BaseException):
    """The process ends here."""


class AnyParams(BaseModel):
    model_config = ConfigDict(extra="allow")


@dataclass
class Shop1:
    """A command that plans and confirms: each plan has one effect, and an order takes one effect only."""

    dies: bool = False
    plans: list[str] = field(default_factory=list)
    done: list[str] = field(default_factory=list)
    state: str = "done"
    receipts: dict[str, str] = field(default_factory=dict)

    async def preview(self, _ask: Any, _params: Any) -> AnyParams:
        await asyncio.sleep(0)
        if self.done:
            finding = {"decisive": True, "customerText": "이미 취소했어요."}
            return AnyParams(decision={"verdict": "blocked", "findings": [finding]})  # type: ignore[call-arg]
        self.plans.append(f"plan-{len(self.plans) + 1}")
        return AnyParams(decision={"findings": []}, planToken=self.plans[-1])  # type: ignore[call-arg]

    async def confirm(self, _ask: Any, params: Any) -> AnyParams:
        await asyncio.sleep(0)
        if self.dies:
            raise Killed
        token = params.planToken
        if self.done and token not in self.done and token not in self.receipts:
            raise Failure(FailureType.PLAN_STALE, "달라졌어요.")
        state = self.receipts.setdefault(token, self.state)
        if state == "done":
            self.done = [token]
        return AnyParams(receipt={"state": state})  # type: ignore[call-arg]

    def spec(self) -> CommandSpec:
        functions = (
            FunctionSpec("cancel.preview", AnyParams, AnyParams, self.preview),
            FunctionSpec("cancel.confirm", AnyParams, AnyParams, self.confirm),
        )
        return CommandSpec("cancel", cancel.TEXTS, functions, {}, "list")


def an_ask(member: str = "minji") -> Ask:
    shop = Shop(MallId("m"), 1, ChannelId("ch"), "한옥")
    who = Caller(CallerKind.USER, "u-1")
    ports: Any = None
    return Ask(shop, Member(member), who, Language.KO, HandClock()(), Choices(), ports)


async def test_killed_between_plan_and_confirm_the_repeat_confirms_the_same_plan() -> None:
    shop = Shop1(dies=True)
    acting = Acting({"cancel": shop.spec()}, Noted(), HandClock())
    with pytest.raises(Killed):
        await acting.carry_out(an_ask(), "cancel", WISH, {})
    shop.dies = False
    for _ in range(2):
        assert (await acting.carry_out(an_ask(), "cancel", WISH, {})).result.success is True
    assert (shop.plans, shop.done) == (["plan-1"], ["plan-1"])


@pytest.mark.parametrize("at_once", [2, 3, 8])
async def test_all_who_ask_the_same_at_once_get_the_same(at_once: int) -> None:
    shop = Shop1()
    acting = Acting({"cancel": shop.spec()}, Noted(), HandClock())
    same = [acting.carry_out(an_ask(), "cancel", WISH, {}) for _ in range(at_once)]
    assert {answer.result.success for answer in await asyncio.gather(*same)} == {True}
    assert len(shop.done) == 1


async def test_a_failed_one_may_be_asked_anew_and_another_customer_s_is_another() -> None:
    shop, once = Shop1(state="failed"), Noted()
    acting = Acting({"cancel": shop.spec()}, once, HandClock())
    assert (await acting.carry_out(an_ask(), "cancel", WISH, {})).result.success is False
    shop.state = "done"
    assert (await acting.carry_out(an_ask(), "cancel", WISH, {})).result.success is True
    assert shop.plans == ["plan-1", "plan-2"]
    other = await acting.carry_out(an_ask("sora"), "cancel", WISH, {})
    assert (other.result.success, other.result.error_message) == (False, "이미 취소했어요.")
    assert len(once.kept) == 1
